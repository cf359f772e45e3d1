"""Counts words in a German-English corpus, for summarize/languages/data:

* en.capitals.txt: capitalised words of English that are no proof of a name, since it also writes them small (Hurricane,
  Tide), or since they have no like in the German beside them (Danube, Swiss);
* en.names.txt: words that English hardly ever writes small: names, by which one that is missing is known for one;
* en.words.txt: words that English writes small, at least twice;
* de.words.txt: words with a capital, seen ten times, of which one in twenty at most is the same in English: no names;
* de.small.txt: words that German writes small within a sentence, ten times, and hardly ever with a capital.

    python benchmarks/vocabulary.py CORPUS [--out summarize/languages/data]

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

MOST_LINES = 60_000  # of a file, drawn by lot
LEAST, SEEN, SHARE = 2, 5, 0.03
WORD, NOUN, NAMES = 2, 10, 0.05
NAME, SLIPS = 4, 0.05  # times that a name was seen, and the share of these that it may be written small
SMALL = 10  # times that a word was written small
HEADLINE = 0.4  # share of capitalised words from which a line has them for another reason
_WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w-])")
_WITHIN = re.compile(r"(?<=[a-zäöüß,] )[^\W\d_]+")
_SMALL = re.compile(r"(?<=[a-z,] )[a-z]{4,}")


def count(files: list[Path]) -> dict[str, list[str]]:
    """The words by the name of their file."""
    seen: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    small: Counter[str] = Counter()
    english_words: Counter[str] = Counter()
    german_words: Counter[str] = Counter()
    same: Counter[str] = Counter()
    within: Counter[str] = Counter()  # of German
    rng = Random(1)
    for path in files:
        lines = path.read_text(encoding="utf-8").split("\n")
        for line in rng.sample(lines, MOST_LINES) if len(lines) > MOST_LINES else lines:
            german, _, english = line.partition("\t")
            ours, theirs = set(_WORD.findall(english)), set(_WORD.findall(german))
            english_words.update(word for word in ours if word.islower() and word.isascii())
            german_words.update(theirs)
            within.update(_WITHIN.findall(german))
            same.update(ours & theirs)
            small.update(_SMALL.findall(english))
            found = sorted(set(capitals(english)))
            if found and len(found) <= HEADLINE * len(english.split()):
                seen.update(found)
                odd.update(unlike(found, german))
    counted = {w.casefold() for w in odd if odd[w] >= LEAST and seen[w] >= SEEN and odd[w] >= SHARE * seen[w]}
    words = {word for word, n in english_words.items() if n >= WORD}
    nouns = (w for w, n in german_words.items() if n >= NOUN and w[0].isupper() and w[1:].islower())
    return {
        "en.capitals.txt": sorted(counted | {w.casefold() for w in seen if small[w.casefold()] >= max(SMALL, seen[w])}),
        "en.names.txt": sorted(
            w for w, n in seen.items() if n >= NAME and small[w.casefold()] <= SLIPS * n and w.isascii()
        ),  # Comisión is none
        "en.words.txt": sorted(words),
        "de.words.txt": sorted(w for w in nouns if same[w] <= NAMES * german_words[w] and w.casefold() not in words),
        "de.small.txt": sorted(
            w for w, n in within.items() if n >= SMALL and w.islower() and within[w.capitalize()] <= SLIPS * n
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path("summarize/languages/data"))
    options = parser.parse_args()
    for name, words in count(sorted(options.corpus.glob("*.tsv"))).items():
        (options.out / name).write_text(fill(" ".join(words), 118, break_on_hyphens=False) + "\n", encoding="utf-8")
        print(f"{name}: {len(words)} words")


if __name__ == "__main__":
    main()
