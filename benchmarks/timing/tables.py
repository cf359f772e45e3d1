"""What every section of the page is made of: tables, and ratios of rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

Figures = Mapping[str, Any]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def ratios(ours: Sequence[Figures], theirs: Sequence[Figures]) -> list[float]:
    """How many times as many texts a second, round by round."""
    pairs = zip(good(ours), theirs, strict=False)
    return [(a["texts"] / a["seconds"]) / (b["texts"] / b["seconds"]) for a, b in pairs]


def ratio(ours: Sequence[Figures], theirs: Sequence[Figures]) -> str:
    found = ratios(ours, theirs)
    return f"{median(found):.2f} x" if found else "–"


def good(answers: Iterable[Figures]) -> list[Figures]:
    return [a for a in answers if "error" not in a]
