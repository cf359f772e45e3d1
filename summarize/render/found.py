"""What a search found, for a terminal and as JSON: original beside translation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from ..store.search import Found, Hit
from ..types import Json, flags
from .outputs import heading, told
from .phrases import DRAFT, plural
from .terminal import STYLE

NARROW = 60  # columns under which the original stands above the translation


def blocks(found: Found, width: int) -> Iterator[Any]:
    """Article by article, the newest first."""
    from rich.text import Text

    warning = [Text(DRAFT, style="bold red")] * any(hit.result.draft for hit in found.hits)
    yield from warning
    for hit in found.hits:
        r = hit.result
        yield Text(heading(r), style="bold")
        yield Text(" · ".join(filter(None, (r.id, r.date, r.language, _run(hit)))), style="dim")
        yield _sentences(found, hit, width)
        yield Text()
    shown = len(found.hits)
    more = f", the newest {shown:,} are shown (--limit)" if shown < found.articles else ""
    yield Text(f"{plural(found.articles, 'article')}{more}", style="dim")
    yield from warning


def _run(hit: Hit) -> str:
    if hit.run is None:
        return "its runs are forgotten"
    return f"run {hit.run}" + (f" of {time.strftime('%Y-%m-%d %H:%M', time.localtime(hit.at))}" if hit.at else "")


def _sentences(found: Found, hit: Hit, width: int) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(justify="right", width=4)
    grid.add_column(ratio=1, overflow="fold")
    if width >= NARROW:
        grid.add_column(ratio=1, overflow="fold")
    for i in hit.sentences:
        s = hit.result.sentences[i]
        original, translation = Text(s.source, style="dim"), Text(told(s), style=STYLE[s.status])
        for text in (original, translation):
            for start, end in found.spots(text.plain):
                text.stylize("bold not dim", start, end)
        if width >= NARROW:
            grid.add_row(str(i + 1), original, translation)
        else:
            grid.add_row(str(i + 1), original)
            grid.add_row("", translation)
    return grid


def as_json(found: Found) -> dict[str, Json]:
    return {
        "schema": "summarize/search/1",
        "articles": found.articles,
        "draft": any(hit.result.draft for hit in found.hits),
        "hits": [_hit_json(hit) for hit in found.hits],
    }


def _hit_json(hit: Hit) -> dict[str, Json]:
    r = hit.result
    lines = [
        {"sentence": i, "source": s.source, "target": s.target, "status": str(s.status),
         "flags": flags(s.faults, s.doubts), "confidence": r.confidence(s)}
        for i, s in ((i, r.sentences[i]) for i in hit.sentences)
    ]  # fmt: skip
    about = {"article": r.id, "title": heading(r), "date": r.date, "language": r.language, "draft": r.draft}
    return {**about, "run": hit.run, "run_started_at": hit.at, "sentences": lines}
