"""Small pictures made of characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

LEVELS = "▁▂▃▄▅▆▇█"
EIGHTHS = " ▏▎▍▌▋▊▉"


def sparkline(values: Sequence[float | None]) -> str:
    """One character a value, on a scale that begins at 0; a gap where there is none.

    >>> sparkline([0, 5, None, 10])
    '▁▄ █'
    """
    top = max((v for v in values if v is not None), default=0) or 1
    return "".join(" " if v is None else LEVELS[max(0, round(v / top * len(LEVELS)) - 1)] for v in values)


def bar(value: float, top: float, width: int) -> str:
    """A bar of at most `width` characters, exact to an eighth of one; something is never nothing.

    >>> bar(3, 4, 8), bar(1, 1000, 8), bar(0, 4, 8)
    ('██████', '▏', '')
    """
    eighths = round(value / (top or 1) * width * 8)
    if value > 0:
        eighths = max(1, eighths)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (EIGHTHS[rest] if rest else "")


def bars(counts: Mapping[str, float], *, width: int) -> list[str]:
    """A line a name: name, number, bar.

    >>> for line in bars({"numbers": 4, "loop": 1}, width=20): print(line)
    numbers  4 █████████
    loop     1 ██▎
    """
    if not counts:
        return []
    label = max(map(len, counts))
    number = max(len(f"{v:,}") for v in counts.values())
    room = max(4, width - label - number - 3)
    top = max(counts.values())
    return [f"{k:<{label}}  {v:>{number},} {bar(v, top, room)}".rstrip() for k, v in counts.items()]


def histogram(counts: Sequence[int], edges: Sequence[float], *, width: int) -> list[str]:
    """A line a bin; `edges` has one number more than `counts`, the last may be infinite.

    >>> for line in histogram([1, 4], [0.5, 1.0, float("inf")], width=20): print(line)
    0.5 – 1.0  1 █▊
    1.0 –      4 ███████
    """
    names = [f"{a:.1f} – " + ("" if b == float("inf") else f"{b:.1f}") for a, b in pairwise(edges)]
    label = max(map(len, names))
    return bars({f"{n:<{label}}": c for n, c in zip(names, counts, strict=True)}, width=width)
