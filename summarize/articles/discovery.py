"""From the paths of a command line to the files to read, one at a time, in a stable order."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..errors import ArticleError, UnreadableArticle, UnsupportedFormat
from ..text import safe_id, sanitise
from ..types import Failure
from . import remote
from .formats import split_suffix
from .selection import IN_PAGE, NO_TEXT, Choice, is_litter, is_of_page, matches

STDIN = "-"
EMPTY, UNMATCHED = "no article in this folder", "no file matches"  # of what was named
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, or standard input. `named` is True if the user named this very file (not its folder)."""

    path: str  # to open; "-" for standard input
    id: str  # safe, relative to the folder that was named, without suffix
    suffix: str  # in lower case, without .gz
    gzipped: bool = False
    named: bool = False
    outside: bool = False  # a link that leads out of all that the user named
    place: str = ""  # its path below what was named, "/" between its parts
    file: str = ""  # as `id`, with all suffixes, and those of the archives that it lies in
    content: BinaryIO | None = None  # what to read, where `path` is none to open: it lies in an archive
    open: Callable[[], AbstractContextManager[BinaryIO]] | None = None  # where `path` is the address of another place

    @property
    def label(self) -> str:
        """The path as the user knows it, safe to print."""
        return sanitise(self.path)


def discover(
    paths: Sequence[str], made: Sequence[str] = (), choice: Choice | None = None
) -> Iterator[Source | Failure]:
    """The sources that `paths` mean, each file once, folders in sorted order; a Failure where there is none.

    A path is a file, a folder (read recursively, hidden files and symlink loops passed over), a glob that the shell
    left alone ("**" crosses folders), an address of one of them (`remote`), or "-". The names of one folder and those
    above it are held at a time. What is named may be a link; a link further down that leads out of all that is named is
    a Failure.

    `made` are folders that a run writes to. They are passed over below a folder that was named; a .md or .json file in
    them that is reached all the same is a Failure, because it may be an output, or would be overwritten by one. What
    `choice` does not want is counted there.
    """
    choice = Choice() if choice is None else choice
    seen: set[str] = set()
    ours = tuple(os.path.realpath(folder) for folder in made)
    paths = [remote.local(str(path)) for path in paths]
    given = tuple(os.path.realpath(path) for path in paths if path != STDIN and os.path.exists(path))
    for path in paths:
        found = False
        for source in _expand(path, _Bounds(frozenset(ours), given, choice)):
            if isinstance(source, Failure):
                found = True
                yield source
                continue
            here = source.path != STDIN and not source.open
            real = os.path.realpath(source.path) if here else source.path
            wanted = real == STDIN or real in seen or choice.wants(source.place, named=source.named)
            found |= wanted or source.named
            if real not in seen:
                seen.add(real)
                if not wanted:
                    continue
                if source.outside:
                    yield _leading_out(source.path, source.id)
                else:
                    yield _overwritten(source) if here and _at_stake(source, real, ours) else source
        if not found:
            yield _nothing_in(path)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Where a walk ends: folders that are written to, all that was named, what the user chose."""

    ours: frozenset[str]
    given: tuple[str, ...]
    choice: Choice


def _at_stake(source: Source, real: str, ours: Sequence[str]) -> bool:
    written = source.suffix in (".md", ".json") and not source.gzipped
    return written and _within(real, ours)


def _within(real: str, folders: Iterable[str]) -> bool:
    return any(os.path.commonpath([real, folder]) == folder for folder in folders)


def _leading_out(link: str, id: str) -> Failure:
    real = os.path.realpath(link)
    error = UnreadableArticle(
        f"a link that leads out of the drop, to {real}", "name what it leads to on the command line if it is meant"
    )
    return failure(id, sanitise(link), error)


def _overwritten(source: Source) -> Failure:
    error = UnsupportedFormat(
        "it lies where results are written: it may be one, or would be overwritten by one",
        "move it, or write elsewhere: --out DIR",
    )
    return failure(source.id, source.label, error)


def failure(id: str, source: str, error: ArticleError) -> Failure:
    """`error` as the value that stands in place of an article."""
    return Failure(
        id=id,
        source=source,
        stage="read",
        error=type(error).__name__,
        message=sanitise(error.message),
        hint=error.hint,
        code=error.code,
    )


def _expand(path: str, bounds: _Bounds) -> Iterator[Source | Failure]:
    if path == STDIN:
        yield Source(STDIN, "stdin", "", named=True, file="stdin")
    elif remote.is_remote(path):
        yield from _elsewhere(path, bounds)
    elif os.path.lexists(path) or not _MAGIC.search(path):
        yield from _file_or_folder(path, bounds)
    else:
        yield from _matches(path, bounds)


def _file_or_folder(path: str, bounds: _Bounds) -> Iterator[Source | Failure]:
    if os.path.isdir(path):
        yield from _walk(path, path, bounds)
    elif os.path.lexists(path):
        yield _source(path, os.path.dirname(path), named=True)
    else:
        error = UnreadableArticle("no such file or folder", f"check the path: ls {os.path.dirname(path) or '.'}")
        yield failure(safe_id(path), sanitise(path), error)


def _elsewhere(address: str, bounds: _Bounds) -> Iterator[Source | Failure]:
    for found in remote.files(address, bounds.choice):
        if found.error:
            yield failure(safe_id(found.address), sanitise(found.address), found.error)
        else:
            yield replace(_placed(found.address, found.place, found.named), open=found.open)


def _nothing_in(path: str) -> Failure:
    what = EMPTY if os.path.isdir(path) else UNMATCHED
    error = UnreadableArticle(what, "name a folder with .txt, .md, .html, .json or .jsonl files in it")
    return failure(safe_id(path), sanitise(path), error)


def _source(path: str, root: str, named: bool = False) -> Source:
    relative = os.path.relpath(path, root or ".") if root else path
    return _placed(path, relative.replace(os.sep, "/"), named)


def _placed(path: str, place: str, named: bool) -> Source:
    """The source at `place` below what was named."""
    *folders, name = place.split("/")
    stem, suffix, gzipped = split_suffix(name)
    id = safe_id("/".join([*folders, stem]))
    return Source(path, id, suffix, gzipped, named, place=place, file=safe_id(place))


def _walk(folder: str, root: str, bounds: _Bounds) -> Iterator[Source | Failure]:
    """All files under `folder`, by name, but for those in folders further down that are written to or belong to a saved
    page. Each folder knows those above it, so that a loop of links ends."""
    waiting: list[tuple[str, tuple[tuple[int, int], ...]]] = [(folder, ())]
    inside = (os.path.realpath(folder), *bounds.given)
    while waiting:
        path, above = waiting.pop()
        if path != folder and os.path.islink(path) and not _within(os.path.realpath(path), inside):
            if os.path.isdir(path):
                if bounds.choice.wants(os.path.relpath(path, root).replace(os.sep, "/")):
                    yield _leading_out(path, safe_id(path))
                continue
            if os.path.exists(path):
                yield replace(_source(path, root), outside=True)
                continue
        if not os.path.isdir(path):
            yield _source(path, root)
            continue
        if path != folder and os.path.realpath(path) in bounds.ours:
            continue
        try:
            status = os.stat(path)
            names = sorted(os.listdir(path), reverse=True)
        except OSError as error:
            yield failure(safe_id(path), sanitise(path), unreadable(error))
            continue
        here = (status.st_dev, status.st_ino)
        if here in above:
            continue
        known = frozenset(names)
        for name in names:
            inner = os.path.join(path, name)
            if name.startswith("."):
                _count([name] if is_litter(name) else [], NO_TEXT, bounds.choice)
            elif is_of_page(name, known) and os.path.isdir(inner):
                _count((file for _, _, files in os.walk(inner) for file in files), IN_PAGE, bounds.choice)
            else:
                waiting.append((inner, (*above, here)))


def _count(names: Iterable[str], reason: str, choice: Choice) -> None:
    for name in names:
        choice.skip(reason, name)


def _matches(pattern: str, bounds: _Bounds) -> Iterator[Source | Failure]:
    """Files and folders that a glob means; ids are relative to the part before its first wildcard."""
    parts = pattern.split("/")
    fixed = next(n for n, part in enumerate(parts) if _MAGIC.search(part))
    root = "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else "")
    if "**" not in parts:
        for path in sorted(glob.iglob(pattern)):
            if os.path.isdir(path):
                yield from _walk(path, root or ".", bounds)
            else:
                yield _source(path, root, named=True)
        return
    # glob's own "**" would follow a symlink loop forty levels down
    across = parts.index("**")
    for start in sorted(glob.iglob("/".join(parts[:across]) or ("/" if pattern.startswith("/") else "."))):
        for source in _walk(os.path.normpath(start), root or ".", bounds):
            if isinstance(source, Failure) or matches(_names(source.path, start), parts[across:]):
                yield source


def _names(path: str, start: str) -> list[str]:
    return os.path.relpath(path, start).split(os.sep)


def unreadable(error: OSError) -> UnreadableArticle:
    """What the operating system said, as one of our errors."""
    if isinstance(error, PermissionError):
        return UnreadableArticle("no permission to read it", "give yourself the right: chmod u+r FILE")
    if isinstance(error, FileNotFoundError):
        return UnreadableArticle("it is gone, or a link to nothing", "run again: what is still there is read")
    if isinstance(error, IsADirectoryError):
        return UnreadableArticle("it is a folder by now", "run again: a folder is read as one")
    return UnreadableArticle(f"it cannot be read: {error.strerror or error}", "check the disk, or copy the file anew")


def is_special(path: str) -> bool:
    """True for a pipe, device or socket, on which reading may wait for ever."""
    return not stat.S_ISREG(os.stat(path).st_mode)
