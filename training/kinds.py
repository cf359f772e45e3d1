"""Kinds of error, counted by rule in a model's outputs: what to make data against, and whether it helped.

    summarize eval --mt MODEL --save OUTPUTS ../shared/eval/newstest2019.de-en
    python -m training.kinds PREPARED ../shared/eval/newstest2019.de-en OUTPUT ...

PREPARED (by training.prepare) says which words English has and which are names. The kinds are those found by reading
(runs/errors-v8.tsv); a rule sees only part of each, the same part in every output. Development material only.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from . import corpus
from .names import Names

RARE = 30  # uses per million English words up to which a word counts as rare
COMPOUND = 14  # letters of a German noun
SHORT = 0.75  # words of an output, as a share of the reference's, under which something was left out
_WORD = re.compile(r"[^\W\d_]{4,}")
_TOKEN = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


class Known:
    """What a prepared corpus knows: English words in lower case with their counts, and names."""

    def __init__(self, prepared: Path):
        pairs = [pair for _, source in corpus.read_sources(prepared) for pair in source]
        self.names = Names(pairs).known
        self.english = Counter(word for pair in pairs for word in _WORD.findall(pair.target.lower()))
        self.rare = RARE * self.english.total() / 1e6


def rates(known: Known, sources: Sequence[str], references: Sequence[str], outputs: Sequence[str]) -> dict[str, float]:
    """Kind -> percent of the words, names or numbers that should be there, or of the outputs that have the fault."""
    hits: Counter[str] = Counter()
    of: Counter[str] = Counter()

    def count(kind: str, right: Iterable[bool]) -> None:
        judged = list(right)
        hits[kind] += sum(judged)
        of[kind] += len(judged)

    for source, reference, output in zip(sources, references, outputs, strict=True):
        german, wanted, there = (set(_WORD.findall(text)) for text in (source, reference, output))
        lower = {word.lower() for word in there}
        common = {word.lower() for word in wanted} - {word.lower() for word in german}
        compound = any(word[0].isupper() and len(word) >= COMPOUND for word in german - wanted)
        found = [word in lower for word in common]
        count("words of the reference", found)
        count("  where the original has a long compound", found if compound else ())
        count("  rare ones", (word in lower for word in common if known.english[word] <= known.rare))
        count("names", (name in there for name in german & wanted if name[0].isupper() and name.lower() not in common))
        numbers = set(_NUMBER.findall(source)) & set(_NUMBER.findall(reference))
        count("numbers", (number in _NUMBER.findall(output) for number in numbers))
        strange = there - german - wanted
        count("outputs with a word nobody writes", [any(not known.english[word.lower()] for word in strange)])
        left = {word for word in (there & german) - wanted if not known.english[word.lower()] or word[0].isupper()}
        count("outputs with German left in them", [bool(left - known.names)])
        count("outputs that are too short", [len(output.split()) < SHORT * len(reference.split())])
        count("outputs with a loop", [_loops(output) > _loops(reference)])
    return {kind: 100 * hits[kind] / of[kind] for kind in of if of[kind]}


def _loops(text: str) -> int:
    """Words that stand twice in a row, and runs of three words that come again."""
    words = _TOKEN.findall(text.lower())
    runs = Counter(zip(words, words[1:], words[2:], strict=False))
    twice = sum(a == b and a.isalpha() for a, b in pairwise(words))
    return twice + sum(count - 1 for count in runs.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path, help="folder by training.prepare")
    parser.add_argument("set", type=Path, help="PREFIX of PREFIX.de and PREFIX.en")
    parser.add_argument("outputs", type=Path, nargs="+", help="files with an output a line")
    asked = parser.parse_args()
    sources, references = (corpus.lines_of(Path(f"{asked.set}.{side}")) for side in ("de", "en"))
    known = Known(asked.prepared)
    tables = [rates(known, sources, references, corpus.lines_of(path)) for path in asked.outputs]
    print("| % | " + " | ".join(path.stem for path in asked.outputs) + " |")
    print("|---" * (len(tables) + 1) + "|")
    for kind in tables[0]:
        print(f"| {kind} | " + " | ".join(f"{table[kind]:.1f}" for table in tables) + " |")


if __name__ == "__main__":
    corpus.command(main)
