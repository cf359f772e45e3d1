"""Archives (.zip, .tar): what is in them is read as the files of a folder are. Nothing is unpacked to the disk."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from ..errors import ArticleError, UnreadableArticle, UnsupportedFormat
from ..text import safe_id, sanitise
from ..types import Failure
from .discovery import Source, failure
from .formats import split_suffix
from .selection import IN_PAGE, NO_TEXT, Choice, is_litter, is_of_page
from .streams import CHUNK, bounded, inflated, refuse_bomb

DEPTH = 3  # archives in one another
MEMBERS = 20_000  # of an archive and all that are in it
UNPACKED = 2_000_000_000  # bytes of all members together
HEADER = 8_192  # bytes of a name, or of what else a tar says of a member
HEADERS = 4_000_000  # bytes of all above 2 kB: Python before 3.11.10 searches them in quadratic time
DIRECTORY = 8_000_000  # bytes of the table of a zip

_UTF8 = 0x800  # flag of a zip's member
_LONG = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError, struct.error, LookupError),
)  # what the libraries raise on broken archives, each in its own way
_UNPACK = "unpack it yourself, and name the folder"


@dataclass(slots=True)
class Budget:
    """What may still come of one archive and those in it."""

    members: int = MEMBERS
    bytes: int = UNPACKED


@dataclass(frozen=True, slots=True)
class Member(Source):
    """A source within an archive; `depth` is 1 in one that lies in a folder."""

    depth: int = 1
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    packed: int
    open: Callable[[], BinaryIO | None]
    refused: ArticleError | None = None


def unzip(source: Source, stream: BinaryIO, choice: Choice, limit: int) -> Iterator[Source | Failure]:
    """The members of a .zip as sources, in the order of a folder; to be read before the next is asked for."""
    if source.gzipped or not stream.seekable():
        stream = io.BytesIO(bounded(inflated(stream) if source.gzipped else stream, limit))
    yield from _members(source, lambda: _zipped(stream), choice)


def untar(source: Source, stream: BinaryIO, choice: Choice, limit: int) -> Iterator[Source | Failure]:
    """The members of a .tar, also gzipped, as sources in its own order; to be read before the next is asked for."""
    if not stream.seekable():
        stream = io.BytesIO(bounded(stream, limit))

    def entries() -> Iterator[_Entry]:
        stream.seek(0)
        return _tarred(inflated(stream) if source.gzipped else stream)

    yield from _members(source, entries, choice)


def _members(source: Source, entries: Callable[[], Iterator[_Entry]], choice: Choice) -> Iterator[Source | Failure]:
    depth, budget = (source.depth + 1, source.budget) if isinstance(source, Member) else (1, None)
    budget = budget or Budget()
    if depth > DEPTH:
        raise UnreadableArticle(f"archives in one another, more than {DEPTH} deep", _UNPACK)
    top = [] if source.named else [source.place]
    known = _names(entries)
    for entry in _guarded(entries()):
        budget.members -= 1
        if min(budget.members, budget.bytes) < 0:
            much = f"{MEMBERS:,} members" if budget.members < 0 else f"{UNPACKED / 1e9:g} GB"
            raise UnreadableArticle(f"more than {much} in it; what comes after is not read", _UNPACK)
        *folders, name = parts = _safe(entry.name)
        path, place = "/".join([source.path, *parts]), "/".join([*top, *parts])
        if any(part.startswith(".") for part in parts):
            if is_litter(name) and not any(part.startswith(".") for part in folders):
                choice.skip(NO_TEXT, place)
        elif any(is_of_page("/".join(parts[:n]), known) for n in range(1, len(parts))):
            choice.skip(IN_PAGE, place)
        elif choice.wants(place):
            stem, suffix, gzipped = split_suffix(name)
            id = safe_id("/".join([source.id, *folders, stem]))
            file = safe_id("/".join([source.file, *parts]))
            try:
                content = _opened(entry, budget)
            except ArticleError as error:
                yield failure(id, sanitise(path), error)
                continue
            yield Member(path, id, suffix, gzipped, place=place, file=file, content=content, depth=depth, budget=budget)


def _names(entries: Callable[[], Iterator[_Entry]]) -> set[str]:
    """All of them, as far as the archive is sound: a page may come after the folder of what belongs to it."""
    names: set[str] = set()
    with suppress(ArticleError):  # told when the members are read
        for entry in islice(_guarded(entries()), MEMBERS):
            names.add("/".join(_safe(entry.name)))
    return names


def _safe(name: str) -> list[str]:
    """The parts of a path that leads nowhere else."""
    return [part for part in name.split("/") if part not in ("", ".", "..")] or ["_"]


def _guarded(entries: Iterator[_Entry]) -> Iterator[_Entry]:
    try:
        yield from entries
    except _DAMAGE as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> UnreadableArticle:
    said = sanitise(str(error)) or type(error).__name__
    return UnreadableArticle(f"a damaged archive ({said})", "fetch it again, or unpack what is left of it yourself")


def _opened(entry: _Entry, budget: Budget) -> BinaryIO:
    if entry.refused:
        raise entry.refused
    try:
        inner = entry.open()
    except _DAMAGE as error:
        raise _damaged(error) from error
    if inner is None:
        raise UnsupportedFormat("no file but a link or a device", _UNPACK)
    return io.BufferedReader(_Content(inner, entry.packed, budget), CHUNK)


class _Content(io.RawIOBase):
    """What a member unpacks to: counted, and with the errors of the libraries as ours."""

    def __init__(self, inner: BinaryIO, packed: int, budget: Budget):
        self._inner, self._packed, self._budget, self._count = inner, packed, budget, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except _DAMAGE as error:
            raise _damaged(error) from error
        buffer[: len(data)] = data
        self._count += len(data)
        self._budget.bytes -= len(data)
        if self._budget.bytes < 0:
            raise UnreadableArticle(f"the archive unpacks to more than {UNPACKED / 1e9:g} GB", _UNPACK)
        refuse_bomb(self._count, self._packed)
        return len(data)


# --- zip -------------------------------------------------------------------------------------------------------------


def _zipped(stream: BinaryIO) -> Iterator[_Entry]:
    with zipfile.ZipFile(_Table(stream)) as archive:  # type: ignore[arg-type]
        found = [(_name_in_zip(info), info) for info in archive.infolist() if not info.is_dir()]
        for name, info in sorted(found, key=lambda pair: pair[0].split("/")):
            refused = None
            if info.flag_bits & 1:
                refused = UnreadableArticle("encrypted", "unpack it with its password, and name the folder")
            elif stat.S_ISLNK(info.external_attr >> 16):
                refused = UnsupportedFormat("a link in an archive: it is not followed", _UNPACK)
            yield _Entry(name, info.compress_size, lambda info=info: archive.open(info), refused)


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 and do not say so; old ones the code page of DOS. Some part folders by backslashes."""
    name = info.filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name if "/" in name else name.replace("\\", "/")


