"""Amounts with a unit of measurement, and whether two of them are the same in another unit: 10 miles are 16 km.

>>> from . import facts
>>> converted(facts("Es sind 300 km.", "de"), facts("It is 190 miles.", "en"))
(frozenset({300}), frozenset({190}))
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..languages.lexicon import NONE
from .fact import Fact, Value

if TYPE_CHECKING:
    from . import Facts

TOLERANCE = 0.11  # share by which a converted amount may be rounded
HALF_OF_ONE = 0.5  # of the metric unit: an inch is 2.54 cm, and about 3
_MOST = 40  # quantities of a text that are compared
_IMPERIAL = {  # unit: the metric one it is converted to, and how many of those it is
    "mile": ("meter", 1609.34), "yard": ("meter", 0.9144), "foot": ("meter", 0.3048), "inch": ("meter", 0.0254),
    "pound": ("gram", 453.6), "ounce": ("gram", 28.35), "acre": ("square-meter", 4046.9),
    "square-mile": ("square-meter", 2.59e6), "square-foot": ("square-meter", 0.0929), "gallon": ("liter", 3.785),
    "mile-per-hour": ("kilometer-per-hour", 1.60934), "fahrenheit": ("celsius", 5 / 9),
}  # fmt: skip
_METRIC = {
    "kilometer": ("meter", 1000.0), "meter": ("meter", 1.0), "centimeter": ("meter", 0.01), "liter": ("liter", 1.0),
    "millimeter": ("meter", 0.001), "kilogram": ("gram", 1000.0), "gram": ("gram", 1.0), "tonne": ("gram", 1e6),
    "hectare": ("square-meter", 1e4), "square-kilometer": ("square-meter", 1e6), "square-meter": ("square-meter", 1.0),
    "kilometer-per-hour": ("kilometer-per-hour", 1.0), "celsius": ("celsius", 1.0),
}  # fmt: skip


def quantities(text: Facts) -> Iterator[tuple[str, Fact]]:
    """Each unit with the number before it, in "3 to 6 inches" with both, and in "a mile" with one."""
    numbers = sorted(text.of("number", "count"), key=lambda fact: fact.end)
    for unit in text.of("unit")[:_MOST]:
        near = [n for n in numbers if n.end <= unit.start and unit.start - n.end <= 3][-1:]
        if near:
            near += [n for n in numbers if n.sure and n.end < near[0].start and near[0].start - n.end <= 6][-1:]
        yield from ((name, number) for name in unit.values for number in near)
    for name, pattern in text.language.units.items() if text.language.article != NONE else ():
        for match in re.finditer(rf"{text.language.article}\s(?:{pattern.pattern})", text.plain):
            yield name, Fact("count", frozenset({1}), *match.span())


def converted(source: Facts, output: Facts) -> tuple[frozenset, frozenset]:
    """The numbers of both texts that are the same amount, one in a metric and one in an imperial unit."""
    ours, theirs = set(), set()
    pairs = [(a, b) for a in quantities(source) for b in quantities(output)]
    if _named(source) & _named(output):
        return frozenset(), frozenset()  # the same unit stands on both sides: nothing was converted
    for (unit, number), (other, same) in pairs:
        for a in number.values:
            for b in same.values:
                if _same(unit, a, other, b):
                    ours.add(a)
                    theirs.add(b)
    return frozenset(ours), frozenset(theirs)


def retold(text: Facts, there: Facts) -> frozenset:
    """The numbers of a text that the other has in another unit, or that only say an amount of the text itself again,
    in a unit that the other does without: 30 meters (100 feet).

    >>> from . import facts
    >>> retold(facts("about 30 meters (100 feet) deep", "en"), facts("rund 30 Meter tief", "de"))
    frozenset({100})
    """
    amounts, named, said = list(quantities(text)), there.values("unit"), there.said
    twice = {
        a
        for unit, number in amounts
        if unit not in named and not number.values & said
        for other, same in amounts
        if same.values & said
        for a in number.values
        if any(_same(unit, a, other, b) for b in same.values)
    }
    return converted(text, there)[0] | twice


def _named(text: Facts) -> set[str]:
    """The units that can be no other: 80 degrees may be Celsius or Fahrenheit."""
    places: dict[int, set[str]] = {}
    for unit in text.of("unit"):
        places.setdefault(unit.start, set()).update(unit.values)
    return {name for names in places.values() if len(names) == 1 for name in names}


def _same(unit: str, a: Value, other: str, b: Value) -> bool:
    return not isinstance(a, str) and not isinstance(b, str) and _alike(unit, float(a), other, float(b))


def _alike(unit: str, a: float, other: str, b: float) -> bool:
    if unit in _IMPERIAL and other in _METRIC:
        unit, a, other, b = other, b, unit, a
    if unit not in _METRIC or other not in _IMPERIAL or _METRIC[unit][0] != _IMPERIAL[other][0]:
        return False
    shift = 32 if other == "fahrenheit" else 0
    metric, imperial = a * _METRIC[unit][1], (b - shift) * _IMPERIAL[other][1]
    rounded = HALF_OF_ONE * _METRIC[unit][1]
    return abs(metric - imperial) <= max(TOLERANCE * abs(imperial), 1.0 if shift else rounded)
