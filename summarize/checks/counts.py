"""The check of number words: counts that are spelled out, and million and billion.

Both ways: what German spells must be spelled or written in the English, and what English spells must be there in the
German in some form. Some German words imply a count that English says ("die beiden", the two): it is excused, no other.
"""

from __future__ import annotations

import re

from .amounts import BIG_EN, ENGLISH, GERMAN, HALF, TENS_EN, UNITS_EN, Locale, Value, figures, spelled, standing_alone
from .quantities import GERMAN_WORDS, without_times

_one = "|".join(word for word, n in UNITS_EN.items() if 2 <= n < 10)
_teen = "|".join(word for word, n in UNITS_EN.items() if n >= 10)
_large = "|".join(word for word, power in BIG_EN.items() if power >= 6)
_NUMERAL = rf"(?:{'|'.join(TENS_EN)})(?:[ -](?:one|{_one}))?|{_teen}|{_one}"
# A count, or so many millions. Not a part of a larger number, and capitalised (Seven Sisters) only at the beginning.
_COUNT = re.compile(
    r"(?<![\w-])(?<!hundred )(?<!thousand )(?<!hundred and )(?<!thousand and )"
    rf"(?:(?:{_NUMERAL})|(?:^|(?<=[.!?:] ))[\"“‘]?(?i:{_NUMERAL})(?! [A-Z]))\b(?![ -](?:hundred|thousand))"
    rf"(?!-fifty)([ -]and[ -]a[ -]half\b)?(?:[ -]({_large})\b)?"
)
_TEAM = re.compile(r"(?<!h)elf|(?<!in)formation|mannschaft|aufstellung", re.I)
# What German implies, and how English must put it where the word may mean other things too.
_IMPLIED = (
    (re.compile(r"paar|beid|doppel|zwie|\bzwo\b|zwilling|ein(?:e[nmr]?)? oder", re.I), {2}, None),
    (re.compile(r"ein(?:ige|em|en)? paar", re.I), {3}, None),
    (re.compile(r"ein halbes jahr", re.I), {6}, None),
    (re.compile(r"woche", re.I), {7}, re.compile(r"seven(?: |-)days?", re.I)),
    (re.compile(r"jahrzehnt", re.I), {10}, re.compile(r"ten(?: |-)years?", re.I)),
    (_TEAM, {11}, re.compile(r"(?:the|starting|first) eleven\b|eleven-", re.I)),
)
# je ein Tor: two goals, one each; a ten is not German at all
_ANY_COUNT = re.compile(r"(?<!denn )\bje\b(?! nach| mehr| \w+er\b)|\bten\b", re.I)
LARGE = (
    (re.compile(r"million|mio\b|mill\.", re.I), re.compile(r"million|\d ?mn\b|[$€£][\d.]+ ?m\b", re.I)),
    (re.compile(r"milliard|mrd\b", re.I), re.compile(r"\bbillion|\d ?bn?\b", re.I)),
)
LONG_FIGURE = re.compile(r"\d{4,}|\d[.,\s]\d{3}")  # 1.000.000 is a million as well, 1200 Mio. a billion


def number_words(source: str, output: str) -> bool:
    """A number that one side spells out is neither spelled nor written on the other, or a large unit is another.

    >>> number_words("Drei Männer.", "Two men."), number_words("Zwei Männer.", "Both men.")
    (True, False)
    """
    source, output, _ = without_times(source, output)
    asked = standing_alone(source)
    if (asked and asked - _values(output, ENGLISH)) or invented_counts(source, output):
        return True
    if not GERMAN_WORDS.search(source):
        return False
    units = [(bool(german.search(source)), bool(english.search(output))) for german, english in LARGE]
    return any(de != en for de, en in units) and not (LONG_FIGURE.search(source) or LONG_FIGURE.search(output))


def invented_counts(source: str, output: str) -> list[str]:
    """The numbers below a hundred, and the millions counted in them, that the output spells out and the source, a
    German one, has in no form."""
    counts = [(m[0], _value(m)) for m in _COUNT.finditer(output)]
    if not counts or _ANY_COUNT.search(source) or not (GERMAN_WORDS.search(source) or standing_alone(source)):
        return []
    known = _values(source, GERMAN)
    for german, implied, english in _IMPLIED:
        if german.search(source) and (english is None or english.search(output)):
            known |= implied
    return [said for said, n in counts if n not in known]


def _value(count: re.Match[str]) -> Value:
    words = re.findall(r"[a-z]+", count[0].casefold())
    value = sum(UNITS_EN.get(word, 0) + TENS_EN.get(word, 0) for word in words)
    return (value + HALF if count[1] else value) * 10 ** BIG_EN.get(count[2], 0)


def _values(text: str, locale: Locale) -> set[Value]:
    return spelled(text, locale) | {v for amount in figures(text, locale) for v in amount}
