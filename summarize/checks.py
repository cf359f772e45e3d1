"""Checks of one translated sentence against its source: cheap, deterministic, one function each.

A check gets (source, output) and says whether the output is wrong. They are tuned to stay silent on human translations;
VERSION is raised by hand when one changes, since it is part of every signature.

    >>> failed("Das ist gut.", "It is good. It is good. It is good. It is good.")
    ('loop',)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher

VERSION = 1

_SENTINELS = re.compile(r"<(?:extra_id_\d+|pad|unk|/?s|mask|\|[^|>]{1,40}\||start_of_turn|end_of_turn)>|⁇")
_WORD = re.compile(r"\w+")


def empty(source: str, output: str) -> bool:
    """Letters went in and none came out."""
    return any(c.isalpha() for c in source) and not any(c.isalpha() for c in output)


def sentinel(source: str, output: str) -> bool:
    """A control token of the model stands in the text, and not because the source has it."""
    return any(m.group() not in source for m in _SENTINELS.finditer(output))


def loop(source: str, output: str) -> bool:
    """A phrase of one to eight words is said at least three times in a row (four for one word), or half of the
    output's four-word phrases are repetitions; not counted when the source repeats itself as much.

    >>> loop("Er kam.", "He came and he came and he came and he came.")
    True
    >>> loop("Nein, nein, nein, nein!", "No, no, no, no!")
    False
    """
    return _loops(output) > max(1.0, 1.5 * _loops(source))


def _loops(text: str) -> float:
    """1 or less: no loop; above: how strongly the text repeats itself."""
    words = _WORD.findall(text.casefold())
    worst = 0.0
    for n in range(1, min(8, len(words) // 3) + 1):
        allowed = 3 if n == 1 else 2  # times a phrase may be said in a row
        run = 1
        for i in range(n, len(words) - n + 1):
            # run counts matching single words at distance n; n of them in a row are one repetition
            run = run + 1 if words[i + n - 1] == words[i - 1] else 1
            worst = max(worst, (1 + (run - 1) // n) / allowed)
    grams = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    if len(grams) >= 12:
        worst = max(worst, 2.0 * (1 - len(set(grams)) / len(grams)))
    return worst


def length(source: str, output: str) -> bool:
    """Far shorter or far longer than a translation of the source can be (in characters)."""
    a, b = len(source), len(output)
    return b > 2.2 * a + 40 or a > 3.0 * b + 40


def untranslated(source: str, output: str) -> bool:
    """The output is the source again. Only words that begin in lower case are compared, since names, results and
    quoted titles are rightly copied: five or more of them, nearly all found again in the same order.

    >>> untranslated("Er ist nach dem Spiel nicht mehr da.", "Er ist nach dem Spiel nicht mehr da.")
    True
    >>> untranslated("Tore: Hintze (9), Ernst (6), Kümper (2)", "Goals: Hintze (9), Ernst (6), Kümper (2)")
    False
    """
    a, b = ([w for w in _WORD.findall(t) if w[0].islower()] for t in (source, output))
    if len(a) < 5:
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() > 0.8


CHECKS: dict[str, Callable[[str, str], bool]] = {
    "empty": empty,
    "sentinel": sentinel,
    "loop": loop,
    "length": length,
    "untranslated": untranslated,
}


def failed(source: str, output: str) -> tuple[str, ...]:
    """Names of the checks that the output fails, in the order of CHECKS."""
    return tuple(name for name, check in CHECKS.items() if check(source, output))
