"""Which files of a drop are read: what the user chose, and what can hold a text at all. The others are counted.

>>> choice = Choice(exclude=["entwurf/"])
>>> [choice.wants(path) for path in ("a.txt", "entwurf/b.txt", "foto.jpg", "Thumbs.db")], choice.as_json()
([True, False, False, False], {'left out': {'.txt': 1}, 'no text': {'.jpg': 1, 'Thumbs.db': 1}})
"""

from __future__ import annotations

import mimetypes
import posixpath
import tomllib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ..text import sanitise
from .formats import ARCHIVES, SUFFIXES, split_suffix

NO_TEXT, UNFINISHED, IN_PAGE = "no text", "unfinished", "part of a saved page"
LEFT_OUT, NO_PAGE = "left out", "no page"
PAGES = (".html", ".htm", ".xhtml", ".HTML", ".HTM")


@dataclass(slots=True)
class Choice:
    """`include` and `exclude` are globs: one without "/" fits a name at any depth, any other the path below what was
    named, where "**" stands for any number of folders. What fits a folder or an archive fits all that is in it.

    `skipped` counts by (reason, suffix or name) what was passed over.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def wants(self, path: str, *, named: bool = False) -> bool:
        """Whether to read the file at `path`, "/" between its parts; one that the user `named` is never without text
        or unfinished. An archive is wanted for what may be in it."""
        suffix = split_suffix(posixpath.basename(path))[1]
        if not self._chosen(path, suffix in ARCHIVES):
            self.skip(LEFT_OUT, path)
        elif not named and holds_no_text(posixpath.basename(path)):
            self.skip(NO_TEXT, path)
        elif not named and split_suffix(posixpath.basename(path))[1] in _data()["unfinished"]:
            self.skip(UNFINISHED, path)
        else:
            return True
        return False

    def skip(self, reason: str, path: str) -> None:
        name = posixpath.basename(path)
        suffix = split_suffix(name)[1]
        self.skipped[reason, sanitise(name if is_litter(name) else suffix or "without suffix")] += 1

    def _chosen(self, path: str, archive: bool) -> bool:
        if not self.include and not self.exclude:
            return True
        above = path.split("/")
        fits = lambda patterns: any(
            matches(above[:depth], _parts(pattern)) for pattern in patterns for depth in range(1, len(above) + 1)
        )
        return (archive or not self.include or fits(self.include)) and not fits(self.exclude)

    def as_json(self) -> dict[str, dict[str, int]]:
        """Counts by reason, then by kind, the most frequent first."""
        found: dict[str, dict[str, int]] = {}
        for (reason, kind), count in sorted(self.skipped.items(), key=lambda item: (-item[1], item[0])):
            found.setdefault(reason, {})[kind] = count
        return dict(sorted(found.items()))


def is_litter(name: str) -> bool:
    """True for the name of a file that systems leave in any folder."""
    return name.lower() in _data()["names"]


def holds_no_text(name: str) -> bool:
    """True for the name of a picture, a script, a program and the like, by the suffix.

    >>> [holds_no_text(n) for n in ("a.JPG", "a.jpg.gz", "desktop.ini", "a.html", "a.xls", "README")]
    [True, True, True, False, False, False]
    """
    data, suffix = _data(), split_suffix(name)[1]
    if is_litter(name):
        return True
    if not suffix or suffix in SUFFIXES:
        return False
    kind = _types().guess_type("a" + suffix, strict=False)[0] or ""
    families = tuple(kind for kind in data["types"] if kind.endswith("/"))
    return suffix in data["suffixes"] or kind in data["types"] or kind.startswith(families)


def is_of_page(folder: str, names: Collection[str]) -> bool:
    """Whether a browser made the folder for what belongs to a saved page; `names` are the files beside it, or the paths
    of an archive.

    >>> is_of_page("a/x_files", {"a/x.html"}), is_of_page("x-Dateien", {"x.htm"}), is_of_page("x_files", {"y.html"})
    (True, True, False)
    """
    endings = _data()["page_folders"]
    if not folder.endswith(endings):
        return False
    stems = [folder.removesuffix(ending) for ending in endings if folder.endswith(ending)]
    return any(stem + suffix in names for stem in stems for suffix in PAGES)


def matches(names: Sequence[str], pattern: Sequence[str]) -> bool:
    """True if the names of a relative path match the parts of a pattern, where "**" stands for any number of them."""
    if not pattern:
        return not names
    if pattern[0] == "**":
        return matches(names, pattern[1:]) or (bool(names) and matches(names[1:], pattern))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and matches(names[1:], pattern[1:])


def _parts(pattern: str) -> list[str]:
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    return parts if "/" in pattern.rstrip("/") else ["**", *parts]


@cache
def _data() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(Path(__file__).with_name("skipped.toml").read_text(encoding="utf-8"))
    return {name: tuple(values) for name, values in table.items()}


@cache
def _types() -> mimetypes.MimeTypes:
    return mimetypes.MimeTypes()  # the library's own table: that of the system differs from machine to machine
