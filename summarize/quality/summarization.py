"""Summarizers on articles with reference summaries: ROUGE, and how many of their sentences the article supports."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from .. import evidence
from ..backends.cached import Cached
from ..config import Settings
from ..errors import UsageError
from ..job.plan import Plan
from ..store import Store
from ..summarizers.candidates import divide
from ..types import Json, Outcome
from . import peak, scores

ROUGE = ("rouge1", "rouge2", "rougeL")
RESAMPLES = 2000
SHAPE = 'one JSON object a line with "text" and "summary", both English'
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Referenced:
    """English articles and their reference summaries, in the order of the file."""

    name: str
    texts: tuple[str, ...]
    references: tuple[str, ...]

    def first(self, n: int) -> Referenced:
        """The first `n` articles; the name says so."""
        if n >= len(self.texts):
            return self
        return Referenced(f"{self.name} (first {n})", self.texts[:n], self.references[:n])


@dataclass(frozen=True)
class SummaryScores:
    """One summarizer on one set. `rouge`: name -> F1 of each article, 0 to 1; `judged`: is it supported, by sentence.

    `seconds` and `peak` are None when the store was in between; `fallbacks` counts articles whose summary is extractive
    because the model's own was not usable.
    """

    name: str
    set: str
    summaries: tuple[str, ...]
    rouge: dict[str, list[float]]
    judged: list[bool]
    seconds: float | None
    peak: int | None
    fallbacks: int
    failed: int
    cached: int

    @property
    def support(self) -> float:
        """Share of the sentences that the article supports, 0 to 1; 0 if there are none."""
        return fmean(self.judged) if self.judged else 0.0


def load(path: Path) -> Referenced:
    """Articles of a .jsonl file. Raises UsageError, with the line that is not as it should be."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", SHAPE) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", SHAPE) from error
    texts, references = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            text, summary = record["text"], record["summary"]
            good = isinstance(text, str) and isinstance(summary, str) and text.strip() and summary.strip()
        except (ValueError, TypeError, KeyError):
            good = False
        if not good:
            raise UsageError(f"{path}, line {number} is no article with a reference summary", SHAPE)
        # A line is a paragraph; summarizers know them by the blank line between.
        texts.append("\n\n".join(filter(None, map(str.strip, text.split("\n")))))
        references.append(summary)
    if not texts:
        raise UsageError(f"{path} is empty", SHAPE)
    return Referenced(path.stem, tuple(texts), tuple(references))


def evaluate(
    names: Sequence[str],
    sets: Sequence[Referenced],
    settings: Settings,
    store: Store,
    *,
    reuse: bool = False,
    progress: OnProgress = lambda what, done, total: None,
    announce: Callable[[str], None] = lambda message: None,
) -> list[SummaryScores]:
    """Every summarizer on every set, rows by set. Raises ModelError for one that is not there, before any work."""
    scores.require("rouge_score")
    plans = [Plan(replace(settings, summarizer=name), store, announce=announce) for name in dict.fromkeys(names)]
    backends = {plan.summarizer_name: plan.summarizer() for plan in plans}
    return [
        _measure(name, cached if reuse else cached.inner, chosen, progress)
        for chosen in sets
        for name, cached in backends.items()
    ]


def _measure(name: str, backend, chosen: Referenced, progress: OnProgress) -> SummaryScores:
    hits = getattr(backend, "hits", 0)
    peak.forget_peak()
    if not isinstance(backend, Cached):
        backend.run(chosen.texts[:1])  # loads the model, if there is one
    seconds, outputs = 0.0, []
    for n, text in enumerate(chosen.texts, 1):
        started = time.perf_counter()
        outputs += backend.run([text])
        seconds += time.perf_counter() - started
        progress(f"{chosen.name}, {name}", n, len(chosen.texts))
    judged: list[bool] = []
    rouges: dict[str, list[float]] = {measure: [] for measure in ROUGE}
    for text, reference, output in zip(chosen.texts, chosen.references, outputs, strict=True):
        sentences = divide(text)[1]
        judged += [evidence.supported(evidence.link(line, sentences)) for line in output.text.split("\n") if line]
        for measure, value in rouge(reference, output.text).items():
            rouges[measure].append(value)
    return SummaryScores(
        name,
        chosen.name,
        tuple(output.text for output in outputs),
        rouges,
        judged,
        *((None, None) if isinstance(backend, Cached) else (seconds, peak.peak())),
        fallbacks=sum(output.rung == "extractive" for output in outputs),
        failed=sum(output.outcome is Outcome.FAILED for output in outputs),
        cached=getattr(backend, "hits", 0) - hits,
    )


def rouge(reference: str, summary: str) -> dict[str, float]:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L, 0 to 1 (rouge-score, with its stemmer)."""
    from rouge_score import rouge_scorer

    scorer = rouge_scorer.RougeScorer(list(ROUGE), use_stemmer=True)
    return {name: score.fmeasure for name, score in scorer.score(reference, summary).items()}


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and the ends of its 95 % bootstrap interval over articles. The same values give the same interval."""
    rng = random.Random(0)
    means = sorted(fmean(rng.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return fmean(values), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def difference(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, float]:
    """Mean of a - b over the same articles, and the ends of its paired 95 % interval; chance can explain a 0 in it."""
    return interval([x - y for x, y in zip(a, b, strict=True)])


def as_json(rows: Sequence[SummaryScores]) -> Json:
    """Figures of every row, ROUGE in percent; `difference` is that to the first summarizer of its set."""
    return {"rows": [_row_json(row, _first(row, rows)) for row in rows], "rouge": rouge_signature()}


def rouge_signature() -> str:
    from importlib.metadata import version

    return f"F1|stemmer:yes|bs:{RESAMPLES}|seed:0|rouge-score:{version('rouge-score')}"


def _first(row: SummaryScores, rows: Sequence[SummaryScores]) -> SummaryScores:
    return next(other for other in rows if other.set == row.set)


def _row_json(row: SummaryScores, first: SummaryScores) -> Json:
    percent = lambda values: [round(100 * value, 2) for value in values]
    figures = {}
    for measure in ROUGE:
        mean, low, high = percent(interval(row.rouge[measure]))
        figures[measure] = {"f1": mean, "ci95": [low, high]}
        if row is not first:
            mean, low, high = percent(difference(row.rouge[measure], first.rouge[measure]))
            figures[measure]["difference"] = {"mean": mean, "ci95": [low, high]}
    return {
        "set": row.set,
        "summarizer": row.name,
        "articles": len(row.summaries),
        **figures,
        "supported": round(row.support, 4),
        "sentences": len(row.judged),
        "words": round(fmean(len(text.split()) for text in row.summaries), 1),
        "seconds": None if row.seconds is None else round(row.seconds, 3),
        "peak_bytes": row.peak,
        "fallbacks": row.fallbacks,
        "failed": row.failed,
        "from_cache": row.cached,
    }


__all__ = ["ROUGE", "Referenced", "SummaryScores", "as_json", "difference", "evaluate", "interval", "load", "rouge"]
