"""`summarize run`: the main job."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from ..config import Settings
from ..errors import UsageError
from .options import AsJson, answer, display, say, with_settings

Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, globs, or - for standard input.")]
Opt = typer.Option


@with_settings
def run(
    chosen: Settings,
    paths: Paths,
    dry_run: Annotated[bool, Opt("--dry-run", help="Only say what there is to do, and how it would end.")] = False,
    jsonl: Annotated[str | None, Opt(metavar="FILE", help="Also write results as JSON lines (- for stdout).")] = None,
    parquet: Annotated[str | None, Opt(metavar="FILE", help="Also write results as a table, a row an article.")] = None,
    as_json: AsJson = False,
    brief: Annotated[bool | None, Opt("--brief/--full", help="Two lines an article (beyond a screenful).")] = None,
    quiet: Annotated[bool, Opt("--quiet", "-q", help="No list, no progress; errors only.")] = False,
) -> int:
    """Translate and summarize articles.

    Results go to out/ as Markdown and JSON, and into the history.

    \b
    summarize run seeds/
    summarize run brief.docx --to docx --bilingual
    summarize run drops/ --kind headline --mt fr=Helsinki-NLP/opus-mt-fr-en
    summarize run drops/ --mt de=my-de-en --fallback de=Helsinki-NLP/opus-mt-de-en
    cat article.txt | summarize run - --json
    summarize run 'drops/2026-*.jsonl' --summarizer textrank --dry-run
    summarize run drops/ -q --fail-on draft,doubt
    summarize run s3://bucket/drop/ --parquet results.parquet

    txt, md, html, mhtml, json, jsonl, csv, eml, mbox, srt, vtt, odt, epub, docx, pdf, rss, atom and warc are read, also
    in zip, tar and gz. Unreadable inputs are reported and the rest is done; the exit status tells.
    """
    from .. import api
    from ..render import listings
    from ..render import parquet as tables
    from ..render.progress import RunProgress
    from . import interrupts, running

    if chosen.bilingual and not chosen.to:
        say("--bilingual changes nothing without --to html, docx or epub")
    if dry_run:
        estimate = api.estimate(paths, chosen)
        answer(estimate, lambda: display(listings.estimate(estimate)), as_json=as_json)
        return estimate["exit_code"]
    if as_json and jsonl == "-":
        raise UsageError("--json and --jsonl - both want stdout", "give --jsonl a file name")
    with ExitStack() as files:
        lines: list[running.Writer] = []
        if jsonl:
            lines.append(files.enter_context(closing(running.Lines(jsonl, paths))))
        if parquet:
            running.make_way("--parquet", parquet, paths)
            lines.append(files.enter_context(tables.rows(Path(parquet))))
        sink = running.Sink(as_json=as_json, quiet=quiet or jsonl == "-", brief=brief, lines=lines)
        with RunProgress(quiet=quiet, window=chosen.window) as progress:
            try:
                with interrupts.heard(progress.say):
                    told = {"on_event": progress, "on_item": sink.take, "announce": progress.say}
                    report = api.run(paths, resolved=chosen, **told)
            finally:
                progress.stop()
                sink.flush()
    sink.close(report, chosen)
    return report.exit_code
