"""Numbers in running text, German (or written the continental way) and English, as values that can be compared.

An amount is a set of readings, since some are ambiguous: two amounts agree if they share one. "70er" is 70 or 1970,
"5m" is 5 (metres) or 5,000,000.

    >>> figures("1.234,5 Mio. Euro", GERMAN) == figures("1,234.5 million euros", ENGLISH)
    True
    >>> sorted(spelled("sechsundzwanzig Frauen", GERMAN)), sorted(spelled("twenty-six women", ENGLISH))
    ([26], [6, 20, 26])
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

MOST_DIGITS = 4000  # that int() reads

Value = int | Decimal | str  # a power is a str: 10^3
Amount = frozenset[Value]


@dataclass(frozen=True, eq=False)  # the two that there are are compared by identity
class Locale:
    """How one language writes numbers. `loose` scales may also mean something else (m: million, metre)."""

    decimal: str
    group: str
    scales: dict[str, int]  # casefolded word -> power of ten
    loose: frozenset[str]
    scale: re.Pattern[str]
    decade: re.Pattern[str]
    word: re.Pattern[str]


def _powers(**listed: int) -> dict[str, int]:
    return listed


def _scale(words: dict[str, int]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"[\s-]?({'|'.join(map(re.escape, longest_first))})(?![^\W_])\.?", re.IGNORECASE)


# --- words -----------------------------------------------------------------------------------------------------------


def _count(start: int, listed: str, step: int = 1) -> dict[str, int]:
    return {word: start + i * step for i, word in enumerate(listed.split())}


_TENS_DE = _count(20, "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 10) | {"dreissig": 30}
_TEENS_DE = _count(10, "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
_UNITS_DE = _count(1, "ein zwei drei vier fünf sechs sieben acht neun") | {"zwo": 2, "zweit": 2, "dritt": 3, "siebt": 7}
_ODD_DE = {
    **{"erst": 1, "dutzend": 12, "halb": 2, "hälfte": 2, "doppel": 2, "beide": 2, "paar": 2, "duo": 2, "zwilling": 2},
    **{"quartal": 3, "trio": 3, "drilling": 3, "hattrick": 3, "vierteljahr": 3, "quartett": 4, "halbfinal": 4},
    **{"quintett": 5, "sextett": 6, "halbjahr": 6, "viertelfinal": 8, "achtelfinal": 16, "anderthalb": Decimal("1.5")},
}
_unit, _teen, _ten = ("|".join(d) for d in (_UNITS_DE, _TEENS_DE, _TENS_DE))
_BELOW_100 = rf"(?:(?:{_unit})und(?:{_ten})|{_teen}|{_ten}|{_unit})"
_BELOW_1000 = rf"(?:(?:{_teen}|{_unit})?hundert(?:und)?{_BELOW_100}?|{_BELOW_100})"
# At the beginning of a word: German counts within compounds (siebenfach, Zweitligist, zehnjährig).
_odd_de = "|".join(sorted(_ODD_DE, key=len, reverse=True))
_NUMERAL_DE = rf"(?:{_BELOW_1000}?tausend(?:und)?{_BELOW_1000}?|{_BELOW_1000})"
_WORD_DE = re.compile(rf"\b(?:{_odd_de}|{_NUMERAL_DE})")
_ALONE_DE = re.compile(rf"(?<![\w-])(?=[adefhnstvz])(?<!halb )(?<!viertel )({_NUMERAL_DE})\b(?!-)", re.IGNORECASE)
_UNSURE_DE = ("ein", "acht", "hundert", "tausend", "zweit", "dritt", "siebt")
_BEGINS = re.compile(r"(?:^|[.!?:]\s)[\"“„»]?$")
_SCALED_DE = re.compile(r"\s+(million|milliarde|billion|dutzend|hundert\b|tausend\b|mio\b|mill\.|mrd\b)", re.IGNORECASE)
_HALF_SCALED_DE = re.compile(r"e[nrs]?\s+(million|milliarde|billion)")
_RANGE = re.compile(r"-? (?:bis|oder|und|to|or|and) (?:zu )?|, ?| ?[-–] ?")
_AND_A_HALF = re.compile(r"[\s-]and[\s-]a[\s-]half(?:[\s-](hundred|thousand|million|billion|trillion))?")
_OF_A = re.compile(r"\s(?:an?\s)?(million|billion|trillion)")
HALF = Decimal("0.5")

UNITS_EN = _count(0, "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
                      "sixteen seventeen eighteen nineteen")  # fmt: skip
TENS_EN = _count(20, "twenty thirty forty fifty sixty seventy eighty ninety", 10)
_ORDINALS_EN = _count(1, "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
                         "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth")  # fmt: skip
_ORDINALS_EN |= _count(20, "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth", 10)
_ORDINALS_EN |= _count(20, "twenties thirties forties fifties sixties seventies eighties nineties", 10)
_ODD_EN = {
    **{"once": 1, "single": 1, "twice": 2, "both": 2, "double": 2, "doubled": 2, "couple": 2, "pair": 2, "half": 2},
    **{"halves": 2, "triple": 3, "quarter": 4, "quarters": 4, "dozen": 12, "dozens": 12, "thirds": 3, "fifths": 5},
    **{"another": 2, "other": 2, "either": 2, "neither": 2, "two": 2, "duo": 2, "twin": 2, "twins": 2, "fours": 4},
    **{"quartet": 4, "trio": 3, "decade": 10, "century": 100, "hat-trick": 3, "semi": 2, "next": 2},
}
BIG_EN = {"hundred": 2, "hundreds": 2, "thousand": 3, "thousands": 3, "million": 6, "billion": 9, "trillion": 12}
_ALL_EN = {**UNITS_EN, **TENS_EN, **_ORDINALS_EN, **_ODD_EN}
_word_en = "|".join(sorted((*_ALL_EN, *BIG_EN), key=len, reverse=True))
_WORD_EN = re.compile(rf"\b(?:{_word_en})(?:(?:[\s-]|\sand\s)(?:{_word_en}))*\b")


def _german(word: str) -> Value:
    """
    >>> _german("zweihundertfünfundzwanzigtausend")
    225000
    """
    for name, factor in (("tausend", 1000), ("hundert", 100)):
        head, found, tail = word.partition(name)
        if found:
            return (_german(head) if head else 1) * factor + (_german(tail.removeprefix("und")) if tail else 0)
    for table in (_TEENS_DE, _TENS_DE, _UNITS_DE, _ODD_DE):
        if word in table:
            return table[word]
    unit, _, ten = word.rpartition("und")
    return _UNITS_DE.get(unit, 0) + _TENS_DE.get(ten, 0)


def _spelled_german(text: str) -> Iterator[Value]:
    before: tuple[Value, int] = (0, -1)  # the number word before and its end
    for match in _WORD_DE.finditer(text):
        value, end = _german(match[0]), match.end()
        yield value
        if text.endswith("halb ", 0, match.start()):
            yield value - 1  # halb zehn, half past nine
        if text.startswith("er", end) and value in _TENS_DE.values():
            yield 1900 + value  # die dreißiger Jahre
        if text.startswith("einhalb", end):
            value, end = value + HALF, end + len("einhalb")
            yield value
        factor = _factor_de(_SCALED_DE.match(text, end))
        yield value * factor
        if match[0] == "halb" and (scaled := _HALF_SCALED_DE.match(text, end)):
            yield _factor_de(scaled) // 2
        if before[1] >= 0 and _RANGE.fullmatch(text, before[1], match.start()):
            yield before[0] * (factor if factor > 1 else _round_part(value))
        before = (value, end)


def _factor_de(scaled: re.Match[str] | None) -> int:
    if scaled is None:
        return 1
    unit = scaled[1].casefold().rstrip(".")
    return 12 if unit == "dutzend" else 10 ** GERMAN.scales[unit]


def _round_part(value: Value) -> int:
    """The power of ten that a round number is counted in: of zweihunderttausend a hundred thousand.

    >>> _round_part(200_000), _round_part(4_000), _round_part(7)
    (100000, 1000, 1)
    """
    factor = 1
    while isinstance(value, int) and value and value % (10 * factor) == 0:
        factor *= 10
    return factor


def standing_alone(text: str) -> set[int]:
    """Values of the German number words that stand alone, with the large unit behind them; not those in compounds and
    times, and not what may be something else: ein, acht (care), a bare hundert, Elf (a team).

    >>> sorted(standing_alone("Die Elf schoss zwei Tore, zwanzig Millionen sahen zu, um halb drei."))
    [2, 20000000]
    """
    found = set()
    for match in _ALONE_DE.finditer(text):
        word, scaled = match[1].casefold(), _SCALED_DE.match(text, match.end())
        if (scaled and scaled[1].casefold() == "dutzend") or (word in _UNSURE_DE and not (scaled and word == "acht")):
            continue
        if match[1] == "Elf" and not _BEGINS.search(text, max(match.start() - 3, 0), match.start()):
            continue
        found.add(int(_german(word)) * _factor_de(scaled))
    return found


def _spelled_english(text: str) -> Iterator[Value]:
    before: tuple[Value, int] = (0, -1)
    for match in _WORD_EN.finditer(text):
        total, current = 0, 0
        for word in re.split(r"[\s-]+", match[0]):
            if word in BIG_EN:
                factor = 10 ** BIG_EN[word]
                current = max(current, 1) * factor
                if factor > 100:
                    total, current = total + current, 0
            elif word in _ALL_EN:
                yield _ALL_EN[word]
                current += _ALL_EN[word]
        value = total + current
        yield value
        if half := _AND_A_HALF.match(text, match.end()):
            yield (value + HALF) * 10 ** BIG_EN.get(half[1], 0)
        if match[0] == "half" and (scaled := _OF_A.match(text, match.end())):
            yield 10 ** BIG_EN[scaled[1]] // 2
        if before[1] >= 0 and _RANGE.fullmatch(text, before[1], match.start()):
            yield before[0] * _round_part(value)
        before = (value, match.end())


# --- figures ---------------------------------------------------------------------------------------------------------

GERMAN = Locale(
    decimal=",",
    group=".",
    scales=(words := _powers(hundert=2, tausend=3, tsd=3, million=6, millionen=6, mio=6, mill=6, milliarde=9,
                             milliarden=9, mrd=9, billion=12, billionen=12, bio=12)),
    loose=frozenset({"bio"}),
    scale=_scale(words),
    decade=re.compile(r"er(?:n|-?jahren?)?\b", re.IGNORECASE),
    word=_WORD_DE,
)  # fmt: skip
ENGLISH = Locale(
    decimal=".",
    group=",",
    scales=(words := _powers(hundred=2, thousand=3, k=3, million=6, millions=6, mn=6, mio=6, m=6, billion=9, bn=9, b=9,
                             trillion=12, tn=12)),
    loose=frozenset({"m", "b", "k"}),
    scale=_scale(words),
    decade=re.compile(r"['’]?s\b"),
    word=_WORD_EN,
)  # fmt: skip

_FIGURE = re.compile(
    r"\d+[½¼¾]"  # 4½
    r"|\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?![\d.,]*\d)"  # 10 000, 10'000
    r"|(?<!\bm)(?<!\b[kcdm]m)\d+(?:[.,]\d+)*"  # not the exponent of km2
    r"|[½¼¾⅓⅔]"
)
_DATE = re.compile(r"(?<![\d.,:])([0-3]?\d)\.\s?([01]?\d)\.(?:\s?((?:19|20)?\d\d)\b)?(?!\d)")  # 20.3., 20.3.21
_TO = re.compile(r"\s*(?:-|–|bis|to|und|and|oder|or)(?: zu)?\s*[$€£]?\s*", re.IGNORECASE)
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅓": Decimal(3), "⅔": Decimal(3)}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")  # CO₂ is CO2
_SUPERSCRIPTS = re.compile(r"[⁰¹²³⁴-⁹]+")


def figures(text: str, locale: Locale) -> list[Amount]:
    """What the text writes in digits. A word for a large unit after a figure belongs to it: "2 bis 3 Mio." is two and
    three million."""
    text = text.translate(_SUBSCRIPTS)
    found: list[set[Value]] = []
    end = -1  # of the amount before, while it has no scale of its own
    if locale is GERMAN:
        for match in _DATE.finditer(text):
            if 1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12:
                found += _date(match)
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    for match in _FIGURE.finditer(text):
        start, stop = match.span()
        parts = [set(v) for v in _readings(match[0], locale)]
        if power := _SUPERSCRIPTS.match(text, stop):
            found.append({f"{match[0]}^{_digits(power[0])}"})  # 10³ is neither 10 nor 103
            end = -1
            continue
        last = parts[-1]
        if len(match[0]) == 2 and match[0].isdigit():
            before = text[max(start - 1, 0) : start]
            if locale.decade.match(text, stop) or before in ("-", "–", "/", "'", "’", "‘"):
                last |= _year(match[0])  # 70er, 1995-96, '68
        if scale := locale.scale.match(text, stop):
            word = scale[1].casefold()
            scaled = {v * 10 ** locale.scales[word] for v in last}
            if found and end >= 0 and _TO.fullmatch(text, end, start):
                found[-1] |= {v * 10 ** locale.scales[word] for v in found[-1]}
            parts[-1] = last | scaled if word in locale.loose else scaled
        found += parts
        end = -1 if scale else stop
    return [frozenset(values) for values in found]


def _digits(superscripts: str) -> str:
    return "".join(str(unicodedata.digit(c)) for c in superscripts)


def _date(match: re.Match[str]) -> list[set[Value]]:
    """Day, month, perhaps year. Without a year, and at the end of a sentence, it may be a decimal after all."""
    day, month, year = match.groups()
    if year:
        return [{int(day)}, {int(month)}, _year(year)]
    decimal = Decimal(f"{day}.{month}")
    return [{int(day), decimal}, {int(month), decimal}]


def _year(digits: str) -> set[Value]:
    """Two digits may be a year of this century or the last."""
    n = int(digits)
    return {n} if len(digits) == 4 else {n, 1900 + n, 2000 + n}


@lru_cache(maxsize=4096)
def _readings(figure: str, locale: Locale) -> tuple[frozenset[Value], ...]:
    """The amounts that one run of digits, points and commas stands for: one, or several for 3.4.2 or 04.05.2018."""
    if figure in _FRACTIONS:
        return (frozenset({_FRACTIONS[figure], 2 if figure == "½" else 4 if figure in "¼¾" else 3}),)
    if figure[-1] in _FRACTIONS:
        return (frozenset({int(figure[:-1]) + _FRACTIONS[figure[-1]]}),)
    bare = re.sub(r"[\s'’]", "", figure)
    if bare.isdigit():
        return (frozenset({_whole(bare)}),)
    group, decimal = re.escape(locale.group), re.escape(locale.decimal)
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?:{decimal}\d+)?", bare):
        whole = bare.replace(locale.group, "").replace(locale.decimal, ".")
        return (frozenset({Decimal(whole)}),)
    if re.fullmatch(r"\d+[.,]\d+", bare):
        return (frozenset({Decimal(bare.replace(",", "."))}),)
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{decimal}\d{{3}}){{2,}}", bare):  # 1,234,567 in a German text
        return (frozenset({_whole(bare.replace(locale.decimal, ""))}),)
    return tuple(frozenset({_whole(part)}) for part in re.split(r"[.,]", bare))


def _whole(digits: str) -> Value:
    return int(digits) if len(digits) <= MOST_DIGITS else Decimal(digits)


def spelled(text: str, locale: Locale) -> set[Value]:
    """Values of the number words of a text, generously: parts of words (siebenfach), pairs, halves and ordinals too."""
    words = _spelled_german if locale is GERMAN else _spelled_english
    return set(words(text.casefold()))
