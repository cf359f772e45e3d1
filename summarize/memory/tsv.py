"""TSV: original, tab, translation, perhaps a tab and a note; one unit a line, plain text.

A first line of two language codes (`de`, `en`) says what is translated. White space within a cell is one space, and
inline codes are left out: a table is for spreadsheets and for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import UsageError
from ..languages.codes import ISO_639_1
from ..text import collapse_spaces, sanitise
from .unit import Unit, base


def read(path: Path, target: str, language: str = "") -> Iterator[Unit]:
    """The units of a table; `language` is the original's where its first line does not say. Raises UsageError."""
    source, into = language, target
    try:
        with open(path, encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                cells = [collapse_spaces(sanitise(cell)) for cell in line.rstrip("\r\n").split("\t")]
                if number == 1 and _pair(cells, target):
                    source, into = cells
                elif any(cells) and not cells[0].startswith("#"):
                    if len(cells) not in (2, 3) or not cells[0]:
                        shape = "original, tab, translation, and perhaps a tab and a note"
                        raise UsageError(f"{path}, line {number}: {len(cells)} columns", f"write {shape}")
                    if not source:
                        hint = f"say it with --lang de, or in its first line: de, tab, {target}"
                        raise UsageError(f"{path} does not say from which language", hint)
                    if base(into) == target:
                        note = cells[2] if cells[2:] else ""
                        yield Unit(*cells[:2], source, into, note=note, origin=path.name, finished=bool(cells[1]))
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", "save it as UTF-8") from None
    except OSError as e:
        raise UsageError(f"{path} cannot be read: {e.strerror}", "check the path") from None


def _pair(cells: Sequence[str], target: str) -> bool:
    """Whether these are codes of languages, and no word with its translation.

    >>> _pair(["de-AT", "en"], "en"), _pair(["ja", "yes"], "en")
    (True, False)
    """
    return len(cells) == 2 and all(base(cell) in {*ISO_639_1, target} and " " not in cell for cell in cells)


def written(units: Iterable[Unit]) -> Iterator[str]:
    """The text of a file, line by line. Raises UsageError for units of several languages."""
    pair = None
    for unit in units:
        languages = base(unit.source_language), base(unit.target_language)
        if pair is None:
            pair = languages
            yield "\t".join(pair) + "\n"
        if pair != languages:
            raise UsageError(f"a table has one pair of languages, and there are {pair[0]} and {languages[0]}",
                             "name one: --lang de; or write TMX")  # fmt: skip
        cells = (unit.source, unit.target, unit.note) if unit.note else (unit.source, unit.target)
        yield "\t".join(map(collapse_spaces, cells)) + "\n"
