"""Times of day, dates, months and days of the week.

>>> [sorted(f.values) for f in times("um halb drei und 19.30 Uhr", Language("de"))]
[[(2, 30), (14, 30)], [(19, 30)]]
>>> [sorted(f.values) for f in times("at 7:30 p.m. or noon", Language("en"))]
[[(19, 30)], [(12, 0)]]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from ..languages.language import Language
from ..languages.lexicon import Meaning
from .digits import DIGIT
from .fact import Fact
from .numerals import counts

MOST = 40  # times of a sentence that are looked for
_HOUR = r"(?<![\d.,:/-])([01]?\d|2[0-4])"
_DAY = r"(?<![\d.,:/])([0-3]?\d)(?:\.|-?(?:er|st|nd|rd|th|го|е|й|ого)\b|º|ª|°)?"
_OF = r"(?:of|the|de|del|d['’]|den|di|da|del mese di)"
_NUMERIC = re.compile(
    r"(?<![\d.,:/-])(?:([0-3]?\d)([./])\s?([0-3]?\d)\2\s?((?:19|20)?\d\d)(?![\d/])"  # 20.3.2021, 20/3/21
    r"|((?:19|20)\d\d)-([01]\d)-([0-3]\d)(?!\d)"  # 2021-03-20
    r"|([0-3]?\d)\.\s?(0?[1-9]|1[0-2])\.(?!\s?\d))"  # 20.3.
)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
IMPOSSIBLE = re.compile(r"(?<![\d.,:])(?:1[3-9]|2[0-4])(?:[.:h][0-5]\d)?\s*a\.?\s?m\b", re.IGNORECASE)


def times(text: str, lang: Language) -> list[Fact]:
    """Times of day, in the order of the text; hours 0 to 24. A figure that may be something else has `parts`."""
    digits = bool(DIGIT.search(text))
    folded = text.casefold()
    found: list[Fact] = []
    taken: set[int] = set()
    for pattern, kind, needed in _patterns(lang):
        if not (any(word in folded for word in needed) if needed else digits):
            continue
        for match in islice(pattern.finditer(text), MOST):
            if taken & set(range(*match.span())):
                continue
            if fact := _time(match, kind, lang):
                found.append(fact)
                taken |= set(range(fact.start, fact.end))
    return sorted(found, key=lambda fact: fact.start)


@lru_cache(maxsize=64)
def _patterns(lang: Language) -> list[tuple[re.Pattern[str], str, tuple[str, ...]]]:
    """Ways to tell a time, and what a casefolded text has one of if it is told so: nothing for those in figures."""
    before = lang.before_clock
    between = "|".join(map(re.escape, ["-", "–", *sorted(lang.between)]))
    sure, told = (
        rf"{_HOUR}(?:[.:]([0-5]\d))?(?=\s*-?{after}|\s*(?:{between})\s*[\d.:]+\s*{after})"
        for after in (lang.sure_clock, lang.after_clock)
    )
    made: list[tuple[str, str, tuple[str, ...]]] = [
        (rf"{_HOUR}(?:[.:]([0-5]\d))?\s?([ap])\.?\s?m\b\.?", "meridiem", ()),
        (rf"{_HOUR}\s?[hH]\s?([0-5]\d)(?!\d)", "told", ()),
        (sure, "sure", ()),
        (told, "told", ()),
        (rf"(?:{before})\s{_HOUR}[.:]([0-5]\d)(?![\d:]|[.,]\d|\s?%|\s\w*(?:per|illi|point))", "figures", ()),
        (rf"{_HOUR}[:]([0-5]\d)(?![\d:]|[.,]\d)", "figures", ()),
    ]
    if lang.half_clock:
        made.append((rf"\b{lang.half_clock} (\w+)\b(?! (?:so|mal)\b)", "half", (lang.half_clock.casefold(),)))
    if lang.code == "en":
        made += [
            (r"\b(half|quarter)(?:[ -](past|to|after))?[ -](\w+)\b", "words", ("half", "quarter")),
            (r"\b(noon|midday|midnight)\b", "named", ("noon", "midday", "midnight")),
            (r"\b(\w+) o['’]clock", "oclock", ("clock",)),
        ]
    return [(re.compile(pattern, re.IGNORECASE), kind, needed) for pattern, kind, needed in made]


def _time(match: re.Match[str], kind: str, lang: Language) -> Fact | None:
    if kind == "named":
        hours = {(12, 0)} if match[1].casefold() != "midnight" else {(0, 0), (24, 0), (12, 0)}
        return Fact("time", frozenset(hours), *match.span())
    if kind in ("half", "words", "oclock"):
        spoken = match[1] if kind != "words" else match[3]
        hour = _spoken(spoken, lang)
        if hour is None:
            return None
        minute = 0 if kind == "oclock" else 30
        if kind == "half":
            hour = (hour - 1) % 12
        elif kind == "words" and match[1].casefold() == "quarter":
            hour, minute = ((hour - 1) % 12, 45) if match[2] == "to" else (hour, 15)
        return Fact("time", frozenset({(hour, minute), ((hour + 12) % 24, minute)}), *match.span())
    hour, minute = int(match[1]), int(match[2] or 0)
    if kind == "meridiem":
        if hour > 12:
            return Fact("time", frozenset({(hour, minute)}), *match.span())
        hour = hour % 12 + (12 if match[3].casefold() == "p" else 0)
        return Fact("time", frozenset(_same(hour, minute)), *match.span())
    values = set(_same(hour, minute))
    if 0 < hour < 12 and lang.late.search(match.string):
        values.add((hour + 12, minute))
    start, end = match.start(1), match.end(2) if match[2] else match.end(1)
    parts = () if kind == "sure" else (hour, minute) if match[2] else (hour,)
    return Fact("time", frozenset(values), start, end, True, parts)


def _same(hour: int, minute: int) -> set[tuple[int, int]]:
    return {(0, minute), (24, minute)} if hour in (0, 24) else {(hour, minute)}


def _spoken(word: str, lang: Language) -> int | None:
    values = [v for fact in counts(word.lower(), lang) for v in fact.values if isinstance(v, int) and 1 <= v <= 12]
    return values[0] if len(set(values)) == 1 else None


def numeric_dates(text: str, lang: Language) -> Iterator[tuple[Fact, ...]]:
    """A date in figures: the date itself, then its day, month and year as numbers."""
    for match in _NUMERIC.finditer(text):
        span, sure = match.span(), True
        if match[5]:
            year, month, day = match[5], int(match[6]), int(match[7])
        elif match[8]:
            if not lang.dotted:
                continue
            year, day, month, sure = None, int(match[8]), int(match[9]), False
        else:
            year, day, month = match[4], int(match[1]), int(match[3])
            if day <= 12 < month <= 31:
                day, month = month, day
        if not (1 <= day <= 31 and 1 <= month <= 12):
            continue
        dates = {(month, day)} | ({(day, month)} if match[2] == "/" and day <= 12 else set())
        decimal = set() if sure else {Decimal(f"{day}.{month}")}
        yield (
            Fact("date", frozenset(dates), *span, sure=sure or bool(re.match(r"\s|$", text[span[1] :]))),
            Fact("number", frozenset({day} | decimal), *span),
            Fact("number", frozenset({month} | decimal), *span),
            *((Fact("number", frozenset(_years(year)), *span),) if year else ()),
        )


def _years(digits: str) -> set[Any]:
    n = int(digits)
    return {n} if len(digits) == 4 else {n, 1900 + n, 2000 + n}


def named_days(text: str, lang: Language) -> Iterator[Fact]:
    """Months, days of the week, and dates that name their month."""
    some = any(_named(word, lang) for word in _WORD.findall(text))  # of most texts none
    for match in _WORD.finditer(text) if some else ():
        if not (named := _named(match[0], lang)):
            continue
        word, days, listed = named
        for n, sure in days:
            yield Fact("weekday", frozenset({n}), *match.span(), sure=sure)
        if not listed and word not in lang.short_months:
            continue
        around = _date_around(text, match)
        if not listed:
            year = re.match(r"\.?\s+(?:19|20)\d\d\b", text[match.end() : match.end() + 8])
            stop = lang.capital_months and len(word) > 2 and text.startswith(".", match.end())
            if not (around or year or stop) or (lang.capital_months and not match[0][0].isupper()):
                continue
            listed = ((lang.short_months[word], bool(around or year)),)
        if lang.capital_months and not match[0][0].isupper():
            continue
        for n, sure in listed:
            yield Fact("month", frozenset({n}), *match.span(), sure=sure or bool(around))
            if around:
                start, end, day = around
                yield Fact("date", frozenset({(n, day)}), min(start, match.start()), max(end, match.end()))
    if lang.short_days:
        for match in lang.short_days.finditer(text):
            yield Fact("weekday", frozenset({match.lastindex}), *match.span())


@lru_cache(maxsize=1 << 14)
def _named(word: str, lang: Language) -> tuple[str, tuple[Meaning, ...], tuple[Meaning, ...]] | None:
    """A word casefolded, without what an apostrophe parts from it, and the days and months that it may be; None if it
    is none, nor short for a month."""
    word = word.casefold().replace("’", "'").replace("ʼ", "'")
    word = word if lang.days.of(word) or lang.months.of(word) else word.split("'")[0]
    days, months = lang.days.of(word), lang.months.of(word)
    return (word, days, months) if days or months or word in lang.short_months else None


_BEFORE = re.compile(rf"{_DAY}\s*(?:{_OF}\s?)?$", re.IGNORECASE)
_AFTER = re.compile(r"\.?\s(?:the )?([0-3]?\d)(?:st|nd|rd|th)?(?![\d:]|[.,]\d|\s?%| per)", re.IGNORECASE)


def _date_around(text: str, month: re.Match[str]) -> tuple[int, int, int] | None:
    if (match := _BEFORE.search(text, max(0, month.start() - 16), month.start())) and 1 <= int(match[1]) <= 31:
        return match.start(), match.end(), int(match[1])
    if (match := _AFTER.match(text, month.end())) and 1 <= int(match[1]) <= 31:
        return match.start(), match.end(), int(match[1])
    return None


__all__ = ["IMPOSSIBLE", "named_days", "numeric_dates", "times"]
