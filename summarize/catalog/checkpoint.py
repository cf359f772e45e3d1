"""A checkpoint: a folder in Hugging Face format, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from ..errors import ModelUnsupported
from ..families import Family
from ..files import read_json
from ..keys import fingerprint
from .cards import CARD, Card, read_card
from .folder import check_whole, family_of, tokenizer_files, weight_files
from .hashing import hashes
from .pairs import languages


@dataclass(frozen=True)
class Description:
    """What can be said of a checkpoint without reading its weights."""

    id: str  # as the user types it
    path: Path  # a folder in Hugging Face format
    family: Family
    task: str  # translate, summarize, embed
    source: tuple[str, ...]  # ISO languages it translates from; empty if it is no translator, or does not say
    target: str
    card: Card


@dataclass(frozen=True)
class Checkpoint(Description):
    """A description with the hashes that name what the model computes; both are 32 hex digits."""

    weights: str  # over the weight files, shards in name order
    tokenizer: str  # over tokenizer files, config and generation config


def describe(id: str, path: Path, *, task: str | None = None, origin: str = "", revision: str = "") -> Description:
    """Look at a checkpoint folder. `task` is what it is wanted for; None takes what it is made for.

    Raises ModelCorrupt or ModelUnsupported (family, format, task, or a translator into another language than English).
    """
    family, task, source = purpose(id, path, task=task, origin=origin)
    check_whole(path, family)
    return Description(id, path, family, task, source, "en", read_card(path, origin=origin, revision=revision))


def purpose(id: str, path: Path, *, task: str | None, origin: str = "") -> tuple[Family, str, tuple[str, ...]]:
    """(family, task, source languages) of a folder that may lack its weights still. Raises as `describe`."""
    family = family_of(path)
    task = _task(id, family, read_json(path / CARD).get("task"), task)
    source, target = languages(path, origin or path.name, family) if task == "translate" else ((), "en")
    if target and target != "en":
        raise ModelUnsupported(
            f"{id} translates into {target}, not into English", "choose a model whose name ends in -en"
        )
    return family, task, source


def with_hashes(description: Description, cache: Path) -> Checkpoint:
    """Add the hashes; a file that has not changed since the last time is not read again."""
    weights, tokenizer = weight_files(description.path), tokenizer_files(description.path)
    known = hashes([*weights, *tokenizer], cache)
    return Checkpoint(
        **{f.name: getattr(description, f.name) for f in fields(Description)},
        weights=fingerprint("weights", [known[path.name] for path in weights]),
        tokenizer=fingerprint("tokenizer", {path.name: known[path.name] for path in tokenizer}),
    )


def _task(id: str, family: Family, made_for: object, wanted: str | None) -> str:
    able = family.tasks
    if isinstance(made_for, str) and made_for in able:
        able = (made_for,)
    if wanted is None:
        return able[0]
    if wanted not in able:
        raise ModelUnsupported(
            f"{id} is a {family.name} model for {' or '.join(able)}, not for {wanted}",
            "summarize models list shows which model does what",
        )
    return wanted
