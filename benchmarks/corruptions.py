"""Human translations, spoiled on purpose: each function makes one kind of error, or says that it cannot be made."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from summarize.languages import english
from summarize.languages.language import language

URL = "https://www.beispiel.de/2021/03/artikel-17.html?seite=2"
MAIL = "redaktion@beispiel-zeitung.de"
WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
SWAPS = {name: dict(pair.split(":") for pair in text.split()) for name, text in WORDS["swaps"].items()}
LISTS = {name: [word.replace("·", " ") for word in text.split()] for name, text in WORDS["lists"].items()}
MONTHS = [month for month in calendar.month_name if month not in ("", "May")]  # may is another word, too
DAYS = tuple(calendar.day_name)
NAME = re.compile(r"(?<=[a-z,] )[A-ZÄÖÜ][^\W\d_A-Z]{3,}\b")
NEGATION = re.compile(r"\b(?:did|does|do) not |\b(?:not|never|no) |n['’]t\b")
AUXILIARY = re.compile(rf"\b(?:{'|'.join(LISTS['auxiliaries'])})\b(?! not\b| no\b)")


@dataclass(frozen=True)
class Corruption:
    """`spoil(source, reference, rng)` gives the spoiled pair, or None; `check` is the one that is to notice."""

    what: str
    check: str
    spoil: Callable[[str, str, Random], tuple[str, str] | None]


def digit(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    places = [m.start() for m in re.finditer(r"\d", reference)]
    if not places:
        return None
    at = rng.choice(places)
    other = rng.choice([d for d in "123456789" if d != reference[at]])
    return source, reference[:at] + other + reference[at + 1 :]


def _phrase(reference: str, rng: Random, shortest: int, longest: int) -> tuple[list[str], int, int] | None:
    words = reference.split()
    if len(words) < longest + 2:
        return None
    size = rng.randint(shortest, longest)
    return words, rng.randrange(len(words) - size), size


def twice(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    if found := _phrase(reference, rng, 3, 6):
        words, at, size = found
        return source, " ".join(words[: at + size] + words[at:])
    return None


def loop(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    if found := _phrase(reference, rng, 1, 4):
        words, at, size = found
        return source, " ".join(words[:at] + words[at : at + size] * 5)
    return None


def copy(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    return (source, source) if len(re.findall(r"\b[a-zäöü]\w*", source)) >= 2 else None


def clause(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    parts, long = _clauses(reference)
    if len(parts) < 2 or not long:
        return None
    gone = rng.choice(long)
    return source, " ".join(part for i, part in enumerate(parts) if i != gone)


def exchanged(pool: Sequence[str]) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """A clause becomes one of like length from another text, as if the model had made it up."""

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        parts, long = _clauses(reference)
        if len(parts) < 2 or not long:
            return None
        at = rng.choice(long)
        size = len(parts[at])
        alike = [clause for clause in rng.sample(pool, min(60, len(pool))) if 4 * abs(len(clause) - size) < size]
        return (source, " ".join([*parts[:at], alike[0], *parts[at + 1 :]])) if alike else None

    return spoil


def _clauses(text: str) -> tuple[list[str], list[int]]:
    """The parts of a text, and which have four words or more."""
    parts = re.split(r"(?<=[,;:]) ", text)
    return parts, [i for i, part in enumerate(parts) if len(part.split()) >= 4]


def cut(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    words = reference.split()
    return (source, " ".join(words[: len(words) // 2])) if len(words) >= 8 else None


def with_address(address: str, spoiled: str) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """The address is put into both, before the final point, and `spoiled` stands for it in the translation."""

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        if not (source.endswith(".") and reference.endswith(".")):
            return None
        return f"{source[:-1]} ({address}).", f"{reference[:-1]} ({spoiled}).".replace(" ()", "")

    return spoil


def swapped(table: dict[str, str], before: str = "") -> Callable[[str, str, Random], tuple[str, str] | None]:
    """Words (their plurals, too) and signs of the table become what it says, where `before` (a pattern) precedes."""
    keys = (rf"(?<!\w){re.escape(k)}(?=s?\b)" if k.isalpha() else re.escape(k) for k in table)
    pattern = re.compile(f"{before}(?:{'|'.join(keys)})")

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        found = pattern.search(reference)
        return (source, pattern.sub(lambda m: table[m[0]], reference)) if found else None

    return spoil


def another(names: Sequence[str]) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """One of the names becomes the next."""
    return swapped({name: names[(i + 1) % len(names)] for i, name in enumerate(names)})


def percent(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    spoiled = re.sub(r"\s?%|\s?per\s?cent(?:age)?\b", "", reference)
    return (source, spoiled) if spoiled != reference else None


def hour(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    if not re.search(r"\b(?:1[3-9]|2[0-3])[.:h ]", source):
        return None
    spoiled = re.sub(r"\bp\.?\s?m\b", "a.m", reference)
    return (source, spoiled) if spoiled != reference else None


def undenied(code: str) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """Of a source that denies, in the language of this code, the output no longer does."""

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        if not language(code).no.search(source):
            return None
        spoiled = NEGATION.sub("", reference)
        return (source, spoiled) if spoiled != reference else None

    return spoil


def denied(code: str) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """Of a source that does not deny the output does."""

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        places = list(AUXILIARY.finditer(reference))
        if language(code).no.search(source) or not places:
            return None
        at = rng.choice(places).end()
        return source, f"{reference[:at]} not{reference[at:]}"

    return spoil


def capitals(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    """A source in capitals that comes back as it is."""
    return (source.upper(), source.upper()) if len(re.findall(r"[^\W\d_]{5,}", source)) >= 4 else None


def planted(code: str, wrong: str) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """A date or time, as the language writes it, stands behind the source, and its English, wrong, behind the output:
    `wrong` is month, day, swapped (day and month), weekday, hour, minute, a.m. or, for the sound pair, ""."""
    from babel.dates import format_date

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        if re.search(r"\d", source):
            return None
        day = date(rng.randint(2000, 2025), rng.randint(1, 12), rng.randint(1, 12))
        if wrong in ("hour", "minute", "a.m.", "time"):
            hour, minute = rng.randint(13, 22), rng.choice((5, 10, 20, 25, 35, 50))
            before = language(code).section("clock")["before"].split()[0].replace("·", " ")
            source = f"{source} ({before} {hour}:{minute:02d})"
            hour += wrong == "hour"
            minute += wrong == "minute"
            late = "a.m." if wrong == "a.m." else "p.m."
            return source, f"{reference} (at {hour - 12}:{minute:02d} {late})"
        style = rng.choice(("full", "long")) if wrong != "weekday" else "full"
        source, told = f"{source} ({format_date(day, style, code)})", day
        if wrong == "month":
            told = day.replace(month=day.month % 12 + 1)
        elif wrong == "day":
            told = day.replace(day=day.day + 9)
        elif wrong == "swapped":
            if day.day == day.month:
                return None
            told = day.replace(month=day.day, day=day.month)
        name = f"{DAYS[(day.weekday() + (wrong == 'weekday')) % 7]}, " if style == "full" else ""
        return source, f"{reference} ({name}{told.strftime('%B')} {told.day}, {told.year})"

    return spoil


def quote(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    marks = [m.start() for m in re.finditer(r"[\"“”]", reference)]
    if not marks:
        return None
    at = rng.choice(marks)
    return source, reference[:at] + reference[at + 1 :]


def sentinel(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    words = reference.split()
    at = rng.randrange(len(words) + 1)
    return source, " ".join([*words[:at], rng.choice(["<extra_id_0>", "</s>", "<pad>", "⁇"]), *words[at:]])


def halved(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
    """A long word becomes half of it and half of another, as models make up words."""
    words = [m for m in re.finditer(r"(?<=[a-z] )[a-z]{7,}(?= )", reference) if m[0] not in source]
    if len(words) < 2:
        return None
    one, other = rng.sample(words, 2)
    made = one[0][: len(one[0]) // 2] + other[0][len(other[0]) // 2 :]
    known = made in english.dictionary() or made in language("en").words
    return None if known else (source, reference[: one.start()] + made + reference[one.end() :])


def renamed(pool: Sequence[str]) -> Callable[[str, str, Random], tuple[str, str] | None]:
    """A name that source and reference share becomes another one from the same texts."""

    def spoil(source: str, reference: str, rng: Random) -> tuple[str, str] | None:
        shared = [m for m in NAME.finditer(reference) if re.search(rf"\b{m[0]}\b", source)]
        if not shared:
            return None
        match = rng.choice(shared)
        other = rng.choice([name for name in pool if name != match[0]])
        return source, reference[: match.start()] + other + reference[match.end() :]

    return spoil


def corruptions(pairs: Sequence[tuple[str, str]], code: str = "de") -> list[Corruption]:
    """All kinds, for sources in the language of this code; other names are taken from the pairs themselves."""
    pool = sorted({m[0] for source, reference in pairs for m in NAME.finditer(reference) if m[0] in source})
    clauses = [parts[i] for _, reference in pairs for parts, long in [_clauses(reference)] for i in long]
    return [
        Corruption("a digit changed", "numbers", digit),
        Corruption("phrase of 3 to 6 words said twice", "loop", twice),
        Corruption("phrase of 1 to 4 words said five times", "loop", loop),
        Corruption("source copied", "untranslated", copy),
        Corruption("source in capitals copied", "untranslated", capitals),
        Corruption("URL dropped", "addresses", with_address(URL, "")),
        Corruption("URL, one letter wrong", "addresses", with_address(URL, URL.replace("artikel", "article"))),
        Corruption("e-mail address dropped", "addresses", with_address(MAIL, "")),
        Corruption("control token inserted", "sentinel", sentinel),
        Corruption("million, billion … after a figure swapped", "numbers", swapped(SWAPS["scales"], r"(?<=\d[ -])")),
        Corruption("million, billion … after none swapped", "number words", swapped(SWAPS["scales"], r"(?<!\d[ -])")),
        Corruption("number word swapped", "number words", swapped(SWAPS["numbers"])),
        Corruption("p.m. became a.m.", "times", hour),
        Corruption("month swapped", "dates", another(MONTHS)),
        Corruption("day of the week swapped", "dates", another(DAYS)),
        *(
            Corruption(f"a planted date: wrong {wrong}", "dates", planted(code, wrong))
            for wrong in ("month", "swapped", "weekday")
        ),
        Corruption("a planted date: wrong day", "numbers", planted(code, "day")),
        *(
            Corruption(f"a planted time: wrong {wrong}", "times", planted(code, wrong))
            for wrong in ("hour", "minute", "a.m.")
        ),
        Corruption("currency swapped", "currencies", swapped(SWAPS["currencies"])),
        Corruption("unit swapped", "units", swapped(SWAPS["units"], r"(?<=\d )")),
        Corruption("percent dropped", "percentages", percent),
        Corruption("name swapped", "names", renamed(pool)),
        Corruption("word made of two halves", "invented", halved),
        Corruption("negation dropped", "negation", undenied(code)),
        Corruption("negation added", "negation", denied(code)),
        Corruption("quotation mark dropped", "quotes", quote),
        Corruption("cut in the middle", "truncated", cut),
        Corruption("clause dropped", "omission", clause),
        Corruption("clause exchanged", "omission", exchanged(clauses)),
    ]
