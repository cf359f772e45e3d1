"""Checks of one translated sentence against its source: cheap, deterministic, one function each.

A check gets the `Facts` of source and output and says whether the output is wrong. Those in KNOWING have to read the
source's language, and are not asked of one that has no data file (`Language.read`); `unasked` names them. What the
checks in FATAL find makes a translation worthless, and it is not passed off; what the others find is a doubt that the
reader is told of (backends/guard.py).
They are tuned to stay silent on human translations: docs/checks.md has the measurements. VERSION is raised by hand when
one changes, since it is part of every signature.

    >>> failed("Das sind 5 Euro.", "It is 5 dollars. It is 5 dollars. It is 5 dollars.", "de")
    ('loop', 'currencies')
    >>> failed("Esto no es bueno.", "This is good.", "es"), failed("Es kam er.", "He did not come.", "de")
    (('negation',), ('negation',))
"""

from __future__ import annotations

from collections.abc import Callable

from .. import facts as account
from ..facts import ADDRESS, Facts, facts
from ..languages.language import language
from .additions import foreign
from .compared import (
    addresses,
    counts,
    currencies,
    dates,
    impossible_time,
    negation,
    numbers,
    percentages,
    times,
    units,
)
from .form import empty, leftover, length, loop, omission, quotes, sentinel, truncated, untranslated
from .proper import names, strange_names

VERSION = 11
Check = Callable[[Facts, Facts], bool]

CHECKS: dict[str, Check] = {
    "empty": empty,
    "sentinel": sentinel,
    "loop": loop,
    "length": length,
    "untranslated": untranslated,
    "truncated": truncated,
    "leftover": leftover,
    "addresses": addresses,
    "numbers": numbers,
    "number words": counts,
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
SIMPLER: dict[str, Check] = {"times": impossible_time}


def version(code: str) -> list[str | int]:
    """What a verdict on a text of this language depends on, for signatures; of no other language."""
    return [VERSION, account.VERSION, language(code).version or code, language("en").version]


def unasked(code: str) -> tuple[str, ...]:
    """Names of the checks that cannot be asked, since how the language (ISO 639-1) says such things is not known."""
    return () if language(code).read else tuple(name for name in CHECKS if name in KNOWING)


def failed(source: str, output: str, code: str) -> tuple[str, ...]:
    """Names of the checks that the English output fails, in the order of CHECKS. `code`: the source's language (ISO
    639-1), "" if it is not known."""
    asked = CHECKS
    if not language(code).read:
        asked = {name: check for name, check in CHECKS.items() if name not in KNOWING} | SIMPLER
    said, given = facts(source, code), facts(output, "en")
    return tuple(name for name, check in asked.items() if check(said, given))


__all__ = [
    "ADDRESS",
    "CHECKS",
    "FATAL",
    "KNOWING",
    "VERSION",
    "facts",
    "failed",
    "foreign",
    "strange_names",
    "unasked",
    "version",
]
