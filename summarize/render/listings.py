"""Tables about the tool itself: runs, the cache, an estimate."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..compare import model_name, models_of
from ..languages import detection
from ..store import Run
from ..text import sanitise
from ..types import TARGET
from .phrases import duration, ledger, left_over, plural, size, skipped

MOST = 3  # inputs of a run that are listed


def runs(found: Sequence[Run]) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table(expand=False)
    for name, justify in (("run", "right"), ("started", "left"), ("what it did", "left")):
        grid.add_column(name, justify=justify, no_wrap=name != "what it did")
    for r in found:
        t = r.totals
        failed = f"{plural(t['failures'], 'input')} failed" if t.get("failures") else ""
        took = duration(t["seconds"]) if "seconds" in t else ""
        done = [r.state, plural(t.get("articles", 0), "article"), failed, took]
        inputs = " ".join(r.inputs[:MOST]) + (f" and {len(r.inputs) - MOST:,} more" if r.inputs[MOST:] else "")
        models = " by ".join(filter(None, [r.plan.get("kind"), ", ".join(dict.fromkeys(models_of(r.plan).values()))]))
        lines = [", ".join(filter(None, done)), sanitise(inputs), models, ledger(t.get("sentences", {}))]
        started = time.strftime("%Y-%m-%d %H:%M", time.localtime(r.started_at))
        grid.add_row(str(r.id), started, Text("\n".join(filter(None, lines))))
    return grid


def cache_head(stats: Mapping) -> str:
    return (
        f"{stats['path']}: {size(stats['bytes'])}, {plural(stats['outputs'], 'output')}, "
        f"{plural(stats['results'], 'result')}, {plural(stats['runs'], 'run')}"
    )


def cache_stats(stats: Mapping) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table()
    for name in ("task", "model", "engine", "outputs", "last used"):
        grid.add_column(name, justify="right" if name == "outputs" else "left", overflow="fold")
    for s in stats["signatures"]:
        parts = s["parts"]
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(s["used_at"]))
        task = " ".join(str(parts[key]) for key in ("task", "kind") if parts.get(key))
        cells = [task, model_name(parts), str(parts.get("engine", ""))]
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
    failed = f", {plural(e['failures'], 'input')} unreadable" if e["failures"] else ""
    unserved = f", {e['unserved']:,} without a model" if e["unserved"] else ""
    lines = [f"{plural(e['articles'], 'article')}, {e['unchanged']:,} unchanged{failed}"]
    if e["sentences"]:
        cached, todo = f"{e['cached']:,} in the cache", f"{e['to_translate']:,} to translate"
        lines.append(f"{plural(e['sentences'], 'sentence')} in the others: {cached}, {todo}{unserved}")
    if not e["to_translate"]:
        lines.append("nothing to translate")
    elif e["seconds"] is None:
        lines.append("time: not known before a first run with these models")
    else:
        lines.append(f"time: about {left_over(e['seconds'])}")
    for found in e["lacking"].values():
        lines += [f"{plural(found['sentences'], 'sentence')} would fail: {found['message']}", f"  {found['hint']}"]
    return "\n".join(filter(None, [*lines, skipped(e.get("skipped", {}))]))


def model_json(entry: Any) -> dict:
    """A catalogue entry for `models list --json`."""
    d = entry.description
    known = (
        {"source": d.source, "target": d.target, "targets": d.targets, "quality": d.card.quality, "bleu": d.card.bleu}
        if d
        else {}
    )
    head = {"id": entry.id, "kind": entry.kind, "present": entry.present, "task": entry.task, "size": entry.size}
    return {**head, **known, "problem": entry.problem}


def models(entries: Sequence[Any]) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table()
    for name in ("model", "from", "task", "reads", "quality", "size"):
        grid.add_column(name, overflow="fold", justify="right" if name == "size" else "left")
    for e in entries:
        d = e.description
        reads = ", ".join(d.source) if d else ""
        reads += f" (into {d.target})" if reads and d and d.target != TARGET else ""
        quality = d.card.quality if d else ""
        name = Text(e.id)
        if e.problem:
            name.append(f"\n{e.problem}", style="dim")
        grid.add_row(name, e.kind, e.task, reads, quality, size(e.size) if e.present else "not here")
    return grid


def to_fetch(entries: Sequence[Any]) -> list[str]:
    """What to type for each model that can be fetched by name and is not here."""
    return [f"summarize models pull {e.id}" for e in entries if not e.present and not e.problem]


def coverage(rows: Sequence[Any], counts: Mapping[str, int] | None = None) -> str:
    """What translates each language, and what would do it for work; with `counts` how many sentences are in it."""
    lines = []
    for row in rows:
        taken = f"{row.model.id} ({row.model.card.quality})" if row.model else "no model"
        number = f"{plural(counts[row.language], 'sentence')}, " if counts is not None else ""
        lines.append(f"{detection.name(row.language)} ({row.language}): {number}{taken}")
        if row.better:
            lines.append(f"  also here: {row.better.id} ({row.better.card.quality})")
        if row.offer:
            note = f" ({row.offer.note})" if row.offer.note else ""
            lines.append(f"  {row.offer.id}, {row.offer.megabytes:,} MB, {row.offer.licence}{note}")
    return "\n".join(lines)


def steps(rows: Sequence[Any], target: str = TARGET) -> str:
    """What to type, line by line, so that every language is translated by a model for work."""
    fetched = [row.language for row in rows if row.offer]
    into = f" --target {target}" if target != TARGET else ""
    lines = [f"summarize models pull --languages {','.join(fetched)}{into}"] if fetched else []
    if named := [row.step for row in rows if row.better]:
        lines.append(f"summarize run DROP{into} {' '.join(named)}")
    if unknown := [row.language for row in rows if not row.model and not row.step]:
        lines.append(
            f"no model is known for {', '.join(map(detection.name, unknown))}: name one, --mt {unknown[0]}=MODEL"
        )
    return "\n".join(["to do:", *(f"  {line}" for line in lines)]) if lines else "nothing to fetch"


def served_json(row: Any, counts: Mapping[str, int]) -> dict:
    """A language of a drop for `models suggest --json`."""
    from dataclasses import asdict

    ids = {key: found.id if found else None for key, found in (("model", row.model), ("better", row.better))}
    quality = row.model.card.quality if row.model else None
    offer = {**asdict(row.offer), "languages": [row.language]} if row.offer else {}
    offer.pop("targets", None)
    sentences = counts[row.language]
    return {
        "language": row.language,
        "sentences": sentences,
        **ids,
        "quality": quality,
        "offer": offer or None,
        "do": row.step,
    }


def checkpoint_json(c: Any) -> dict:
    """Everything known of a checkpoint."""
    from dataclasses import asdict

    return {**asdict(c), "path": str(c.path), "family": c.family.name}


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
