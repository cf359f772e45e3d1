"""Files and folders that other processes may read or write at the same time: atomic writes, locks."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .errors import ModelError
from .types import Json


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
