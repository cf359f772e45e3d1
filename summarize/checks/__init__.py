"""Checks of one translated sentence against its source: cheap, deterministic, one function each.

A check gets (source, output) and says whether the output is wrong. What the checks in FATAL find makes a translation
worthless, and it is not passed off; what the others find is a doubt that the reader is told of (backends/guard.py).
They are tuned to stay silent on human translations: docs/checks.md has the measurements. VERSION is raised by hand when
one changes, since it is part of every signature.

    >>> failed("Das sind 5 Euro.", "It is 5 dollars. It is 5 dollars. It is 5 dollars.")
    ('loop', 'currencies')
"""

from __future__ import annotations

from collections.abc import Callable

from .counts import number_words
from .foreign import foreign
from .form import empty, length, loop, omission, quotes, sentinel, truncated, untranslated
from .quantities import currencies, dates, numbers, percentages, times
from .units import units
from .words import ADDRESS, addresses, names, negation, strange_names

VERSION = 7

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


def failed(source: str, output: str) -> tuple[str, ...]:
    """Names of the checks that the output fails, in the order of CHECKS."""
    return tuple(name for name, check in CHECKS.items() if check(source, output))


__all__ = ["ADDRESS", "CHECKS", "FATAL", "VERSION", "failed", "foreign", "strange_names"]
