"""The Python API: what the command line calls, and what a script may call.

    import summarize
    report = summarize.run(["seeds/"], on_event=print)
    [r.summary.text for r in report.results]
    summarize.translate(["Guten Morgen."], language="de")[0].text
    summarize.summarize(["A long English text …"], kind="headline")

Settings are keyword arguments (`help(summarize.run)` lists them with their types); the rest comes from environment,
file and defaults.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from . import articles, batch, compare, config
from .articles import remote
from .batch import QUIET, Announce, OnItem, Report
from .config import Settings
from .errors import SummarizeError, UsageError, revived
from .job import pipeline
from .job.accounting import at_hand, prepare, settle, wanted
from .job.accounting import translate as translate_drafts
from .job.pipeline import Done, Event, OnEvent, Totals
from .job.plan import Plan
from .store import Store
from .text import sanitise
from .types import Article, Failure, Output, Result, Sentence, Summary

BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Translation:
    """One text, translated; `sentences` hold the original of every sentence and its status. `draft`: do not rely on it,
    a model behind it is known to be weak, or `unproven`: its canary casts doubt on all that it says here."""

    text: str
    sentences: tuple[Sentence, ...]
    unproven: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Summarized(Summary):
    """The summary of one text; `draft` and `unproven` as in Translation, of the models that translated it, too."""

    unproven: bool = False
    draft: bool = False


@config.documented
def settings(**given: object) -> Settings:
    """Resolves settings: `given` > environment > summarize.toml > default. Raises ConfigError."""
    return config.load(given, os.environ, Path.cwd())


@config.documented
def run(
    paths: Sequence[str],
    *,
    on_event: OnEvent = lambda event: None,
    on_item: OnItem | None = None,
    announce: Announce = QUIET,
    resolved: Settings | None = None,
    **given: object,
) -> Report:
    """The main job: reads `paths`, translates, summarizes, writes <out>/<id>.md and .json and the history.

    `on_item` is called with each result or failure as soon as it is written; without it the report collects them.
    Raises ModelError if a model that was named is not there, UsageError, StoreError; an article's own misfortune is a
    Failure in the report.
    """
    if resolved and given:
        raise UsageError("resolved settings and keyword settings exclude each other", "pass one of the two")
    s = resolved or settings(**given)
    paths = _several(paths, "paths")
    started = time.monotonic()
    with batch.opened(s, announce) as (store, plan):
        batch.refuse(paths, s, plan)
        choice = articles.Choice(s.include, s.exclude)
        items = articles.read(paths, language=s.language, made=(s.out, s.cache), choice=choice)
        told = {"on_event": on_event, "on_item": on_item, "inputs": lambda: _inputs(paths, s)}
        return batch.run(items, paths, plan, store, choice=choice, started=started, **told)


def _several(given: str | os.PathLike | Sequence, what: str) -> list[str]:
    """One or many, as a list of strings. Raises UsageError for anything else."""
    items = [given] if isinstance(given, str | os.PathLike) else list(given)
    if not all(isinstance(item, str | os.PathLike) for item in items):
        raise UsageError(f"{what} must be strings, not {given!r}", "pass a string or a list of strings")
    return [os.fspath(item) for item in items]


def _inputs(paths: Sequence[str], s: Settings) -> int:
    """How many inputs there are to settle; 0 if one of them may hold more than one article, or is not here."""
    count = 0
    if any(map(remote.is_remote, paths)):
        return 0
    for source in articles.discover(paths, (s.out, s.cache), articles.Choice(s.include, s.exclude)):
        if isinstance(source, articles.Source) and source.suffix in ("", *articles.MANY):
            return 0
        count += 1
    return count


@config.documented
def translate(
    texts: Sequence[str], *, on_event: OnEvent = lambda event: None, announce: Announce = QUIET, **given: object
) -> list[Translation]:
    """Translates plain texts to English (or `target`); `language="de"` if it is known. Same order, same length.

    Paragraphs come back parted by a blank line; sentences without a translation are marked in the text. Raises the
    error of the first text of which nothing could be translated.
    """
    s = settings(**given)
    with batch.opened(s, announce) as (_, plan):
        drafts = [prepare(a, s.language, plan.context, s.target, plan.nearest) for a in _articles(texts, s)]
        accounts = translate_drafts(drafts, plan, lambda done, total: on_event(Event("translate", done, total)))
        for account in accounts:
            if isinstance(account, Failure):
                raise revived(account.error, f"{account.id}: {account.message}", account.hint)
        made = [account for account in accounts if not isinstance(account, Failure)]
        unproven = bool(plan.doubted)
        return [Translation(_text(a), tuple(a), unproven, unproven or _draft(a, plan)) for a in made]


def _draft(account: Sequence[Sentence], plan: Plan) -> bool:
    notes = (note for note in pipeline.notes(account, plan) if note.role.startswith("translate:"))
    return any(note.quality == "draft" for note in notes)


def _text(account: Sequence[Sentence]) -> str:
    blocks: dict[int, str] = {}
    for s in account:
        blocks[s.paragraph] = blocks.get(s.paragraph, "") + s.target + s.separator
    return "\n\n".join(b.strip() for b in blocks.values())


@config.documented
def summarize(
    texts: Sequence[str], *, on_event: OnEvent = lambda event: None, announce: Announce = QUIET, **given: object
) -> list[Summarized]:
    """Summarizes plain texts (those not in English or `target` are translated first). Raises the first failure's
    error."""
    s = settings(**given)
    summaries = []
    with batch.opened(s, announce) as (store, plan):
        for done in pipeline.run(_articles(texts, s), plan, store, on_event=on_event):
            if isinstance(done.item, Failure):
                raise revived(done.item.error, f"{done.item.id}: {done.item.message}", done.item.hint)
            made = {f.name: getattr(done.item.summary, f.name) for f in fields(Summary)}
            summaries.append(Summarized(**made, unproven=done.item.unproven, draft=done.item.draft))
    return summaries


def _articles(texts: Iterable[str], s: Settings) -> list[Article]:
    made = []
    for n, text in enumerate(_several(texts, "texts"), 1):
        paragraphs = tuple(p.strip() for p in BLANK_LINE.split(sanitise(text)) if p.strip())
        made.append(Article(id=f"text-{n}", paragraphs=paragraphs, language=s.language, source=f"text {n}"))
    return made


def estimate(paths: Sequence[str], s: Settings) -> dict:
    """What `run` would do: articles, distinct sentences, how many of those the cache has, and the time by past speed;
    and how it would end if all went well that needs a model.

    `seconds` is None while no past run under these models says how fast they are. `lacking` says of each language
    without a model how many sentences it costs, and what to type. Raises as `run`.
    """
    count = {"articles": 0, "unchanged": 0, "failures": 0, "sentences": 0, "cached": 0, "unserved": 0}
    lacking: dict[str, dict] = {}
    outputs: dict[tuple[str, str], Output] = {}
    reasons: dict[tuple[str, str], SummarizeError] = {}
    totals, choice = Totals(fail_on=s.fail_on), articles.Choice(s.include, s.exclude)
    with batch.opened(s, QUIET) as (store, plan):
        batch.refuse(paths, s, plan)
        for item in articles.read(paths, language=s.language, made=(s.out, s.cache), choice=choice):
            if isinstance(item, Failure):
                count["failures"] += 1
                totals.count(Done(item))
                continue
            count["articles"] += 1
            if known := pipeline.unchanged(item, plan, store):
                count["unchanged"] += 1
                totals.count(known)
                continue
            draft = prepare(item, s.language, plan.context, s.target, plan.nearest)
            for code, texts in wanted([draft]).items():
                fresh = [t for t in texts if (code, t) not in outputs and (code, t) not in reasons]
                count["sentences"] += len(fresh)
                cached, error = at_hand(plan, code, fresh)
                count["cached"] += len(cached)
                if error:
                    lost = [t for t in fresh if t not in cached]
                    reasons.update(((code, t), error) for t in lost)
                    count["unserved"] += len(lost)
                    named = {"sentences": 0, "message": error.message, "hint": error.hint}
                    lacking.setdefault(code, named)["sentences"] += len(lost)
                outputs.update(((code, t), cached.get(t, Output(t))) for t in fresh if (code, t) not in reasons)
            account = settle(draft, outputs, reasons)
            totals.foresee(account, not isinstance(account, Failure) and _draft(account, plan))
        speed = _speed(store, plan)
    todo = count["to_translate"] = count["sentences"] - count["cached"] - count["unserved"]
    seconds = round(todo / speed, 1) if speed else (None if todo else 0.0)
    return {**count, "seconds": seconds, "lacking": lacking, "skipped": choice.as_json(), "exit_code": totals.exit_code}


def _speed(store: Store, plan: Plan) -> float | None:
    """Sentences a second of past runs with this plan that had enough to do to tell."""
    past = [r.totals for r in store.runs(50) if r.plan.get("fingerprint") == plan.fingerprint]
    busy = [t for t in past if t.get("misses", 0) >= 20 and t.get("seconds")]
    return sum(t["misses"] for t in busy) / sum(t["seconds"] for t in busy) if busy else None


def recall(article: str, s: Settings, *, run: int | None = None) -> Result:
    """A past result by the article's id (or what names it else, see compare.newest), of run `run` or the newest that
    has it. Raises UsageError, and StoreError if it is damaged."""
    with Store.open(Path(s.cache)) as store:
        return compare.load(store, compare.newest(store, article, run).result or "")


__all__ = [
    "Event",
    "Report",
    "Summarized",
    "Translation",
    "estimate",
    "recall",
    "run",
    "settings",
    "summarize",
    "translate",
]
