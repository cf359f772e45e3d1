"""Units whose source is like a sentence but not equal to it: shown to a reader and to chat models, never taken for its
translation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import UsageError
from .unit import key

LEAST = 0.85  # of rapidfuzz's ratio: twice the characters in common, in order, by those of both
MOST = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A unit by how like its source is to a sentence, from LEAST to 1."""

    likeness: float
    source: str
    target: str


class Finder:
    """Looks through units of one pair of languages, (source, target) each. Raises UsageError without rapidfuzz."""

    def __init__(self, units: Iterable[tuple[str, str]]):
        try:
            from rapidfuzz import fuzz, process
        except ImportError:
            raise UsageError(
                "looking for near translations needs rapidfuzz", "pip install 'summarize[memory]'"
            ) from None
        self._extract, self._scorer = process.extract, fuzz.ratio
        self.targets = dict(units)
        self.sources = list(self.targets)

    def find(self, sentence: str) -> list[Near]:
        """At most MOST, the nearest first; the sentence itself is not near, it is there."""
        wanted = key(sentence)
        if not self.sources or not wanted:
            return []
        found = self._extract(wanted, self.sources, scorer=self._scorer, score_cutoff=100 * LEAST, limit=MOST + 1)
        best = sorted(((score, source) for source, score, _ in found if source != wanted), key=lambda f: (-f[0], f[1]))
        return [Near(round(score / 100, 4), source, self.targets[source]) for score, source in best[:MOST]]
