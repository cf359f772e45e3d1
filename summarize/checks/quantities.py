"""Checks of what can be counted or looked up: numbers, number words, times, dates, currencies, percentages.

They compare the raw source with the output, both ways: what is missing is as wrong as what was added.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .amounts import ENGLISH, GERMAN, Locale, Value, figures, spelled

# Words that a German sentence has one of. What only the output says can be judged only if the source could have said it
# in words known here: lundi is Monday, too.
GERMAN_WORDS = re.compile(
    r"\b(?:der|die|das|den|dem|und|ist|nicht|mit|von|zu[mr]?|eine?|i[mns]|a[mn]|auf|für|hat|er|es|war)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[\d½¼¾⅓⅔]")

# --- times -----------------------------------------------------------------------------------------------------------

_HOUR = r"(?<![\d.,:])([01]?\d|2[0-4])(?:[.:]([0-5]\d))?"
_TIME = re.compile(rf"{_HOUR}(?=\s*-?(?:Uhr|UTC|GMT|MESZ?\b)|\s*(?:bis|und|oder|-|–)\s*[\d.:]+\s*Uhr)")
_LATE = re.compile(r"p\.?\s?m\b|evening|afternoon|night|noon|tonight", re.I)
_HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


def times(source: str, output: str) -> bool:
    """A time of day of the source has no equal in the output.

    >>> times("Um 19.30 Uhr.", "At 7:30 p.m."), times("Um 19.30 Uhr.", "At 19:30."), times("Um 19.30 Uhr.", "At 7:30.")
    (False, False, True)
    """
    return without_times(source, output)[2]


def without_times(source: str, output: str) -> tuple[str, str, bool]:
    """The source without its times, the output without those of them that it has, and whether it lacks one."""
    missing = False
    for match in _TIME.finditer(source):
        hour, minute = int(match[1]), int(match[2] or 0)
        same = _written(hour, minute, not 0 < hour < 12).search(output)
        if same is None and hour > 12 and _LATE.search(output):
            same = _written(hour - 12, minute, True).search(output)
        if same is None:
            missing = True
        else:
            output = output[: same.start()] + " " + output[same.end() :]
    return _TIME.sub(" ", source), output, missing


@lru_cache(maxsize=1500)
def _written(hour: int, minute: int, late: bool) -> re.Pattern[str]:
    """How English writes a time; followed by p.m. only if it is `late`."""
    early = "" if late else r"(?!\s*p\.?m)"
    exact = rf"(?<![\d.,:])0?{hour}[:.h]?{minute:02d}(?!\d){early}"
    loose = []
    if minute == 0:
        loose += [rf"(?<![\d.,:])0?{hour}(?![\d:.]\d|\d){early}", rf"\b{_HOURS[hour % 12]}\b"]
        loose += ["noon|midday"] * (hour == 12) + ["midnight"] * (hour in (0, 24))
    if minute in (15, 30, 45):
        loose.append("half past|half an hour" if minute == 30 else "quarter")
    if hour in (0, 24):
        loose.append(rf"\b12[:.]{minute:02d}")
    return re.compile("|".join([exact, *loose]), re.I)


# --- numbers ---------------------------------------------------------------------------------------------------------


def numbers(source: str, output: str) -> bool:
    """A figure of the source is missing in the output, or the output has one that the source lacks; in words or as the
    name of a month it counts as there.

    >>> numbers("2,3 Mrd. Euro", "2.3 billion euros"), numbers("2,3 Mrd. Euro", "2.3 million euros")
    (False, True)
    >>> numbers("Am 20.3.2021 siegten sie 2:1.", "On March 20, 2021 they won 2-1.")
    False
    >>> numbers("Er ging.", "He left at 9.")
    True
    """
    if not (_DIGIT.search(source) or _DIGIT.search(output)):
        return False
    source, output, _ = without_times(source, output)
    asked, given = figures(source, GERMAN), figures(output, ENGLISH)
    if set(asked) == set(given):
        return False
    there = {v for a in given for v in a} | spelled(output, ENGLISH) | mentioned(output, ENGLISH_MONTHS)
    known = {v for a in asked for v in a} | spelled(source, GERMAN) | mentioned(source, GERMAN_MONTHS)
    return any(not a & there for a in asked) or any(not a & known for a in given)


# Without ein (an article) and acht (also care).
_COUNTS_DE = {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "neun": 9, "zehn": 10, "elf": 11}
_COUNTS_DE |= {"zwölf": 12}
_COUNTS_EN = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNTS_EN |= {"eleven": 11, "twelve": 12}
_COUNT_DE = re.compile(rf"\b(?:{'|'.join(_COUNTS_DE)})\b(?! (?:dutzend|hundert|tausend|milli|billi))", re.I)
_COUNT_EN = re.compile(rf"\b(?:{'|'.join(_COUNTS_EN)})\b(?![ -](?:hundred|thousand|.illion|trillion))")
# drei Millionen, three million
_SCALES_DE = {"million": 10**6, "milliarde": 10**9, "billion": 10**12}
_SCALES_EN = {"million": 10**6, "billion": 10**9, "trillion": 10**12}
_MULTIPLE_DE = re.compile(rf"\b({'|'.join(_COUNTS_DE)}) ({'|'.join(_SCALES_DE)})", re.I)
_MULTIPLE_EN = re.compile(rf"\b({'|'.join(_COUNTS_EN)})[ -]({'|'.join(_SCALES_EN)})", re.I)
# German words that English may render with a count: die beiden (the two), Zwillinge (two), Jahrzehnt (ten years), …
_IMPLIED = (
    (re.compile(r"paar|beid|doppel|zw[io]|duo|ein(?:e[nmr]?)? oder", re.I), {2}),
    (re.compile(r"ein(?:ige|em|en)? paar|trio|drilling", re.I), {3}),
    (re.compile(r"quartett", re.I), {4}),
    (re.compile(r"woche", re.I), {7}),
    (re.compile(r"jahrzehnt", re.I), {10}),
    (re.compile(r"elf\b|elfer|formation|mannschaft", re.I), {11}),
)
_ANY_COUNT = re.compile(r"\bje\b|\bten\b", re.I)  # je ein Tor: two goals, one each; a ten is not German at all
LARGE = (
    (re.compile(r"million|mio\b|mill\.", re.I), re.compile(r"million|\d ?mn\b|[$€£][\d.]+ ?m\b", re.I)),
    (re.compile(r"milliard|mrd\b", re.I), re.compile(r"\bbillion|\d ?bn?\b", re.I)),
)
LONG_FIGURE = re.compile(r"\d{4,}|\d[.,\s]\d{3}")  # 1.000.000 is a million as well, 1200 Mio. a billion


def _multiples(text: str, pattern: re.Pattern[str], counts: dict[str, int], scales: dict[str, int]) -> dict[str, int]:
    return {m[0]: counts[m[1].casefold()] * scales[m[2].casefold()] for m in pattern.finditer(text)}


def _values(text: str, locale: Locale, counts: dict[str, int], scales: dict[str, int]) -> set[Value]:
    """What the text spells or writes, generously: of "zwei bis drei Millionen" two million as well."""
    text = text.casefold()
    spread = {counts[c] * scales[s] for s in scales if s in text for c in counts if c in text}
    return spread | spelled(text, locale) | {v for amount in figures(text, locale) for v in amount}


def invented_counts(source: str, output: str) -> list[str]:
    """The small numbers and their millions that the output spells out and the source, a German one, has in no form."""
    if not (GERMAN_WORDS.search(source) or _COUNT_DE.search(source)) or _ANY_COUNT.search(source):
        return []
    counts = [(m[0], _COUNTS_EN[m[0]]) for m in _COUNT_EN.finditer(output)]
    multiples = _multiples(output, _MULTIPLE_EN, _COUNTS_EN, _SCALES_EN)
    if not counts and not multiples:
        return []
    known = _values(source, GERMAN, _COUNTS_DE, _SCALES_DE)
    implied = {n for pattern, numbers in _IMPLIED if pattern.search(source) for n in numbers}
    return [said for said, n in (*counts, *multiples.items()) if n not in known and n not in implied]


def number_words(source: str, output: str) -> bool:
    """A small number that one side spells out is neither spelled nor written on the other, or a large unit is another.

    >>> number_words("Drei Männer.", "Two men."), number_words("Zwei Männer.", "Both men.")
    (True, False)
    """
    source, output, _ = without_times(source, output)
    asked = {_COUNTS_DE[m[0].casefold()] for m in _COUNT_DE.finditer(source)}
    asked |= set(_multiples(source, _MULTIPLE_DE, _COUNTS_DE, _SCALES_DE).values())
    if (asked and asked - _values(output, ENGLISH, _COUNTS_EN, _SCALES_EN)) or invented_counts(source, output):
        return True
    if not GERMAN_WORDS.search(source):
        return False
    units = [(bool(german.search(source)), bool(english.search(output))) for german, english in LARGE]
    return any(de != en for de, en in units) and not (LONG_FIGURE.search(source) or LONG_FIGURE.search(output))


# --- dates -----------------------------------------------------------------------------------------------------------

GERMAN_MONTHS = re.compile(
    r"\b(?:(J[aä]n(?:uar|ner)|Jan\.)|(Feb(?:ruar|er|\.))|(März)|(April?)|(Mai)|(Juni)|(Juli)|(Aug(?:ust|\.))"
    r"|(Sep(?:tember|t?\.))|(Okt(?:ober|\.))|(Nov(?:ember|\.))|(Dez(?:ember|\.)))(?:s|\b)"
)
ENGLISH_MONTHS = re.compile(
    r"\b(?:(Jan(?:uary|\.))|(Feb(?:ruary|\.))|(March)|(April)|(May)|(June)|(July)|(Aug(?:ust|\.))"
    r"|(Sep(?:tember|t?\.))|(Oct(?:ober|\.))|(Nov(?:ember|\.))|(Dec(?:ember|\.)))(?![a-z])"
)
GERMAN_DAYS = re.compile(
    r"\b(?:([Mm]ontag)|([Dd]ienstag)|([Mm]ittwoch)|([Dd]onnerstag)|([Ff]reitag)|([Ss]amstag|[Ss]onnabend)|([Ss]onntag))"
)
ENGLISH_DAYS = re.compile(r"\b(?:(Mon)|(Tues)|(Wednes)|(Thurs)|(Fri)|(Satur)|(Sun))days?\b")
NUMERIC_DATE = re.compile(r"\b\d{1,2}[./]\s?\d{1,2}[./]|\b\d{4}-\d\d-\d\d\b")


def mentioned(text: str, pattern: re.Pattern[str]) -> set[int]:
    """Numbers of the pattern's groups that occur: of months, of days."""
    return {m.lastindex or 0 for m in pattern.finditer(text)}


