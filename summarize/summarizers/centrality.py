"""How like two sentences are, and how central one is to a text: tf-idf vectors, PageRank, embeddings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt
from typing import Any

Vector = dict[str, float]  # stem -> tf-idf weight, of length 1
SHARED = 4  # words that two sentences must have in common to be held for the same because of them


def vector(stems: Sequence[str], frequency: Counter[str], total: int) -> Vector:
    """tf-idf of one sentence, scaled to length 1; `frequency` says in how many of `total` sentences a stem occurs."""
    weights = {s: (1 + log(n)) * log(1 + (total + 1) / (frequency[s] or 1)) for s, n in Counter(stems).items()}
    length = sqrt(sum(w * w for w in weights.values()))
    return {s: w / length for s, w in weights.items()} if length else {}


def dot(a: Vector, b: Vector) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[s] for s, w in a.items() if s in b)


def likeness(a: Vector, b: Vector) -> float:
    """How much two sentences say the same, 0 to 1: the share of the words of the shorter that the longer has, too. Of a
    few words in common, which any two sentences on a matter have, and where the numbers are others, the cosine."""
    if len(b) < len(a):
        a, b = b, a
    shared = a.keys() & b.keys()
    counts, others = _numbers(a), _numbers(b)
    same = len(shared) >= SHARED and not (counts and others and counts.isdisjoint(others))
    return len(shared) / len(a) if same else dot(a, b)


def _numbers(vector: Vector) -> set[str]:
    return {stem for stem in vector if stem[0].isdigit()}


def centrality(vectors: Sequence[Vector]) -> list[float]:
    """Likeness of each sentence to all others together; linear in the length of the text."""
    total = _weighted(vectors, [1.0] * len(vectors))
    return [dot(v, total) - dot(v, v) for v in vectors]


def textrank(
    vectors: Sequence[Vector], bias: Sequence[float] = (), damping: float = 0.85, rounds: int = 50
) -> list[float]:
    """PageRank over sentences linked by their likeness: from anywhere, or from where `bias` is high (TextRank,
    Mihalcea and Tarau 2004; biased LexRank, Otterbacher 2005). The matrix is never built: likeness is a product of
    vectors."""
    whole = sum(bias)
    start = [b / whole for b in bias] if whole else [1 / len(vectors)] * len(vectors)
    degrees, ranks = centrality(vectors), start
    for _ in range(rounds):
        flow = [r / d if d > 0 else 0.0 for r, d in zip(ranks, degrees, strict=True)]
        total = _weighted(vectors, flow)
        received = [dot(v, total) - dot(v, v) * f for v, f in zip(vectors, flow, strict=True)]
        before, ranks = ranks, [(1 - damping) * s + damping * r for s, r in zip(start, received, strict=True)]
        if max(abs(a - b) for a, b in zip(before, ranks, strict=True)) < 1e-6 / len(vectors):
            break
    return ranks


def embedded_relevance(embeddings: Any, titled: bool) -> tuple[list[float], list[float]]:
    """Centrality and likeness to the title from embeddings (n + 1, d), the last of which is the title's."""
    import numpy as np

    rows = np.asarray(embeddings, dtype=np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    body, title = rows[:-1], rows[-1]
    # rounded, so that a last bit that depends on the machine cannot turn the choice between equals
    central = np.round(body @ body.sum(axis=0) - 1, 4).tolist()
    return scaled(central), (np.round(body @ title, 4) * titled).tolist()


def _weighted(vectors: Sequence[Vector], weights: Sequence[float]) -> Vector:
    total: Vector = {}
    for v, weight in zip(vectors, weights, strict=True):
        for stem, w in v.items():
            total[stem] = total.get(stem, 0.0) + weight * w
    return total


def scaled(scores: Sequence[float]) -> list[float]:
    top = max(scores, default=0.0)
    return [s / top if top > 0 else 0.0 for s in scores]
