"""Files of translation units, by their suffix: read and written unit by unit, so that a million need no room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..errors import UsageError
from . import tmx, tsv, xliff
from .unit import Unit

FORMATS = {".tmx": "tmx", ".xlf": "xliff", ".xliff": "xliff", ".tsv": "tsv"}
NAMES = ("tmx", "xliff", "xliff2", "tsv")
HINT = "the files of translations are .tmx, .xlf, .xliff and .tsv"


def read(path: Path, target: str, language: str = "") -> Iterator[Unit]:
    """The units of a file that are translations into `target`, in its order; `language` is for a table that does not
    say what it is translated from. Raises UsageError, perhaps after some of them."""
    format = FORMATS.get(path.suffix.lower())
    if format is None:
        raise UsageError(f"{path} is no file of translations", HINT)
    if format == "tsv":
        return tsv.read(path, target, language)
    return tmx.read(path, target) if format == "tmx" else xliff.read(path, target)


class Counted:
    """The finished units of a file, on their way; counts those and the drafts among them."""

    def __init__(self, path: Path, target: str, language: str = ""):
        self.path, self.target, self.language = path, target, language
        self.finished = self.drafts = 0

    def __iter__(self) -> Iterator[Unit]:
        for unit in read(self.path, self.target, self.language):
            if unit.finished:
                self.finished += 1
                yield unit
            else:
                self.drafts += 1


def format_of(path: str, given: str = "") -> str:
    """The format of a file that is to be written. Raises UsageError if neither its name nor `given` says it."""
    if given and given not in NAMES:
        raise UsageError(f"--format {given} is not one of {', '.join(NAMES)}", "--format tmx")
    format = given or FORMATS.get(Path(path).suffix.lower(), "")
    if not format:
        raise UsageError(f"{path} does not say its format", f"{HINT}; or say it: --format tmx")
    return format


def written(units: Iterable[Unit], format: str) -> Iterator[str]:
    """The text of a file, piece by piece; `format` is one of NAMES."""
    if format == "tsv":
        return tsv.written(units)
    return tmx.written(units, _version()) if format == "tmx" else xliff.written(units, format == "xliff2")


def _version() -> str:
    try:
        return version("summarize")
    except PackageNotFoundError:  # run from its folder
        return "0"
