"""The measure that tests of growth rest on tells linear from quadratic work."""

from __future__ import annotations

from growth import is_linear


def test_linear_work_passes_and_quadratic_does_not():
    assert is_linear(lambda n: sum(range(n)), 3_000_000)
    assert not is_linear(lambda n: sum(sum(range(n)) for _ in range(n)), 8_000)
