"""`summarize search`: everything that was ever translated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, say, settings
from .paging import NoPager, show

Opt = typer.Option


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All must be in the article; quotes: as is.")],
    limit: Annotated[int, Opt("--limit", "-n", metavar="N", help="Articles, newest run first.")] = 20,
    no_pager: NoPager = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Search everything that was ever translated, in original and translation.

    \b
    summarize search kanzler               also Kanzlerin, Kanzleramt
    summarize search merkel "New York"     both in one article
    summarize search '"new york"'          these words, one after the other
    summarize search gruene                Grüne, too

    Shows the sentences that have the words, original beside translation. Exit status 1 if there is none.
    """
    from ..errors import UsageError
    from ..render import found as rendered
    from ..render import terminal
    from ..store import Store, search

    typed = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    wanted = search.terms(typed)
    if not wanted:
        raise UsageError(f"there is no word in {typed!r}", "summarize search WORD...")
    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        search.catch_up(store, lambda done, total: say(f"indexed {done:,} of {total:,} articles of earlier versions"))
        found = search.find(store, wanted, limit)

    def read() -> None:
        if not found.hits:
            return say(f"nothing has {typed}")
        show(rendered.blocks(found, terminal.console().width), no_pager=no_pager)

    answer(lambda: rendered.as_json(found), read, as_json=as_json)
    return 0 if found.hits else 1
