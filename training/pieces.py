"""Checkpoints kept along the way, and a checkpoint cut into files small enough for a narrow way home."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from pathlib import Path

MODEL = "model"


def keep(out: Path, step: int, count: int) -> None:
    """Copies OUT/model to OUT/checkpoints/STEP and removes all but the `count` newest."""
    folder = out / "checkpoints"
    part = folder / f".{step}.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(out / MODEL, part)
    shutil.rmtree(folder / f"{step:07d}", ignore_errors=True)
    os.replace(part, folder / f"{step:07d}")
    for old in sorted(p for p in folder.iterdir() if not p.name.startswith("."))[:-count]:
        shutil.rmtree(old)


def cut(out: Path, megabytes: float) -> list[Path]:
    """OUT/pieces/model.tar.00, .01, …: `cat OUT/pieces/model.tar.* | tar x` is the folder again, with the log."""
    folder, size = out / "pieces", max(1, int(megabytes * 1e6))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in [*sorted((out / MODEL).iterdir()), out / "log.jsonl"]:
            if path.exists():
                tar.add(path, f"{MODEL}/{path.name}")
    whole = buffer.getbuffer()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    paths = [folder / f"model.tar.{i:02d}" for i in range(-(-len(whole) // size))]
    for i, path in enumerate(paths):
        path.write_bytes(whole[i * size : (i + 1) * size])
    return paths
