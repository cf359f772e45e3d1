"""`Human`: what people translated from one language, in front of every model.

A human text is never replaced. The checks are asked about it as about any other, and what they find, fatal or not, is a
doubt to be shown: a person may have had a reason, or a slip.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Protocol

from ..memory import spoken
from ..memory.near import Finder, Near
from ..types import Outcome, Output
from .judge import Judge


class HumanStore(Protocol):
    """What `Human` needs of a store."""

    def human(self, pair: tuple[str, str], texts: Collection[str]) -> dict[str, str]: ...

    def segments(self, pair: tuple[str, str]) -> Iterator[tuple[str, str]]: ...

    def memory_version(self, pair: tuple[str, str]) -> str: ...


class Human:
    def __init__(self, memory: HumanStore, judge: Judge):
        self.memory = memory
        self.judge = judge
        self.pair = (judge.language, judge.target)

    def texts(self, texts: Collection[str]) -> dict[str, str]:
        """The translations by people of those texts that have one."""
        return {text: spoken(said) for text, said in self.memory.human(self.pair, texts).items()}

    def known(self, texts: Collection[str]) -> dict[str, Output]:
        """The same as outputs, with what the checks say of them."""
        found = {text: Output(said, Outcome.HUMAN) for text, said in self.texts(texts).items()}
        return {
            text: Output(out.text, Outcome.HUMAN, doubts=self.judge.flags(text, out)) for text, out in found.items()
        }

    @property
    def version(self) -> str:
        """Another one after every change: what a chat model is shown can be another then."""
        return self.memory.memory_version(self.pair)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self.memory.segments(self.pair))

    def near(self, text: str) -> list[Near]:
        """Translations by people of texts that are like this one, which they do not translate."""
        return self._finder.find(text)

    def nearest(self, text: str) -> tuple[str, ...]:
        """The same as lines for a chat model."""
        return tuple(f"{near.source} → {near.target}" for near in self.near(text))
