"""Counts which words English capitalises although the German beside them has no word like it (Danube, Swiss, Ministry).

    python benchmarks/capitals.py CORPUS [--out summarize/checks/english.txt]

CORPUS is a folder of NAME.tsv files, German and English in two columns; development and test sets must not be among
them. A word counts if that happened at least twice and in three of a hundred sentences that have the word, of which
there must be five: what is rarer is as likely a slip of the pen.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from random import Random
from textwrap import fill

from summarize.checks.words import capitals, unlike

MOST_LINES = 25_000  # of a file, drawn by lot
LEAST, SEEN, SHARE = 2, 5, 0.03
HEADLINE = 0.4  # share of capitalised words from which a line has them for another reason


def count(files: list[Path]) -> list[str]:
    seen: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    rng = Random(1)
    for path in files:
        lines = path.read_text(encoding="utf-8").split("\n")
        for line in rng.sample(lines, MOST_LINES) if len(lines) > MOST_LINES else lines:
            german, _, english = line.partition("\t")
            found = sorted(set(capitals(english)))
            if found and len(found) <= HEADLINE * len(english.split()):
                seen.update(found)
                odd.update(unlike(found, german))
    return sorted({w.casefold() for w in odd if odd[w] >= LEAST and seen[w] >= SEEN and odd[w] >= SHARE * seen[w]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path("summarize/checks/english.txt"))
    options = parser.parse_args()
    words = count(sorted(options.corpus.glob("*.tsv")))
    options.out.write_text(fill(" ".join(words), 118, break_on_hyphens=False) + "\n", encoding="utf-8")
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
