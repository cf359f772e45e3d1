"""All that a run needs to go on after a kill, in one file that is replaced at once."""

from __future__ import annotations

import os
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from summarize.errors import UsageError

from .data import PHASES


@dataclass
class Progress:
    """How far a run is; `position` counts batches of the current epoch that were trained on."""

    step: int = 0
    tokens: int = 0  # of targets, </s> included
    seconds: float = 0.0  # of all parts of the run together
    phase: str = PHASES[0]
    epoch: int = 0
    position: int = 0
    cooling: float | None = None  # the seconds at which --cool-down began


def save(
    path: Path,
    recipe: dict[str, Any],
    progress: Progress,
    model: torch.nn.Module,
    average: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
) -> None:
    state = {
        "recipe": recipe,
        "progress": asdict(progress),
        "model": model.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def load(
    path: Path,
    recipe: dict[str, Any],
    model: torch.nn.Module,
    average: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    device: str,
) -> Progress:
    """Puts everything back and returns how far the run was.

    Raises UsageError if the file is no whole state, or belongs to a run of other data, vocabulary, shape or seed.
    """
    hint = "go on with what the run was started with, or choose another --out"
    try:
        state = torch.load(path, map_location=device, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise UsageError(
            f"{path} is not a whole state: {error}", "remove it and begin anew, from --init MODEL"
        ) from error
    other = sorted(k for k in recipe.keys() | state["recipe"].keys() if recipe.get(k) != state["recipe"].get(k))
    if other:
        raise UsageError(f"{path} belongs to a run with another {', '.join(other)}", hint)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"].cpu())
    if state["random_cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([one.cpu() for one in state["random_cuda"]])
    return Progress(**state["progress"])
