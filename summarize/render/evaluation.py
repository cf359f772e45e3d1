"""Scores as tables: for a terminal, and in Markdown as they stand in a model's README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from ..quality import scorecards, summarization
from ..quality.scores import METRICS
from ..quality.summarization import ROUGE, difference, interval
from ..quality.translation import Evaluation, TranslationScores
from .phrases import plural, size

Grid = tuple[tuple[str, ...], list[tuple[str, ...]]]  # head and rows
FATES = ("flagged", "repaired", "failed", "doubtful")
TITLES = ("ROUGE-1", "ROUGE-2", "ROUGE-L")
ENOUGH = 100  # sentences under which a p-value says more of the sample than of the systems
SURE = 0.05  # p-value below which a difference is called one


def translations(found: Evaluation) -> Grid:
    """A row for every system on every set; without a column that would say the same in all of them."""
    several = len({row.system.name for row in found.rows}) > 1
    head = ["test set", *(["model"] if several else []), "decoding", *METRICS]
    head += ["sentences/s", "words/s", "memory"]
    rows = []
    for row in found.rows:
        cells = [row.set, *([row.system.name] if several else []), row.system.decoding]
        cells += [f"{s.value:.1f} ± {s.spread:.1f}" for s in (row.scored[m] for m in METRICS)]
        rows.append((*cells, _number(row.speed), _number(row.words), _size(row.peak)))
    return tuple(head), rows


def fates(found: Evaluation) -> Grid:
    """How many sentences the checks flagged at the first try, and what became of them; no rows without checks."""
    head = ("test set", "system", "sentences", *FATES)
    counts = lambda row: (len(row.outputs), *(row.fates[fate] for fate in FATES))
    rows = [(row.set, _system(row), *(f"{n:,}" for n in counts(row))) for row in found.rows]
    return head, rows if found.checks else []


def differences(found: Evaluation) -> Grid:
    """Every further system of a set against the first, with the p-values of the paired bootstrap."""
    head = ("test set", "system", "against", *(cell for m in METRICS for cell in (f"Δ {m}", "p")))
    rows = []
    for row in found.rows:
        first = next(other for other in found.rows if other.set == row.set)
        if row is first:
            continue
        cells: list[str] = []
        for metric in METRICS:
            ours, theirs = row.scored[metric], first.scored[metric]
            cells += [f"{ours.value - theirs.value:+.1f}", "" if ours.p is None else f"{ours.p:.3f}"]
        rows.append((row.set, _system(row), _system(first), *cells))
    return head, rows


def summarizers(found: Sequence[summarization.SummaryScores]) -> Grid:
    """ROUGE in percent with half of its 95 % interval, support, length and time of every summarizer on every set."""
    head = ("test set", "summarizer", *TITLES, "supported", "fallback", "words", "seconds", "memory")
    rows = []
    for row in found:
        ends = [interval(row.rouge[name]) for name in ROUGE]
        cells = [f"{100 * mean:.1f} ± {50 * (high - low):.1f}" for mean, low, high in ends]
        words = fmean(len(text.split()) for text in row.summaries)
        took = "–" if row.seconds is None else f"{row.seconds / len(row.summaries):.3f}"
        cells += [f"{100 * row.support:.1f} %", f"{row.fallbacks:,}", f"{words:.0f}", took, _size(row.peak)]
        rows.append((row.set, row.name, *cells))
    return head, rows


def summarizer_differences(found: Sequence[summarization.SummaryScores]) -> Grid:
    """ROUGE of every further summarizer minus that of the first, with half of its paired 95 % interval."""
    head = ("test set", "summarizer", "against", *(f"Δ {title}" for title in TITLES))
    rows = []
    for row in found:
        first = next(other for other in found if other.set == row.set)
        if row is not first:
            ends = [difference(row.rouge[name], first.rouge[name]) for name in ROUGE]
            cells = [f"{100 * mean:+.1f} ± {50 * (high - low):.1f}" for mean, low, high in ends]
            rows.append((row.set, row.name, first.name, *cells))
    return head, rows


def notes(found: Evaluation) -> list[str]:
    """What the figures of a table were made with, one line each."""
    lines = [f"{metric} {signature}" for metric, signature in _distinct(found.signatures.values())]
    lines += [f"± (95 %) and p: {metric} {signature}" for metric, signature in _distinct(found.bootstrap.values())]
    if differences(found)[1]:
        lines += too_few(min(len(row.outputs) for row in found.rows))
        lines.append(f"paired bootstrap against the first system: from p = {SURE} on a difference may be chance")
    engines = dict.fromkeys((row.system.name, row.system.how) for row in found.rows)
    made = "; ".join(f"{name} on {how}" for name, how in engines)
    lines.append(f"{made}; {'with' if found.checks else 'without'} checks and repairs; memory is the process's peak")
    if cached := sum(row.cached for row in found.rows):
        lines.append(f"{cached:,} outputs came from the cache: no speeds, no memory")
    if found.busy and any(row.seconds for row in found.rows):
        lines.append(f"the machine was busy (load {found.load:.1f}): speeds are lower than they would be alone")
    return lines


def too_few(sentences: int) -> list[str]:
    """
    >>> too_few(4), too_few(1000)
    (['4 sentences are too few to tell systems apart, whatever p says: take hundreds'], [])
    """
    told = f"{plural(sentences, 'sentence')} are too few to tell systems apart, whatever p says: take hundreds"
    return [told] * (sentences < ENOUGH)


def summary_notes(found: Sequence[summarization.SummaryScores]) -> list[str]:
    lines = [
        f"ROUGE {summarization.rouge_signature()}, in percent, ± half of the 95 % interval (of the paired difference)"
    ]
    lines.append("supported: share of a summary's sentences; fallback: articles whose summary is extractive instead")
    lines.append("words and seconds: an article's mean; memory: the process's peak")
    if cached := sum(row.cached for row in found):
        lines.append(f"{cached:,} summaries came from the cache: no times, no memory")
    return lines


def terminal(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Any:
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold underline")
    for name in head:
        grid.add_column(name, overflow="fold", justify="left" if name in _WORDS else "right")
    for row in rows:
        grid.add_row(*row)
    return grid


_WORDS = ("test set", "model", "decoding", "system", "against", "summarizer")


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """
    >>> print(markdown(("test set", "BLEU"), [("news", "31.2")]))
    | test set | BLEU |
    |---|---:|
    | news | 31.2 |
    """
    ruler = "|" + "|".join("---" if name in _WORDS else "---:" for name in head) + "|"
    cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in (head, *rows)]
    return "\n".join([f"| {cells[0]} |", ruler, *(f"| {row} |" for row in cells[1:])])


def page(tables: Iterable[Grid], lines: Iterable[str]) -> str:
    """Tables that have rows, in Markdown, and what they were made with."""
    parts = [markdown(head, rows) for head, rows in tables if rows]
    parts.append("\n".join(f"* `{line}`" if "|" in line else f"* {line}" for line in lines))
    return "\n\n".join(parts) + "\n"


def card(found: Evaluation, published: scorecards.Published | None) -> str:
    """What stands between the marks of a model's README: measured here, then what others published."""
    text = page([translations(found), fates(found), differences(found)], notes(found))
    if published is None:
        return text
    first = {row.set: row for row in reversed(found.rows)}
    known = [name for name in published.bleu if name in first]
    rows = [(name, f"{first[name].scored['BLEU'].value:.1f}", *published.bleu[name]) for name in known]
    if not rows:
        return text
    title = f"BLEU of others, published by them and **not measured here** ({published.source}):"
    ours = _system(next(iter(first.values()))) + " (measured)"
    return f"{text}\n{title}\n\n{markdown(('test set', ours, *published.systems), rows)}\n"


def _system(row: TranslationScores) -> str:
    return f"{row.system.name}, {row.system.decoding}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _size(value: int | None) -> str:
    return "–" if value is None else size(value)


def _distinct(signatures: Iterable) -> list[tuple[str, str]]:
    return list(dict.fromkeys(pair for by_metric in signatures for pair in by_metric.items()))
