"""Checks of one translated sentence against its source: cheap, deterministic, one function each.

A check gets (source, output) and says whether the output is wrong. Those in KNOWING have to read the source's
language, and are not asked of one that is not in `languages.READ`; `unasked` names them. What the checks in FATAL find
makes a translation worthless, and it is not passed off; what the others find is a doubt that the reader is told of
(backends/guard.py).
They are tuned to stay silent on human translations: docs/checks.md has the measurements. VERSION is raised by hand when
one changes, since it is part of every signature.

    >>> failed("Das sind 5 Euro.", "It is 5 dollars. It is 5 dollars. It is 5 dollars.", "de")
    ('loop', 'currencies')
    >>> failed("Esto no es bueno.", "This is not good.", "es"), failed("Es kam er.", "He did not come.", "de")
    ((), ('negation',))
"""

from __future__ import annotations

from collections.abc import Callable

from ..languages import READ
from .counts import number_words
from .figures import digits
from .foreign import foreign
from .form import empty, length, loop, omission, quotes, sentinel, truncated, untranslated
from .quantities import currencies, dates, impossible_time, numbers, percentages, times
from .units import units
from .words import ADDRESS, addresses, names, negation, strange_names

VERSION = 10

CHECKS: dict[str, Callable[[str, str], bool]] = {
    "empty": empty,
    "sentinel": sentinel,
    "loop": loop,
    "length": length,
    "untranslated": untranslated,
    "truncated": truncated,
    "addresses": addresses,
    "numbers": numbers,
    "number words": number_words,
    "times": times,
    "dates": dates,
    "currencies": currencies,
    "percentages": percentages,
    "units": units,
    "names": names,
    "negation": negation,
    "omission": omission,
    "quotes": quotes,
}

FATAL = frozenset({"empty", "sentinel", "loop", "length", "untranslated", "truncated", "addresses"})

# These read the source: its number words, months, units, denials, or what it writes with a capital.
KNOWING = frozenset(
    {"number words", "times", "dates", "currencies", "percentages", "units", "names", "negation", "omission"}
)
# What takes the place of a check where the source is not read.
SIMPLER: dict[str, Callable[[str, str], bool]] = {"numbers": digits, "times": impossible_time}


def unasked(language: str) -> tuple[str, ...]:
    """Names of the checks that cannot be asked, since how `language` (ISO 639-1) says such things is not known."""
    return () if language in READ else tuple(name for name in CHECKS if name in KNOWING)


def failed(source: str, output: str, language: str) -> tuple[str, ...]:
    """Names of the checks that the output fails, in the order of CHECKS. `language`: of the source (ISO 639-1), "" if
    it is not known; then, and for languages that are not read, figures are compared by their digits alone, and of the
    times only those are found that cannot be."""
    if language in READ:
        return tuple(name for name, check in CHECKS.items() if check(source, output))
    asked = {name: check for name, check in CHECKS.items() if name not in KNOWING} | SIMPLER
    return tuple(name for name, check in asked.items() if check(source, output))


__all__ = ["ADDRESS", "CHECKS", "FATAL", "KNOWING", "VERSION", "failed", "foreign", "strange_names", "unasked"]
