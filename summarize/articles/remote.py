"""Drops that lie elsewhere: `s3://bucket/drop/` and its like, read through fsspec, where a user typed such an address.

How to reach them (keys, servers) is known to the packages behind fsspec, by files and variables of their own.
"""

from __future__ import annotations

import io
import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import unquote

from ..errors import ArticleError, UnreadableArticle, UsageError
from .selection import IN_PAGE, NO_TEXT, Choice, is_litter, is_of_page

ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
# Protocols that are read, and the package that each needs beside fsspec.
PACKAGES = {
    "abfs": "adlfs",
    "az": "adlfs",
    "gcs": "gcsfs",
    "gs": "gcsfs",
    "hdfs": "pyarrow",
    "memory": "",
    "s3": "s3fs",
    "s3a": "s3fs",
    "sftp": "paramiko",
    "smb": "smbprotocol",
    "webhdfs": "requests",
}
IN_EXTRA = ("", "s3fs")  # of those, what the extra [remote] brings
_FILE = "file://"
_MAGIC = re.compile(r"[*?\[]")
_SECRET = re.compile(r"//[^/@]*:[^/@]*@")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file, by its whole `address` and by its `place` below what was named, or what is wrong there."""

    address: str
    place: str
    named: bool = False
    file: Any = None  # the file system, and the name that it has for the file
    error: ArticleError | None = None

    def open(self) -> Any:
        """A context manager of its bytes, a stream that can be sought in. Raises UnreadableArticle, and so does every
        read."""
        return _opened(*self.file)


def local(path: str) -> str:
    """The path that a file:// address means; any other path as it is.

    >>> local("file:///tmp/a%20b.txt"), local("a b.txt")
    ('/tmp/a b.txt', 'a b.txt')
    """
    if not path.lower().startswith(_FILE) or os.path.lexists(path):
        return path
    return unquote(path[len(_FILE) :].removeprefix("localhost"))


def is_remote(path: str) -> bool:
    """Whether the path is an address that is read through fsspec, and not a file here."""
    match = ADDRESS.match(path)
    return bool(match and match[1].lower() in PACKAGES and not os.path.lexists(path))


def check(address: str, *, offline: bool = False) -> None:
    """Raises UsageError where the packages that read it are not installed, or it may not be asked."""
    protocol = ADDRESS.match(address)[1].lower()  # type: ignore[index]
    package = PACKAGES[protocol]
    if _SECRET.search(address):
        raise UsageError(
            f"{_SECRET.sub('//…@', address)} has a password, which would stand in the history and in every output",
            "leave it out: the package that reads it has a file or a variable for that",
        )
    if offline and protocol != "memory":
        raise UsageError(f"--offline forbids {address}", "copy it here first, and name the folder")
    try:
        import fsspec

        fsspec.get_filesystem_class(protocol)
    except ImportError:
        needed = f"{protocol}:// needs the package {package or 'fsspec'}, which is not installed"
        extra = "'summarize[remote]'" if package in IN_EXTRA else f"'summarize[remote]' {package}"
        raise UsageError(needed, f"pip install {extra}") from None


def files(address: str, choice: Choice) -> Iterator[RemoteFile]:
    """The files that an address means: one, those of a folder with all below it by name, or what a glob fits. Hidden
    ones are passed over. The names of one folder and those above it are held at a time, of a glob all."""
    check(address)
    import fsspec

    parts = address.split("/")
    fixed = next((n for n, part in enumerate(parts) if n > 1 and _MAGIC.search(part)), 0)
    try:
        with _told():
            fs, top = fsspec.core.url_to_fs(address)
            names = sorted(fs.glob(top)) if fixed else [top]
    except ArticleError as error:
        yield RemoteFile(address, "", error=error)
        return
    if not fixed:
        yield from _named(fs, top, address.rstrip("/"), "", choice)
        return
    above = len(top.strip("/").split("/")) - len(parts[fixed:])  # parts of names that are before the first wildcard
    for name in names:
        below = name.strip("/").split("/")[above:]
        if not any(part.startswith(".") for part in below):
            yield from _named(fs, name, "/".join([*parts[:fixed], *below]), "/".join(below), choice)


def _named(fs: Any, name: str, address: str, place: str, choice: Choice) -> Iterator[RemoteFile]:
    try:
        with _told():
            folder = fs.info(name)["type"] == "directory"
    except ArticleError as error:
        yield RemoteFile(address, place, error=error)
        return
    if folder:
        yield from _walk(fs, name, address, place, choice)
    else:
        yield RemoteFile(address, place or posixpath.basename(name), named=True, file=(fs, name))


def _walk(fs: Any, name: str, address: str, place: str, choice: Choice) -> Iterator[RemoteFile]:
    """All files under a folder, in the order in which one of this machine is read."""
    waiting = [(name, address, place, True)]
    while waiting:
        name, address, place, folder = waiting.pop()
        if not folder:
            yield RemoteFile(address, place, file=(fs, name))
            continue
        try:
            with _told():
                inner = {posixpath.basename(one["name"].rstrip("/")): one for one in fs.ls(name, detail=True)
                         if one["name"].strip("/") != name.strip("/")}  # fmt: skip
                fs.invalidate_cache(name)  # it would keep the names of all folders
        except ArticleError as error:
            yield RemoteFile(address, place, error=error)
            continue
        for base in sorted(inner, reverse=True):
            one = inner[base]
            folder = one["type"] == "directory"
            if base.startswith("."):
                if is_litter(base):
                    choice.skip(NO_TEXT, base)
            elif folder and is_of_page(base, inner):
                for path in fs.find(one["name"]):
                    choice.skip(IN_PAGE, path)
            else:
                below = f"{place}/{base}" if place else base
                waiting.append((one["name"], f"{address}/{base}", below, folder))


@contextmanager
def _opened(fs: Any, name: str) -> Iterator[BinaryIO]:
    with _told():
        file = fs.open(name, "rb")
    with file:
        yield io.BufferedReader(_Told(file), 1 << 18)


class _Told(io.RawIOBase):
    """A remote file whose errors are ours."""

    def __init__(self, file: Any):
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _told():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


@contextmanager
def _told() -> Iterator[None]:
    """The seam to fsspec and to the packages behind it, each of which has errors of its own."""
    keys = "check the address, and what its package is told of keys and server: for s3 AWS_PROFILE, AWS_ENDPOINT_URL"
    try:
        yield
    except ArticleError:
        raise
    except FileNotFoundError as error:
        raise UnreadableArticle("no such file or folder there", keys) from error
    except PermissionError as error:
        raise UnreadableArticle("no permission to read it", keys) from error
    except Exception as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UnreadableArticle(f"it cannot be read: {said}", keys) from error
