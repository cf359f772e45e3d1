"""`summarize report`: a run as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, say, settings

Opt = typer.Option
STORIES = 30  # that the page tells; of the others it has the headline


def report(
    run: Annotated[int | None, typer.Argument(metavar="RUN", help="A run's number (the newest).")] = None,
    output: Annotated[str, Opt("--output", "-o", metavar="FILE", help="The page; - for stdout.")] = "report.html",
    against: Annotated[int | None, Opt("--against", metavar="RUN", help="Show what changed since this run.")] = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write a run as one HTML page, to search, to read and to pass on.

    \b
    summarize report
    summarize report 7 --against 5 -o monday.html

    The page needs no network and no other file. It shows every article with its evidence, original beside
    translation, the stories they tell, and what changed since the run before.
    """
    from dataclasses import replace

    from .. import digest
    from ..errors import UsageError
    from ..render import outputs, phrases, report
    from ..store import Store

    if as_json and output == "-":
        raise UsageError("--json and -o - both want stdout", "give -o a file name")
    if output != "-":
        outputs.check_folder(Path(output).parent)
    s = settings(cache=cache, config=config)
    with Store.open(Path(s.cache)) as store:
        tell = lambda run: digest.make(store, replace(s, summarizer="auto"), run=run, limit=STORIES)
        made = report.make(store, run, against, tell)
    if output == "-":
        typer.echo(made.page, nl=False)
        return
    path = outputs.write_atomically(Path(output), made.page)
    size = path.stat().st_size
    since = f", {len(made.changed):,} changed since run {made.earlier.id}" if made.earlier else ""
    told = f"{path}: run {made.run.id}, {phrases.plural(made.articles, 'article')}{since}, {phrases.size(size)}"
    answer({"path": str(path), "bytes": size, **made.facts()}, lambda: say(told), as_json=as_json)
