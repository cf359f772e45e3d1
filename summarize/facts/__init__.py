"""What a text says that can be compared: numbers, times, dates, money, measures, addresses.

One account, the same for a source, its translation and a summary: who compares needs to know no language.

    >>> german, english = facts("Am 3. März kamen 2,5 Mio.", "de"), facts("2.5 million came on 3 March.", "en")
    >>> german.values("number") == english.values("number"), english.values("date")
    (True, {(3, 3)})
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from ..languages.language import Language, language
from .addresses import ADDRESS, addresses_in
from .calendar import named_days, numeric_dates, times
from .digits import DIGIT, figures, plain_digits, roman
from .fact import Fact
from .numerals import HALF, counts

VERSION = 2  # raised by hand when a text would be read differently; data files have versions of their own
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₣": "CHF", "¥": "JPY", "₽": "RUB", "元": "CNY", "₺": "TRY", "₴": "UAH",
         "₹": "INR", "円": "JPY"}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, SIGNS)))
_CODE_OF_MONEY = re.compile(rf"\b(?:{'|'.join(dict.fromkeys(SIGNS.values()))})\b")
_SCORE = re.compile(r"(?<![\d.,:/–-])(\d{1,2})\s?[:–-]\s?(\d{1,2})(?![\d.,:/–-]*\d)")
_PAIR = re.compile(r"(?<![\d.,:])(\d{1,2}) \w{1,4} (\d{1,2})(?![\d.,:]*\d)")  # 2 bis 3
_CODE = re.compile(r"\b([A-Z]{1,3})[ -]?(\d+)\b")  # B217, U 21: a road, a team
_FRACTION = re.compile("[½¼¾⅓⅔]")
_GAP = re.compile(r"\s?-?")
_WHOLE = re.compile(r"(?<![\d.,])100\s?$")  # percent: completely


class Facts:
    """The facts of one text in one language ("" or any code: what the CLDR knows of it)."""

    def __init__(self, text: str, code: str):
        self.text, self.language = text, language(code)

    @cached_property
    def addresses(self) -> list[str]:
        return [match[0] for match in self._addressed]

    @cached_property
    def plain(self) -> str:
        """The text without its addresses and with plain digits, places kept."""
        text = plain_digits(self.text)
        for match in self._addressed if text == self.text else addresses_in(text):
            text = _without(text, *match.span())
        return text

    @cached_property
    def _addressed(self) -> list[re.Match[str]]:
        return addresses_in(self.text)

    @cached_property
    def all(self) -> tuple[Fact, ...]:
        return tuple(self._found())

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(fact.kind for fact in self.all)

    def of(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds, in the order in which they are looked for."""
        return [] if self._kinds.isdisjoint(kinds) else [fact for fact in self.all if fact.kind in kinds]

    def values(self, *kinds: str) -> set[Any]:
        """All readings of the facts of these kinds."""
        return {value for fact in self.of(*kinds) for value in fact.values}

    @cached_property
    def late(self) -> bool:
        """Whether the text speaks of the second half of the day."""
        return bool(self.language.late.search(self.text))

    @cached_property
    def said(self) -> set[Any]:
        """Every number that the text may say."""
        found = self.values("number", "count", "month")
        for fact in self.of("time"):
            found |= set(fact.parts) | {
                part for hour, minute in fact.values for part in (hour, hour % 12 or 12, minute)
            }
        for fact in self.of("code"):
            numbers = {int(digits) for _, digits in fact.values if len(digits) < 20}
            found |= numbers | {2000 + n for n in numbers if 10 <= n < 100}  # SS19
        if self.halves:
            found |= {v + HALF for v in found if isinstance(v, int)} | {HALF, 2}
            found |= {10**power // 2 for power in (3, 6, 9) if 10**power in found}
        return found

    def quoted(self, fact: Fact) -> str:
        return self.text[fact.start : fact.end]

    @cached_property
    def halves(self) -> bool:
        """Whether the text has a word for a half somewhere: two years and a half."""
        folded = self.plain.casefold()
        return any(half in folded for half in self.language.half) and bool(self.language.half_word.search(folded))

    def _found(self) -> Iterator[Fact]:
        lang, text = self.language, self.plain
        digits = DIGIT.search(text)
        yield from _measures(text, lang)
        yield from named_days(text, lang)
        for fact in times(text, lang):
            yield fact
            text = _without(text, fact.start, fact.end)
        if digits:
            yield from _codes(text)
            for dated in numeric_dates(text, lang):
                yield from dated
                text = _without(text, dated[0].start, dated[0].end)
        ends = set()
        if digits or _FRACTION.search(text):
            for fact in figures(text, lang):
                yield fact
                ends.add(fact.end)
                text = _without(text, fact.start, fact.end)
        yield from roman(text)
        spelled = list(counts(text, lang))
        if self.halves:
            spelled = [replace(f, values=f.values | {v + HALF for v in f.values}) for f in spelled]
        yield from spelled
        yield from _units(self.plain, lang, ends | {fact.end for fact in spelled if fact.sure})


def _codes(text: str) -> Iterator[Fact]:
    for match in _SCORE.finditer(text):
        yield Fact("score", frozenset({tuple(sorted(map(int, match.groups())))}), *match.span(), sure=False)
    for match in _PAIR.finditer(text):
        yield Fact("pair", frozenset({tuple(sorted(map(int, match.groups())))}), *match.span(), sure=False)
    for match in _CODE.finditer(text):
        yield Fact("code", frozenset({match.groups()}), *match.span(), sure=False)


def _measures(text: str, lang: Language) -> Iterator[Fact]:
    for match in _SIGN.finditer(text):
        yield Fact("money", frozenset({SIGNS[match[0]]}), *match.span())
    for match in _CODE_OF_MONEY.finditer(text):
        yield Fact("money", frozenset({match[0]}), *match.span())
    if lang.any_currency.search(text):
        for code, sure, pattern in lang.currencies:
            for match in pattern.finditer(text):
                yield Fact("money", frozenset({code}), *match.span(), sure=sure)
    points = [match.span() for match in lang.points.finditer(text)]
    for match in lang.percent.finditer(text):
        whole = bool(_WHOLE.search(text, max(match.start() - 5, 0), match.start()))
        near = any(0 <= start - match.end() <= 3 or start <= match.start() < end for start, end in points)
        yield Fact("percent", frozenset({"pp" if near else "%"}), *match.span(), sure=near or not whole)
    for start, end in points:
        yield Fact("percent", frozenset({"pp"}), start, end, sure=False)


def _units(text: str, lang: Language, ends: set[int]) -> Iterator[Fact]:
    """Units behind the numbers that end at `ends`."""
    for end in sorted(ends):
        at = _GAP.match(text, end).end()
        for name, pattern in lang.units.items():
            if match := pattern.match(text, at):
                yield Fact("unit", frozenset({name}), *match.span())


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


@lru_cache(maxsize=2048)
def facts(text: str, code: str) -> Facts:
    """The account of a text in the language of this ISO 639-1 code; made part by part, when it is asked for."""
    return Facts(text, code)


__all__ = ["ADDRESS", "VERSION", "Fact", "Facts", "facts"]
