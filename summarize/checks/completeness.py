"""The check of completeness: is a clause of the source missing, or does something else stand in its place?

Two things tell of it: the output is short, and a stretch of the source has words of which the output has none that
stands for them (`languages/glosses.py`; of a language without glosses only the length tells).
"""

from __future__ import annotations

import re
from math import log

from ..facts import Facts
from ..languages.glosses import SHORTEST, WORD, Gloss, english_stems, glosses

_WORD = re.compile(r"\w+")
BY_CHANCE = 0.03  # share of English sentences that have a gloss of a word that their source lacks
MOST_FOR = 3.0  # nats that one word which was translated can tell for completeness
ENOUGH = 10.0  # nats: two human translations in a thousand have more, every second one in which a clause was exchanged
PREFIX = 4  # letters that a name or a loan word has in common with its English
UNKNOWN = Gloss(0.5, ())  # a word without glosses: often a name, which is found again by how it begins


def omission(source: Facts, output: Facts) -> bool:
    """So much of the source is not found in the output, or so short is it for that, that a clause is likely missing.

    `Language.shortest` is fitted to tell human translations from the same without a clause.
    """
    lang = source.language
    if not lang.shortest or not lang.common.search(source.text):
        return False
    missing = unsaid(source.text, output.text, lang.code)
    return missing > ENOUGH or shortness(source.text, output.text) < lang.shortest * (1 + missing)


def shortness(source: str, output: str) -> float:
    """About one for a German sentence and its English: the less, the shorter the output is. The added constants spare
    short sentences, where a ratio means little."""
    characters = (len(output) + 8) / (len(source) + 8)
    words = (len(_WORD.findall(output)) + 2) / (len(_WORD.findall(source)) + 2)
    return characters**1.5 * words


def unsaid(source: str, output: str, code: str) -> float:
    """How much tells for it, in nats, that some stretch of the source is not in the English output: the greatest sum
    over neighbouring words of the log-likelihood ratio of omission and translation.

    >>> german = "Der Minister trat zurück, weil das Parlament die neue Steuer ablehnte."
    >>> round(unsaid(german, "The minister resigned because parliament rejected the new tax.", "de"))
    1
    >>> round(unsaid(german, "The minister resigned because his wife was ill.", "de"))
    8
    """
    known, there = glosses(code), english_stems(output)
    if not known:
        return 0.0
    begins = {word[:PREFIX] for word in there}
    greatest = total = 0.0
    for word in WORD.findall(source):
        if len(word) < SHORTEST:
            continue
        gloss = known.of(word) or UNKNOWN
        said = not there.isdisjoint(gloss.english) or word.casefold()[:PREFIX] in begins
        total += -min(MOST_FOR, log(gloss.kept / BY_CHANCE)) if said else log((1 - BY_CHANCE) / (1 - gloss.kept))
        total = max(total, 0.0)
        greatest = max(greatest, total)
    return greatest


__all__ = ["omission", "shortness", "unsaid"]
