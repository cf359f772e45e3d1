"""Tables about the tool itself: runs, the cache, an estimate."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..store import Run
from .phrases import duration, ledger, plural, size


def runs(found: Sequence[Run]) -> Any:
    from rich.table import Table

    grid = Table(expand=False, pad_edge=False)
    for name, justify in (("run", "right"), ("started", "left"), ("state", "left"), ("articles", "right")):
        grid.add_column(name, justify=justify, no_wrap=True)
    grid.add_column("sentences")
    grid.add_column("time", justify="right", no_wrap=True)
    for r in found:
        t = r.totals
        articles = f"{t.get('articles', 0):,}" + (f" (+{t['failures']} failed)" if t.get("failures") else "")
        started = time.strftime("%Y-%m-%d %H:%M", time.localtime(r.started_at))
        took = duration(t["seconds"]) if "seconds" in t else ""
        grid.add_row(str(r.id), started, r.state, articles, ledger(t.get("sentences", {})), took)
    return grid


def cache_head(stats: Mapping) -> str:
    return (
        f"{stats['path']}: {size(stats['bytes'])}, {plural(stats['outputs'], 'output')}, "
        f"{plural(stats['results'], 'article')}, {plural(stats['runs'], 'run')}"
    )


def cache_stats(stats: Mapping) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table(pad_edge=False)
    for name in ("task", "model", "engine", "outputs", "last used"):
        grid.add_column(name, justify="right" if name == "outputs" else "left", overflow="fold")
    for s in stats["signatures"]:
        parts = s["parts"]
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(s["used_at"]))
        cells = [str(parts.get(k, "")) for k in ("task", "model", "engine")]
        grid.add_row(*map(Text, cells), f"{s['outputs']:,}", used)
    return grid


def estimate(e: Mapping) -> str:
    """
    >>> counts = {"articles": 2, "unchanged": 1, "failures": 0, "sentences": 30, "cached": 10, "unserved": 1}
    >>> lacking = {"fr": {"sentences": 1, "message": "no model translates French", "hint": "summarize models pull X"}}
    >>> print(estimate({**counts, "to_translate": 19, "seconds": None, "lacking": lacking}))
    2 articles, 1 unchanged
    30 sentences in the others: 10 in the cache, 19 to translate, 1 without a model
    time: not known before a first run with these models
    1 sentence would fail: no model translates French
      summarize models pull X
    """
    known = e["seconds"]
    took = "not known before a first run with these models" if known is None else f"about {duration(known)}"
    failed = f", {plural(e['failures'], 'input')} unreadable" if e["failures"] else ""
    unserved = f", {e['unserved']:,} without a model" if e["unserved"] else ""
    lacking = "".join(
        f"\n{plural(found['sentences'], 'sentence')} would fail: {found['message']}\n  {found['hint']}"
        for found in e["lacking"].values()
    )
    return (
        f"{plural(e['articles'], 'article')}, {e['unchanged']:,} unchanged{failed}\n"
        f"{plural(e['sentences'], 'sentence')} in the others: {e['cached']:,} in the cache, "
        f"{e['to_translate']:,} to translate{unserved}\ntime: {took}{lacking}"
    )


def model_json(entry: Any) -> dict:
    """A catalogue entry for `models list --json`."""
    d = entry.description
    known = {"source": d.source, "target": d.target, "quality": d.card.quality, "bleu": d.card.bleu} if d else {}
    head = {"id": entry.id, "kind": entry.kind, "present": entry.present, "task": entry.task, "size": entry.size}
    return {**head, **known, "problem": entry.problem}


def models(entries: Sequence[Any]) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table(pad_edge=False)
    for name in ("model", "from", "task", "reads", "quality", "size"):
        grid.add_column(name, overflow="fold", justify="right" if name == "size" else "left")
    for e in entries:
        d = e.description
        note = e.problem or ("" if e.present else f"fetch: summarize models pull {e.id}")
        reads = ", ".join(d.source) if d else ""
        quality = d.card.quality if d else ""
        name = Text(e.id)
        if note:
            name.append(f"\n{note}", style="dim")
        grid.add_row(name, e.kind, e.task, reads, quality, size(e.size) if e.present else "")
    return grid


def checkpoint_json(c: Any) -> dict:
    """Everything known of a checkpoint."""
    from dataclasses import asdict

    return {**asdict(c), "path": str(c.path)}


def facts(values: Mapping, indent: str = "") -> str:
    """
    >>> print(facts({"id": "de-en", "card": {"bleu": 3.0, "licence": ""}}))
    id: de-en
    card:
      bleu: 3.0
    """
    lines = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:", facts(value, indent + "  ")]
        elif value not in ("", None, (), []):
            text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            lines.append(f"{indent}{key}: {text}")
    return "\n".join(lines)
