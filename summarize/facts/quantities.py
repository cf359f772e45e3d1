"""Amounts with a unit of measurement, and whether two of them are the same in another unit: 10 miles are 16 km.

>>> from . import facts
>>> converted(facts("Es sind 300 km.", "de"), facts("It is 190 miles.", "en"))
(frozenset({300}), frozenset({190}))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .fact import Fact

if TYPE_CHECKING:
    from . import Facts

TOLERANCE = 0.11  # share by which a converted amount may be rounded
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
    """Each unit with the number before it; in "3 to 6 inches" with both."""
    numbers = sorted(text.of("number", "count"), key=lambda fact: fact.end)
    for unit in text.of("unit")[:_MOST]:
        near = [n for n in numbers if n.end <= unit.start and unit.start - n.end <= 3][-1:]
        if near:
            near += [n for n in numbers if n.end < near[0].start and near[0].start - n.end <= 6][-1:]
        yield from ((name, number) for name in unit.values for number in near)


def converted(source: Facts, output: Facts) -> tuple[frozenset, frozenset]:
    """The numbers of both texts that are the same amount, one in a metric and one in an imperial unit."""
    ours, theirs = set(), set()
    pairs = [(a, b) for a in quantities(source) for b in quantities(output)]
    if {unit for (unit, _), _ in pairs} & {unit for _, (unit, _) in pairs}:
        return frozenset(), frozenset()  # the same unit stands on both sides: nothing was converted
    for (unit, number), (other, same) in pairs:
        for a in number.values:
            for b in same.values:
                if not isinstance(a, str) and not isinstance(b, str) and _alike(unit, float(a), other, float(b)):
                    ours.add(a)
                    theirs.add(b)
    return frozenset(ours), frozenset(theirs)


def _alike(unit: str, a: float, other: str, b: float) -> bool:
    if unit in _IMPERIAL and other in _METRIC:
        unit, a, other, b = other, b, unit, a
    if unit not in _METRIC or other not in _IMPERIAL or _METRIC[unit][0] != _IMPERIAL[other][0]:
        return False
    shift = 32 if other == "fahrenheit" else 0
    metric, imperial = a * _METRIC[unit][1], (b - shift) * _IMPERIAL[other][1]
    return abs(metric - imperial) <= max(TOLERANCE * abs(imperial), 1.0 if shift else 0)
