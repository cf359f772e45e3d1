"""Pickled checkpoints made safe: pytorch_model.bin -> model.safetensors in a new folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..errors import ModelError, ModelNotFound
from ..files import locked, new_folder
from .cards import CARD
from .children import run_module
from .folder import PICKLES, WEIGHTS, check_whole, family_of, tokenizer_files


def to_safetensors(path: Path, out: Path) -> Path:
    """Convert the checkpoint folder `path` into the new folder `out` (config, tokenizer, card and README come along).

    The pickle is read in a process without sockets, as weights only. Raises ModelNotFound (no pickle there), ModelError
    (`out` exists), ModelCorrupt (not readable as weights), ModelUnsupported (family).
    """
    if not any((path / name).is_file() for name in PICKLES):
        raise ModelNotFound(f"{path} has no {PICKLES[0]} to convert", "summarize models list")
    family = family_of(path)
    with locked(out.parent / f".{out.name}.lock"):
        if out.exists():
            raise ModelError(
                f"{out} exists already",
                f"remove it, or choose another folder: summarize models convert {path} --out DIR",
            )
        with new_folder(out) as folder:
            run_module("summarize.catalog.unpickle", path, folder / WEIGHTS)
            (folder / WEIGHTS).chmod(0o644)
            for file in (*tokenizer_files(path), path / "README.md", path / CARD):
                if file.is_file():
                    shutil.copyfile(file, folder / file.name)
            check_whole(folder, family)
    return out
