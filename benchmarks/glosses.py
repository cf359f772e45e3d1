"""Counts what words are in English, for summarize/languages/data/CODE.glosses.txt.

    python benchmarks/glosses.py CORPUS CODE [--out summarize/languages/data]

CORPUS is a folder of NAME.tsv files, the language and English in two columns; development and test sets must not be
among them. Stems are aligned by IBM Model 1 (Brown et al. 1993, "The mathematics of statistical machine translation");
kept are, of every stem that is frequent enough, the few that it is aligned with most and that stand beside it much
oftener than by chance, if they are found in at least every second sentence that has it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np

from summarize.languages.glosses import SHORTEST, WORD, english_stems, stem

PAIRS = 700_000  # drawn by lot; each takes about 8 kB of memory
LONGEST, ODDEST = 200, 2.0  # characters of a side; times that one side may be longer than the other
SEEN, OURS = 6, 4  # pairs that have a stem, of the language and of English
ROUNDS = 3
NULL = 1e-4  # weight of an English word that stands for none
MOST = 8  # glosses of a stem
ALIGNED, SHARE, LIFT = 1.2, 0.008, 4.0  # times, share of the stem's pairs, times as often as by chance
KEPT = 0.55  # share of the pairs with a stem that have one of its glosses

Pair = tuple[list[str], list[str]]


def read(folder: Path) -> list[Pair]:
    """Stems of both sides, each once a sentence."""
    pairs = []
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            theirs, _, ours = line.partition("\t")
            longer, shorter = max(len(theirs), len(ours)), min(len(theirs), len(ours))
            if shorter > SHORTEST and longer < min(LONGEST, ODDEST * shorter):
                pairs.append((theirs, ours))
    chosen = Random(1).sample(pairs, min(PAIRS, len(pairs)))
    return [
        (sorted({stem(w) for w in WORD.findall(a) if len(w) >= SHORTEST}), sorted(english_stems(b))) for a, b in chosen
    ]


def frequent(texts: list[list[str]], least: int) -> dict[str, int]:
    counted = Counter(word for text in texts for word in text)
    return {word: n for n, word in enumerate(sorted(w for w, count in counted.items() if count >= least))}


def align(pairs: list[Pair], theirs: dict[str, int], ours: dict[str, int]) -> dict[str, list[str]]:
    """The glosses of each stem, the likeliest first."""
    sides = [([theirs[w] for w in a if w in theirs], [ours[w] for w in b if w in ours]) for a, b in pairs]
    sides = [(np.array(a, np.int64), np.array(b, np.int64)) for a, b in sides if a and b]
    links = np.concatenate([np.repeat(a, len(b)) * len(ours) + np.tile(b, len(a)) for a, b in sides])
    ends = np.cumsum([0] + [len(b) for _, b in sides])
    ranges = [np.arange(start, end) for start, end in pairwise(ends)]
    targets = np.concatenate([np.tile(each, len(a)) for each, (a, _) in zip(ranges, sides, strict=True)])
    kinds, links = np.unique(links, return_inverse=True)
    their, our = kinds // len(ours), kinds % len(ours)
    together = np.bincount(links)
    has_their, has_our = np.zeros(len(theirs)), np.zeros(len(ours))
    for a, b in sides:
        has_their[a] += 1
        has_our[b] += 1
    likely = 2 * together / (has_their[their] + has_our[our])
    for _ in range(ROUNDS):
        weights = likely[links]
        counted = np.bincount(links, weights / (np.bincount(targets, weights) + NULL)[targets])
        likely = counted / np.bincount(their, counted)[their]
    share = counted / has_their[their]
    good = (counted >= ALIGNED) & (share >= SHARE) & (share * len(sides) > LIFT * has_our[our])
    names, english = list(theirs), list(ours)
    found: dict[str, list[str]] = {}
    for n in np.flatnonzero(good)[np.argsort(-counted[good], kind="stable")]:
        known = found.setdefault(names[their[n]], [])
        if len(known) < MOST:
            known.append(english[our[n]])
    return found


def kept(pairs: list[Pair], found: dict[str, list[str]]) -> dict[str, float]:
    """The share of the pairs with a stem that have one of its glosses."""
    seen: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for a, b in pairs:
        there = set(b)
        for word in a:
            if word in found:
                seen[word] += 1
                hit[word] += not there.isdisjoint(found[word])
    return {word: hit[word] / seen[word] for word in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("code")
    parser.add_argument("--out", type=Path, default=Path("summarize/languages/data"))
    options = parser.parse_args()
    pairs = read(options.corpus)
    found = align(pairs, frequent([a for a, _ in pairs], SEEN), frequent([b for _, b in pairs], OURS))
    shares = kept(pairs, found)
    lines = [f"{w} {min(int(10 * shares[w]), 9)} {' '.join(found[w])}" for w in sorted(found) if shares[w] >= KEPT]
    (options.out / f"{options.code}.glosses.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(pairs)} pairs, {len(lines)} stems")


if __name__ == "__main__":
    main()
