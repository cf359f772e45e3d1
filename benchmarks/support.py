"""Whether summaries keep to their articles, and what is noticed when they do not; writes docs/support.md.

    python benchmarks/support.py --drops DIR --eval DIR --out docs/support.md

DIR of the drops holds de/ (German articles) and en/ (the same in English by people), that of the evaluation sets
newstest2019.de-en.{de,en}. Fetches SmolLM2 and MiniLM once if the cache does not have them. What SmolLM2 writes is kept
in the cache: the first time takes a quarter of an hour, the next one two minutes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import summarize
from benchmarks import pages
from benchmarks.adversarial import Item, Story, items, stories
from benchmarks.corruptions import DAYS, MONTHS, SWAPS, another, digit, swapped
from benchmarks.falsified import DENIED, FALSE, REPORTED, TRUE
from benchmarks.pages import share
from benchmarks.summarizers import contestants, lines, spread, writers
from summarize import checks, evidence
from summarize.backends.cached import Cached
from summarize.store import Store
from summarize.types import Backend

SAMPLE = 25  # articles for the contestants with SmolLM2


# --- shares ----------------------------------------------------------------------------------------------------------


def contestant_row(name: str, backend: Backend, texts: Sequence[Story]) -> tuple:
    judged = []
    for story in texts:
        said = lines(backend.run([story.text])[0].text)
        judged += [evidence.supported(evidence.link(line, story.sentences)) for line in said]
    return name, len(texts), len(judged), share(sum(judged), len(judged))


def english_rows(texts: Sequence[Story], cache: Path, store: Store) -> list[tuple]:
    rows = [contestant_row(name, make(3), texts) for name, make in contestants(cache).items()]
    for name, make in writers(cache).items():
        backend = make(3)
        backend.model = Cached(store, backend.model, slice_size=4)
        rows.append(contestant_row(name, backend, spread(list(texts), SAMPLE)))
    return rows


def run_row(name: str, paths: Sequence[Path], cache: Path, **settings: str) -> tuple:
    """The whole program on German articles: what its summaries rest on in the translation, and in the original."""
    with TemporaryDirectory() as out:
        report = summarize.run([str(p) for p in paths], out=out, cache=str(cache), **settings)
    claims = [(r, c) for r in report.results for c in r.summary.claims]
    by_translation = sum(
        evidence.supported(evidence.link(c.text, [s.target for s in r.sentences if s.target])) for r, c in claims
    )
    sound, doubtful = (sum(test) for test in ([not c.problems for _, c in claims], [bool(c.doubts) for _, c in claims]))
    instead = sum(r.summary.rung == "extractive" for r in report.results)
    shares = [share(n, len(claims)) for n in (by_translation, sound, doubtful)]
    return name, len(report.results), len(claims), shares, instead


# --- the adversarial set ---------------------------------------------------------------------------------------------


def by_kind(made: Sequence[Item], kinds: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Kind -> items, and those that were not accepted."""
    count = Counter(item.kind for item in made if item.kind in kinds)
    refused = Counter(item.kind for item in made if item.kind in kinds and not item.accepted)
    return {kind: (count[kind], refused[kind]) for kind in kinds}


def halves(kinds: Sequence[str], made: dict[bool, list[Item]]) -> list[tuple]:
    """Kind, items of the half in view and the share that was not accepted, the same of the other half; then of all."""
    seen, sealed = by_kind(made[False], kinds), by_kind(made[True], kinds)
    counts = [(kind, *seen[kind], *sealed[kind]) for kind in kinds]
    counts.append(("**all**", *map(sum, zip(*(row[1:] for row in counts), strict=True))))
    return [(kind, n, share(part, n), m, share(other, m)) for kind, n, part, m, other in counts]


def original_rows(folder: Path) -> list[tuple]:
    pairs = pages.pairs(folder, "newstest2019.de-en")[1000:]
    alarms = sum(bool(checks.foreign(*pair, "de")) for pair in pairs)
    rows = [("untouched (false alarms)", len(pairs), share(alarms, len(pairs)))]
    kinds = {
        "a digit changed": digit,
        "number word changed": swapped(SWAPS["numbers"]),
        "million, billion … swapped": swapped(SWAPS["scales"]),
        "month changed": another(MONTHS),
        "weekday changed": another(DAYS),
    }
    for kind, spoil in kinds.items():
        rng = Random(kind)
        made = [spoiled for pair in pairs if (spoiled := spoil(*pair, rng)) and not checks.foreign(*pair, "de")]
        rows.append((kind, len(made), share(sum(bool(checks.foreign(*pair, "de")) for pair in made), len(made))))
    return rows


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    texts = stories(asked.drops / "en")
    german = pages.files(asked.drops / "de", "*.txt")
    with Store.open(asked.cache) as store:
        english = english_rows(texts, asked.cache, store)
    runs = [run_row("central", german, asked.cache)]
    if not asked.fast:
        sample, model = spread(german, SAMPLE), {"summarizer": "smollm2"}
        runs.append(run_row("smollm2", sample, asked.cache, **model))
        runs.append(run_row("drop", sample, asked.cache, unsupported="drop", **model))
    made = {sealed: items(texts, sealed=sealed) for sealed in (False, True)}
    return {
        "english": english,
        "runs": runs,
        "falsified": halves([*FALSE, *DENIED], made),
        "reworded": halves([*TRUE, *REPORTED], made),
        "originals": original_rows(asked.eval),
    }


if __name__ == "__main__":
    pages.command(__doc__, "support", measure, "drops! eval! cache fast")
