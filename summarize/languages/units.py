"""Units of measurement as a language writes them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from .lexicon import phrases

UNITS = {  # what the units of measurement are called in the CLDR, by the end of their names there
    **dict.fromkeys(("kilometer", "meter", "centimeter", "millimeter", "mile", "yard", "foot", "inch"), "length"),
    **dict.fromkeys(("kilogram", "gram", "milligram", "tonne", "pound", "ounce"), "mass"),
    **dict.fromkeys(("square-kilometer", "square-meter", "square-mile", "square-foot", "hectare", "acre"), "area"),
    **dict.fromkeys(("cubic-meter", "liter", "gallon"), "volume"),
    **dict.fromkeys(("kilometer-per-hour", "meter-per-second", "mile-per-hour"), "speed"),
    **dict.fromkeys(("celsius", "fahrenheit"), "temperature"),
    **dict.fromkeys(("kilowatt-hour",), "energy"),
    **dict.fromkeys(("kilowatt", "megawatt", "gigawatt"), "power"),
    **dict.fromkeys(("kilohertz", "megahertz", "gigahertz"), "frequency"),
    **dict.fromkeys(("kilobyte", "megabyte", "gigabyte", "terabyte"), "digital"),
}


def written(cldr: Any, own: Mapping[str, str], unwanted: Collection[str]) -> dict[str, re.Pattern[str]]:
    """By the end of the CLDR's name of a unit a pattern for the ways to write it: words of the CLDR (a babel Locale)
    with any ending, those of the data file (`own`), and signs, by their case, but for those `unwanted`."""
    from babel.units import format_unit

    found = {}
    for name, kind in UNITS.items():
        long, short = set(), set()
        for n in (1, 2, 5, Decimal("1.5")):
            for style, into in (("long", long), ("short", short)):
                text = format_unit(n, f"{kind}-{name}", length=style, locale=cldr)
                word = re.sub(r"^[\d.,]+\s*|\s*[\d.,]+$", "", text.replace("\u00a0", " ").replace("\u202f", " "))
                if word and "length-" not in word and "-" not in word:
                    into.add(word.replace(" ", "·"))
        words = " ".join(w if len(w) < 5 or "·" in w else f"{w}*" for w in long) + " " + own.get(name, "")
        longest_first = sorted(short - set(unwanted), key=len, reverse=True)
        signs = "|".join(re.escape(sign).replace("·", r"\s") for sign in longest_first)
        found[name] = re.compile(rf"(?i:{phrases(words)})|(?<![^\W\d_])(?:{signs or '(?!)'})(?![^\W\d_]|[²³/])")
    return found
