"""What the ladder of repairs does for the shipped model: how many sentences climb, what becomes of them, the cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from summarize import articles, checks
from summarize.config import Settings
from summarize.job.accounting import prepare, wanted
from summarize.job.plan import Plan
from summarize.quality.translation import fates
from summarize.store import Store
from summarize.types import Article, Outcome, Output

SLICE = 256  # sentences sent at once


@dataclass
class Climb:
    """Texts with their first tries and what the guard made of them, and the seconds that both took."""

    model: str
    texts: list[str]
    first: list[Output]
    outputs: list[Output]
    seconds: tuple[float, float]


def sentences(drops: Path) -> list[str]:
    """The distinct German sentences of a drop, shortest first."""
    found = wanted([prepare(item) for item in articles.read([str(drops)]) if isinstance(item, Article)])
    return sorted(found["de"], key=lambda text: (len(text), text))


def climb(drops: Path, cache: Path) -> Climb:
    texts = sentences(drops)
    with TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        plan = Plan(Settings(cache=str(cache)), store)
        guarded = plan.translator("de").inner
        guarded.inner.run(texts[:1])  # loads the model
        runs, seconds = [], []
        for backend in (guarded.inner, guarded):
            start = perf_counter()
            runs.append([out for i in range(0, len(texts), SLICE) for out in backend.run(texts[i : i + SLICE])])
            seconds.append(perf_counter() - start)
        return Climb(plan.routes["de"].id, texts, runs[0], runs[1], (seconds[0], seconds[1]))


def chrf(outputs: Sequence[str], references: Sequence[str]) -> float:
    import sacrebleu

    return sacrebleu.corpus_chrf(list(outputs), [list(references)]).score


def figures(run: Climb, references: Mapping[str, str]) -> dict[str, Any]:
    """What became of the sentences, as a whole, by check and by rung."""
    counts = {name: fates(run.outputs)[name] for name in ("flagged", "repaired", "failed", "doubtful")}
    whole = {"model": run.model, "sentences": len(run.texts), "seconds": run.seconds, **counts}
    return {**whole, "by_check": by_check(run), "by_rung": by_rung(run, references)}


def by_check(run: Climb) -> list[tuple[str, int, int, int]]:
    """Check, sentences that it flagged at the first try, of those mended, sentences that keep its doubt."""
    flagged: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    kept = Counter(f for o in run.outputs for f in o.doubts)
    for text, first, out in zip(run.texts, run.first, run.outputs, strict=True):
        for flag in dict.fromkeys((*first.faults, *checks.failed(text, first.text, "de"))):
            flagged[flag] += 1
            mended[flag] += out.outcome is Outcome.REPAIRED and flag in out.faults
    return [(f, flagged[f], mended[f], kept[f]) for f in checks.CHECKS if flagged[f]]


def by_rung(run: Climb, references: Mapping[str, str]) -> list[tuple[str, int, float | None, float | None]]:
    """Rung, sentences that it gave, chrF of their first tries and of what it gave, where there is a reference."""
    rows = []
    for rung in ("", *dict.fromkeys(o.rung for o in run.outputs if o.rung)):
        chosen = [i for i, o in enumerate(run.outputs) if not rung or o.rung == rung]
        known = [i for i in chosen if run.texts[i] in references and run.outputs[i].outcome is not Outcome.FAILED]
        ideal = [references[run.texts[i]] for i in known]
        scores = (chrf([side[i].text for i in known], ideal) if known else None for side in (run.first, run.outputs))
        rows.append((rung, len(chosen), *scores))
    return rows
