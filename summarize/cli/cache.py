"""`summarize cache`: how big, whether sound, and making it smaller."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Commands, Config, answer, display, say, settings

app = typer.Typer(
    cls=Commands, help="Look after the cache of model outputs.", no_args_is_help=True, rich_markup_mode=None
)
Opt = typer.Option


def _store(cache: str | None, config: str | None):
    from ..store import Store

    return Store.open(Path(settings(cache=cache, config=config).cache))


@app.command()
def stats(cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """Count what is kept, by model."""
    from ..render import listings
    from ..store import upkeep

    with _store(cache, config) as store:
        found = upkeep.stats(store)
    answer(found, lambda: display(listings.cache_head(found), listings.cache_stats(found)), as_json=as_json)


@app.command()
def verify(
    repair: Annotated[bool, Opt("--repair", help="Remove damaged rows; they are made again when needed.")] = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Check every row against its hash. Exit status 1 if any is damaged."""
    from ..render.phrases import plural
    from ..store import upkeep

    with _store(cache, config) as store:
        faults = upkeep.verify(store)
        if repair:
            upkeep.drop_faults(store, faults)
    hint = "" if repair or not faults else "; `summarize cache verify --repair` removes them"

    def read() -> None:
        display(*(f"damaged: {fault}" for fault in faults))
        say(f"{plural(len(faults), 'damaged row')}{hint}")

    answer({"faults": faults, "repaired": repair and bool(faults)}, read, as_json=as_json)
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
    from ..render.phrases import plural
    from ..store import upkeep

    with _store(cache, config) as store:
        gone = upkeep.prune(store, older_than=older_than * 86400, keep_runs=keep_runs)
    told = ", ".join(plural(gone[name + "s"], name) for name in ("run", "result", "output"))
    answer(gone, lambda: say(f"removed {told}"), as_json=as_json)
