"""Phrases that several renderings share."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from ..languages.detection import name
from ..store.records import unasked
from ..types import TARGET, Claim, Result, Sentence, Status

DRAFT = "DRAFT MODEL: do not rely on this text"
CONFIDENCES = ("low", "medium", "high")
COMMANDS = ("summarize ", "curl ", "export ", "ls ", "mkdir ", "pip ", "wget ")  # that a next step may name
KINDS_SHOWN = 6  # of files that were skipped


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


def broken(line: str, width: int) -> str:
    """The line in lines of a terminal: broken between words. A command behind its last colon is to be copied: it stays
    whole, where a line has room for it.

    >>> print(broken("de-en is a draft; for a real model: summarize models pull X", 40))
    de-en is a draft; for a real model:
      summarize models pull X
    """
    if len(line) <= width:
        return line
    margin = " " * (len(line) - len(line.lstrip()) or 2)
    said, _, typed = line.rpartition(": ")
    whole = typed.startswith(COMMANDS) and bool(said.strip()) and len(margin + typed) <= width
    words = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False, subsequent_indent=margin)
    return "\n".join([*words.wrap(f"{said}:" if whole else line), *[margin + typed] * whole])


def plural(n: int, noun: str) -> str:
    """
    >>> plural(1, "sentence"), plural(1200, "sentence")
    ('1 sentence', '1,200 sentences')
    """
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


_WHY = {  # reasons of articles.selection
    "no text": ("file that holds no text", "files that hold no text"),
    "unfinished": ("file that is still being written", "files that are still being written"),
    "part of a saved page": ("file of a saved page", "files of saved pages"),
    "left out": ("file left out by --include or --exclude", "files left out by --include or --exclude"),
    "no page": ("record that is no page", "records that are no page"),
}


def skipped(counts: Mapping[str, Mapping[str, int]]) -> str:
    """What was passed over on purpose; "" if nothing was.

    >>> skipped({"no text": {".jpg": 9, ".css": 5}, "left out": {".txt": 1}}), skipped({})
    ('skipped: 14 files that hold no text (9 .jpg, 5 .css); 1 file left out by --include or --exclude (1 .txt)', '')
    """
    parts = []
    for reason, words in _WHY.items():
        kinds = counts.get(reason, {})
        total = sum(kinds.values())
        most = [f"{count:,} {kind}" for kind, count in list(kinds.items())[:KINDS_SHOWN]]
        others = total - sum(list(kinds.values())[:KINDS_SHOWN])
        named = ", ".join([*most, *([f"{others:,} others"] if others else [])])
        parts += [f"{total:,} {words[total != 1]} ({named})"] if total else []
    return f"skipped: {'; '.join(parts)}" if parts else ""


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
    into = f" to {name(result.target)}" if result.target != TARGET else ""
    return [f"not checked in {name(code)}{into}: {', '.join(names)}" for code, names in unasked(result).items()]


def gaps(result: Result) -> list[str]:
    """What of the source may be missing or altered in the text, by what reading it showed; nothing if little is."""
    r = result.reading
    if r is None or not r.in_doubt:
        return []
    lines = [f"{r.missing:.0%} of the source is not in this text"] * (r.missing > r.bound)
    lines += [f"numbers lost in reading: {_some(r.lost)}"] * bool(r.lost)
    return lines + [f"numbers that the source does not have: {_some(r.formed)}"] * bool(r.formed)


def _some(runs: Sequence[str]) -> str:
    shown = ", ".join(run[:30] for run in runs[:5])
    return shown if len(runs) <= 5 else f"{shown} and {len(runs) - 5:,} more"


def coverage(result: Result) -> str:
    """How much of the article the summarizer was given; "" when it was all, in one piece."""
    s = result.summary
    parts = f" in {s.parts} parts" if s.parts > 1 else ""
    if s.coverage >= 1 and not parts:
        return ""
    return f"summary made from {s.coverage:.0%} of the sentences{parts}"


def confidence(result: Result) -> str:
    """That of the middle one of its sentences: low, medium, high; "" where it is known of none."""
    known = sorted(filter(None, map(result.confidence, result.sentences)), key=CONFIDENCES.index)
    return known[(len(known) - 1) // 2] if known else ""


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


def left_over(seconds: float) -> str:
    """A guess at a time to come, in no more detail than a guess has.

    >>> left_over(0.2), left_over(75), left_over(759), left_over(7300)
    ('1 s', '1 min 15 s', '13 min', '2 h 2 min')
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


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
