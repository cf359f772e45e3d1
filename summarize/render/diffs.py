"""Comparisons for a terminal: word diffs in colour, or with git's [-marks-]{+of words+} where there is none.

Article text reaches rich only inside `Text`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from ..compare import SUMMARY, Comparison, Delta, Side
from ..compare.alignment import ADDED, CHANGED, REMOVED, SAME, Change, Edit
from ..compare.deltas import STATES
from .phrases import DRAFT, plural

STYLE = {SAME: "", ADDED: "green", REMOVED: "red strike", CHANGED: "yellow"}
SIGN = {SAME: " ", ADDED: "+", REMOVED: "-", CHANGED: "~"}
MARKS = {SAME: ("", ""), ADDED: ("{+", "+}"), REMOVED: ("[-", "-]")}
HUMAN = "  (human)"
CONTEXT = 2  # unchanged sentences shown around a change
DETAILS = 6  # lines of a cause


def head(found: Comparison) -> Any:
    """What is compared with what, and how much of it changed."""
    from rich.text import Text

    out = Text()
    for sign, side in (("-", found.old), ("+", found.new)):
        style = "red" if sign == "-" else "green"
        out.append(f"{sign} {name(side)}\n", style=style)
    out.append(counts(found))
    return out.append(f"\n{DRAFT}", style="bold red") if found.draft else out


def name(side: Side) -> str:
    return f"{side.name}: {side.about}" if side.about else side.name


def counts(found: Comparison) -> str:
    """
    >>> counts(Comparison(Side("a"), Side("b"), unchanged=3, quiet=[Delta("x", "unchanged", "", ())]))
    '3 articles: 3 unchanged (1 of them with a changed source)'
    """
    total = len(found.deltas) + found.unchanged
    parts = [f"{len(found.of(s)):,} {s}" for s in STATES if found.of(s)]
    if found.unchanged or not parts:
        quiet = f" ({len(found.quiet):,} of them with a changed source)" if found.quiet else ""
        parts.append(f"{found.unchanged:,} unchanged{quiet}")
    return f"{plural(total, 'article')}: {', '.join(parts)}"


def articles(deltas: Iterable[Delta], *, colour: bool, side_by_side: bool, why: bool) -> Iterator[Any]:
    """One block an article."""
    from rich.console import Group
    from rich.text import Text

    for d in deltas:
        title = Text(f"\n{d.id}", style="bold")
        title.append(f"  {d.state}" * (d.state != CHANGED), style=STYLE.get(d.state, "dim"))
        title.append("  ")
        title.append_text(spans(d.retitled, colour) if d.retitled else Text(d.title, style="not bold"))
        title.rstrip()
        title.append("  draft" * d.draft, style="red not bold")
        blocks = [title]
        if d.note:
            blocks.append(Text(f"  {d.note}", style="yellow"))
        if d.changes:
            blocks.append(_columns(d, colour) if side_by_side else _lines(d, colour))
        if why and d.causes:
            blocks.append(_causes(d, colour))
        yield Group(*blocks)


def _lines(d: Delta, colour: bool) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=2, justify="right")
    grid.add_column(ratio=1, overflow="fold")
    for change in _near(d.changes):
        if isinstance(change, int):
            grid.add_row("", Text(f"… {plural(change, 'sentence')} unchanged", style="dim"))
            continue
        sign = ("↕" if change.moved else "") + (SIGN[change.kind] if change.kind != SAME or not change.moved else "")
        body = spans(change.spans, colour, marked=change.kind == CHANGED)
        if change.kind == SAME:
            body.stylize("dim")
        if change.moved:
            body.append(f"  (moved from {(change.old or 0) + 1} to {(change.new or 0) + 1})", style="cyan")
        if d.by_a_person(change):
            body.append(HUMAN, style="green")
        grid.add_row(Text(sign, style="cyan" if change.moved else STYLE[change.kind].removesuffix(" strike")), body)
    return grid


def _columns(d: Delta, colour: bool) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table(expand=True, show_lines=True)
    grid.add_column("before", ratio=1, overflow="fold")
    grid.add_column("after", ratio=1, overflow="fold")
    for change in _near(d.changes):
        if isinstance(change, int):
            grid.add_row(Text(f"… {plural(change, 'sentence')} unchanged", style="dim"), "")
            continue
        left, right = (
            spans([s for s in change.spans if s.kind != other], colour, marked=change.kind == CHANGED)
            for other in (ADDED, REMOVED)
        )
        if change.kind == SAME:
            left.stylize("dim")
            right.stylize("dim")
        if change.moved:
            right.append(f"  (moved from {(change.old or 0) + 1})", style="cyan")
        if d.by_a_person(change):
            right.append(HUMAN, style="green")
        grid.add_row(left, right)
    return grid


def _near(changes: Sequence[Change]) -> Iterator[Change | int]:
    """Changes and the unchanged sentences around them; a number stands for those left out."""
    notable = [i for i, c in enumerate(changes) if not c.still]
    shown = {j for i in notable for j in range(i - CONTEXT, i + CONTEXT + 1)}
    for kept, group in groupby(enumerate(changes), key=lambda pair: pair[0] in shown):
        found = [c for _, c in group]
        if kept or len(found) == 1:
            yield from found
        else:
            yield len(found)


def spans(found: Sequence[Edit], colour: bool, *, marked: bool = True) -> Any:
    """A word diff as one Text. White space at the end of a change stays outside its marks."""
    from rich.text import Text

    text = Text()
    for s in found:
        opening, closing = MARKS[s.kind] if marked and not colour else ("", "")
        body = s.text.rstrip() or s.text
        text.append(opening + body + closing, style=STYLE[s.kind])
        text.append(s.text[len(body) :])
    return text


def _causes(d: Delta, colour: bool) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=6)
    grid.add_column(ratio=1, overflow="fold")
    for i, cause in enumerate(d.causes):
        grid.add_row("" if i else Text("  why", style="cyan"), Text(cause.text, style="cyan"))
        for found in cause.sentences[:DETAILS]:
            kinds = {s.kind for s in found}
            only = kinds.pop() if len(kinds) == 1 else CHANGED
            line = Text(f"{SIGN[only]} ", style="dim")
            grid.add_row("", line.append_text(spans(found, colour, marked=only == CHANGED)))
        if len(cause.sentences) > DETAILS:
            grid.add_row("", Text(f"and {len(cause.sentences) - DETAILS:,} more", style="dim"))
    return grid


def tally(deltas: Iterable[Delta]) -> Any:
    """Each cause once, with the number of articles it changed."""
    from rich.text import Text

    found = Counter(
        "the article changed" if c.kind == "article" else c.text for d in deltas for c in d.causes
    ).most_common()
    out = Text("\nwhy\n" if found else "", style="bold")
    for text, n in found:
        out.append(f"  {plural(n, 'article')}: {text}\n", style="not bold")
    out.rstrip()
    return out


def stat(found: Comparison, deltas: Sequence[Delta], *, width: int) -> Any:
    """A bar an article, as `git diff --stat`: words removed and added, all bars on one scale."""
    from rich.text import Text

    if not deltas:
        return Text("")
    label = min(max(len(d.id) for d in deltas), max(12, width // 2))
    number = len(f"{max(sum(d.words) for d in deltas):,}")
    room = max(8, width - label - number - 5)
    scale = min(1.0, room / max(1, max(sum(d.words) for d in deltas)))
    out = Text()
    for d in deltas:
        removed, added = d.words
        shown = d.id if len(d.id) <= label else "…" + d.id[1 - label :]
        out.append(f" {shown:<{label}} | {removed + added:>{number},} ")
        out.append("+" * _length(added, scale), style="green")
        out.append("-" * _length(removed, scale), style="red")
        moved = d.sentences["moved"]
        out.append(" moved" if moved and not removed and not added else "", style="cyan")
        out.append("\n")
    what = "" if found.what == SUMMARY else f" in the {found.what}"
    removed, added = (sum(d.words[i] for d in deltas) for i in (0, 1))
    return out.append(f" {plural(added, 'word')} added, {removed:,} removed{what}")


def _length(n: int, scale: float) -> int:
    return max(1, round(n * scale)) if n else 0
