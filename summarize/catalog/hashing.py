"""Hashes of a checkpoint's files, remembered under real path, size, time of change and inode, so that a warm run reads
no weights."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from ..errors import ModelError
from ..files import locked, read_json, write_json
from ..keys import hash_file
from ..types import Json

# A file changed this recently can change again without a new time stamp: its hash is not remembered (as git does it).
SETTLED_NS = 2_000_000_000


def models_folder(cache: Path) -> Path:
    """Where the catalogue keeps what it fetched, converted and knows."""
    return cache.absolute() / "models"


def hashes(paths: list[Path], cache: Path) -> dict[str, str]:
    """SHA-256 ("sha256:…") by file name, from memory where the file has not changed since. Where there is no cache
    folder yet, nothing is remembered: to look at a machine makes none."""
    memory = models_folder(cache) / "hashes.json"
    known = read_json(memory)
    found, fresh = {}, {}
    for path in paths:
        real = os.path.realpath(path)
        stamp = _stamp(real)
        entry = known.get(real)
        if isinstance(entry, dict) and entry.get("stamp") == stamp:
            found[path.name] = entry["hash"]
            continue
        found[path.name] = hash_file(path)
        if time.time_ns() - stamp[1] > SETTLED_NS and _stamp(real) == stamp:
            fresh[real] = {"stamp": stamp, "hash": found[path.name]}
    if fresh and cache.is_dir():
        _remember(memory, fresh)
    return found


def _stamp(path: str) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _remember(memory: Path, fresh: dict[str, Json]) -> None:
    # A cache that cannot be written costs time, nothing else.
    with contextlib.suppress(ModelError), locked(memory.with_suffix(".lock")):
        known = {path: entry for path, entry in read_json(memory).items() if os.path.exists(path)}
        write_json(memory, {**known, **fresh})
