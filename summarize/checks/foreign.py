"""What a sentence says that the original does not: a number that a translation has wrong supports itself otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from . import quantities as q
from .amounts import ENGLISH, GERMAN, figures, spelled
from .counts import LARGE, LONG_FIGURE, invented_counts

_FIGURES = re.compile(
    r"(?<!\w)\d[\d.,]*(?:\s?(?:-|–|/|to|and|or)\s?\d[\d.,]*)*(?<=\d)(?:s\b|[\s-]?(?:hundred|thousand|million|billion|trillion|m|bn|k)\b)?",
    re.IGNORECASE,
)

# 3:1, 2-1; what a German source says as such, or as a range
_SCORE = re.compile(r"(?<![\d.,:/–-])(\d{1,2})[:–-](\d{1,2})(?![\d.,:/–-]*\d)")
_PAIR = re.compile(r"(?=(?<!\d)(\d{1,2})(?:\s?[:–/-]\s?| (?:bis|und|zu|von|oder|aus) )(\d{1,2})(?!\d))")
_CODE = re.compile(r"\b([A-Z]{1,3})[ -]?(\d+)\b")  # B217, U 21: a road, a team

# zweieinhalb, halb acht, Viertelmillion: numbers of which only a part is a word of its own
_FRACTIONS = re.compile(
    r"(?<!des)(?<!wes)(?<!inner)(?<!ausser)(?<!außer)(?<!ober)(?<!unter)halb(?!zeit|final)|viertel(?!final)|drittel",
    re.IGNORECASE,
)

# Oktobertagung, but not Augustus
_COMPOUND = re.compile(r"\b((?:Jan|Febr)uar|März|April|Juni|Juli|August(?!us|in)|(?:Septem|Okto|Novem|Dezem)ber)")


def foreign(source: str, sentence: str) -> tuple[str, ...]:
    """Numbers, days and months of an English sentence that the source, in its own language, does not have; quoted.

    One way only: what the sentence leaves out is no matter. For names there is `strange_names`, which is less sure.

    >>> foreign("Am Montag kamen 500 Gäste.", "On Monday 5,000 guests came.")
    ('5,000',)
    """
    return tuple(dict.fromkeys((*_numbers(source, sentence), *_dates(source, sentence))))


def _numbers(source: str, sentence: str) -> Iterator[str]:
    if _FRACTIONS.search(source):
        return
    source, sentence, _ = q.without_times(source, sentence)
    known = {v for a in figures(source, GERMAN) for v in a} | spelled(source, GERMAN)
    known |= q.mentioned(source, q.GERMAN_MONTHS)
    for match in _FIGURES.finditer(sentence):
        if any(not amount & known for amount in figures(match[0], ENGLISH)):
            yield match[0]
    yield from _foreign(_SCORE, sentence, {frozenset(m.groups()) for m in _PAIR.finditer(source)}, frozenset)
    yield from _foreign(_CODE, sentence, {m.groups() for m in _CODE.finditer(source)}, tuple)
    yield from invented_counts(source, sentence)
    if not (LONG_FIGURE.search(source) or LONG_FIGURE.search(sentence)):
        for german, english in LARGE:
            match = english.search(_FIGURES.sub(" ", sentence))
            if match and not german.search(source) and q.GERMAN_WORDS.search(source):
                yield match[0]


def _foreign(pattern: re.Pattern[str], sentence: str, known: set, of: Callable) -> list[str]:
    """What of the sentence is not known, if something of its kind is: else the source puts it otherwise."""
    return [m[0] for m in pattern.finditer(sentence) if known and of(m.groups()) not in known]


def _dates(source: str, sentence: str) -> Iterator[str]:
    if not q.GERMAN_WORDS.search(source):
        return
    days, months = q.mentioned(source, q.GERMAN_DAYS), q.mentioned(_COMPOUND.sub(r"\1 ", source), q.GERMAN_MONTHS)
    yield from (m[0] for m in q.ENGLISH_DAYS.finditer(sentence) if m.lastindex not in days)
    if not q.NUMERIC_DATE.search(source):
        # March and May also begin a sentence
        yield from (m[0] for m in q.ENGLISH_MONTHS.finditer(sentence) if m.lastindex not in months | {3, 5})
