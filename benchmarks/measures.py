"""What the contest of summarizers measures of one summary, and how sure a mean or a difference is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from statistics import fmean, median
from typing import Any

from summarize import evidence
from summarize.quality.summarization import difference, interval
from summarize.summarizers import candidates, centrality


@dataclass
class Row:
    """All that was measured of one contestant on one set: lists hold a value per article, `judged` one per sentence."""

    name: str
    judged: list[bool] = field(default_factory=list)  # is the sentence supported?
    seconds: list[float] = field(default_factory=list)
    measured: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **values: float) -> None:
        for name, value in values.items():
            self.measured.setdefault(name, []).append(value)

    @property
    def support(self) -> float:
        return fmean(self.judged)

    @property
    def burden(self) -> float:
        """How hard its summaries are to read: dangling, repeated and like sentences."""
        return sum(fmean(self.measured[name]) for name in ("dangling", "trigrams", "closest"))

    def figures(self) -> dict[str, Any]:
        """With each measure as its mean and the ends of its interval."""
        means = {name: interval(values) for name, values in self.measured.items()}
        return {"name": self.name, "support": self.support, "seconds": median(self.seconds), **means}

    def combined(self, names: Sequence[str]) -> list[float]:
        """The mean of several measures, per article."""
        return [fmean(values) for values in zip(*(self.measured[name] for name in names), strict=True)]


def repeated_trigrams(lines: Sequence[str]) -> float:
    """Share of a summary's trigrams of words that it has said before, 0 to 1."""
    words = [evidence.words(line) for line in lines]
    grams = [tuple(line[i : i + 3]) for line in words for i in range(len(line) - 2)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def closest_pair(lines: Sequence[str]) -> float:
    """Likeness of the two most alike sentences of a summary: cosine of content words, 0 to 1."""
    stems = [evidence.content(line) for line in lines]
    vectors = [centrality.vector(s, Counter(), 0) for s in stems]
    return max((centrality.dot(a, b) for a, b in combinations(vectors, 2)), default=0.0)


def dangling(lines: Sequence[str], sentences: Sequence[str]) -> float:
    """Share of a summary's sentences that open with "He", "But", "This also" without the sentence before them."""
    before = dict(zip(sentences[1:], sentences, strict=False))
    return fmean(candidates.dangling(line) and before.get(line) not in lines for line in lines) if lines else 0.0


def covered(headline: str, summary: str) -> float:
    """Share of a headline's content words that the summary has, 0 to 1."""
    stems = set(evidence.content(headline))
    return len(stems & set(evidence.content(summary))) / len(stems)


def level(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two contestants differ by no more than chance: the interval of the paired difference holds zero."""
    _, low, high = difference(a, b)
    return low <= 0 <= high
