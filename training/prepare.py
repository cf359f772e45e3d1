"""Cleans a corpus for training: what is broken, double, held out or not licensed goes, the rest is counted and hashed.

    python -m training.prepare CORPUS OUT --heldout ../shared/eval/flores-dev.de ... [--licences open] [--pack]

CORPUS is a folder as training/corpus.py describes it, or several separated by commas (outputs of training.distil, say).
OUT gets one NAME.tsv a source (with --pack all in pairs.tar.xz), tiers.tsv, and prepared.json: for every source how
many pairs were read, kept and dropped for which reason, and the hash of the data. One process a core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from summarize.errors import UsageError

from . import clean, corpus
from .corpus import Pair, Tier
from .overlap import HeldOut, words

VERSION = 1  # raised when the same corpus would be prepared differently
LICENCES = Path(__file__).parent / "sources.tsv"
NEWS = 1.0  # weight in the last phase from which a source counts as news
DOUBLE_TARGETS = 20  # most pairs with one English sentence: templates are learnt after that

_held_out = HeldOut([])  # of this process


def licence_classes() -> dict[str, str]:
    """Source name -> "open" or "research", from sources.tsv."""
    rows = [line.split("\t") for line in LICENCES.read_text(encoding="utf-8").splitlines()[1:]]
    return {name: kind for name, _, kind, *_ in rows}


def allowed(tiers: dict[str, Tier], licences: str) -> dict[str, Tier]:
    """Sources that the licence class admits; one that sources.tsv does not name counts as research."""
    if licences == "all":
        return tiers
    known = licence_classes()
    return {name: tier for name, tier in tiers.items() if known.get(name) == licences}


def _start(lines: list[str]) -> None:
    global _held_out
    _held_out = HeldOut(lines)


def sift(name: str, pairs: Sequence[Pair], longest: int) -> tuple[str, list[Pair], Counter[str]]:
    """The pairs of one source that may stay, cleaned, and how many went for which reason."""
    kept, dropped = [], Counter()
    for pair in map(clean.cleaned, pairs):
        why = clean.fault(pair)
        if not why and longest and max(len(pair.source.split()), len(pair.target.split())) > longest:
            why = "over --max-words"
        if not why and (_held_out.shares(pair.source) or _held_out.shares(pair.target)):
            why = "held out"
        if why:
            dropped[why] += 1
        else:
            kept.append(pair)
    return name, kept, dropped


def prepare(
    folders: Sequence[Path],
    out: Path,
    heldout: Sequence[Path],
    *,
    licences: str = "all",
    max_words: int = 0,
    news_words: int = 0,
    jobs: int = 0,
) -> dict:
    """Writes the prepared folder and returns what prepared.json says.

    Pairs of more than `max_words` (of news: `news_words`) words are left out; 0 is no such limit.
    Raises UsageError if nothing is left, or if two folders have a source of one name.
    """
    begun = time.monotonic()
    sources: dict[str, list[Pair]] = {}
    tiers: dict[str, Tier] = {}
    for folder in folders:
        here = allowed(corpus.read_tiers(folder), licences)
        for name, pairs in corpus.read_sources(folder):
            if name in here:
                if name in sources:
                    raise UsageError(f"{folder} has a second source {name}", "rename one of the two")
                sources[name], tiers[name] = pairs, here[name]
    lines = [line for path in heldout for line in corpus.lines_of(path)]
    # the most valuable first: where pairs are equal, the one in the news stays
    order = sorted(sources, key=lambda n: (-tiers[n].last, -tiers[n].main, n))
    work = [(n, sources[n], news_words if tiers[n].last >= NEWS else max_words) for n in order]
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("*.tsv"), *out.glob(corpus.PACKED)]:
        old.unlink()
    seen: set[int] = set()
    targets: Counter[int] = Counter()
    statistics, hashes = {}, {}
    for name, pairs, dropped in _sifted(work, lines, jobs or corpus.cores()):
        kept = list(_distinct(pairs, seen, targets, dropped))
        statistics[name] = {"read": len(sources[name]), "kept": len(kept), "dropped": dict(dropped.most_common())}
        if kept:
            hashes[name] = corpus.write_source(out, name, kept)
    if not hashes:
        raise UsageError("no pair is left", "look at --licences and at the weights in tiers.tsv")
    tiers = {name: tiers[name] for name in order if name in hashes}
    corpus.write_tiers(out, tiers)
    recipe = {"version": VERSION, "licences": licences, "max_words": max_words, "news_words": news_words}
    content = json.dumps([hashes, tiers], sort_keys=True).encode()
    report = {
        **recipe,
        "hash": hashlib.sha256(content).hexdigest(),
        "pairs": sum(s["kept"] for s in statistics.values()),
        "read": sum(s["read"] for s in statistics.values()),
        "dropped": dict(sum((Counter(s["dropped"]) for s in statistics.values()), Counter()).most_common()),
        "heldout": [path.name for path in heldout],
        "seconds": round(time.monotonic() - begun, 1),
        "sources": statistics,
    }
    (out / corpus.PREPARED).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def _sifted(
    work: Sequence[tuple[str, list[Pair], int]], lines: list[str], jobs: int
) -> Iterable[tuple[str, list[Pair], Counter[str]]]:
    if jobs == 1:
        _start(lines)
        return [sift(*item) for item in work]
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_start, initargs=(lines,)) as pool:
        return list(pool.map(sift, *zip(*work, strict=True)))


def _distinct(pairs: Iterable[Pair], seen: set[int], targets: Counter[int], dropped: Counter[str]) -> Iterable[Pair]:
    """Pairs whose words were not seen in any source before, and no English sentence more than twenty times."""
    for pair in pairs:
        target = " ".join(words(pair.target))
        key, english = hash((" ".join(words(pair.source)), target)), hash(target)
        if key in seen:
            dropped["double"] += 1
        elif targets[english] >= DOUBLE_TARGETS:
            dropped["template"] += 1
        else:
            seen.add(key)
            targets[english] += 1
            yield pair


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=lambda text: [Path(part) for part in text.split(",")])
    parser.add_argument("out", type=Path)
    parser.add_argument("--heldout", type=Path, nargs="+", required=True, help="text files, one sentence a line")
    parser.add_argument("--licences", choices=("all", "open"), default="all")
    parser.add_argument("--max-words", type=int, default=0, help="leave out longer pairs; 0: only those over 150 words")
    parser.add_argument(
        "--news-max-words", type=int, default=0, help="the same for news (weight in the last phase >= 1)"
    )
    parser.add_argument("--jobs", type=int, default=0, help="processes; 0: one a core")
    parser.add_argument("--pack", action="store_true", help="one pairs.tar.xz instead of many files")
    a = parser.parse_args()
    report = prepare(
        a.corpus,
        a.out,
        a.heldout,
        licences=a.licences,
        max_words=a.max_words,
        news_words=a.news_max_words,
        jobs=a.jobs,
    )
    if a.pack:
        corpus.pack(a.out)
    print(json.dumps({k: v for k, v in report.items() if k != "sources"}))
    print(f"{report['pairs']:,} of {report['read']:,} pairs in {a.out}", file=sys.stderr)


if __name__ == "__main__":
    corpus.command(main)
