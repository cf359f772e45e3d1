"""How work grows with its input, told in a way that a busy machine cannot upset."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

TIMES = 16  # linear work takes 16 times as long for 16 times the input, quadratic work 256 times
ROUNDS = 8
FLOOR = 0.002  # seconds of processor time under which a clock says nothing


def is_linear(work: Callable[[int], object], large: int) -> bool:
    """Whether `work(large)` costs nearer 16 than 256 times `work(large // 16)`, in processor time.

    Such times vary fourfold on a shared machine, so both are taken side by side, and one of eight rounds is enough:
    for linear work to fail every round would have to be four times off, quadratic work is right in none of them.
    """
    for _ in range(ROUNDS):
        start = process_time()
        work(large // TIMES)
        between = process_time()
        work(large)
        if process_time() - between < TIMES**1.5 * max(between - start, FLOOR):
            return True
    return False
