"""Articles about one event, though they need not share a sentence: found by the words of their leads.

Three rules, since two events told as one are worse than one event told twice: the title and the first sentences count,
which in news say what the matter is (cosine of tf-idf, in English, whatever the originals are in); two articles that
are alike in what is common (accident, police, hospital) must have a rare name in common, too, and dates that are no
more than a week apart; and groups are joined only if their articles are alike on average, and most pairs of them at
all, so that a round-up cannot chain one event to the next.
"""

from __future__ import annotations

import heapq
from calendar import day_name, month_name
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import log

from ..evidence import content, names
from ..summarizers.centrality import Vector, dot, vector

LEAD = 8  # sentences
ALIKE = 0.2  # cosine from which two articles, and on average the articles of two groups, tell of one event
RARE = 0.05  # share of the articles that may have a name which tells events apart
FEW = 3  # articles that may have it in any case
MANY = 200  # articles that may have it at most
DAYS = 7  # that may lie between two articles

_CALENDAR = frozenset(stem for name in (*day_name, *month_name) for stem in content(name))
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lead:
    """What an article is known by: stems of its title, which count twice, and first sentences; stems of the names in
    those; the number of its day, None if that is not known."""

    stems: tuple[str, ...]
    names: frozenset[str]
    day: int | None = None

    @classmethod
    def of(cls, title: str, sentences: Sequence[str], iso: str = "") -> Lead:
        lead = sentences[:LEAD]
        stems = [*content(title) * 2, *(stem for sentence in lead for stem in content(sentence))]
        inner = (sentence.partition(" ")[2] for sentence in lead)  # the first word has a capital in any case
        named = frozenset(stem for words in inner for _, parts in names(words) for stem in parts) - _CALENDAR
        return cls(tuple(stems), named, _day(iso))


def _day(iso: str) -> int | None:
    try:
        return date.fromisoformat(iso[:10]).toordinal()
    except ValueError:
        return None


def events(leads: Sequence[Lead]) -> list[list[int]]:
    """Every article by its number, in groups of one and more, in the order of their first ones; of each group the one
    that is most like the others stands first."""
    frequency = Counter(stem for lead in leads for stem in set(lead.stems))
    vectors = [vector(lead.stems, frequency, len(leads)) for lead in leads]
    alike = {(a, b): dot(vectors[a], vectors[b]) for a, b in _candidates(leads, frequency)}
    groups = _joined(len(leads), {pair: likeness for pair, likeness in alike.items() if likeness > 0})
    return [_best_first(group, vectors) for group in groups]


def prominence(leads: Sequence[Lead]) -> list[float]:
    """How much each article's names are spoken of in the others: what many write about comes before what one does."""
    frequency = Counter(name for lead in leads for name in lead.names)
    known = [[log(frequency[name]) for name in sorted(lead.names)] for lead in leads]
    return [sum(weights) / (len(weights) + FEW) for weights in known]


def _candidates(leads: Sequence[Lead], frequency: Counter[str]) -> Iterator[Pair]:
    """Pairs with a rare name in common."""
    most = min(MANY, max(FEW, int(RARE * len(leads))))
    holders = defaultdict(list)
    for number, lead in enumerate(leads):
        for name in lead.names:
            if 1 < frequency[name] <= most:
                holders[name].append(number)
    for a, b in sorted({pair for numbers in holders.values() for pair in combinations(numbers, 2)}):
        if None in (days := (leads[a].day, leads[b].day)) or abs(days[0] - days[1]) <= DAYS:
            yield a, b


def _joined(count: int, alike: Mapping[Pair, float]) -> list[list[int]]:
    """Average linkage: time and again the two groups that are most alike become one, while that suffices."""
    groups = {n: [n] for n in range(count)}
    links: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)  # sum, and how many pairs are close
    heap: list[tuple[float, int, int]] = []

    def average(a: int, b: int) -> float:
        """0 where most of the pairs are not even half alike."""
        total, close = links[a].get(b, (0.0, 0))
        pairs = len(groups[a]) * len(groups[b])
        return total / pairs if 2 * close > pairs else 0.0

    def consider(a: int, b: int) -> None:
        if (likeness := average(a, b)) >= ALIKE:
            heapq.heappush(heap, (-likeness, min(a, b), max(a, b)))

    for (a, b), likeness in alike.items():
        links[a][b] = links[b][a] = (likeness, int(2 * likeness >= ALIKE))
        consider(a, b)
    while heap:
        likeness, a, b = heapq.heappop(heap)
        if a not in groups or b not in groups or -likeness != average(a, b):
            continue  # of a time when one of them was another group
        groups[a] += groups.pop(b)
        for other, (total, close) in links.pop(b).items():
            del links[other][b]
            if other != a:
                mine = links[a].get(other, (0.0, 0))
                links[a][other] = links[other][a] = (mine[0] + total, mine[1] + close)
        for other in links[a]:
            consider(a, other)
    return [sorted(groups[n]) for n in sorted(groups, key=lambda n: min(groups[n]))]


def _best_first(group: list[int], vectors: Sequence[Vector]) -> list[int]:
    worth = {n: sum(dot(vectors[n], vectors[m]) for m in group if m != n) for n in group}
    best = max(group, key=lambda n: (round(worth[n], 6), -n))
    return [best, *(n for n in group if n != best)]
