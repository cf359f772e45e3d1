"""Results for a terminal, by rich: a table of summaries, the closing lines, progress bars.

Article text reaches rich only inside `Text`, so that `[/]` in an article stays three characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..pipeline import Totals
from ..types import Claim, Failure, ModelNote, Result, Sentence, Status
from .files import heading
from .words import DRAFT, coverage, duration, ledger, plural

STYLE = {Status.TRANSLATED: "", Status.REPAIRED: "yellow", Status.COPIED: "dim", Status.FAILED: "bold red"}


def console(*, stderr: bool = False) -> Any:
    """A rich console that honours NO_COLOR, pipes and COLUMNS, and never interprets markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def summary_row(r: Result) -> tuple:
    """The cells of one line of the table: small enough to keep for ten thousand articles."""
    return (r.id, r.date, r.language, r.ledger, heading(r), tuple(_doubt(c) for c in r.summary.claims), coverage(r))


def _doubt(c: Claim) -> tuple[str, tuple[str, ...]]:
    return c.text, c.problems


def table(rows: Sequence[tuple], *, draft: bool) -> Any:
    """Articles on the left with their facts, title and summary on the right."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(show_lines=True, expand=True, caption=DRAFT if draft else None, caption_style="bold red")
    grid.add_column("Article", ratio=1, overflow="fold")
    grid.add_column("Summary", ratio=3)
    for id, date, language, counts, title, claims, covered in rows:
        left = Text(id + "\n", style="bold")
        left.append(" · ".join(x for x in (date, language) if x) + "\n", style="dim")
        left.append(ledger(counts), style="red" if counts["failed"] else "dim")
        right = Text(title + "\n", style="bold")
        for text, problems in claims:
            right.append("\n• " + text, style="")
            if problems:
                right.append(f" (unsupported: {', '.join(problems)})", style="yellow")
        if covered:
            right.append(f"\n{covered}", style="dim")
        grid.add_row(left, right)
    return grid


def failures(items: Iterable[Failure]) -> Any:
    """One block a failure: what, why, and what to type next."""
    from rich.text import Text

    out = Text()
    for f in items:
        out.append("failed  ", style="bold red")
        out.append(f"{f.source or f.id}: {f.message}\n")
        if f.hint:
            out.append(f"        {f.hint}\n", style="dim")
    out.rstrip()
    return out


def closing(totals: Totals, *, seconds: float, folder: str, run: int) -> str:
    """
    >>> closing(Totals(articles=2, unchanged=2), seconds=0.2, folder="out", run=7)
    '2 articles (2 unchanged) in 0.20 s · 0 sentences · written to out/ · run 7'
    """
    parts = [plural(totals.articles, "article")]
    if totals.unchanged:
        parts[0] += f" ({totals.unchanged:,} unchanged)"
    parts[0] += f" in {duration(seconds)}"
    if totals.failures:
        parts.append(f"{plural(totals.failures, 'input')} failed")
    parts.append(ledger({str(s): totals.sentences[s] for s in Status}))
    if totals.fallbacks:
        parts.append(f"{totals.fallbacks:,} extractive in place of the model's summary")
    if totals.unsupported:
        parts.append(f"{plural(totals.unsupported, 'summary sentence')} without full support")
    return " · ".join([*parts, f"written to {folder.rstrip('/')}/", f"run {run}"])


def article(r: Result, *, parts: Sequence[str]) -> Any:
    """One article in full: `parts` of summary, sentences (original beside translation), provenance."""
    from rich.console import Group
    from rich.text import Text

    blocks: list[Any] = [Text(heading(r), style="bold")]
    facts = [r.date, r.language, r.source, ledger(r.ledger), coverage(r)]
    blocks.append(Text(" · ".join(f for f in facts if f), style="dim"))
    if r.draft:
        blocks.append(Text(DRAFT, style="bold red"))
    if "summary" in parts:
        blocks += [Text("\nSummary", style="bold")]
        for claim in r.summary.claims:
            line = Text("• " + claim.text)
            line.append(" " + "".join(f"[{i + 1}]" for i in claim.evidence), style="cyan")
            if claim.problems:
                line.append(f" unsupported: {', '.join(claim.problems)}", style="yellow")
            blocks.append(line)
    if "sentences" in parts:
        blocks += [Text(""), _side_by_side(r.sentences, r.language)]
    if "provenance" in parts:
        blocks += [Text("\nMade by", style="bold"), *map(_note, r.models)]
        blocks += [Text(f"article version {r.version}", style="dim")]
    return Group(*blocks)


def _note(m: ModelNote) -> Any:
    from rich.text import Text

    return Text(f"{m.role}: {m.id} ({m.quality}; signature {m.signature})", style="dim")


def _side_by_side(sentences: Sequence[Sentence], language: str) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table(expand=True, show_lines=False, pad_edge=False)
    grid.add_column("", justify="right", style="cyan", width=4)
    grid.add_column(f"Original ({language})", ratio=1, overflow="fold")
    grid.add_column("Translation (en)", ratio=1, overflow="fold")
    for n, s in enumerate(sentences, 1):
        if not s.source:
            continue
        right = Text(s.target, style=STYLE[s.status])
        note = [str(s.status)] * (s.status is not Status.TRANSLATED) + [s.rung] * bool(s.rung) + list(s.flags)
        if note:
            right.append(f"  {', '.join(note)}", style="italic dim")
        grid.add_row(str(n), Text(s.source), right, end_section=bool("\n" in s.separator))
    return grid
