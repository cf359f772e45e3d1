"""Results for a terminal, by rich: a table of summaries, the closing lines, progress bars.

Article text reaches rich only inside `Text`, so that `[/]` in an article stays three characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from ..compare import Update
from ..compare.stories import Story
from ..pipeline import Totals
from ..types import Claim, Failure, Result, Status
from .outputs import heading
from .phrases import DRAFT, coverage, duration, ledger, plural, reservations

STYLE = {Status.TRANSLATED: "", Status.REPAIRED: "yellow", Status.COPIED: "dim", Status.FAILED: "bold red"}


def console(*, stderr: bool = False) -> Any:
    """A rich console that honours NO_COLOR, pipes and COLUMNS, and never interprets markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def summary_row(r: Result) -> tuple:
    """The cells of one line of the table: small enough to keep for ten thousand articles."""
    note = f"no summary: {r.summary.reason}" if r.summary.reason else coverage(r)
    return (r.id, r.date, r.language, r.ledger, heading(r), tuple(_doubt(c) for c in r.summary.claims), note)


def _doubt(c: Claim) -> tuple[str, str]:
    return c.text, reservations(c.problems, c.doubts)


def grouped(rows: Sequence[tuple], stories: Iterable[Story]) -> list[tuple]:
    """The rows in their order, but articles that tell one story together, after the first of them."""
    by_id = {row[0]: row for row in rows}
    together = {s.articles[0]: s.articles for s in stories}
    later = {a for s in together.values() for a in s[1:]}
    return [by_id[a] for id in by_id if id not in later for a in together.get(id, (id,)) if a in by_id]


def table(rows: Sequence[tuple], *, draft: bool, notes: Mapping[str, str] = MappingProxyType({})) -> Any:
    """Articles on the left with their facts, title and summary on the right; `notes` by id stand under the facts."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(show_lines=True, expand=True, caption=DRAFT if draft else None, caption_style="bold red")
    grid.add_column("Article", ratio=1, overflow="fold")
    grid.add_column("Summary", ratio=3)
    for id, date, language, counts, title, claims, covered in rows:
        left = Text()
        left.append(id + "\n", style="bold")
        left.append(" · ".join(x for x in (date, language) if x) + "\n", style="dim")
        left.append(ledger(counts), style="red" if counts["failed"] else "dim")
        if id in notes:
            left.append(f"\n{notes[id]}", style="cyan")
        right = Text()
        right.append(title + "\n", style="bold")
        for text, reserved in claims:
            right.append("\n• " + text, style="")
            if reserved:
                right.append(f" ({reserved})", style="yellow")
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
    >>> closing(Totals(failures=2, unrecorded=True), seconds=0.2, folder="out", run=8)
    '0 articles in 0.20 s · 1 input failed · 0 sentences · nothing written · run 8'
    """
    parts = [plural(totals.articles, "article")]
    if totals.unchanged:
        parts[0] += f" ({totals.unchanged:,} unchanged)"
    parts[0] += f" in {duration(seconds)}"
    if inputs := totals.failures - totals.unrecorded:
        parts.append(f"{plural(inputs, 'input')} failed")
    parts.append(ledger({str(s): totals.sentences[s] for s in Status}))
    if totals.fallbacks:
        parts.append(f"{totals.fallbacks:,} extractive in place of the model's summary")
    if totals.unsummarized:
        parts.append(f"{plural(totals.unsummarized, 'article')} without a summary")
    if totals.unsupported:
        parts.append(f"{plural(totals.unsupported, 'summary sentence')} without full support")
    written = f"written to {folder.rstrip('/')}/" if totals.articles else "nothing written"
    return " · ".join([*parts, written, f"run {run}"])


def news(updates: Iterable[Update], count: int, remade: int, *, most: int) -> list[str]:
    """What is new in `count` known articles, for the first `most` of them; `remade`: known ones with an old source.

    >>> news([], 0, 2, most=5)
    ['2 known articles were made anew by other models or settings; `summarize diff --why` shows what changed']
    """
    lines = [f"updated  {u.line}" for u in islice(updates, most)]
    if count > most:
        lines.append(f"         and {count - most:,} more; `summarize diff` shows them")
    if remade:
        was = "was" if remade == 1 else "were"
        lines.append(
            f"{plural(remade, 'known article')} {was} made anew by other models or settings; "
            "`summarize diff --why` shows what changed"
        )
    return lines
