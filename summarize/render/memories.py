"""Translations by people, for a terminal and for programs: corrections, what a file brought, near ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..compare import alignment
from ..errors import UsageError
from ..languages import detection
from ..memory import Unit, exchange
from ..text import sanitise
from ..types import flags
from . import explain
from .diffs import spans
from .phrases import plural

SHOWN = 10  # conflicts
EMPTY = "no translations by people yet: summarize fix ARTICLE, or summarize memory import FILE"


class Counting:
    """Units on their way into a file."""

    def __init__(self, units: Iterable[Unit]):
        self._units = units
        self.count = 0

    def __iter__(self) -> Iterator[Unit]:
        for unit in self._units:
            self.count += 1
            yield unit


def file(units: Iterable[Unit], path: Path) -> str:
    """The text of a file to be corrected elsewhere. Raises UsageError for a format that cannot say what is a draft."""
    format = exchange.format_of(str(path))
    if format == "tmx":
        raise UsageError("a TMX cannot say what a machine made", "write XLIFF or TSV: --to draft.xlf")
    return "".join(exchange.written(units, format))


def correction(c: Any) -> Any:
    """A sentence, what was said of it and what is."""
    from rich.console import Console
    from rich.text import Text

    colour = bool(Console().color_system)
    out = Text(f"{c.sentence} ", style="cyan").append(Text(f"{c.source}\n", style="dim"))
    out.append("  ")
    out.append_text(
        spans(alignment.words(c.before, c.after), colour) if c.after else Text("taken back", style="yellow")
    )
    for shown, check in zip(flags(doubts=c.doubts), c.doubts, strict=True):
        out.append(f"\n  {shown}: perhaps {explain.FLAGS.get(check, check)}", style="yellow")
    return out


def kept(made: Sequence[Any], others: int, step: str) -> str:
    """
    >>> kept([], 2, "summarize run a/")
    '0 corrections; 2 segments of the file are not in this article'
    """
    line = plural(len(made), "correction")
    if others:
        line += f"; {plural(others, 'segment')} of the file {'is' if others == 1 else 'are'} not in this article"
    if not made:
        return line
    return f"{line}; to put {'it' if len(made) == 1 else 'them'} in: {step or 'run the article again'}"


def conflict(c: Any) -> Any:
    from rich.text import Text

    source, kept, other = map(sanitise, (c.source, c.kept, c.other))
    return Text.assemble((f"conflict  {source}\n", "bold"), f"  kept   {kept}\n", (f"  other  {other}", "dim"))


def imported(path: Path, source: Any, k: Any) -> str:
    if not source.finished and not source.drafts:
        return f"{path}: no translations into {detection.name(source.target)} in it"
    parts = [f"{k.new:,} new", f"{k.same:,} there already"]
    parts += [f"{k.replaced:,} in place of another"] * bool(k.replaced)
    parts += [f"{plural(k.left, 'conflict')}, in which the memory's stays (--replace takes the file's)"] * bool(k.left)
    parts += [f"{plural(source.drafts, 'draft')} passed over"] * bool(source.drafts)
    return f"{path}: {', '.join(parts)}"


def broken(error: UsageError, source: Any) -> str:
    before = f"; the {plural(source.finished, 'unit')} before it are kept" if source.finished else ""
    return f"{error.message}{before}\n  {error.hint}"


def exported(told: Mapping) -> str:
    """
    >>> exported({"file": "a.tmx", "units": 1})
    'a.tmx: 1 translation by people'
    """
    return f"{told['file']}: {plural(told['units'], 'translation')} by people"


def table(found: Sequence[Mapping]) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table(pad_edge=False)
    for name in ("languages", "from", "segments", "newest"):
        grid.add_column(name, overflow="fold", justify="right" if name == "segments" else "left")
    for row in found:
        newest = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["newest"]))
        pair = f"{row['source_language']}-{row['target_language']}"
        grid.add_row(pair, Text(sanitise(row["origin"])), f"{row['units']:,}", newest)
    return grid


def unit(u: Unit) -> Any:
    from rich.text import Text

    about = " · ".join(filter(None, (f"{u.source_language}-{u.target_language}", u.origin, u.author, _day(u.changed))))
    texts = (sanitise(u.source) + "\n", "dim"), (sanitise(u.target) + "\n", ""), (sanitise(about), "cyan")
    note = [(f"\n{sanitise(u.note)}", "italic")] if u.note else []
    return Text.assemble(*texts, *note)


def unit_json(u: Unit) -> dict:
    names = ("source", "target", "source_language", "target_language", "author", "note", "origin")
    return {**{name: getattr(u, name) for name in names}, "changed": _day(u.changed)}


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds)) if seconds else ""


def remembered(found: Sequence[Any], colour: bool) -> Iterator[Any]:
    """What the memory has for an article's sentences: their own translations, and near ones with what parts them."""
    from rich.text import Text

    yield Text("\nMemory", style="bold")
    if not found:
        yield Text("no translation by a person is like a sentence of this article", style="dim")
    for one in found:
        yield Text(f"{one.sentence} ", style="cyan").append(Text(one.source, style="dim"))
        if one.exact:
            yield Text("  human  ", style="green").append(Text(one.exact, style="default"))
        for near in one.near:
            line = Text(f"  {near.likeness:.0%}  ", style="yellow")
            line.append_text(spans(alignment.words(one.source, near.source), colour))
            yield line.append(f"\n       {sanitise(near.target)}")
