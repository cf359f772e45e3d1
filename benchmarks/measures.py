"""What the contest of summarizers measures of one summary, and how sure a mean or a difference is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from statistics import fmean

from summarize import evidence
from summarize.backends import extractive

RESAMPLES = 2000


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

    def mean(self, name: str) -> float:
        return fmean(self.measured[name])

    def combined(self, names: Sequence[str]) -> list[float]:
        """The mean of several measures, per article."""
        return [fmean(values) for values in zip(*(self.measured[name] for name in names), strict=True)]


def rouge(reference: str, summary: str) -> dict[str, float]:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L (rouge-score, with its stemmer)."""
    from rouge_score import rouge_scorer

    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    return {name: score.fmeasure for name, score in scorer.score(reference, summary).items()}


def repeated_trigrams(lines: Sequence[str]) -> float:
    """Share of a summary's trigrams of words that it has said before, 0 to 1."""
    words = [evidence.words(line) for line in lines]
    grams = [tuple(line[i : i + 3]) for line in words for i in range(len(line) - 2)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def closest_pair(lines: Sequence[str]) -> float:
    """Likeness of the two most alike sentences of a summary: cosine of content words, 0 to 1."""
    stems = [evidence.content(line) for line in lines]
    vectors = [extractive.vector(s, extractive.Counter(), 0) for s in stems]
    return max((extractive.dot(a, b) for a, b in combinations(vectors, 2)), default=0.0)


def dangling(lines: Sequence[str], sentences: Sequence[str]) -> float:
    """Share of a summary's sentences that open with "He", "But", "This also" without the sentence before them."""
    before = dict(zip(sentences[1:], sentences, strict=False))
    return fmean(extractive.dangling(line) and before.get(line) not in lines for line in lines) if lines else 0.0


def covered(headline: str, summary: str) -> float:
    """Share of a headline's content words that the summary has, 0 to 1."""
    stems = set(evidence.content(headline))
    return len(stems & set(evidence.content(summary))) / len(stems)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and the ends of its 95 % bootstrap interval over articles. The same values give the same interval."""
    rng = random.Random(0)
    means = sorted(fmean(rng.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return fmean(values), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def level(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two contestants differ by no more than chance: the interval of the paired difference holds zero."""
    _, low, high = interval([x - y for x, y in zip(a, b, strict=True)])
    return low <= 0 <= high
