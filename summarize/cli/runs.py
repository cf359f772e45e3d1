"""`summarize runs`, `stats` and `show`: what was done, how it went, and one article of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, display, say, settings
from .paging import NoPager
from .paging import show as page

Opt = typer.Option
ARTICLE = "An article's id, a part of it, or its file. Not needed where the newest run has one article."
NO_RUNS = "no runs yet; start with: summarize run PATHS..."


def runs(
    limit: Annotated[int, Opt("--limit", "-n", metavar="N", help="How many, newest first.")] = 20,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List past runs, newest first."""
    from dataclasses import asdict

    from ..render import listings
    from ..store import Store

    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        found = store.runs(limit)
    read = lambda: display(listings.runs(found)) if found else say(NO_RUNS)
    answer([asdict(r) for r in found], read, as_json=as_json)


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
    blocks = lambda: rendered.stats(found, width=terminal.console().width)
    answer(found, lambda: page(blocks(), no_pager=no_pager) if found["runs"] else say(NO_RUNS), as_json=as_json)


def show(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help=ARTICLE, show_default=False)] = "",
    run: Annotated[int | None, Opt("--run", metavar="N", help="As it was in run N (the newest).")] = None,
    summary: Annotated[bool, Opt("--summary", help="Only the summary.")] = False,
    evidence: Annotated[bool, Opt("--evidence", help="The summary, and under it what it rests on.")] = False,
    original: Annotated[bool, Opt("--original", help="Only the original.")] = False,
    translation: Annotated[bool, Opt("--translation", help="Only the translation.")] = False,
    left_out: Annotated[bool, Opt("--left-out", help="What of the source is in no paragraph, and why.")] = False,
    memory: Annotated[bool, Opt("--memory", help="Also translations by people of sentences like its own.")] = False,
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
    from dataclasses import asdict

    from .. import api, corrections
    from ..render import bilingual, memories, terminal
    from ..store import Store, records

    resolved = settings(cache=cache, config=config)
    result = api.recall(article, resolved, run=run)
    found = []
    if memory:
        with Store.open(Path(resolved.cache)) as store:
            found = corrections.remembered(store, result)
    chosen = {"summary": summary, "evidence": evidence, "original": original, "translation": translation}
    chosen["left out"] = left_out
    parts = [name for name, wanted in chosen.items() if wanted] or ["summary", "sentences"]
    console = terminal.console()
    blocks = [*bilingual.article(result, parts=[*parts, *["provenance"] * provenance], width=console.width)]
    if memory:
        blocks += memories.remembered(found, bool(console.color_system) and not console.no_color)
    data = {**records.result_json(result), **({"memory": [asdict(one) for one in found]} if memory else {})}
    answer(data, lambda: page(blocks, no_pager=no_pager), as_json=as_json)
