"""Numbers in words: words of one number add up and multiply, whichever language they are of.

>>> [sorted(f.values) for f in counts("zweihundertfünfzigtausend Gäste", Language("de"))]
[[250000]]
>>> [sorted(f.values) for f in counts("quatre cent quatre-vingt-dix-sept mille", Language("fr"))][0][-1:]
[497000]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from ..languages.language import Language
from .fact import Fact, Value

_GAP = re.compile(r"[\s\u00ad]*[-–\s][\s\u00ad]*")
LONGEST_WORD = 120  # characters of a number word
HALF = Decimal("0.5")
_DOZENS = frozenset({10, 12, 20, 100})


@dataclass(frozen=True, slots=True)
class _Part:
    """A number word: its first value is what it adds, `others` are what else it may say."""

    value: Value
    others: frozenset[Value]
    sure: bool
    start: int
    end: int
    named: bool  # written with a capital within a sentence


def counts(text: str, lang: Language) -> Iterator[Fact]:
    """The numbers that are spelled out. What is only part of a word, an ordinal or a word like "both" is not sure."""
    runs: list[list[_Part]] = []
    joined = False
    for match in lang.numeral.finditer(text):
        word, parts = _read(match[0], lang)
        if not (parts or runs):
            continue
        gap = text[runs[-1][-1].end : match.start()] if runs else ""
        if not parts:
            joined = word in lang.joiners and _GAP.fullmatch(gap) is not None
            continue
        follows = bool(runs) and (joined or _GAP.fullmatch(gap) is not None)
        value, sure, others = parts
        named = match[0][0].isupper() and not _begins(text, match.start())
        part = _Part(value, others, sure, match.start(), match.end(), named)
        if follows and _adds([p.value for p in runs[-1]], value, joined):
            runs[-1].append(part)
        else:
            runs.append([part])
        joined = False
    facts = [_fact(run, text, lang) for run in runs]
    for n, fact in enumerate(facts):
        before = facts[n - 1] if n else None
        if before and fact.values & _DOZENS and not fact.sure and text[before.end : fact.start] in " -":
            product = frozenset(a * b for a in before.values for b in fact.values)  # zwei Dutzend
            facts[n - 1], facts[n] = (replace(f, values=f.values | product) for f in (before, fact))
    for n, fact in enumerate(facts):
        if n + 1 < len(facts) and _shared(text[fact.end : facts[n + 1].start], lang):
            factor = max(map(_round_part, facts[n + 1].values), default=1)
            fact = replace(fact, values=fact.values | {v * factor for v in fact.values})
        yield fact


def _begins(text: str, at: int) -> bool:
    return bool(re.search(r"(?:^|[.!?:]\s)[\"“„»«(]?$", text[max(at - 3, 0) : at]))


def _fact(run: Sequence[_Part], text: str, lang: Language) -> Fact:
    values = [p.value for p in run]
    if len(run) > 1 and values[1] >= 1000 and text[run[0].start : run[0].end].casefold() in lang.half:
        values[0] = HALF  # half a million
    total = value_of(values)
    others = frozenset().union(*(p.others for p in run)) | (set(values) if len(run) > 1 else set())
    sure = all(p.sure for p in run) or (len(run) > 1 and values[-1] >= 10**6)
    sure = sure and not (run[0].named and run[0].value < 1000) and total >= 2
    more = others | ({1900 + total} if total in range(20, 100, 10) else set())
    return Fact("count", frozenset({total} if sure else {total} | more), run[0].start, run[-1].end, sure)


def value_of(values: Sequence[Value]) -> Value:
    """
    >>> value_of([4, 100, 80, 10, 7, 1000]), value_of([2, 20]), value_of([2, 1000, 10**6])
    (497000, 22, 2000000000)
    """
    total, current, last = 0, 0, 10**30
    for v in values:
        if v >= 1000:
            if total and v > last:
                total, current = (total + current) * v, 0
            else:
                total, current = total + (current or 1) * v, 0
            last = v
        elif v == 100:
            current = (current or 1) * 100
        else:
            current += v
    return total + current


def _adds(before: Sequence[Value], v: Value, joined: bool) -> bool:
    """Whether `v` can go on with the number of the words before."""
    current = 0
    for b in before:
        current = 0 if b >= 1000 else (current or 1) * 100 if b == 100 else current + b
    if not isinstance(v, int) or not isinstance(current, int):
        return v >= 1000
    if v >= 1000:
        return before[-1] < v or current > 0
    if v == 100:
        return 0 < current < 100 or before[-1] >= 1000
    if before[-1] >= 1000:
        return True
    low = current % 100
    if current >= 100 and low == 0:
        return v < 100
    if low in (60, 80) and 10 <= v < 20:
        return True
    if low >= 10 and low % 10 == 0 and v < 10:
        return v > 0
    return joined and 0 < low < 10 and v % 10 == 0 and 20 <= v < 100


@lru_cache(maxsize=1 << 14)
def _read(word: str, lang: Language) -> tuple[str, tuple[Value, bool, frozenset[Value]] | None]:
    """A word casefolded; and what it adds to a number, whether that is sure, and what else it may say, or None."""
    word = word.casefold().replace("’", "'").replace("ʼ", "'").replace("i\u0307", "i")  # Turkish İ
    return word, _parts(word, lang)


def _parts(word: str, lang: Language) -> tuple[Value, bool, frozenset[Value]] | None:
    meanings = lang.numerals.of(word)
    power, sure = next(iter(lang.scales.of(word)), (0, False))
    if sure and word in lang.scales:
        return 10**power, power >= 6, frozenset(v for v, _ in meanings)
    if meanings:
        if lang.joined_numbers and word not in lang.numerals and (found := _compound(word, lang)) and len(found[2]) > 1:
            return found
        value, sure = meanings[0]
        return value, sure and len(meanings) == 1, frozenset(v for v, _ in meanings)
    if len(word) > 1 and power:
        return 10**power, sure and power >= 6, frozenset()
    return _compound(word, lang) if lang.joined_numbers and len(word) <= LONGEST_WORD else None


def _compound(word: str, lang: Language) -> tuple[Value, bool, frozenset[Value]] | None:
    """A number within a word: all of it (zweiundzwanzig), or how it begins (zweiundzwanzigste, siebenfach); one of
    several words (czterdziestodwuletni) if nouns are not written together."""
    done, values = max(_joined(word, 0, (), lang), default=(0, ()))
    if done < 3 or (done < len(word) and not lang.compounds and len(values) < 2):
        return None
    value, rest = value_of(values), word[done:]
    if rest in lang.half:
        return value + HALF, True, frozenset()
    return value, not rest and len(values) > 1, frozenset(values)


def _joined(word: str, at: int, values: tuple[Value, ...], lang: Language) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """The ways to read a number from `at` on, behind these values: where each ends, and all of its values."""
    scales = ((end, 10**power) for end, power in lang.scales.begins(word, at) if end - at > 2)
    for end, value in (*lang.numerals.begins(word, at), *scales):
        if not values or _adds(values, value, True):
            longer = (*values, value)
            yield end, longer
            yield from _joined(word, end, longer, lang)
            for joiner in lang.joiners:
                if word.startswith(joiner, end):
                    yield from _joined(word, end + len(joiner), longer, lang)


def _shared(between: str, lang: Language) -> bool:
    """Whether two numbers share what follows: zwei bis dreihunderttausend."""
    words = between.casefold().replace("-", " ").split()
    return len(between) < 20 and (
        between.strip() in ("-", "–", ",") or (bool(words) and all(w in lang.between for w in words))
    )


def _round_part(value: Value) -> int:
    """The power of ten that a round number is counted in: of zweihunderttausend a hundred thousand.

    >>> _round_part(200_000), _round_part(4_000), _round_part(7)
    (100000, 1000, 1)
    """
    factor = 1
    while isinstance(value, int) and value and value % (10 * factor) == 0:
        factor *= 10
    return factor


__all__ = ["HALF", "counts", "value_of"]
