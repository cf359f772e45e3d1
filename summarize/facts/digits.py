"""Numbers in digits, as each language writes them.

>>> [sorted(f.values) for f in figures("1.234,5 Mio. Euro und 2 bis 3 Mrd.", Language("de"))]
[[Decimal('1234500000.0')], [2, 2000000000], [3000000000]]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from ..languages.language import Language
from .fact import Fact, Value

MOST_DIGITS = 4000  # that int() reads
_FIGURE = re.compile(
    r"\d+[½¼¾]"  # 4½
    r"|\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:,\d+)?(?![\d.,]*\d)"  # 10 000, 10'000
    r"|(?<!\bm)(?<!\b[kcdm]m)\d+(?:[.,٫٬]\d+)*"  # not the exponent of km2
    r"|[½¼¾⅓⅔]"
)
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅓": Decimal(3), "⅔": Decimal(3)}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")  # CO₂ is CO2
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
DIGIT = re.compile(r"\d")
_SUPERSCRIPTS = re.compile(r"[⁰¹²³⁴-⁹]+")
_DECADE = re.compile(
    r"['’]?s\b|er(?:n|-?jahren?)?\b|-?[хxтe]\b|-?luk|[ʼ'’]?l[ae]r|['’]?ere?n?\b|-?talet", re.IGNORECASE
)
_FIRST = re.compile(r"(?:\b[Nn][ro]?[.º°]?|[#№])\s?$")  # No. 1: the leader
_SHORT_YEAR = ("-", "–", "/", "'", "’", "‘")
_ROMAN = re.compile(
    r"(?<![\w.])(?=[IVXLCІХС]{1,7}(?:\b|[eº°]|-))([XХ]{0,3}(?:[IІ]X|[IІ]Х|[IІ]V|V?[IІ]{0,3}))(?![^\W_a-zà-ÿ])"
)
_RANGE = re.compile(r"\s*[-–—/]\s*[$€£]?")


def plain_digits(text: str) -> str:
    """Digits of every script as 0 to 9, places kept."""
    if text.isascii():
        return text
    text = text.translate(_SUBSCRIPTS)
    return _OTHER_DIGIT.sub(lambda m: str(unicodedata.decimal(m[0])), text)


def figures(text: str, lang: Language) -> list[Fact]:
    """What the text, with plain digits, writes in digits. A word for a large unit after a figure belongs to it, and to
    the one before it in "2 to 3 million"."""
    found: list[Fact] = []
    open_end = -1  # of the amount before, while it has no scale of its own
    for match in _FIGURE.finditer(text):
        start, stop = match.span()
        if power := _SUPERSCRIPTS.match(text, stop):
            exponent = "".join(str(unicodedata.digit(c)) for c in power[0])
            found.append(Fact("number", frozenset({f"{match[0]}^{exponent}"}), start, power.end()))
            open_end = -1
            continue
        *parts, last = (set(values) for values in _readings(match[0], lang))
        end, factor, loose = _scaled(text, stop, lang)
        if match[0].isdigit() and len(match[0]) == 2 and factor == 1:
            before = text[max(start - 1, 0) : start]
            if before in _SHORT_YEAR or before.isalpha() or _DECADE.match(text, stop) or match[0][1] == "0":
                last |= {1900 + int(match[0]), 2000 + int(match[0])}  # 70er, 1995-96, '68, SS19
        if factor > 1:
            scaled = {v * factor for v in last if not isinstance(v, str)}
            if found and open_end >= 0 and _joined(text[open_end:start], lang):
                found[-1] = replace(found[-1], values=found[-1].values | {v * factor for v in found[-1].values})
            last = last | scaled if loose else scaled
        found += [Fact("number", frozenset(values), start, stop) for values in parts]
        found.append(Fact("number", frozenset(last), start, end, not _otherwise(match[0], text, start, end, lang)))
        open_end = -1 if factor > 1 else stop
    return found


def _otherwise(figure: str, text: str, start: int, end: int, lang: Language) -> bool:
    """Whether a figure is often said without a number: No. 1 (the leader), 100 percent (completely)."""
    if figure == "1":
        return bool(_FIRST.search(text, max(start - 5, 0), start))
    return figure == "100" and bool(lang.percent.match(text, end + text[end : end + 1].isspace()))


def roman(text: str) -> Iterator[Fact]:
    """Roman numerals: of a century (XXI, the 2000s), a pope, a war. Never sure: I is a pronoun, C a vitamin."""
    for match in _ROMAN.finditer(text):
        if letters := match[1].translate(str.maketrans("ХІ", "XI")):
            n = _roman(letters)
            yield Fact("number", frozenset({n, 100 * (n - 1)} if n > 9 else {n}), *match.span(1), sure=False)


def _roman(letters: str) -> int:
    """
    >>> _roman("XIX"), _roman("IV")
    (19, 4)
    """
    values = [{"I": 1, "V": 5, "X": 10}[c] for c in letters]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _scaled(text: str, at: int, lang: Language) -> tuple[int, int, bool]:
    """The end and the factor of the words for a large number at `at`, and whether they may mean something else."""
    factor, loose = 1, False
    while match := lang.scale.match(text, at):
        meanings = lang.scales.of(match[1].casefold())
        if not meanings or (factor > 1 and len(match[1]) == 1):
            break
        power, sure = meanings[0]
        at, factor, loose = match.end(), factor * 10**power, loose or not sure
    return at, factor, loose


def _joined(between: str, lang: Language) -> bool:
    words = between.casefold().split()
    return bool(_RANGE.fullmatch(between)) or (
        bool(words) and all(w.strip("$€£-") in lang.between or w in "$€£" for w in words)
    )


@lru_cache(maxsize=4096)
def _readings(figure: str, lang: Language) -> tuple[frozenset[Value], ...]:
    """The amounts that one run of digits, points and commas stands for: one, or several for 3.4.2 or 04.05.2018."""
    if figure in _FRACTIONS:
        return (frozenset({_FRACTIONS[figure], 2 if figure == "½" else 4 if figure in "¼¾" else 3}),)
    if figure[-1] in _FRACTIONS:
        return (frozenset({int(figure[:-1]) + _FRACTIONS[figure[-1]]}),)
    bare = re.sub(r"[\s'’٬]", "", figure).replace("٫", lang.decimal)
    if bare.isdigit():
        return (frozenset({whole(bare)}),)
    decimal = lang.decimal if lang.decimal in ".," else "."
    group = re.escape("." if decimal == "," else ",")
    decimal = re.escape(decimal)
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?:{decimal}\d+)?", bare):
        grouped = Decimal(re.sub(decimal, ".", re.sub(group, "", bare)))
        also = (
            {Decimal(re.sub(group, ".", bare))}
            if lang.group == " " and re.fullmatch(rf"\d+{group}\d+", bare)
            else set()
        )
        return (frozenset({grouped} | also),)
    if re.fullmatch(r"\d+[.,]\d+", bare):
        reading = Decimal(bare.replace(",", "."))
        also = {whole(re.sub(decimal, "", bare))} if re.fullmatch(rf"[1-9]\d{{0,2}}{decimal}\d{{3}}", bare) else set()
        return (frozenset({reading} | (set() if lang.exact_decimals else also)),)
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{decimal}\d{{3}}){{2,}}", bare):  # 1,234,567 in a German text
        return (frozenset({whole(re.sub(decimal, "", bare))}),)
    return tuple(frozenset({whole(part)}) for part in re.split(r"[.,]", bare) if part)


def whole(digits: str) -> Value:
    return int(digits) if len(digits) <= MOST_DIGITS else Decimal(digits)


__all__ = ["DIGIT", "figures", "plain_digits", "roman", "whole"]
