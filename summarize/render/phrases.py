"""Phrases that several renderings share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..languages.detection import name
from ..store.records import unasked
from ..types import Claim, Result, Sentence, Status

DRAFT = "DRAFT MODEL: do not rely on this text"


def reservations(problems: Sequence[str], doubts: Sequence[str]) -> str:
    """What stands behind a summary sentence that is not fully to be relied on.

    >>> reservations(("5,000",), ()), reservations((), ("numbers",)), reservations((), ())
    ('unsupported: 5,000', 'in doubt: numbers', '')
    """
    parts = [("unsupported", problems), ("in doubt", doubts)]
    return "; ".join(f"{name}: {', '.join(items)}" for name, items in parts if items)


def grounds(claim: Claim, sentences: Sequence[Sentence]) -> str:
    """How a summary sentence comes by what it says."""
    if any(claim.text == sentences[i].target for i in claim.evidence):
        return "quoted from the translation"
    return f"{claim.support:.0%} of its content is in the translation"


def plural(n: int, noun: str) -> str:
    """
    >>> plural(1, "sentence"), plural(1200, "sentence")
    ('1 sentence', '1,200 sentences')
    """
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def ledger(counts: Mapping[str, int]) -> str:
    """
    >>> ledger({"translated": 20, "repaired": 1, "copied": 0, "failed": 0})
    '21 sentences: 20 translated, 1 repaired'
    """
    total = sum(counts.values())
    named = ", ".join(f"{counts[s]:,} {s}" for s in map(str, Status) if counts.get(s))
    return plural(total, "sentence") + (f": {named}" if named else "")


def not_checked(result: Result) -> list[str]:
    """A line for each language of which some checks cannot be asked."""
    return [f"not checked in {name(code)}: {', '.join(names)}" for code, names in unasked(result).items()]


def coverage(result: Result) -> str:
    """How much of the article the summarizer was given; "" when it was all, in one piece."""
    s = result.summary
    parts = f" in {s.parts} parts" if s.parts > 1 else ""
    if s.coverage >= 1 and not parts:
        return ""
    return f"summary made from {s.coverage:.0%} of the sentences{parts}"


def duration(seconds: float) -> str:
    """
    >>> duration(0.123), duration(75)
    ('0.12 s', '1 min 15 s')
    """
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def size(n: float) -> str:
    """
    >>> size(999), size(7_340_032)
    ('999 B', '7.3 MB')
    """
    for unit in ("B", "KB", "MB", "GB"):
        if n < 1000 or unit == "GB":
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1000
    raise AssertionError("unreachable")
