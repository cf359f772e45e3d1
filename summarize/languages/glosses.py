"""What the words of a language are in English, by their stems: enough to see whether a word was translated at all.

    >>> known = glosses("de")
    >>> known.of("Regierung"), glosses("fr").of("gouvernement")
    (Gloss(kept=0.9, english=('govern', 'admini', 'interg')), None)

Read from `data/CODE.glosses.txt`, a line a stem: it, the tenths of the sentences with it whose English has one of the
stems behind it, and these. benchmarks/glosses.py counts them in a corpus of translations. A language without a file has
none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .language import DATA

WORD = re.compile(r"[^\W\d_]+")
STEM, ENGLISH_STEM = 7, 6  # letters that are compared: a word without its endings, for the most part
SHORTEST = 4  # letters of a word that has a gloss: shorter ones are mostly articles, prepositions, pronouns


class Gloss(NamedTuple):
    kept: float  # share of sentences with the word whose English has one of these
    english: tuple[str, ...]  # stems, the likeliest first


class Glosses:
    """The glosses of one language."""

    def __init__(self, lines: list[str]):
        self._lines: dict[str, str | Gloss] = dict(line.split(" ", 1) for line in lines)  # parsed at first use

    def __len__(self) -> int:
        return len(self._lines)

    def of(self, word: str) -> Gloss | None:
        """Of a word as it stands in a text; None if it has none."""
        found = self._lines.get(begin := stem(word))
        if isinstance(found, str):
            found = self._lines[begin] = Gloss(int(found[0]) / 10, tuple(found[2:].split(" ")))
        return found

    def english(self, text: str) -> frozenset[str]:
        """The English stems that any word of a text may become."""
        found = (self.of(word) for word in WORD.findall(text))
        return frozenset(english for gloss in found if gloss for english in gloss.english)


def stem(word: str) -> str:
    return word.casefold()[:STEM]


def english_stems(text: str) -> frozenset[str]:
    """Of all words of an English text."""
    return frozenset(word[:ENGLISH_STEM] for word in WORD.findall(text.casefold()))


@cache
def glosses(code: str) -> Glosses:
    path = DATA / f"{code}.glosses.txt"
    return Glosses(path.read_text(encoding="utf-8").splitlines() if path.exists() else [])