def dates(source: str, output: str) -> bool:
    """Months and days of the week are not the same on both sides; a date in figures is left to `numbers`.

    >>> dates("Am Samstag, 3. März.", "On Saturday, March 3."), dates("Am Samstag.", "On Sunday.")
    (False, True)
    """
    days, given_days = mentioned(source, GERMAN_DAYS), mentioned(output, ENGLISH_DAYS)
    months, given_months = mentioned(source, GERMAN_MONTHS), mentioned(output, ENGLISH_MONTHS)
    if days - given_days or (months - given_months and not NUMERIC_DATE.search(output)):
        return True
    # March and May also begin a sentence
    added = given_days - days or (given_months - months - {3, 5} and not NUMERIC_DATE.search(source))
    return bool(added) and bool(GERMAN_WORDS.search(source))


# --- units -----------------------------------------------------------------------------------------------------------

# Signs and words, those of both languages; word ends matter only where other words begin so (Yen, Lira, Eurozone).
_CURRENCIES = {
    "€": ("€", re.compile(r"\beuros?\b|\beur\b")),
    "$": ("$", re.compile(r"dollars?\b|\busd\b")),
    "£": ("£", re.compile(r"\bpfund\b|\bpounds?\b|\bgbp\b")),
    "CHF": ("₣", re.compile(r"\bfranken\b|\bfrancs?\b|\bchf\b|\bsfr\b")),
    "¥": ("¥", re.compile(r"\byen\b")),
    "RUB": ("₽", re.compile(r"rubel\b|\brou?bles?\b")),
    "CNY": ("元", re.compile(r"\byuan\b")),
    "TRY": ("₺", re.compile(r"\blira\b")),
}
_MONEY = ("€", "$", "£", "¥", "₽", "eur", "doll", "usd", "pfund", "pound", "gbp", "fran", "chf", "sfr", "yen", "rub",
          "ble", "yuan", "元", "lira", "₺")  # fmt: skip
_PERCENT = re.compile(r"%|prozent|p[eo]u?r\s?cent\b|percentage|\bpc\b|(?:por|per) c[ie]+nto", re.I)


def currencies(source: str, output: str) -> bool:
    """The output names another currency than the source, or none.

    >>> currencies("30 Euro", "€30"), currencies("30 Euro", "$30")
    (False, True)
    """
    return _money(source) != _money(output)


def _money(text: str) -> set[str]:
    """Names of the currencies that are mentioned."""
    text = text.casefold()
    if not any(hint in text for hint in _MONEY):
        return set()
    return {name for name, (sign, words) in _CURRENCIES.items() if sign in text or words.search(text)}


def percentages(source: str, output: str) -> bool:
    """A percentage became something else, or something else a percentage.

    >>> percentages("3,5 Prozent", "3.5 %"), percentages("3,5 Prozent", "3.5 points")
    (False, True)
    """
    return bool(_PERCENT.search(source)) != bool(_PERCENT.search(output))
