"""Checks of one translated sentence against its source: cheap, deterministic, one function each.

A check gets the `Facts` of source and output and says whether the output is wrong. Those in KNOWING have to read both
languages, and are not asked of one that has no data file (`Language.read`); those in ENGLISH go by lists of English
words, and are asked of English alone; `unasked` names them. What the checks in FATAL find makes a translation
worthless, and it is not passed off; what the others find is a doubt that the reader is told of (backends/guard.py).
They are tuned to stay silent on human translations: docs/checks.md has the measurements. VERSION is raised by hand when
one changes, since it is part of every signature.

    >>> failed("Das sind 5 Euro.", "It is 5 dollars. It is 5 dollars. It is 5 dollars.", "de")
    ('loop', 'currencies')
    >>> failed("Esto no es bueno.", "This is good.", "es"), failed("Es kam er.", "He did not come.", "de")
    (('negation',), ('negation',))
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .. import facts as account
from ..facts import ADDRESS, Facts, facts
from ..languages.language import language
from ..types import TARGET
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
from .completeness import omission
from .form import empty, invented, leftover, length, loop, quotes, sentinel, truncated, untranslated
from .proper import names, strange_names

VERSION = 15
Check = Callable[[Facts, Facts], bool]

CHECKS: dict[str, Check] = {
    "empty": empty,
    "sentinel": sentinel,
    "loop": loop,
    "length": length,
    "untranslated": untranslated,
    "truncated": truncated,
    "leftover": leftover,
    "invented": invented,
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

# These read both sides: number words, months, units, denials, or what is written with a capital.
KNOWING = frozenset(
    {"number words", "times", "dates", "currencies", "percentages", "units", "names", "negation", "omission"}
)
# These know what is an English word, or what the words of other languages are in English.
ENGLISH = frozenset({"leftover", "invented", "omission"})
# What takes the place of a check where one side is not read.
SIMPLER: dict[str, Check] = {"times": impossible_time}


def version(code: str, target: str = TARGET) -> list[str | int]:
    """What a verdict on a text of this language in that one depends on, for signatures; of no other language."""
    return [VERSION, account.VERSION, *(language(one).version or one for one in (code, target))]


def unasked(code: str, target: str = TARGET) -> tuple[str, ...]:
    """Names of the checks that cannot be asked, since how one of the languages (ISO 639-1) says such things is not
    known."""
    read = language(code).read and language(target).read
    return tuple(n for n in CHECKS if (n in KNOWING and not read) or (n in ENGLISH and target != TARGET))


@lru_cache(maxsize=1024)  # a repair often comes to the output that was there before
def failed(source: str, output: str, code: str, target: str = TARGET) -> tuple[str, ...]:
    """Names of the checks that the output in the target language fails, in the order of CHECKS. `code`: the source's
    language (ISO 639-1), "" if it is not known."""
    asked = CHECKS
    if lacking := unasked(code, target):
        asked = {name: check for name, check in CHECKS.items() if name not in lacking}
        asked |= {name: check for name, check in SIMPLER.items() if name in lacking}
    said, given = facts(source, code), facts(output, target)
    return tuple(name for name, check in asked.items() if check(said, given))


__all__ = [
    "ADDRESS",
    "CHECKS",
    "ENGLISH",
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
