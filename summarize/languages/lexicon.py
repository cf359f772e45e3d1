"""The words of the data files, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

NONE = "(?!)"  # a pattern that nothing matches
Meaning = tuple[Any, bool]  # a value, and whether the word can hardly mean anything else


class Lexicon:
    """Words and what they mean. In the data files "word*" stands for every word that begins so, "*word" for every one
    that ends so, "word?" for one that often means something else."""

    def __init__(self, table: Mapping[Any, str]):
        self._whole: dict[str, list[Meaning]] = {}
        self._starts: dict[str, list[Meaning]] = {}
        self._ends: dict[str, list[Meaning]] = {}
        for value, words in table.items():
            for word in words.casefold().split():
                bare = word.strip("*?")
                kind = self._ends if word[0] == "*" else self._starts if "*" in word else self._whole
                meaning = (value, not word.endswith("?"))
                if meaning not in kind.setdefault(bare, []):
                    kind[bare].append(meaning)
        self._lengths = [sorted({len(word) for word in words}, reverse=True) for words in (self._starts, self._ends)]
        self.of = lru_cache(maxsize=1 << 14)(self._of)

    def _of(self, word: str) -> tuple[Meaning, ...]:
        """All that a casefolded word may mean; () if it is none of these words."""
        if word in self._whole:
            return tuple(self._whole[word])
        found = [m for n in self._lengths[0] for m in self._starts.get(word[:n], ()) if n <= len(word)]
        return tuple(found + [m for n in self._lengths[1] for m in self._ends.get(word[-n:], ()) if n <= len(word)])

    def begins(self, text: str, at: int) -> Iterator[tuple[int, Any]]:
        """The whole words that stand at `at`, the longest first: the end of each and its value."""
        for end in range(min(len(text), at + self._longest), at, -1):
            if text[at:end] in self._whole:
                yield end, self._whole[text[at:end]][0][0]

    @cached_property
    def pattern(self) -> str:
        """Alternatives for all of the words, the longest first, then those that begin so."""
        whole = sorted(map(re.escape, self._whole), key=len, reverse=True)
        return "|".join([*whole, *(rf"{re.escape(word)}\w*" for word in self._starts)]) or "(?!)"

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._whole), default=0)

    def __contains__(self, word: str) -> bool:
        return word in self._whole

    def __bool__(self) -> bool:
        return bool(self._whole or self._starts)


def phrases(words: str) -> str:
    """A pattern for whole words, as the data files write them: "·" is a space, "*" any ending."""
    return _alternatives(words.split()) if words.split() else NONE


def _alternatives(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    patterns = (re.escape(w).replace(r"\*", r"\w*").replace("·", r"\s+").replace(r"\ ", r"\s+") for w in longest_first)
    firsts = {w[0] for w in longest_first}
    # most places in a text are passed over at the first character
    begins = "" if "*" in firsts else f"(?=[{re.escape(''.join(sorted(firsts)))}])"
    return rf"{begins}(?<![^\W\d_])(?:{'|'.join(patterns)})(?!\w)"
