"""Parallel test sets: NAME.tsv (source TAB reference, further columns are further references), or two files PREFIX.de
and PREFIX.en with one sentence a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import UsageError
from ..memory import Unit, key
from ..types import TARGET

# WMT names its files after the pair as well: newstest2014.de-en.de
PAIR = re.compile(r"[._-][a-z]{2,3}-[a-z]{2,3}$")
SHAPE = "give NAME.tsv (source TAB reference), PREFIX of PREFIX.de and PREFIX.en, or --source FILE --reference FILE"
EQUAL = "line i of the one must be the translation of line i of the other; `wc -l` counts both"


@dataclass(frozen=True)
class ParallelSet:
    """`references` holds one tuple per reference, each as long as `sources`: what sacrebleu calls streams."""

    name: str
    sources: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]

    def first(self, n: int) -> ParallelSet:
        """The first `n` sentences; the name says so, that no score of a part is taken for one of the whole."""
        if n >= len(self.sources):
            return self
        cut = tuple(stream[:n] for stream in self.references)
        return replace(self, name=f"{self.name} (first {n})", sources=self.sources[:n], references=cut)


def find(spec: str, language: str, target: str = TARGET) -> ParallelSet:
    """The set that `spec` names: a .tsv file or a prefix. Raises UsageError, with what is missing or uneven."""
    if spec.endswith(".tsv"):
        return _table(Path(spec))
    source, reference = Path(f"{spec}.{language}"), Path(f"{spec}.{target}")
    if not source.is_file() and not reference.is_file():
        raise UsageError(f"no test set {spec}: there is no {source} and no {reference}", SHAPE)
    return from_files(source, [reference], name=_named(Path(spec).name))


def from_files(source: Path, references: Sequence[Path], *, name: str = "") -> ParallelSet:
    """A set of one file of sources and one or more of references. Raises UsageError."""
    sources = _lines(source)
    streams = []
    for path in references:
        stream = _lines(path)
        if len(stream) != len(sources):
            raise UsageError(f"{source} has {len(sources):,} lines and {path} has {len(stream):,}", EQUAL)
        streams.append(tuple(stream))
    return ParallelSet(name or _named(source.stem), tuple(sources), tuple(streams))


def of_units(units: Iterable[Unit], name: str) -> ParallelSet:
    """What people translated, as a set. Raises UsageError if there is nothing."""
    pairs = [(key(unit.source), key(unit.target)) for unit in units]
    if not pairs:
        raise UsageError("there are no corrections from this language", "summarize fix ARTICLE; or --lang CODE")
    sources, targets = zip(*pairs, strict=True)
    return ParallelSet(name, sources, (targets,))


def _table(path: Path) -> ParallelSet:
    rows = [line.split("\t") for line in _lines(path)]
    width = len(rows[0])
    if width < 2:
        raise UsageError(f"{path} has one column and no reference in it", SHAPE)
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            hint = "every line needs as many columns: source TAB reference, and no other tab"
            raise UsageError(f"{path}, line {number}: {len(row)} columns where line 1 has {width}", hint)
    sources, *streams = zip(*rows, strict=True)
    return ParallelSet(_named(path.stem), sources, tuple(streams))


def _lines(path: Path) -> list[str]:
    """Lines by line feed alone: a sentence may hold other characters that Python takes for line ends."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", SHAPE) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", f"iconv -f latin1 -t utf-8 {path}") from error
    lines = [line.removesuffix("\r") for line in content.removesuffix("\n").split("\n")]
    if lines == [""]:
        raise UsageError(f"{path} is empty", SHAPE)
    return lines


def _named(name: str) -> str:
    """
    >>> _named("newstest2014.de-en"), _named("flores-dev")
    ('newstest2014', 'flores-dev')
    """
    return PAIR.sub("", name)


__all__ = ["ParallelSet", "find", "from_files", "of_units"]
