"""`summarize runs` and `summarize show`: what was done, and one article of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, print_json, settings

Opt = typer.Option


def runs(
    limit: Annotated[int, Opt("--limit", "-n", metavar="N", help="How many, newest first.")] = 20,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List past runs, newest first."""
    from dataclasses import asdict

    from ..render import listings, terminal
    from ..store import Store

    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        found = store.runs(limit)
    if as_json:
        print_json([asdict(r) for r in found])
    elif found:
        terminal.console().print(listings.runs(found))
    else:
        typer.echo("no runs yet; start with: summarize run PATHS...", err=True)


def show(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article's id, or the last part of it.")],
    run: Annotated[int | None, Opt("--run", metavar="N", help="As it was in run N (the newest).")] = None,
    summary: Annotated[bool, Opt("--summary", help="Only the summary.")] = False,
    provenance: Annotated[bool, Opt("--provenance", help="Also models and signatures.")] = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show one article of a past run.

    Its summary with evidence, and the original beside the translation.
    """
    from .. import api, records
    from ..render import terminal

    result = api.recall(article, settings(cache=cache, config=config), run=run)
    if as_json:
        print_json(records.result_json(result))
        return
    parts = ["summary"] if summary else ["summary", "sentences"]
    terminal.console().print(terminal.article(result, parts=[*parts, *["provenance"] * provenance]))
