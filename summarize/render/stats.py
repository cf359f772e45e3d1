"""`summarize stats` for a terminal: runs in a table, what is in the newest one in bars."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from . import plots
from .phrases import duration, plural

WIDEST = 60  # columns of a plot
ROOMY = 100  # columns that the whole table of runs may need
SPARED = ("unchanged", "sentences")  # its columns that go where there are fewer
WORDY = ("started", "articles")  # those with words in them, which may wrap


def stats(s: Mapping, *, width: int) -> Iterator[Any]:
    from rich.text import Text

    runs = s["runs"]
    yield _runs(runs, width)
    speeds = [r["speed"] for r in runs]
    known = [v for v in speeds if v is not None]
    if len(known) > 1:
        line = Text("\nsentences/s  ", style="bold")
        line.append(plots.sparkline(speeds), style="green")
        line.append(f"  {min(known):,.1f} to {max(known):,.1f}", style="not bold")
        yield line
    if s["run"] is None:
        return
    wide = min(width, WIDEST)
    for name, counts in (("flags", s["flags"]), ("repairs", s["rungs"])):
        yield Text(f"\n{name} in run {s['run']}" + ("" if counts else ": none"), style="bold")
        yield from (Text(line, style="yellow") for line in plots.bars(counts, width=wide))
    yield from _ratios(s, wide)


def _runs(runs: list[Mapping], width: int) -> Any:
    """Numbers are never cut short: where there is little room two columns go, and the two wordy ones wrap."""
    from rich.table import Table

    rows = [_row(r) for r in runs]
    grid = Table()
    for name in rows[0]:
        if width < ROOMY and name in SPARED:
            continue
        fixed = name not in WORDY
        least = max(len(name), *(len(row[name]) for row in rows)) if fixed else None
        justify = "left" if name == "started" else "right"
        grid.add_column(name, justify=justify, no_wrap=fixed, min_width=least)
    for row in rows:
        grid.add_row(*(row[str(column.header)] for column in grid.columns))
    return grid


def _row(r: Mapping) -> dict[str, str]:
    state = "" if r["state"] == "done" else f" {r['state']}"
    return {
        "run": str(r["run"]),
        "started": time.strftime("%m-%d %H:%M", time.localtime(r["started_at"])) + state,
        "articles": f"{r['articles']:,}" + (f" +{r['failures']:,} failed" if r["failures"] else ""),
        "unchanged": f"{r['unchanged']:,}",
        "sentences": f"{sum(r['sentences'].values()):,}",
        "reused": "" if r["reused"] is None else f"{r['reused']:.0%}",
        "per s": "" if r["speed"] is None else f"{r['speed']:,.1f}",
        "time": duration(r["seconds"]),
    }


def _ratios(s: Mapping, width: int) -> Iterator[Any]:
    from rich.text import Text

    held = [i for i, b in enumerate(s["ratios"]) if b["sentences"]]
    if not held:
        return
    bins = s["ratios"][held[0] : held[-1] + 1]
    total = sum(b["sentences"] for b in bins)
    yield Text(f"\nlength of translation / source in run {s['run']}, {plural(total, 'sentence')}", style="bold")
    edges = [b["from"] for b in bins] + [bins[-1]["to"] or float("inf")]
    lines = plots.histogram([b["sentences"] for b in bins], edges, width=width)
    yield from (Text(line, style="cyan") for line in lines)
