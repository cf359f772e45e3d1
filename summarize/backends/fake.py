"""`Fake`: a backend without a model. Public, for tests and for trying the pipeline; it records what it was asked.

>>> fake = Fake(lambda text: text.upper())
>>> [o.text for o in fake.run(["a", "b"])], fake.calls
(['A', 'B'], [['a', 'b']])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import TextTooLong
from ..types import Output, Signature


class Fake:
    """`answer` maps a text to a text or an Output. With `limit`, texts of more words raise TextTooLong."""

    def __init__(self, answer: Callable[[str], str | Output], *, name: str = "fake", limit: int | None = None):
        self.answer = answer
        self.limit = limit
        self.calls: list[list[str]] = []
        self._signature = Signature({"task": "fake", "model": name})

    @property
    def signature(self) -> Signature:
        return self._signature

    def count(self, text: str) -> int:
        return len(text.split())

    def fits(self, text: str) -> bool:
        return self.limit is None or self.count(text) <= self.limit

    def run(self, texts: Sequence[str]) -> list[Output]:
        for text in texts:
            if not self.fits(text):
                raise TextTooLong(self.count(text), self.limit or 0)
        self.calls.append(list(texts))
        return [a if isinstance(a, Output) else Output(a) for a in map(self.answer, texts)]

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]:
        """It has but one answer."""
        return [[output] for output in self.run(texts)]
