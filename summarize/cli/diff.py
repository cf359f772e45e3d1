"""`summarize diff`: what changed, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, say, settings
from .paging import NoPager, show

Opt = typer.Option


def diff(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN [RUN] | ARTICLE | FILE FILE]", help="The last two runs.")
    ] = None,
    models: Annotated[bool, Opt("--models", help="The arguments are two models: compare their newest runs.")] = False,
    why: Annotated[bool, Opt("--why", help="Also the cause of every change.")] = False,
    translation: Annotated[bool, Opt("--translation", help="The translations, not the summaries.")] = False,
    side_by_side: Annotated[bool, Opt("--side-by-side", "-y", help="Before and after in two columns.")] = False,
    stat: Annotated[bool, Opt("--stat", help="Only a bar per article.")] = False,
    only: Annotated[str | None, Opt("--only", metavar="WHAT", help="changed, renamed, added or removed.")] = None,
    html: Annotated[Path | None, Opt("--html", metavar="FILE", help="Write a page instead.")] = None,
    exit_code: Annotated[bool, Opt("--exit-code", help="Exit status 1 when there are differences.")] = False,
    no_pager: NoPager = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Show what changed in the summaries, word by word.

    \b
    summarize diff                         the last two finished runs
    summarize diff 3 5 --why               two runs, and the causes
    summarize diff 3                       a run and the one before it
    summarize diff newsitem-12             an article's last two versions
    summarize diff newsitem-12 newsitem-13 one article against another
    summarize diff --models central textrank
    summarize diff old.txt new.txt         two files (also out/*.json)

    Changed words are coloured, or marked [-old-]{+new+} where there is no colour. Nothing is computed anew: causes
    come from the signatures in the history.
    """
    from dataclasses import replace

    from .. import compare
    from ..errors import UsageError
    from ..render import diffpage, diffs, outputs, terminal
    from ..store import Store

    if only is not None and only not in compare.STATES:
        raise UsageError(f"--only {only!r} is not one of {', '.join(compare.STATES)}", f"--only {compare.STATES[0]}")
    if html and (side_by_side or stat or as_json):
        other = "--side-by-side" if side_by_side else "--stat" if stat else "--json"
        raise UsageError(f"--html and {other} exclude each other", "a page shows every change, and why")
    if stat and side_by_side:
        raise UsageError("--stat and --side-by-side exclude each other", "--stat shows no texts")
    if html:
        outputs.check_folder(html.parent)
    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        what = compare.TRANSLATION if translation else compare.SUMMARY
        found = compare.choose(store, names or [], models=models, what=what)
    deltas = [d for d in found.deltas if only in (None, d.state)]
    quiet = found.quiet if only is None else []

    def read() -> None:
        if html:
            return say(f"written to {outputs.write_atomically(html, diffpage.page(found, [*deltas, *quiet]))}")
        console = terminal.console()
        colour = bool(console.color_system) and not console.no_color
        blocks = [diffs.head(found)]
        if stat:
            blocks.append(diffs.stat(found, deltas, width=console.width))
        else:
            blocks += diffs.articles(deltas, colour=colour, side_by_side=side_by_side, why=why)
        if why:
            blocks += diffs.articles(quiet, colour=colour, side_by_side=False, why=True)
        if why and len(deltas) > 1:
            blocks.append(diffs.tally(deltas))
        show(blocks, no_pager=no_pager)

    answer(lambda: compare.as_json(replace(found, deltas=deltas)), read, as_json=as_json)
    return 1 if exit_code and deltas else 0
