"""Counts which capitalised words of English are no proof of a name: those that it also writes small (Hurricane, Tide),
and those without a like in the German beside them (Danube, Swiss).

    python benchmarks/capitals.py CORPUS [--out summarize/languages/data/en.capitals.txt]

CORPUS is a folder of NAME.tsv files, German and English in two columns; development and test sets must not be among
them. A word without a like counts if that happened at least twice and in three of a hundred sentences that have the
word, of which there must be five: what is rarer is as likely a slip of the pen. A small one counts from ten times on,
if it is written small more often than not.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from random import Random
from textwrap import fill

from summarize.checks.proper import capitals, unlike

MOST_LINES = 25_000  # of a file, drawn by lot
LEAST, SEEN, SHARE = 2, 5, 0.03
SMALL = 10  # times that a word was written small
HEADLINE = 0.4  # share of capitalised words from which a line has them for another reason
_SMALL = re.compile(r"(?<=[a-z,] )[a-z]{4,}")


def count(files: list[Path]) -> list[str]:
    seen: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    small: Counter[str] = Counter()
    rng = Random(1)
    for path in files:
        lines = path.read_text(encoding="utf-8").split("\n")
        for line in rng.sample(lines, MOST_LINES) if len(lines) > MOST_LINES else lines:
            german, _, english = line.partition("\t")
            small.update(_SMALL.findall(english))
            found = sorted(set(capitals(english)))
            if found and len(found) <= HEADLINE * len(english.split()):
                seen.update(found)
                odd.update(unlike(found, german))
    counted = {w.casefold() for w in odd if odd[w] >= LEAST and seen[w] >= SEEN and odd[w] >= SHARE * seen[w]}
    return sorted(counted | {w.casefold() for w in seen if small[w.casefold()] >= max(SMALL, seen[w])})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path("summarize/languages/data/en.capitals.txt"))
    options = parser.parse_args()
    words = count(sorted(options.corpus.glob("*.tsv")))
    options.out.write_text(fill(" ".join(words), 118, break_on_hyphens=False) + "\n", encoding="utf-8")
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
