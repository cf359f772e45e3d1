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
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    try:
        write_bytes(path, text.encode())
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}", "choose another place with --cache DIR") from error


def write_bytes(path: Path, data: bytes) -> None:
    """The same for bytes; folders that are missing are made. Raises OSError."""
    with replacing(path) as f:
        f.write(data)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, piece by piece, that takes the place of `path` when all is written, and vanishes if that
    fails. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch, f = path.with_name(f".{path.name}.part"), None
    try:
        f = _opened(scratch)
        yield f
        f.flush()
        os.chmod(f.name, 0o644)
        os.replace(f.name, path)
        f.close()
    except BaseException as error:  # an interrupt may come anywhere
        with contextlib.suppress(OSError):  # the folder is gone, and what is wrong was said already
            if f:
                os.unlink(f.name)
                f.close()
            else:
                error.__traceback__ = None  # its frames may hold the file, and with it the lock
                with _held(scratch, 0):
                    os.unlink(scratch)
        raise


def _opened(scratch: Path) -> IO[bytes]:
    """An empty file to write to first: `scratch`, so that the next writer takes over what a kill left of it, unless
    another process is writing there right now."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
        f = opened.enter_context(_held(scratch, os.O_CREAT))
        f.truncate(0)
        opened.pop_all()
        return f
    return tempfile.NamedTemporaryFile(dir=scratch.parent, prefix=".", suffix=".part", delete=False)  # type: ignore[return-value]


def _held(scratch: Path, flag: int) -> IO[bytes]:
    """The file, with a lock on it. Raises OSError if another process has that, or has put it in place meanwhile."""
    with contextlib.ExitStack() as opened:
        unfollowed = lambda name, flags: os.open(name, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | flag, 0o644)
        f = opened.enter_context(open(scratch, "ab", opener=unfollowed))
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(f.fileno()), os.stat(scratch)):
            raise FileNotFoundError(scratch)
        opened.pop_all()
        return f


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
