"""Checks of what can be counted or looked up: numbers, times, dates, currencies, percentages.

They compare the raw source with the output, both ways: what is missing is as wrong as what was added.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from .amounts import ENGLISH, GERMAN, figures, spelled

# Words that a German sentence has one of. What only the output says can be judged only if the source could have said it
# in words known here: lundi is Monday, too.
GERMAN_WORDS = re.compile(
    r"\b(?:der|die|das|den|dem|und|ist|nicht|mit|von|zu[mr]?|eine?|i[mns]|a[mn]|auf|für|hat|er|es|war)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[\d½¼¾⅓⅔]")

# --- times -----------------------------------------------------------------------------------------------------------

_HOUR = r"(?<![\d.,:])([01]?\d|2[0-4])(?:[.:]([0-5]\d))?"
_TIME = re.compile(
    rf"{_HOUR}(?=\s*-?(?:Uhr|UTC|GMT|MESZ?\b|h\b)|\s*(?:bis|und|oder|-|–)\s*[\d.:]+\s*Uhr)"
    r"|(?:(?<=\b[Uu]m )|(?<=\b[Aa]b )|(?<=\b[Gg]egen ))([01]?\d|2[0-4]):([0-5]\d)(?![\d:])"
)
_HALF = re.compile(r"\b[Hh]alb (eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\b(?! (?:so|mal)\b)")
_LATE = re.compile(r"p\.?\s?m\b|evening|afternoon|night|noon|tonight", re.I)
MOST_TIMES = 30  # of a sentence that are looked for
_HALVES = ("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")
_HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


_NO_TIME = re.compile(r"(?<![\d.,:])(?:1[3-9]|2[0-4])(?:[.:h][0-5]\d)?\s*a\.?\s?m\b", re.I)


def impossible_time(source: str, output: str) -> bool:
    """The output names an hour of the afternoon as one of the morning, whatever the source says.

    >>> impossible_time("", "at 14.13 a.m."), impossible_time("", "at 2:13 a.m."), impossible_time("", "1.14 am")
    (True, False, False)
    """
    return bool(_NO_TIME.search(output))


def times(source: str, output: str) -> bool:
    """A time of day of the source has no equal in the output, or the output has one that is none.

    >>> times("Um 19.30 Uhr.", "At 7:30 p.m."), times("Um 19.30 Uhr.", "At 19:30."), times("Um 19.30 Uhr.", "At 7:30.")
    (False, False, True)
    """
    return impossible_time(source, output) or without_times(source, output)[2]


def without_times(source: str, output: str) -> tuple[str, str, bool]:
    """The source without its times, the output without those of them that it has, and whether it lacks one."""
    if not (_TIME.search(source) or _HALF.search(source)):
        return source, output, False
    missing, late = False, bool(_LATE.search(output))
    for match in islice(_TIME.finditer(source), MOST_TIMES):
        hour, minute = int(match[1] or match[3]), int(match[2] or match[4] or 0)
        same = _written(hour, minute, not 0 < hour < 12).search(output)
        if same is None and hour > 12 and late:
            same = _written(hour - 12, minute, True).search(output)
        if same is None:
            missing = True
        else:
            output = output[: same.start()] + " " + output[same.end() :]
    for match in islice(_HALF.finditer(source), MOST_TIMES):
        same = _half_past(_HALVES.index(match[1].casefold())).search(output)
        missing = missing or same is None
        output = output[: same.start()] + " " + output[same.end() :] if same else output
    return _HALF.sub(" ", _TIME.sub(" ", source)), output, missing


@lru_cache(maxsize=12)
def _half_past(hour: int) -> re.Pattern[str]:
    """How English writes halb drei, of the hour before."""
    words = rf"half(?: past|-past)?[ -](?:{_HOURS[hour]}|{hour or 12})\b"
    return re.compile(rf"(?<![\d.,:])(?:0?{hour or 12}|{hour + 12})[:.h]?30(?!\d)|{words}", re.I)


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


_MINUS = re.compile(r"(?<=\w )[-−](?=\d+(?:[.,]\d+)? (?:Grad|%|Prozent|°))|\b[Mm]inus (?=\d)")
_BELOW = re.compile(r"[-−–]\s?\d|\bminus\b|\bbelow\b|\bnegative\b|\bsub-?zero\b|\bdown\b|\bfell\b|\bloss", re.I)


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
    if _MINUS.search(source) and not _BELOW.search(output):
        return True
    source, output, _ = without_times(source, output)
    asked, given = figures(source, GERMAN), figures(output, ENGLISH)
    if set(asked) == set(given):
        return False
    there = {v for a in given for v in a} | spelled(output, ENGLISH) | mentioned(output, ENGLISH_MONTHS)
    known = {v for a in asked for v in a} | spelled(source, GERMAN) | mentioned(source, GERMAN_MONTHS)
    return any(not a & there for a in asked) or any(not a & known for a in given)


# --- dates -----------------------------------------------------------------------------------------------------------

GERMAN_MONTHS = re.compile(
    r"\b(?:(J[aä]n(?:uar|ner)|Jan\.)|(Feb(?:ruar|er|\.))|(März)|(April?)|(Mai)|(Juni)|(Juli)|(Aug(?:ust|\.))"
    r"|(Sep(?:tember|t?\.))|(Okt(?:ober|\.))|(Nov(?:ember|\.))|(Dez(?:ember|\.)))(?:s|\b|(?<=\.))"
)
ENGLISH_MONTHS = re.compile(
    r"\b(?:(Jan(?:uary|\.))|(Feb(?:ruary|\.))|(March)|(April)|(May)|(June)|(July)|(Aug(?:ust|\.))"
    r"|(Sep(?:tember|t?\.))|(Oct(?:ober|\.))|(Nov(?:ember|\.))|(Dec(?:ember|\.)))(?![a-z])"
)
GERMAN_DAYS = re.compile(
    r"\b(?:([Mm]ontag)|([Dd]ienstag)|([Mm]ittwoch)|([Dd]onnerstag)|([Ff]reitag)|([Ss]amstag|[Ss]onnabend)|([Ss]onntag))"
    r"|(?<=\b[Aa]m )(?:(Mo)|(Di)|(Mi)|(Do)|(Fr)|(Sa)|(So))\."
)
ENGLISH_DAYS = re.compile(r"\b(?:(Mon)|(Tues)|(Wednes)|(Thurs)|(Fri)|(Satur)|(Sun))days?\b")
_DAY_MONTH = re.compile(r"(?<![\d.,:])[0-3]?\d\.\s?(0?[1-9]|1[0-2])\.(?!\d\.)(?:\s?(?:19|20)\d\d\b|(?=\s|$))")
NUMERIC_DATE = re.compile(r"\b\d{1,2}[./]\s?\d{1,2}[./]|\b\d{4}-\d\d-\d\d\b")


def mentioned(text: str, pattern: re.Pattern[str]) -> set[int]:
    """Numbers of the pattern's groups that occur: of months (1 to 12), of days (1 to 7, written out or short)."""
    kinds = 12 if pattern.groups == 12 else 7
    return {1 + ((m.lastindex or 0) - 1) % kinds for m in pattern.finditer(text)}


def dates(source: str, output: str) -> bool:
    """Months and days of the week are not the same on both sides; a date in figures is left to `numbers`.

    >>> dates("Am Samstag, 3. März.", "On Saturday, March 3."), dates("Am Samstag.", "On Sunday.")
    (False, True)
    """
    days, given_days = mentioned(source, GERMAN_DAYS), mentioned(output, ENGLISH_DAYS)
    months, given_months = mentioned(source, GERMAN_MONTHS), mentioned(output, ENGLISH_MONTHS)
    written = {int(m[1]) for m in _DAY_MONTH.finditer(source)}
    if written and given_months and not written & given_months:
        return True  # 1.2. is no second of January
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


_POINTS = re.compile(r"prozentpunkt", re.I)


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
    if _POINTS.search(source) and "point" not in output:
        return True  # from 2 to 3 % is one point, and half as much again
    return bool(_PERCENT.search(source)) != bool(_PERCENT.search(output))
