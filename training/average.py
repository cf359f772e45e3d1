"""The mean of several checkpoints of one run, which often translates better than the last.

python -m training.average OUT/checkpoints/* --out DIR
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import MarianMTModel

from summarize.errors import UsageError

from . import corpus, model


def average(folders: Sequence[Path], out: Path) -> None:
    """Writes the float32 mean of the weights, as float16, with the first folder's vocabulary.

    Raises UsageError if the checkpoints differ in shape.
    """
    models = [MarianMTModel.from_pretrained(folder, dtype=torch.float32) for folder in folders]
    states = [m.state_dict() for m in models]
    shapes = [{name: weight.shape for name, weight in state.items()} for state in states]
    if any(shape != shapes[0] for shape in shapes):
        raise UsageError("the checkpoints differ in shape", "name checkpoints of one run")
    mean = {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(mean)
    out.parent.mkdir(parents=True, exist_ok=True)
    model.save(models[0], folders[0], out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    average(a.folders, a.out)


if __name__ == "__main__":
    corpus.command(main)
