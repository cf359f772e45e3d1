"""The Python API: what the command line calls, and what a script may call.

    import summarize
    report = summarize.run(["seeds/"], on_event=print)
    [r.summary.text for r in report.results]
    summarize.translate(["Guten Morgen."], language="de")[0].text
    summarize.summarize(["A long English text …"], kind="headline")

Settings are keyword arguments named as in `config.Settings`; the rest comes from environment, file and defaults.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

from . import articles, compare, config, pipeline
from .accounting import prepare, settle, wanted
from .accounting import translate as translate_drafts
from .config import Settings
from .errors import ModelError, SummarizeError, UsageError, revived
from .languages import identifier
from .pipeline import Done, Event, OnEvent, Totals, guarded
from .plan import Plan
from .render import outputs
from .store import Item, Store, records
from .text import sanitise
from .types import Article, Failure, Output, Result, Sentence, Summary

BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
MANIFEST = "run-manifest.json"
ITEMS_AT_ONCE = 64
Announce = Callable[[str], None]
OnItem = Callable[[Result | Failure], None]
QUIET: Announce = lambda message: None


@dataclass(slots=True)
class Report:
    """What a run did. `results` and `failures` are in input order, and empty when `on_item` took them instead."""

    run: int
    folder: Path
    totals: Totals
    seconds: float = 0.0
    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return self.totals.exit_code


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


@contextmanager
def _opened(settings: Settings, announce: Announce) -> Iterator[tuple[Store, Plan]]:
    identifier.keep_in(Path(settings.cache))
    with Store.open(Path(settings.cache)) as store:
        yield store, Plan(settings, store, announce=announce)


def settings(**given) -> Settings:
    """Resolves settings: `given` > environment > summarize.toml > default. Raises ConfigError."""
    return config.load(given, os.environ, Path.cwd())


def run(
    paths: Sequence[str],
    *,
    on_event: OnEvent = lambda event: None,
    on_item: OnItem | None = None,
    announce: Announce = QUIET,
    resolved: Settings | None = None,
    **given,
) -> Report:
    """The main job: reads `paths`, translates, summarizes, writes <out>/<id>.md and .json and the history.

    `on_item` is called with each result or failure as soon as it is written; without it the report collects them.
    Raises ModelError if a model that was named is not there, StoreError, ConfigError; an article's own misfortune is a
    Failure in the report.
    """
    if resolved and given:
        raise UsageError("resolved settings and keyword settings exclude each other", "pass one of the two")
    s = resolved or settings(**given)
    paths = _several(paths, "paths")
    started = time.monotonic()
    with _opened(s, announce) as (store, plan):
        plan.signatures  # noqa: B018  a model that was named and is not there is an error before anything is read
        folder = Path(s.out)
        report = Report(store.begin_run(paths, plan.describe()), folder, Totals())
        state = "crashed"
        take = on_item or _collect(report)
        manifest: list[str] = []  # JSON
        history = _History(store)
        try:
            items = articles.read(paths, language=s.language, made=(s.out, s.cache))
            for position, done in enumerate(pipeline.run(items, plan, store, on_event=on_event)):
                done = _written(done, folder, history)
                report.totals.count(done)
                item = done.item
                failure = records.failure_json(item) if isinstance(item, Failure) else None
                history.add(Item(report.run, position, item.id, done.stored or None, done.unchanged, failure))
                noted = {"id": item.id, "source": item.source, "unchanged": done.unchanged, "failure": failure}
                manifest.append(json.dumps(noted, ensure_ascii=False))
                take(item)
                on_event(Event("articles", position + 1, 0))
            state = "done"
        except KeyboardInterrupt:
            state = "interrupted"
            raise
        finally:
            report.seconds = time.monotonic() - started
            totals = {**report.totals.as_json(), "seconds": round(report.seconds, 3), "misses": _misses(plan)}
            history.flush()
            store.touch([*plan.signatures.values(), *(t.signature for t in plan.translators())])
            store.end_run(report.run, state, totals)
            unwritten = guarded(
                lambda: _write_manifest(report, plan, state, totals, manifest), MANIFEST, str(folder), "write"
            )
        if isinstance(unwritten, Failure):
            report.totals.count(Done(unwritten))
            report.totals.unrecorded = True
            take(unwritten)
    return report


def _several(given: str | os.PathLike | Sequence, what: str) -> list[str]:
    """One or many, as a list of strings. Raises UsageError for anything else."""
    items = [given] if isinstance(given, str | os.PathLike) else list(given)
    if not all(isinstance(item, str | os.PathLike) for item in items):
        raise UsageError(f"{what} must be strings, not {given!r}", "pass a string or a list of strings")
    return [os.fspath(item) for item in items]


def _collect(report: Report) -> OnItem:
    def take(item: Result | Failure) -> None:
        (report.failures if isinstance(item, Failure) else report.results).append(item)  # type: ignore[arg-type]

    return take


def _misses(plan: Plan) -> int:
    return sum(t.misses for t in plan.translators())


class _History:
    """What a run adds to the store beside results, in one transaction for many articles: a kill loses the lines of
    some articles in the history, never an article."""

    def __init__(self, store: Store):
        self.store = store
        self.items: list[Item] = []
        self.renderings: list[tuple[str, str, str]] = []

    def add(self, item: Item) -> None:
        self.items.append(item)
        if len(self.items) >= ITEMS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        items, renderings = self.items, self.renderings
        self.items, self.renderings = [], []
        self.store.add_items(items, renderings)

    def write(self, result: Result, stored: str, folder: Path) -> None:
        """Puts the files of a result into `folder`, unless they are there as they were written last."""
        key = outputs.rendering_key(result, stored)
        known = self.store.rendering(key)
        if known and outputs.holds(result, folder, known):
            return
        digest = outputs.write_result(result, folder)
        if stored and digest != known:
            self.renderings.append((key, stored, digest))


def _written(done: Done, folder: Path, history: _History) -> Done:
    """The same, with its files on disk; a Failure when they cannot be written (the result stays in the store)."""
    item = done.item
    if isinstance(item, Result):
        if item.id + ".json" == MANIFEST:
            message = f"the id {item.id} is kept for the run's own record"
            return Done(Failure(item.id, item.source, "write", "UsageError", message, "rename the article", 1))
        written = guarded(lambda: history.write(item, done.stored, folder), item.id, item.source, "write")
        if isinstance(written, Failure):
            return Done(written)
    return done


def _write_manifest(report: Report, plan: Plan, state: str, totals: dict, items: list[str]) -> None:
    body = {
        "schema": "summarize/run/1",
        "run": report.run,
        "state": state,
        "exit_code": report.exit_code,
        "totals": totals,
        "plan": plan.describe(),
    }
    outputs.write_atomically(report.folder / MANIFEST, outputs.json_table(body, "items", items))


def translate(
    texts: Sequence[str], *, on_event: OnEvent = lambda event: None, announce: Announce = QUIET, **given
) -> list[Translation]:
    """Translates plain texts to English; `language="de"` if it is known, else it is detected. Same order, same length.

    Paragraphs come back parted by a blank line; sentences without a translation are marked in the text. Raises the
    error of the first text of which nothing could be translated.
    """
    s = settings(**given)
    with _opened(s, announce) as (_, plan):
        drafts = [prepare(a, s.language) for a in _articles(texts, s)]
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


def summarize(
    texts: Sequence[str], *, on_event: OnEvent = lambda event: None, announce: Announce = QUIET, **given
) -> list[Summarized]:
    """Summarizes plain texts (those not in English are translated first). Raises the first failure's error."""
    s = settings(**given)
    summaries = []
    with _opened(s, announce) as (store, plan):
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
    totals = Totals()
    with _opened(s, QUIET) as (store, plan):
        plan.signatures  # noqa: B018  as in `run`
        for item in articles.read(paths, language=s.language, made=(s.out, s.cache)):
            if isinstance(item, Failure):
                count["failures"] += 1
                totals.count(Done(item))
                continue
            count["articles"] += 1
            if known := pipeline.unchanged(item, plan, store):
                count["unchanged"] += 1
                totals.count(known)
                continue
            draft = prepare(item, s.language)
            for code, texts in wanted([draft]).items():
                fresh = [t for t in texts if (code, t) not in outputs and (code, t) not in reasons]
                count["sentences"] += len(fresh)
                try:
                    cached = plan.translator(code).known(fresh)
                except ModelError as e:
                    reasons.update(((code, t), e) for t in fresh)
                    count["unserved"] += len(fresh)
                    language = lacking.setdefault(code, {"sentences": 0, "message": e.message, "hint": e.hint})
                    language["sentences"] += len(fresh)
                else:
                    outputs.update(((code, t), cached.get(t, Output(t))) for t in fresh)
                    count["cached"] += len(cached)
            totals.foresee(settle(draft, outputs, reasons))
        speed = _speed(store, plan)
    todo = count["sentences"] - count["cached"] - count["unserved"]
    seconds = round(todo / speed, 1) if speed else (None if todo else 0.0)
    return {**count, "to_translate": todo, "seconds": seconds, "lacking": lacking, "exit_code": totals.exit_code}


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
