"""`summarize runs`, `stats` and `show`: what was done, how it went, and one article of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, print_json, settings
from .paging import NoPager
from .paging import show as page

Opt = typer.Option
NO_RUNS = "no runs yet; start with: summarize run PATHS..."


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
        typer.echo(NO_RUNS, err=True)


def stats(
    limit: Annotated[int, Opt("--limit", "-n", metavar="N", help="The newest N runs.")] = 20,
    no_pager: NoPager = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show how past runs went.

    Articles, share of sentences that needed no model again, sentences a second; and the flags, repairs and length
    ratios of the newest finished run.
    """
    from ..render import stats as rendered
    from ..render import terminal
    from ..store import Store, figures

    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        found = figures.stats(store, limit)
    if as_json:
        print_json(found)
    elif found["runs"]:
        page(rendered.stats(found, width=terminal.console().width), no_pager=no_pager)
    else:
        typer.echo(NO_RUNS, err=True)


def show(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article's id, a part of it, or its file.")],
    run: Annotated[int | None, Opt("--run", metavar="N", help="As it was in run N (the newest).")] = None,
    summary: Annotated[bool, Opt("--summary", help="Only the summary.")] = False,
    evidence: Annotated[bool, Opt("--evidence", help="The summary, and under it what it rests on.")] = False,
    original: Annotated[bool, Opt("--original", help="Only the original.")] = False,
    translation: Annotated[bool, Opt("--translation", help="Only the translation.")] = False,
    provenance: Annotated[bool, Opt("--provenance", help="Also models and signatures.")] = False,
    no_pager: NoPager = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show one article of a past run.

    Its summary with evidence, and the original beside the translation. In the margin: the summary sentences (◂ 2)
    that rest on a sentence, how it came out if it was not plainly translated, the repair, and the checks it failed.
    """
    from .. import api
    from ..render import bilingual, terminal
    from ..store import records

    result = api.recall(article, settings(cache=cache, config=config), run=run)
    if as_json:
        print_json(records.result_json(result))
        return
    chosen = {"summary": summary, "evidence": evidence, "original": original, "translation": translation}
    parts = [name for name, wanted in chosen.items() if wanted] or ["summary", "sentences"]
    width = terminal.console().width
    page(bilingual.article(result, parts=[*parts, *["provenance"] * provenance], width=width), no_pager=no_pager)
