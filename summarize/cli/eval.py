"""`summarize eval`: how good models are, on test sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from .options import AsJson, Cache, Config, answer, display, option, say, settings

Opt = typer.Option
NOT_A_NAME = re.compile(r"[^\w.-]+")


def evaluate(
    sets: Annotated[list[str] | None, typer.Argument(metavar="SET", help="NAME.tsv, or PREFIX of two files.")] = None,
    mt: Annotated[list[str] | None, Opt(metavar="MODEL", help="Name, folder or hub id (de-en). Repeatable.")] = None,
    source: Annotated[Path | None, Opt(metavar="FILE", help="Sentences, one a line, in place of SET.")] = None,
    reference: Annotated[list[Path] | None, Opt(metavar="FILE", help="Their translations. Repeatable.")] = None,
    lang: option("language", "Source language (the model's).") = None,
    target: option("target") = None,
    beams: option("beams", "Beam size; 1 is greedy (4). Repeatable.", repeatable=True) = None,
    engine: option("engine") = None,
    quantization: option("quantization") = None,
    threads: option("threads") = None,
    device: option("device") = None,
    corrections: Annotated[bool, Opt("--corrections", help="On what people translated, in place of SET.")] = False,
    limit: Annotated[int, Opt(metavar="N", min=0, help="Only the first N sentences or articles (all).")] = 0,
    checks: Annotated[bool, Opt("--checks/--no-checks", help="With a run's checks and repairs (without).")] = False,
    reuse: Annotated[bool, Opt("--reuse", help="Use and fill the cache; then there are no speeds.")] = False,
    summaries: Annotated[bool, Opt("--summaries", help="SETs are .jsonl: text and summary, English.")] = False,
    summarizer: Annotated[list[str] | None, Opt(metavar="MODEL", help="With --summaries. Repeatable.")] = None,
    kind: option("kind") = None,
    sentences: option("sentences") = None,
    save: Annotated[Path | None, Opt(metavar="FOLDER", help="Also write the outputs, one a line.")] = None,
    card: Annotated[bool, Opt("--card", help="Write scores into the model's card.json and README.md.")] = False,
    markdown: Annotated[bool, Opt("--markdown", help="Print Markdown.")] = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, Opt("--quiet", "-q", help="No progress; errors only.")] = False,
) -> None:
    """Score translation models, or summarizers, against references.

    \b
    summarize eval sets/flores-dev                       one model, one set
    summarize eval --mt de-en --mt DIR sets/news.tsv     do two differ?
    summarize eval --beams 1 --beams 4 --source a.de --reference a.en
    summarize eval --checks sets/flores-dev              as a run translates
    summarize eval --corrections --mt de-en --mt DIR     on what people corrected
    summarize eval --mt models/de-en --card sets/flores-test sets/newstest2014.de-en
    summarize eval --summaries --summarizer central --summarizer lead bbc.jsonl

    BLEU and chrF are sacrebleu's defaults, with their signatures; further models are compared with the first by paired
    bootstrap. Nothing is taken from the cache, that speeds be honest.
    """
    from ..errors import UsageError
    from ..job.pipeline import Event
    from ..render import evaluation, outputs
    from ..render.progress import Progress
    from ..store import Store

    chosen = settings(
        cache=cache, config=config, language=lang, engine=engine, quantization=quantization, threads=threads,
        device=device, kind=kind, sentences=sentences, target=target,
    )  # fmt: skip
    foreign = (mt, source, reference, beams, card, checks, corrections) if summaries else (summarizer, kind, sentences)
    if any(foreign):
        mode = "with --summaries: --mt, --source, --reference, --corrections, --beams, --checks or --card"
        other = "without --summaries: --summarizer, --kind or --sentences"
        raise UsageError(f"no use {mode if summaries else other}", "summarize eval --help has examples of both")
    if save:
        outputs.check_folder(save)
    with Progress(quiet=quiet) as progress, Store.open(Path(chosen.cache)) as store:
        how = {
            "store": store,
            "reuse": reuse,
            "progress": lambda what, done, total: progress(Event(what, done, total)),
            "announce": progress.say,
        }
        if summaries:
            shown = _summaries(sets or [], summarizer or [chosen.summarizer], limit, chosen, how)
        else:
            pairs = Pairs(sets or [], source, reference or [], limit, corrections)
            shown = _translations(pairs, mt or [], beams or [], chosen, checks=checks, card=card, how=how)
    if save:
        _save(save, shown.outputs)
    tables = (block for head, rows in shown.tables if rows for block in (evaluation.terminal(head, rows), ""))
    page = lambda: typer.echo(evaluation.page(shown.tables, shown.notes), nl=False)
    answer(shown.data, page if markdown else lambda: display(*tables, "\n".join(shown.notes)), as_json=as_json)


class Pairs(NamedTuple):
    """Which sentences and references were asked for."""

    names: list[str]
    source: Path | None
    references: list[Path]
    limit: int
    corrections: bool = False


class Shown(NamedTuple):
    """What was found, as tables with notes, as JSON, and file by file."""

    tables: list[Any]
    notes: list[str]
    data: dict[str, Any]
    outputs: dict[str, Sequence[str]]


def _translations(
    asked: Pairs, mt: list[str], beams: list[int], chosen: Any, *, checks: bool, card: bool, how: dict[str, Any]
) -> Shown:
    from ..errors import UsageError
    from ..quality import scorecards, sets, translation
    from ..render import evaluation

    ways = bool(asked.names) + bool(asked.source) + asked.corrections
    if ways != 1 or bool(asked.source) != bool(asked.references):
        raise UsageError(
            "what to translate? Give SETs, --corrections, or --source FILE and --reference FILE", sets.SHAPE
        )
    systems = translation.systems(mt, beams or ([4, 1] if card else [chosen.beams]), chosen)
    if asked.source:
        pairs = [sets.from_files(asked.source, asked.references)]
    elif asked.corrections:
        pairs = [sets.of_units(how["store"].units(systems[0].language, chosen.target), "corrections")]
    else:
        pairs = [sets.find(name, systems[0].language, chosen.target) for name in asked.names]
    if card:
        scorecards.refuse(systems, pairs, limit=asked.limit, checks=checks)
    pairs = [pair.first(asked.limit) if asked.limit else pair for pair in pairs]
    for warning in evaluation.too_few(min(len(pair.sources) for pair in pairs)) if len(systems) > 1 else ():
        how["announce"](warning)
    found = translation.evaluate(systems, pairs, checks=checks, **how)
    data = translation.as_json(found)
    if card:
        folder = systems[0].checkpoint.path
        facts = scorecards.write(found, evaluation.card(found, scorecards.published(folder)))
        data["card"] = facts
        say(f"{folder}: {facts['quality']}, BLEU {facts['bleu']} on {facts['bleu_on']}; wrote card.json and README.md")
    tables = [evaluation.translations(found), evaluation.fates(found), evaluation.differences(found)]
    outputs = {f"{r.set}.{r.system.name}.{r.system.decoding}.{chosen.target}": r.outputs for r in found.rows}
    return Shown(tables, evaluation.notes(found), data, outputs)


def _summaries(names: list[str], summarizers: list[str], limit: int, chosen: Any, how: dict[str, Any]) -> Shown:
    from ..errors import UsageError
    from ..quality import summarization
    from ..render import evaluation

    if not names:
        raise UsageError("what to summarize? Give a .jsonl file", summarization.SHAPE)
    loaded = [summarization.load(Path(name)) for name in names]
    loaded = [texts.first(limit) if limit else texts for texts in loaded]
    rows = summarization.evaluate(summarizers, loaded, chosen, **how)
    tables = [evaluation.summarizers(rows), evaluation.summarizer_differences(rows)]
    outputs = {f"{r.set}.{r.name}.txt": [" ".join(text.split()) for text in r.summaries] for r in rows}
    return Shown(tables, evaluation.summary_notes(rows), summarization.as_json(rows), outputs)


def _save(folder: Path, texts: dict[str, Sequence[str]]) -> None:
    from ..render import outputs

    for name, lines in texts.items():
        safe = NOT_A_NAME.sub("-", name)
        text = "".join(f"{line}\n" for line in lines)
        say(f"wrote {outputs.write_atomically(folder / safe, text)}")
