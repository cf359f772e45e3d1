"""`Fact`: one thing that a text says and that can be compared with what another text says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Value = int | Decimal | str  # of a number; a power is a str: 10^3


@dataclass(frozen=True, slots=True)
class Fact:
    """`values` are its readings: two facts of a kind agree if they share one. `start` and `end` are its place in the
    text. One that is not `sure` may be something else ("acht" is also care): it excuses, and is never asked for.
    `parts`: numbers that together say the same (20:15 may be a result). Kinds and what their values are:

    number: written in digits; int, Decimal, or "10^3"      count: in words; int or Decimal
    time: (hour, minute)        month: 1 to 12              weekday: 1 to 7, from Monday
    date: (month, day)          money: ISO 4217 code        percent: "%" or "pp", percentage points
    unit: the CLDR's name       score: both numbers         code: (letters, digits)
    pair: both numbers of "2 bis 3"
    """

    kind: str
    values: frozenset[Any]
    start: int
    end: int
    sure: bool = True
    parts: tuple[Value, ...] = ()
