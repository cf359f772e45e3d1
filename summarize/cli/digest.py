"""`summarize digest`: the day at a glance."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, option, say, settings
from .paging import NoPager, show

Opt = typer.Option
Summarizer = option("summarizer", "Who chooses the sentences; a model that writes does the headlines alone.")


def digest(
    run: Annotated[int | None, typer.Argument(metavar="RUN", help="A run's number (the newest).")] = None,
    since: Annotated[str, Opt("--since", metavar="WHEN", help="All runs since: 24h, 2d, 2026-02-05, a run.")] = "",
    limit: Annotated[int, Opt("--limit", "-n", metavar="N", help="Stories to tell; of others the headline.")] = 10,
    output: Annotated[Path | None, Opt("--output", "-o", metavar="FILE", help="Write Markdown to it.")] = None,
    summarizer: Summarizer = None,
    no_pager: NoPager = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is new, story by story.

    \b
    summarize digest                       the newest run, against all before
    summarize digest --since 24h           all runs of the last day
    summarize digest --since 12            all runs after run 12
    summarize digest -o out/today.md

    Articles about one event are one story. Those that most articles tell come first, each with two or three
    sentences, what they rest on, and what is new in it. `summarize report` has the same as a page.
    """
    from .. import digest
    from ..render import digests, outputs, terminal
    from ..store import Store

    if output:
        outputs.check_folder(output.parent)
    s = settings(summarizer=summarizer, cache=cache, config=config)
    with Store.open(Path(s.cache)) as store:
        found = digest.make(store, s, run=run, since=since, limit=limit, announce=say)

    def read() -> None:
        if output is None:
            return show(digests.blocks(found, terminal.console()), no_pager=no_pager)
        there = lambda id: Path(s.out) / f"{id}.md"
        address = lambda id: os.path.relpath(there(id), output.parent) if there(id).is_file() else ""
        path = outputs.write_atomically(output, digests.markdown(found, address))
        say(f"{path}: {digests.opening(found)}")

    answer(lambda: digests.as_json(found), read, as_json=as_json)
