"""An article's sentences as a text to be corrected in an editor, and what was corrected in it.

    # sentence 3: repaired, numbers?
    # Der Pegel steigt um 3 Meter.
    3> The level rises by 3 metres.

Only what stands behind `>` is read; a translation may go on in the lines below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..text import collapse_spaces, sanitise

HEAD = """\
# {title}
# Correct what stands behind the > of a sentence, save, and close the editor.
# What you leave as it is, or empty, is not kept; lines that begin with # are not read.
"""
_LINE = re.compile(r"(\d+)>(.*)")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence by its number in `summarize show`; `remarks`: what a reader should know of its translation."""

    number: int
    source: str
    target: str
    remarks: str = ""


def text(title: str, rows: Sequence[Row]) -> str:
    """
    >>> print(text("a.txt", [Row(3, "Er geht.", "He goes.", "numbers?")]).splitlines()[-1])
    3> He goes.
    """
    blocks = [
        f"\n# sentence {row.number}{row.remarks and ': '}{row.remarks}\n# {collapse_spaces(row.source)}\n"
        f"{row.number}> {collapse_spaces(row.target)}\n"
        for row in rows
    ]
    return HEAD.format(title=collapse_spaces(title)) + "".join(blocks)


def corrected(edited: str, rows: Sequence[Row]) -> dict[int, str]:
    """The translations that were changed, by the number of their sentence. Raises UsageError for a text that says of
    none, or of two, to which sentence it belongs."""
    found: dict[int, list[str]] = {}
    current: list[str] | None = None
    for line_number, line in enumerate(edited.splitlines(), 1):
        if match := _LINE.match(line):
            number = int(match[1])
            if number in found or all(row.number != number for row in rows):
                raise UsageError(f"line {line_number}: sentence {number} is not in it, or is in it twice")
            current = found[number] = [match[2]]
        elif line.startswith("#"):
            current = None
        elif line.strip():
            if current is None:
                raise UsageError(f"line {line_number} belongs to no sentence: {line.strip()[:60]!r}")
            current.append(line)
    known = {row.number: row.target for row in rows}
    return changed({number: " ".join(lines) for number, lines in found.items()}, known)


def changed(texts: Mapping[int, str], known: Mapping[int, str]) -> dict[int, str]:
    """Of the texts those that say something else than what is there, made harmless."""
    clean = {number: collapse_spaces(sanitise(said)) for number, said in texts.items()}
    return {number: said for number, said in clean.items() if said and said != collapse_spaces(known[number])}
