"""Other names in place of the names of a pair: a model that copies only the names it knows has not learnt to copy.

A name is a word that most pairs have alike on both sides where the German one has it, with a capital, and that no
English side writes without one.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable

from babel import Locale

from .corpus import Pair

ALIKE = 0.5  # share of the pairs with the word in the German side that have it in the English side, too
UNSEEN = 0.5  # share of new names that are made of two halves, so that no list holds them
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{3,}\b")  # IBM, EU and the like stay what they are
_ENDINGS = ("", "s", "er")  # Merkel, Merkels, Frankfurter: "Merkel", "Merkel's", "Frankfurt"


class Names:
    """The names of a corpus; without one, none."""

    def __init__(self, pairs: Iterable[Pair] = ()):
        german: Counter[str] = Counter()
        alike: Counter[str] = Counter()
        common: set[str] = set()
        for source, target, *_ in pairs:
            common.update(word for word in _WORD.findall(target) if word.islower())
            here = set(_NAME.findall(source))
            german.update(here)
            alike.update(here.intersection(_NAME.findall(target)))
        english = Locale("en")
        dates = {name for kind in (english.months, english.days) for name in kind["format"]["wide"].values()}
        kept = {name for name, count in alike.items() if count >= ALIKE * german[name]}
        self.known = frozenset(name for name in kept - dates if name.lower() not in common)
        self.sorted = sorted(self.known)

    def swapped(self, pair: Pair, rng: random.Random) -> Pair:
        """The pair with every known name replaced by another, on both sides."""
        source, target = pair.source, pair.target
        there = self.known.intersection(_NAME.findall(target))
        words = set(_NAME.findall(source)) if there else ()
        for name in sorted(there):
            if any(name + ending in words for ending in _ENDINGS):
                other = self._another(rng)
                source = re.sub(rf"\b{name}(?=({'|'.join(_ENDINGS)})\b)", other, source)
                target = re.sub(rf"\b{name}\b", other, target)
        return Pair(source, target, pair.tag)

    def _another(self, rng: random.Random) -> str:
        name = rng.choice(self.sorted)
        if rng.random() < UNSEEN:
            tail = rng.choice(self.sorted)
            name = name[: (len(name) + 1) // 2] + tail[len(tail) // 2 :]
        return name
