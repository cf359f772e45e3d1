"""`Language`: what is known of one language, as `facts` reads it.

From the Unicode CLDR (through babel) for every language: marks of numbers, words for large numbers, months, days, parts
of the day, units. From `data/CODE.toml` where there is one, what no library knows: number words, denials, what stands
beside a time. A language without such a file is `read` only as far as the CLDR goes.

    >>> language("pl").read, language("ja").read, language("de").decimal, language("pl").scales.of("milionów")
    (True, False, ',', ((6, True),))
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from .lexicon import Lexicon, phrases
from .units import written

_NONE = re.compile("(?!)")
DATA = Path(__file__).with_name("data")


class Language:
    """One language. Attributes are made when they are first asked for; `None`, or an empty one, means not known."""

    def __init__(self, code: str):
        self.code = code
        path = DATA / f"{code}.toml"
        self.read = path.exists() and code.isalpha()
        data = path.read_bytes() if self.read else b""
        self._own: dict[str, Any] = tomllib.loads(data.decode())
        counted = b"".join(file.read_bytes() for file in sorted(DATA.glob(f"{code}.*.txt"))) if self.read else b""
        self.version = hashlib.sha256(data + counted).hexdigest()[:12] if self.read else ""
        self.compounds = bool(self._own.get("compounds"))
        self.joined_numbers = self.compounds or bool(self._own.get("joined_numbers"))
        self.exact_decimals = bool(self._own.get("exact_decimals"))
        self.surnames = bool(self._own.get("surnames", True))
        self.shortest = float(self._own.get("shortest", 0))
        for name in ("joiners", "between", "half", "translated"):
            setattr(self, name, frozenset(self._own.get(name, "").split()))

    compounds: bool  # nouns are written together: Samstagabend, siebenfach
    joined_numbers: bool  # the words of a number are
    exact_decimals: bool  # the decimal mark never parts thousands, not even where a text follows English: 1,234
    joiners: frozenset[str]  # between the words of one number: und
    between: frozenset[str]  # between two numbers that share what follows: 2 bis 3 Millionen
    half: frozenset[str]
    translated: frozenset[str]  # abbreviations of mixed case that are no names
    surnames: bool  # whether a capitalised word behind a first name is one too, and not a common noun
    shortest: float  # of what checks.omission computes; 0: not known

    @cached_property
    def _cldr(self) -> Any:
        from babel import Locale, UnknownLocaleError

        try:
            return Locale.parse(self.code)
        except (UnknownLocaleError, ValueError):
            return Locale.parse("und")

    # --- numbers

    @cached_property
    def _symbols(self) -> Mapping[str, str]:
        return self._cldr.number_symbols.get("latn", {})

    @cached_property
    def decimal(self) -> str:
        return self._symbols.get("decimal", ".")

    @cached_property
    def group(self) -> str:
        return self._symbols.get("group", ",").replace("\u202f", " ").replace("\u00a0", " ")

    @cached_property
    def numerals(self) -> Lexicon:
        return Lexicon({_number(value): words for value, words in self._own.get("numerals", {}).items()})

    @cached_property
    def numeral(self) -> re.Pattern[str]:
        """A word that may be one of a number: those with a hyphen (quatre-vingt) as a whole, else letters alone."""
        table = " ".join(self._own.get("numerals", {}).values()).casefold().split()
        joined = sorted((re.escape(w) for w in table if "-" in w and w[-1].isalpha()), key=len, reverse=True)
        return re.compile(
            "|".join([*(rf"{word}(?!\w)" for word in joined), r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*"]), re.IGNORECASE
        )

    @cached_property
    def scales(self) -> Lexicon:
        """Words for large numbers: powers of ten. Of the CLDR's, single letters may mean something else."""
        own = self._own.get("scales", {})
        listed = _listed(own)
        found: dict[str, int] = {}
        for style in ("long", "short"):
            for plural in dict(self._cldr.compact_decimal_formats.get(style, {})).values():
                for one, pattern in dict(plural).items():
                    word = re.sub(r"[0'.\u00a0 ]+$|^[0'\u00a0 ]+", "", str(pattern.pattern)).casefold()
                    zeros = len(one) - max(str(pattern.pattern).count("0"), 1)
                    if word and " " not in word and "\u00a0" not in word and zeros >= 2:
                        found.setdefault(word, zeros)
        table = {int(power): words for power, words in own.items()}
        for word, zeros in found.items():
            if word not in listed:
                table[zeros] = f"{table.get(zeros, '')} {word}{'?' if len(word) == 1 else ''}"
        return Lexicon(table)

    @cached_property
    def scale(self) -> re.Pattern[str]:
        """A word for a large number behind a figure; perhaps a second one: mil millones."""
        return re.compile(rf"[\s-]?({self.scales.pattern})(?![^\W_])\.?", re.IGNORECASE)

    # --- days and times

    @cached_property
    def half_word(self) -> re.Pattern[str]:
        """One of `half`, or a word that ends so (zweieinhalb)."""
        ends = [rf"\w*{re.escape(word)}" for word in self.half if len(word) > 5]
        return re.compile(rf"\b(?:{'|'.join([*ends, *map(re.escape, self.half)]) or '(?!)'})\b", re.IGNORECASE)

    @cached_property
    def months(self) -> Lexicon:
        return Lexicon(self._named(self._cldr.months, 0, self._own.get("months", {})))

    @cached_property
    def days(self) -> Lexicon:
        return Lexicon(self._named(self._cldr.days, 1, self._own.get("days", {})))

    def _named(self, cldr: Any, shift: int, own: Mapping[str, str]) -> dict[int, str]:
        found: dict[int, str] = {}
        listed = _listed(own)
        for context in ("format", "stand-alone"):
            for number, name in cldr[context]["wide"].items():
                if " " not in name and not name.isdigit() and name.casefold() not in listed:
                    more = f"{name}*?" if shift == 0 else f"{name}*"  # Oktobertagung, Samstagabend
                    found[number + shift] = f"{found.get(number + shift, '')} {name} {more if self.compounds else ''}"
        for number, words in own.items():
            found[int(number)] = f"{found.get(int(number), '')} {words}"
        return found

    @cached_property
    def short_months(self) -> Mapping[str, int]:
        """Abbreviations, casefolded and without a stop; they count beside a figure only."""
        names = self._cldr.months["format"]["abbreviated"].items()
        found = {name.casefold().rstrip("."): number for number, name in names if not name.isdigit()}
        return found | {w: int(n) for n, words in self._own.get("short_months", {}).items() for w in words.split()}

    @cached_property
    def short_days(self) -> re.Pattern[str] | None:
        """An abbreviated day of the week behind a word that tells it for one (am Mo.); groups 1 to 7, from Monday."""
        before = self._own.get("clock", {}).get("day")
        names = {n: re.escape(name.rstrip(".")) for n, name in self._cldr.days["format"]["abbreviated"].items()}
        if not before:
            return None
        days = "|".join(f"({names[n]})" for n in range(7))
        return re.compile(rf"(?<=\b{before} )(?:{days})\.", re.IGNORECASE)

    @cached_property
    def capital_months(self) -> bool:
        """Whether months are written with a capital, so that "may" is none."""
        return self._own.get("capital_months", self._cldr.months["format"]["wide"][1][:1].isupper())

    @cached_property
    def latin(self) -> bool:
        """Whether it is written in Latin letters."""
        return not re.search(r"[^\W\d_A-Za-zÀ-ɏḀ-ỿ]", self._cldr.months["format"]["wide"][1])

    @cached_property
    def direction(self) -> str:
        """In which it is written: ltr or rtl."""
        return self._cldr.text_direction

    @cached_property
    def cased(self) -> bool:
        """Whether its letters come in two sizes."""
        month = self._cldr.months["format"]["wide"][1]
        return month.lower() != month.upper()

    @cached_property
    def dotted(self) -> bool:
        """Whether a date in figures is written with stops: 7.10."""
        return "." in self._cldr.date_formats["short"].pattern

    @cached_property
    def before_clock(self) -> str:
        """Alternatives of a pattern: what stands before a time of day."""
        return phrases(self._own.get("clock", {}).get("before", ""))

    @cached_property
    def after_clock(self) -> str:
        return phrases(self._own.get("clock", {}).get("after", ""))

    @cached_property
    def sure_clock(self) -> str:
        """Those of them that tell nothing but a time (Uhr), where hours may be how long something takes."""
        return phrases(self._own.get("clock", {}).get("sure", ""))

    @cached_property
    def half_clock(self) -> str:
        """The word of "halb drei", which is half past two."""
        return self._own.get("clock", {}).get("half", "")

    @cached_property
    def late(self) -> re.Pattern[str]:
        """Words of the second half of the day."""
        parts = self._cldr.day_periods["format"]["wide"].items()
        cldr = [name.replace("\u00a0", " ").replace(" ", "·") for key, name in parts
                if key.startswith(("afternoon", "evening", "night", "pm", "noon"))]  # fmt: skip
        own = self._own.get("clock", {}).get("late", "")
        return re.compile(rf"{phrases(' '.join(cldr))}|{'|'.join(own.split()) or '(?!)'}|p\.?\s?m\b", re.IGNORECASE)

    # --- measures

    @cached_property
    def percent(self) -> re.Pattern[str]:
        return re.compile(rf"[%٪]|{phrases(self._own.get('percent', ''))}", re.IGNORECASE)

    @cached_property
    def points(self) -> re.Pattern[str]:
        return re.compile(phrases(self._own.get("points", "")), re.IGNORECASE)

    @cached_property
    def article(self) -> str:
        """Alternatives of a pattern: what says "one" before a unit of measurement (a mile)."""
        return phrases(self._own.get("article", ""))

    @cached_property
    def minus(self) -> re.Pattern[str]:
        return re.compile(rf"[-−–]\s?\d|{phrases(self._own.get('minus', ''))}", re.IGNORECASE)

    @cached_property
    def currencies(self) -> list[tuple[str, bool, re.Pattern[str]]]:
        """ISO 4217 codes, whether a word can only be that currency, and the words."""
        found = []
        for code, words in self._own.get("currencies", {}).items():
            for sure in (True, False):
                some = " ".join(word.rstrip("?") for word in words.split() if word.endswith("?") != sure)
                found.append((code, sure, re.compile(phrases(some), re.IGNORECASE)))
        return [entry for entry in found if entry[2].pattern != "(?!)"]

    @cached_property
    def any_currency(self) -> re.Pattern[str]:
        return re.compile(phrases(" ".join(self._own.get("currencies", {}).values()).replace("?", "")), re.IGNORECASE)

    @cached_property
    def units(self) -> Mapping[str, re.Pattern[str]]:
        """By the end of the CLDR's name of a unit, the ways to write it."""
        unwanted = {*self._own.get("no_units", "").split(), *self.common_words}
        return written(self._cldr, self._own.get("units", {}), unwanted)

    # --- words

    def section(self, name: str) -> Mapping[str, Any]:
        """A table of the data file, {} if there is none."""
        return self._own.get(name, {})

    @cached_property
    def no(self) -> re.Pattern[str] | None:
        """The plain ways to deny."""
        return self._patterns("no")

    @cached_property
    def denies(self) -> re.Pattern[str] | None:
        """Whatever may become a denial in another language, parts of words too."""
        return self._patterns("denies")

    @cached_property
    def softly(self) -> re.Pattern[str]:
        """Words that say less than a denial, and sometimes stand for one."""
        return self._patterns("softly") or _NONE

    @cached_property
    def results(self) -> Mapping[str, re.Pattern[str]]:
        """Words for that somebody "won" or "lost"."""
        return {did: re.compile(phrases(words), re.IGNORECASE) for did, words in self._own.get("results", {}).items()}

    @cached_property
    def counted(self) -> bool:
        """Whether each denial is told by one word, so that they can be counted."""
        return bool(self._own.get("negation", {}).get("counted"))

    def _patterns(self, name: str) -> re.Pattern[str] | None:
        found = self._own.get("negation", {}).get(name)
        return re.compile("|".join(found), re.IGNORECASE) if found else None

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Words with a capital, casefolded, that other languages have no like of (Danube), or that are written small as
        well (Tide): counted by benchmarks/vocabulary.py, and gathered by hand."""
        words = (*self._counted("capitals"), *self._own.get("capitals", "").split())
        return frozenset(word.casefold() for word in words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Of English, words that are never written small: names that a translation has as they are (Liverpool)."""
        return frozenset(self._counted("names"))

    @cached_property
    def words(self) -> frozenset[str]:
        """Of English, words that are written small; of German, nouns that are not English as well: counted by
        benchmarks/vocabulary.py. Of other languages none are needed, which write their nouns small."""
        return frozenset(self._counted("words"))

    @cached_property
    def small(self) -> frozenset[str]:
        """Of German, words that are hardly ever written with a capital within a sentence, casefolded."""
        return frozenset(word.casefold() for word in self._counted("small"))

    def _counted(self, what: str) -> list[str]:
        path = DATA / f"{self.code}.{what}.txt"
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    @cached_property
    def countries(self) -> Mapping[str, frozenset[str]]:
        """Words of the names of countries and continents, casefolded: the CLDR's codes of those that are called so."""
        found: dict[str, set[str]] = {}
        for code, name in self._cldr.territories.items():
            for word in re.findall(r"[^\W\d_]{4,}", name):
                found.setdefault(word.casefold(), set()).add(code)
        return {word: frozenset(codes) for word, codes in found.items()}

    @cached_property
    def common(self) -> re.Pattern[str] | None:
        """Words that a sentence of this language has one of: what has none may be a name, or another language."""
        return re.compile(rf"\b(?:{'|'.join(self.common_words)})\b", re.IGNORECASE) if self.common_words else None

    @cached_property
    def common_words(self) -> list[str]:
        return self._own.get("common", "").split()


@cache
def language(code: str) -> Language:
    """By its ISO 639-1 code; "" and codes that the CLDR does not know give one of which nothing is known."""
    return Language(code)


def _listed(own: Mapping[str, str]) -> frozenset[str]:
    """What a table says of the CLDR's own words: that they may mean something else."""
    return frozenset(w.rstrip("?") for words in own.values() for w in words.split() if w[-1] == "?" and "*" not in w)


def _number(key: str) -> int | Decimal:
    return int(key) if key.isdigit() else Decimal(key)
