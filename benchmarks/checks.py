"""How often the checks are right: on human translations, where they should be silent, and on the same spoiled.

    python benchmarks/checks.py --eval DIR --drops DIR --out docs/checks.md

The first folder holds flores-dev.{de,en}, newstest2019.de-en.{de,en} and ntrex/news.CODE, the second German articles.
Takes ten minutes. Without --drops the part on the ladder is left out.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from benchmarks import ladder, pages
from benchmarks.corruptions import Corruption, corruptions
from summarize import checks
from summarize.languages.language import DATA

TUNED = 1000  # sentences of newstest2019 that the newest checks were fitted on; the rest is held out
REPEATS = 3  # of the timing, of which the fastest counts
SHOWN = 20
RECALLED = ("de", "fr", "es", "it", "nl", "pl", "ru")
KINDS = {
    "digit": ("a digit changed",),
    "date": ("a planted date: wrong month", "a planted date: wrong swapped", "a planted date: wrong weekday",
             "a planted date: wrong day"),
    "time": ("a planted time: wrong hour", "a planted time: wrong minute"),
    "a.m.": ("a planted time: wrong a.m.",),
    "loop": ("phrase of 3 to 6 words said twice", "phrase of 1 to 4 words said five times"),
    "copy": ("source copied",),
    "capitals": ("source in capitals copied",),
    "address": ("URL dropped", "URL, one letter wrong", "e-mail address dropped"),
    "number word": ("number word swapped",),
    "negation": ("negation dropped",),
    "name": ("name swapped",),
}  # fmt: skip

Pairs = Sequence[tuple[str, str]]


def sets(folder: Path) -> dict[str, list[tuple[str, str]]]:
    news = pages.pairs(folder, "newstest2019.de-en")
    return {
        "flores-dev": pages.pairs(folder, "flores-dev"),
        "newstest2019, first 1,000": news[:TUNED],
        "newstest2019, held out": news[TUNED:],
    }


def judged(pairs: Pairs, code: str = "de") -> list[tuple[str, ...]]:
    """The checks that each output fails."""
    return [checks.failed(source, output, code) for source, output in pairs]


def microseconds(pairs: Pairs) -> float:
    """Of all checks together per sentence, nothing known of it before; the fastest of a few rounds."""
    times = []
    for _ in range(REPEATS):
        checks.facts.cache_clear()
        checks.failed.cache_clear()
        start = process_time()
        for source, output in pairs:
            checks.failed(source, output, "de")
        times.append(process_time() - start)
    return 1e6 * min(times) / len(pairs)


def spoil(corruption: Corruption, pairs: Pairs, flags: Sequence[tuple[str, ...]]) -> list[tuple[str, str]]:
    """`flags`: what each pair fails before it is spoiled."""
    rng = Random(corruption.what)
    sound = [pair for pair, failed in zip(pairs, flags, strict=True) if corruption.check not in failed]
    spoiled = [corruption.spoil(source, reference, rng) for source, reference in sound]
    return [pair for pair in spoiled if pair]


def german(folder: Path) -> dict[str, Any]:
    """Alarms on human translations from German and what is caught of these spoiled, and what all checks cost."""
    parts = sets(folder)
    everything = [pair for pairs in parts.values() for pair in pairs]
    held_out = parts["newstest2019, held out"]
    flags = {name: judged(pairs) for name, pairs in parts.items()}
    before = [failed for some in flags.values() for failed in some]
    hits: Counter[str] = Counter()
    caught = []
    for kind in corruptions(everything):
        spoiled, unseen = spoil(kind, everything, before), spoil(kind, held_out, flags["newstest2019, held out"])
        found, fresh_found = judged(spoiled), judged(unseen)
        own, some = sum(kind.check in failed for failed in found), sum(map(bool, found))
        own_unseen = sum(kind.check in failed for failed in fresh_found)
        hits[kind.check] += own
        shares = {"own": pages.share(own, len(spoiled)), "any": pages.share(some, len(spoiled))}
        fresh = {"unseen": pages.share(own_unseen, len(unseen)), "unseen_made": len(unseen)}
        caught.append({"error": kind.what, "check": kind.check, "made": len(spoiled), **shares, **fresh})
    silence = []
    for name in checks.CHECKS:
        counts = [sum(name in failed for failed in some) for some in flags.values()]
        shares = [pages.share(n, len(pairs)) for n, pairs in zip(counts, parts.values(), strict=True)]
        precision = pages.share(hits[name], hits[name] + sum(counts)) if hits[name] else None
        silence.append((name, name in checks.FATAL, shares, precision))
    cost = round(microseconds(held_out))
    return {"n": len(everything), "cost": cost, "sets": list(parts), "silence": silence, "caught": caught}


def languages(folder: Path) -> dict[str, Any]:
    """The same for translations into many languages, turned round, in percent."""
    english = (folder / "ntrex" / "news.en").read_text(encoding="utf-8").splitlines()
    texts = {path.suffix[1:]: path.read_text(encoding="utf-8").splitlines()
             for path in pages.files(folder / "ntrex", "news.*") if path.suffix != ".en"}  # fmt: skip
    codes = sorted(texts, key=lambda code: (not (DATA / f"{code}.toml").exists(), code != "de", code))
    flagged = {code: judged(list(zip(texts[code], english, strict=True)), code) for code in codes}
    silence = []
    for name in checks.CHECKS:
        counts = [sum(name in flags for flags in flagged[code]) for code in codes]
        if any(counts):
            silence.append((name, [pages.share(n, len(english)) if n else None for n in counts]))
    caught = []
    for code in RECALLED:
        pairs = list(zip(texts[code], english, strict=True))
        kinds = {kind.what: kind for kind in corruptions(pairs, code)}
        row = []
        for names in KINDS.values():
            spoiled = [(kinds[name].check, pair) for name in names for pair in spoil(kinds[name], pairs, flagged[code])]
            found = judged([pair for _, pair in spoiled], code)
            own = sum(check in failed for (check, _), failed in zip(spoiled, found, strict=True))
            some = sum(map(bool, found))
            row.append((pages.share(own, len(spoiled)), pages.share(some, len(spoiled))))
        caught.append((code, row))
    every = [(code, s, e, flags) for code in codes[:13] for s, e, flags in
             zip(texts[code], english, flagged[code], strict=True) if flags and len(s) < 200]  # fmt: skip
    return {
        "lines": len(english),
        "codes": codes,
        "any": [pages.share(sum(map(bool, flagged[code])), len(english)) for code in codes],
        "silence": silence,
        "kinds": list(KINDS),
        "caught": caught,
        "examples": [(code, flags, s, e) for code, s, e, flags in sorted(Random(1).sample(every, SHOWN))],
    }


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    figures = {**german(asked.eval), "languages": languages(asked.eval), "ladder": None}
    if asked.drops:
        references = dict(pages.pairs(asked.eval, "newstest2019.de-en"))
        figures["ladder"] = ladder.figures(ladder.climb(asked.drops, asked.cache), references)
    return figures


if __name__ == "__main__":
    pages.command(__doc__, "checks", measure, "eval! drops cache")
