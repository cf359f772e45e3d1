"""`summarize run`: the main job."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import AsJson, Cache, Config, Offline, given, print_json

Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, globs, or - for standard input.")]
Opt = typer.Option


def run(
    paths: Paths,
    out: Annotated[str | None, Opt("--out", "-o", metavar="DIR", help="Where results go (out).")] = None,
    kind: Annotated[str | None, Opt(metavar="KIND", help="headline, short, bullets or long (short).")] = None,
    sentences: Annotated[int | None, Opt(metavar="N", help="Most sentences of a summary (by kind).")] = None,
    mt: Annotated[
        list[str] | None, Opt(metavar="[LANG=]MODEL", help="Translation model: a name, folder or hub id. Repeatable.")
    ] = None,
    fallback: Annotated[
        list[str] | None, Opt(metavar="[LANG=]MODEL", help="Second model, for what the first cannot do. Repeatable.")
    ] = None,
    glossary: Annotated[
        list[str] | None, Opt(metavar="FILE", help="Terms and their English: TSV, CSV or TBX. Repeatable.")
    ] = None,
    summarizer: Annotated[str | None, Opt(metavar="MODEL", help="lead, textrank, central, minilm, or a model.")] = None,
    prompt: Annotated[str | None, Opt(metavar="NAME", help="Prompt for a chat model (by kind).")] = None,
    lang: Annotated[str | None, Opt(metavar="CODE", help="Language of all articles (detected).")] = None,
    engine: Annotated[str | None, Opt(metavar="ENGINE", help="auto, ct2 or transformers.")] = None,
    quantization: Annotated[str | None, Opt(metavar="TYPE", help="int8, float32, … (int8).")] = None,
    beams: Annotated[int | None, Opt(metavar="N", help="Beam size; 1 is greedy (4).")] = None,
    threads: Annotated[int | None, Opt(metavar="N", help="Processor threads (all).")] = None,
    device: Annotated[str | None, Opt(metavar="DEVICE", help="auto, cpu or cuda.")] = None,
    unsupported: Annotated[
        str | None, Opt(metavar="WHAT", help="Summary sentences without evidence: mark, drop or keep.")
    ] = None,
    canary: Annotated[
        bool | None, Opt("--canary/--no-canary", help="Keep nothing of a model that fails on known sentences (on).")
    ] = None,
    retry: Annotated[bool | None, Opt("--retry", help="Try again what was repaired or failed.")] = None,
    offline: Offline = None,
    cache: Cache = None,
    config: Config = None,
    dry_run: Annotated[bool, Opt("--dry-run", help="Only say what there is to do, and how it would end.")] = False,
    jsonl: Annotated[str | None, Opt(metavar="FILE", help="Also write results as JSON lines (- for stdout).")] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, Opt("--quiet", "-q", help="No table, no progress; errors only.")] = False,
) -> int:
    """Translate and summarize articles.

    Results go to out/ as Markdown and JSON, and into the history.

    \b
    summarize run seeds/
    summarize run drops/ --kind headline --mt fr=Helsinki-NLP/opus-mt-fr-en
    summarize run drops/ --mt de=my-de-en --fallback de=Helsinki-NLP/opus-mt-de-en
    cat article.txt | summarize run - --json
    summarize run 'drops/2026-*.jsonl' --summarizer textrank --dry-run

    txt, md, html, json, jsonl, eml, mbox, odt, epub, docx, pdf, rss, atom and xml are read. Unreadable inputs are
    reported and the rest is done; the exit status tells.
    """
    from .. import api
    from ..render import listings
    from ..render.progress import Progress
    from . import running

    settings = api.settings(
        **given(
            out=out, kind=kind, sentences=sentences, mt=",".join(mt) if mt else None,
            fallback=",".join(fallback) if fallback else None, canary=canary, glossary=glossary or None,
            summarizer=summarizer, prompt=prompt, language=lang, engine=engine, quantization=quantization, beams=beams,
            threads=threads, device=device, unsupported=unsupported, retry=retry, offline=offline, cache=cache,
            config=config,
        )
    )  # fmt: skip
    if dry_run:
        estimate = api.estimate(paths, settings)
        print_json(estimate) if as_json else typer.echo(listings.estimate(estimate))
        return estimate["exit_code"]
    sink = running.Sink(as_json=as_json, jsonl=jsonl, quiet=quiet or jsonl == "-", inputs=paths)
    with Progress(quiet=quiet) as progress:
        try:
            report = api.run(paths, resolved=settings, on_event=progress, on_item=sink.take, announce=progress.say)
        finally:
            progress.stop()
            sink.flush()
    sink.close(report, settings)
    return report.exit_code
