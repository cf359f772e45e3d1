"""From what was typed to what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from ..store import Run, Store
from . import comparisons, texts
from .comparisons import models_of, run_of
from .deltas import SUMMARY, Comparison
from .naming import RUNS_HINT, known


def choose(store: Store, names: Sequence[str], *, models: bool = False, what: str = SUMMARY) -> Comparison:
    """`names` as typed: none, one or two runs, one or two articles, two files, or (`models`) two models. UsageError."""
    if models:
        if len(names) != 2:
            raise UsageError("--models wants two models", "summarize diff --models central textrank")
        return comparisons.runs(store, *_by_model(store, *names), what=what)
    if len(names) > 2:
        raise UsageError("diff compares two things", "summarize diff RUN RUN, or ARTICLE, or FILE FILE")
    if len(names) == 2 and all(Path(n).is_file() for n in names):
        return texts.files(*names, what=what)
    if all(n.isdecimal() for n in names):
        return comparisons.runs(store, *_two_runs(store, [int(n) for n in names]), what=what)
    if len(names) == 2:
        missing = [n for n in names if not Path(n).is_file()]
        if len(missing) == 1 and not known(store, missing[0]):
            raise UsageError(f"there is no file {missing[0]!r}, and no article of that name in any run", RUNS_HINT)
        return comparisons.pair(store, *names, what=what)
    return comparisons.versions(store, names[0], what=what)


def _two_runs(store: Store, numbers: Sequence[int]) -> tuple[Run, Run]:
    if len(numbers) == 2:
        return run_of(store, numbers[0]), run_of(store, numbers[1])
    usable = store.with_articles()
    if numbers:
        new = run_of(store, numbers[0])
        before = [r for r in usable if r.id < new.id]
        if not before:
            later = next((r for r in reversed(usable) if r.id > new.id), None)
            hint = f"summarize diff {new.id} {later.id}" if later else "run again: summarize run PATHS..."
            raise UsageError(f"no finished run before run {new.id} to compare it with", hint)
    else:
        new, *before = usable or [None]
    if new is None or not before:
        raise UsageError("there are no two finished runs to compare", RUNS_HINT)
    # A run over something else in between (one file, another drop) has nothing to be compared with.
    return next((r for r in before if r.inputs == new.inputs), before[0]), new


def _by_model(store: Store, old: str, new: str) -> tuple[Run, Run]:
    """The newest finished runs that used these models, over the same inputs where there are such."""
    finished = store.with_articles()
    used = lambda r, name: any(m == name or m.endswith((f":{name}", f"/{name}")) for m in models_of(r.plan).values())
    found = []
    for name, other in ((old, new), (new, old)):
        having = [r for r in finished if used(r, name)]
        if not having:
            known = sorted({m for r in finished for m in models_of(r.plan).values()})
            raise UsageError(f"no finished run used {name!r}; used were: {', '.join(known) or 'none'}", RUNS_HINT)
        alone = [r for r in having if not used(r, other)]
        found.append(alone or having)
    for a in found[0]:
        for b in found[1]:
            if a.inputs == b.inputs and a.id != b.id:
                return a, b
    return found[0][0], found[1][0]
