"""Files of the catalogue: atomic writes, locks, and hashes that are remembered.

A hash is remembered under the file's real path, size, time of change and inode, so that a warm run reads no weights.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import ModelError
from ..keys import hash_file
from ..types import Json

# A file changed this recently can change again without a new time stamp: its hash is not remembered (as git does it).
SETTLED_NS = 2_000_000_000


def models_folder(cache: Path) -> Path:
    """Where the catalogue keeps what it fetched, converted and knows."""
    return cache.absolute() / "models"


def read_json(path: Path) -> dict:
    """The JSON object in `path`; empty if it is absent or something else (what we keep can be made again)."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: Json) -> None:
    """Put `value` in place at once: a reader sees the old file or the new one. Raises ModelError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=path.name + ".", delete=False
        ) as temporary:
            json.dump(value, temporary, ensure_ascii=False, indent=1, sort_keys=True)
            temporary.write("\n")
        os.chmod(temporary.name, 0o644)
        os.replace(temporary.name, path)
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}", "choose another place with --cache DIR") from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[IO[str]]:
    """Hold the lock file `path` against other processes; waits for it. A child that is given the file (pass_fds) holds
    it on if this process is killed. Raises ModelError if it cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = open(path, "w")  # noqa: SIM115 (closed below; the error of opening is mapped apart from the body's)
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}", "choose another place with --cache DIR") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


@contextlib.contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A scratch folder beside `final` that becomes `final` if the body succeeds, and vanishes if it fails; what a kill
    left of an earlier one goes too. The caller holds a lock on `final`."""
    final.parent.mkdir(parents=True, exist_ok=True)
    for left in final.parent.glob(f".{glob.escape(final.name)}.????????.unfinished"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{final.name}.", suffix=".unfinished"))
    try:
        yield scratch
        os.chmod(scratch, 0o755)
        os.replace(scratch, final)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


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
