"""Stories told more than once: near-duplicates in a drop (wire copy, updates), found by the sentences they share.

    >>> index = Index()
    >>> first = ["The mayor opened the new bridge.", "It took four years to build.", "Nobody was there to see it."]
    >>> index.add("a", first), index.add("b", [*first, "On Tuesday it was closed again."])
    (None, Echo(article='b', of='a', shared=1.0, fresh=1))
    >>> index.stories()
    [StoryGroup(articles=('a', 'b'), echoes=(Echo(article='b', of='a', shared=1.0, fresh=1),))]

An article is kept as a sketch, the smallest hashes of its sentences, and found again through the very smallest of
them: time and memory are linear in the number of articles, whatever their length.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

SKETCH = 64  # hashes kept of an article: all of them for most
KEYS = 12  # of these, the ones it can be found by: two articles that share a third of all miss each other once in 100
POSTINGS = 8  # articles remembered under one key: a line that stands in every article tells nothing
SHORT = 4  # words under which a sentence says too little to be shared ("Foto: dpa")
ENOUGH = 0.5  # share of the shorter article's sentences from which two tell one story

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Echo:
    """`article` tells what `of`, an earlier one, told: `shared` of the shorter one's sentences stand in both; `fresh`
    sentences are new in it."""

    article: str
    of: str
    shared: float
    fresh: int


@dataclass(frozen=True, slots=True)
class StoryGroup:
    """Articles that tell one story, the earliest first by date, else the shortest (updates grow); and how each of the
    others echoes one before it."""

    articles: tuple[str, ...]
    echoes: tuple[Echo, ...]


def sketch(sentences: Iterable[str]) -> array[int]:
    """The smallest hashes of the sentences, sorted; case, punctuation and space do not count."""
    hashes = set()
    for sentence in sentences:
        words = _WORD.findall(sentence.casefold())
        if len(words) >= SHORT:
            hashes.add(int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), "big"))
    return array("Q", sorted(hashes)[:SKETCH])


def shared(a: array[int], b: array[int]) -> tuple[float, int]:
    """The share of the shorter one's sentences that stand in both (an estimate where a sketch is full), and how many
    of `b` are not in `a`."""
    limit = min(s[-1] if len(s) == SKETCH else 2**64 for s in (a, b))
    left, right = ({h for h in s if h <= limit} for s in (a, b))
    both = len(left & right)
    shorter = min(len(left), len(right))
    if shorter < 3:  # too little to go by: all or nothing
        return float(left == right and both > 0), len(right) - both
    return both / shorter, len(right) - both


@dataclass(slots=True)
class Index:
    """Takes articles one by one; `add` tells at once what an article echoes."""

    sketches: list[tuple[str, array[int]]] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    postings: dict[int, tuple[int, ...]] = field(default_factory=dict)
    echoes: dict[str, Echo] = field(default_factory=dict)

    def add(self, article: str, sentences: Iterable[str], date: str = "") -> Echo | None:
        """Remembers the article; returns the one added before that it shares most with, if it shares enough."""
        own = sketch(sentences)
        met = Counter(n for key in own[:KEYS] for n in self.postings.get(key, ()))
        number = len(self.sketches)
        self.sketches.append((article, own))
        self.dates.append(date)
        for key in own[:KEYS]:
            known = self.postings.get(key, ())
            if len(known) < POSTINGS:
                self.postings[key] = (*known, number)
        best = _nearest(article, own, (self.sketches[n] for n, _ in met.most_common(POSTINGS)))
        if best:
            self.echoes[article] = best
        return best

    def stories(self) -> list[StoryGroup]:
        """Groups of two and more, in the order of those of their articles that were added first."""
        groups: dict[str, list[int]] = {}
        first: dict[str, str] = {}
        for number, (name, _) in enumerate(self.sketches):
            echo = self.echoes.get(name)
            first[name] = first[echo.of] if echo else name
            groups.setdefault(first[name], []).append(number)
        return [self._story(members) for members in groups.values() if len(members) > 1]

    def _story(self, members: list[int]) -> StoryGroup:
        told = sorted(members, key=lambda n: (self.dates[n], len(self.sketches[n][1]), n))
        echoes = []
        for place, n in enumerate(told[1:], 1):
            earlier = [self.sketches[m] for m in told[max(0, place - POSTINGS) : place]]
            if found := _nearest(*self.sketches[n], earlier, least=0.0):
                echoes.append(found)
        return StoryGroup(tuple(self.sketches[n][0] for n in told), tuple(echoes))


def _nearest(
    article: str, own: array[int], others: Iterable[tuple[str, array[int]]], least: float = ENOUGH
) -> Echo | None:
    """The echo of the other that shares most with the article and leaves least of it new."""
    best: Echo | None = None
    for name, other in others:
        share, fresh = shared(other, own)
        if share >= least and (best is None or (share, -fresh) > (best.shared, -best.fresh)):
            best = Echo(article, name, round(share, 3), fresh)
    return best
