"""`summarize cache`: how big, whether sound, and making it smaller."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, print_json, say, settings

app = typer.Typer(help="Look after the cache of model outputs.", no_args_is_help=True, rich_markup_mode=None)
Opt = typer.Option


def _store(cache: str | None, config: str | None):
    from ..store import Store

    return Store.open(Path(settings(cache=cache, config=config).cache))


@app.command()
def stats(cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """Count what is kept, by model."""
    from ..render import listings, terminal
    from ..store import upkeep

    with _store(cache, config) as store:
        found = upkeep.stats(store)
    if as_json:
        print_json(found)
    else:
        typer.echo(listings.cache_head(found))
        terminal.console().print(listings.cache_stats(found))


@app.command()
def verify(
    repair: Annotated[bool, Opt("--repair", help="Remove damaged rows; they are made again when needed.")] = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Check every row against its hash. Exit status 1 if any is damaged."""
    from ..store import upkeep

    with _store(cache, config) as store:
        faults = upkeep.verify(store)
        if repair:
            upkeep.drop_faults(store, faults)
    if as_json:
        print_json({"faults": faults, "repaired": repair and bool(faults)})
    else:
        for fault in faults:
            typer.echo(f"damaged: {fault}")
        hint = "" if repair else "; `summarize cache verify --repair` removes them"
        typer.echo(f"{len(faults)} damaged rows{hint if faults else ''}", err=True)
    return 1 if faults and not repair else 0


@app.command()
def prune(
    older_than: Annotated[float, Opt(metavar="DAYS", help="Forget outputs of models unused for so many days.")] = 90.0,
    keep_runs: Annotated[int, Opt(metavar="N", help="Keep the newest N runs of the history.")] = 100,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make the cache smaller. What goes can be made again, at its price."""
    from ..store import upkeep

    with _store(cache, config) as store:
        gone = upkeep.prune(store, older_than=older_than * 86400, keep_runs=keep_runs)
    if as_json:
        print_json(gone)
    else:
        say("removed {runs} runs, {results} articles, {outputs} model outputs".format(**gone))