class _Table(io.BufferedIOBase):
    """A file whose table of contents cannot be larger than DIRECTORY: it is read at once, and made into objects."""

    def __init__(self, inner: BinaryIO):
        self._inner = inner
        self.seek, self.tell = inner.seek, inner.tell  # type: ignore[method-assign]

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:  # type: ignore[override]
        if size > DIRECTORY:
            raise zipfile.BadZipFile(f"a table of contents of {size:,} bytes")
        return self._inner.read(size)


# --- tar -------------------------------------------------------------------------------------------------------------


def _tarred(stream: BinaryIO) -> Iterator[_Entry]:
    head = type("Head", (_Head,), {"left": HEADERS})
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=head) as archive:
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]  # else it keeps them all
            if info.isdir():
                continue
            refused = None
            if not info.isreg() or info.issparse():
                kind = f"a link to {sanitise(info.linkname)}" if info.linkname else "a device, a pipe or the like"
                refused = UnsupportedFormat(f"{kind} in an archive: it is passed over", _UNPACK)
            name = info.name.encode("utf-8", "surrogateescape")
            yield _Entry(_decoded(name), info.size, lambda info=info: archive.extractfile(info), refused)
    rest = 0
    while chunk := stream.read(CHUNK):  # to its end, so that what stands there is not lost, and its checksum is seen
        rest += len(chunk.strip(b"\0"))
    if rest:
        raise tarfile.ReadError(f"{rest:,} bytes behind its end")


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp1252", "replace")


class _Head(tarfile.TarInfo):
    """The head of a member. The library takes a broken one, and the end of the file, for the end of the archive, reads
    names of any length, and goes backwards where a size is negative."""

    left = HEADERS

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> tarfile.TarInfo:
        info = super().frombuf(buf, encoding, errors)
        long = info.size if info.type in _LONG else 0
        cls.left -= long if long > 2_048 else 0
        if info.size < 0 or long > HEADER or cls.left < 0:
            raise tarfile.ReadError(f"a head of {info.size:,} bytes")
        return info

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> tarfile.TarInfo:
        try:
            info = super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:
            raise
        except tarfile.EmptyHeaderError as error:
            raise tarfile.ReadError("it stops without its end mark") from error
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error
        if info.size < 0:
            raise tarfile.ReadError("a member of negative size")
        return info
