"""Which runs a digest is of, and what these made."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from ..compare import run_of
from ..errors import UsageError
from ..store import Item, Run, Store

MOST = 10_000  # runs that a digest may be of
SECONDS = {"h": 3600, "d": 86_400, "w": 604_800}
EXAMPLES = "say 24h, 2d, 2026-02-05, or the number of a run"
_RUN = re.compile(r"\d{1,7}")  # of eight digits it is a date
_AGE = re.compile(r"(\d{1,6})([hdw])")


def covered(store: Store, run: int | None, since: str) -> list[Run]:
    """The runs, the oldest first: those since `since`, else `run`, else the newest that has articles. Raises
    UsageError if there is none."""
    if since and run is not None:
        raise UsageError("a run and --since exclude each other", f"summarize digest {run}")
    if run is not None:
        return [run_of(store, run)]
    found = store.with_articles(MOST, finished=False)
    if not found:
        raise UsageError("there is no run to tell of", "make one first: summarize run PATHS...")
    if not since:
        return [next((r for r in found if r.state == "done"), found[0])]
    begins = _begin(since)
    chosen = [r for r in found if begins(r)]
    if not chosen:
        raise UsageError(f"no run since {since}", "`summarize runs` lists the runs")
    return chosen[::-1]


def _begin(since: str) -> Callable[[Run], bool]:
    """A test of whether a run belongs to what came since. Raises UsageError."""
    if _RUN.fullmatch(since):
        return lambda run: run.id > int(since)
    if age := _AGE.fullmatch(since):
        moment = time.time() - int(age[1]) * SECONDS[age[2]]
    else:
        try:
            moment = datetime.fromisoformat(since).timestamp()
        except (ValueError, OverflowError):
            raise UsageError(f"--since {since!r} is no time", EXAMPLES) from None
    return lambda run: run.started_at >= moment


def items(store: Store, runs: list[Run]) -> tuple[dict[str, Item], list[Mapping]]:
    """By article the newest result of these runs, in the order in which they were read; and what failed and was not
    mended by a later one of them."""
    made: dict[str, Item] = {}
    failed: dict[str, Mapping] = {}
    for run in runs:
        for item in store.items(run.id):
            if item.result:
                made[item.article] = item
                failed.pop(item.article, None)
            elif item.failure and item.article not in made:
                failed[item.article] = item.failure
    return made, list(failed.values())
