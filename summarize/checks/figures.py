"""The check of numbers where nothing is known of the source's language: digits, however they are grouped and scaled."""

from __future__ import annotations

import re
import unicodedata

from .amounts import ENGLISH, figures, spelled
from .quantities import ENGLISH_MONTHS, mentioned

_RUN = re.compile(r"\d+(?:[.,:/ \u00a0\u202f'’-]\d+)*")
_LATE = re.compile(r"p\.?\s?m\b|evening|afternoon|night|noon|tonight", re.I)


def digits(source: str, output: str) -> bool:
    """A figure of the source has no like in the output, or the output has one whose digits the source nowhere has.

    What divides and what scales a figure differs from language to language, so that 2,5 milliards and 2.5 billion are
    alike, and 2.5 and 25 too: a wrong digit is found, a wrong power of ten is not. Words, months and the hours of the
    afternoon count as figures on the English side.

    >>> digits("2,5 milliards d'euros", "2.5 billion euros"), digits("le 12.10.2018", "on October 12, 2018")
    (False, False)
    >>> digits("à 15h30", "at 3:30 p.m."), digits("45 maisons", "48 houses"), digits("Il est venu.", "All 9 came.")
    (False, True, True)
    """
    asked, given = _parts(source), _parts(output)
    if not (asked or given):
        return False
    words = {str(v) for v in spelled(output, ENGLISH) | mentioned(output, ENGLISH_MONTHS)}
    if _LATE.search(output):
        words |= {str(int(part) + 12) for run in given for part in run if len(part) <= 2}
    there = {_plain(v) for run in given for v in (*run, "".join(run))} | {_plain(w) for w in words}
    there |= {_plain(str(v)) for amount in figures(output, ENGLISH) for v in amount}
    known = {_plain(v) for run in asked for v in (*run, "".join(run))}
    late = {_plain(str(int(part) - 12)) for run in asked for part in run if len(part) <= 2 and 12 < int(part) <= 24}
    lost = any(not _found(run, there) for run in asked)
    return lost or (bool(asked) and any(not _found(run, known | late) for run in given)) or (not asked and bool(given))


def _parts(text: str) -> list[list[str]]:
    """The figures of the text, each as its runs of digits; digits of every script as 0 to 9."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return [re.findall(r"\d+", run) for run in _RUN.findall(plain)]


def _plain(digits: str) -> str:
    """Without point and zeros at either end: 1.50, 15 and 015 are 15."""
    return digits.replace(".", "").strip("0") or "0"


def _found(run: list[str], there: set[str]) -> bool:
    return _plain("".join(run)) in there or all(_plain(part) in there for part in run)
