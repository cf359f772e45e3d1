"""Held-out text must stay unseen: no pair may share nine words in a row, or a whole sentence, with it.

Words are compared in lower case, without punctuation. A held-out line counts as a sentence; a side of a pair shares it
if the side, or one of the sentences in it, is that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

RUN = 9  # words

_WORD = re.compile(r"\w+")
_END = re.compile(r"(?<=[.!?…:;])[\"'”“«»’)\]]*\s+")


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


class HeldOut:
    """The runs of nine words and the whole lines of held-out sets, in either language."""

    def __init__(self, lines: Iterable[str]):
        self.runs: set[str] = set()
        self.sentences: set[str] = set()
        for line in lines:
            found = words(line)
            if found:
                self.sentences.add(" ".join(found))
                self.runs.update(_runs(found))

    def shares(self, text: str) -> str:
        """What the text has in common with a held-out line: the words, or "" if nothing."""
        found = words(text)
        whole = " ".join(found)
        if whole in self.sentences:
            return whole
        for run in _runs(found):
            if run in self.runs:
                return run
        if len(parts := _END.split(text)) > 1:
            for part in parts:
                if (sentence := " ".join(words(part))) in self.sentences:
                    return sentence
        return ""


def _runs(found: Sequence[str]) -> list[str]:
    return [" ".join(found[i : i + RUN]) for i in range(len(found) - RUN + 1)]
