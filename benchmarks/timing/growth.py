"""Parts 4 to 6: unchanged and changed drops, memory, and cost by the number of articles.

Thousands of articles are run with human translations in the model's place: what is measured is the program.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import texts
from .measure import interleaved, told
from .suite import Suite, cold, fresh_cache

COUNTS = (10, 100, 1_000, 10_000)
REAL = (1, 10, 100)  # articles for the shipped model
SAME = 12  # articles that one and all threads must translate alike
REFERENCES = ("--translator", "references")


def measure(suite: Suite) -> dict[str, Any]:
    counts = [suite.size(n) for n in COUNTS]
    with suite.scratch() as folder:
        grown = [_of_size(suite, folder / str(n), n) for n in counts]
        changed = [_changed(suite, folder / str(counts[2]), n) for n in range(suite.rounds)]
        return {
            "grown": grown,
            "changed": changed,
            "real": _real(suite, folder / "real"),
            "threads": _threads(suite, folder / "threads"),
            "cores": suite.threads,
        }


def _of_size(suite: Suite, folder: Path, count: int) -> dict[str, Any]:
    """A new drop of so many articles, then the same again and again. The largest is run anew only three times."""
    drop = texts.grow(suite.drops, folder / "drop", count, shortest=True)
    fresh_cache(folder / "cache", suite.cache)
    command = suite.variant(folder, drop, *REFERENCES)
    new = told(command)
    again = [told(command) for _ in range(min(suite.rounds, 3) if count > 2_000 else suite.rounds)]
    size = sum(path.stat().st_size for path in drop.iterdir()) / 1e6
    store = (folder / "cache" / "store.db").stat().st_size / 1e6
    if count != suite.size(COUNTS[2]):  # that one is changed afterwards
        shutil.rmtree(folder)
    return {"articles": count, "new": new, "again": again, "drop mb": size, "store mb": store}


def _changed(suite: Suite, folder: Path, number: int) -> dict[str, Any]:
    """One sentence of each article is another one; `misses` are the sentences that were translated."""
    count = texts.change_one(folder / "drop", 9_000 + number)
    found = told(suite.variant(folder, folder / "drop", *REFERENCES))
    manifest = json.loads((folder / "out" / "run-manifest.json").read_text(encoding="utf-8"))
    return {**found, "articles": count, "misses": manifest["totals"]["misses"]}


def _real(suite: Suite, folder: Path) -> dict[str, list[dict]]:
    """The shipped model on 1, 10, 100 articles, nothing cached; three rounds, for want of time."""
    drops = {n: texts.grow(suite.drops, folder / f"drop-{n}", n) for n in REAL}
    runs = {
        str(n): (lambda _, drop=drop: asdict(cold(suite, suite.summarize(folder, "run", str(drop), "-q"), folder)))
        for n, drop in drops.items()
    }
    return interleaved(runs, min(suite.rounds, 3))


def _threads(suite: Suite, folder: Path) -> dict[str, Any]:
    """Whether one thread gives the same bytes as all."""
    drop = texts.grow(suite.drops, folder / "drop", SAME)
    found = {}
    for threads in (1, suite.threads):
        usage = cold(suite, suite.summarize(folder, "run", str(drop), "-q", "--threads", str(threads)), folder)
        found[threads] = (asdict(usage), _contents(folder / "out"))
    (one, bytes_of_one), (all_, bytes_of_all) = found[1], found[suite.threads]
    return {"one": one, "all": all_, "articles": SAME, "same": bytes_of_one == bytes_of_all, "files": len(bytes_of_one)}


def _contents(folder: Path, apart: Sequence[str] = ("run-manifest.json",)) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name not in apart}
