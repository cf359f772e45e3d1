"""One batch, from articles to outputs and a line in the history: what `run` does once, and `watch` again and again."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import articles
from .articles import remote
from .config import Settings
from .errors import UsageError
from .job import pipeline
from .job.pipeline import Done, Event, OnEvent, Totals, guarded
from .job.plan import Plan
from .languages import identifier
from .render import outputs
from .render.documents import Documents
from .render.writing import MANIFEST, Journal, written
from .store import Item, Store, records
from .types import Article, Failure, Result

Announce = Callable[[str], None]
OnItem = Callable[[Result | Failure], None]
QUIET: Announce = lambda message: None


@dataclass(slots=True)
class Report:
    """What a run did; `run` is its number in the history, 0 if it has no line there. `results` and `failures` are in
    input order, and empty when `on_item` took them instead."""

    run: int
    folder: Path
    totals: Totals
    seconds: float = 0.0
    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    documents: Documents = field(default_factory=Documents)  # that translations were put back into

    @property
    def exit_code(self) -> int:
        return self.totals.exit_code or self.documents.exit_code

    def collect(self, item: Result | Failure) -> None:
        (self.failures if isinstance(item, Failure) else self.results).append(item)  # type: ignore[arg-type]


@contextmanager
def opened(settings: Settings, announce: Announce) -> Iterator[tuple[Store, Plan]]:
    """What batches need: the store, and the models as they are set."""
    identifier.keep_in(Path(settings.cache))
    with Store.open(Path(settings.cache)) as store:
        yield store, Plan(settings, store, announce=announce)


def refuse(paths: Sequence[str], s: Settings, plan: Plan) -> None:
    """Raises what is wrong with a run as a whole, before anything is read."""
    for path in map(remote.local, paths):
        if remote.is_remote(path):
            remote.check(path, offline=s.offline)
        elif remote.ADDRESS.match(path) and not os.path.exists(path):
            message = f"{path} is an address: files are read, nothing is fetched from the network"
            raise UsageError(message, f"save the page first: curl -L -o page.html {shlex.quote(path)}")
    outputs.check_out(Path(s.out))
    plan.refuse()


def run(
    items: Iterable[Article | Failure],
    paths: Sequence[str],
    plan: Plan,
    store: Store,
    *,
    choice: articles.Choice,
    on_event: OnEvent,
    on_item: OnItem | None = None,
    inputs: Callable[[], int] = lambda: 0,
    news: Callable[[Done], bool] | None = None,
    started: float | None = None,
) -> Report:
    """Settles `items`, which come of `paths`: outputs, history and manifest are written, `on_item` has each result or
    failure as soon as it is on disk.

    `inputs` counts what there is to settle once there is work; 0 is not known. With `news` only what that says is new
    counts and is told, and a batch without any leaves no line in the history. `started` is when the work began, by the
    monotonic clock. Raises StoreError.
    """
    s, started = plan.settings, started or time.monotonic()
    before = _misses(plan)
    documents = Documents(Path(s.out), s.to, time.strftime("%Y-%m-%d"), s.bilingual)
    report = Report(0, Path(s.out), Totals(fail_on=s.fail_on), documents=documents)
    state, take = "crashed", on_item or report.collect
    manifest: list[str] = []  # JSON
    roles: set[str] = set()  # of the models that had a hand in it
    history = Journal(store)
    expected: int | None = None

    def tell(event: Event) -> None:
        nonlocal expected
        if expected is None:  # not before there is work: many unchanged articles are read in no time
            expected = inputs()
            on_event(Event("articles", len(manifest), expected))
        on_event(event)

    begin = lambda: report.run or store.begin_run(list(paths), plan.describe(()))
    try:
        report.run = 0 if news else begin()
        for done in pipeline.run(items, plan, store, on_event=tell):
            done = written(done, report.folder, history)
            documents.take(done.item)
            if news and not news(done):
                continue
            report.run = begin()
            report.totals.count(done)
            item, position = done.item, len(manifest)
            failure = records.failure_json(item) if isinstance(item, Failure) else None
            noted = {"id": item.id, "source": item.source, "unchanged": done.unchanged, "failure": failure}
            manifest.append(json.dumps(noted, ensure_ascii=False))
            if isinstance(item, Result) and not roles.issuperset(found := {m.role for m in item.models}):
                roles |= found
                store.describe_run(report.run, plan.describe(roles))
            take(item)  # before it is in the history: what a kill keeps from being told is told by the next
            history.add(Item(report.run, position, item.id, done.stored or None, done.unchanged, failure))
            on_event(Event("articles", position + 1, expected or 0))
        documents.close()
        state = "done"
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    finally:
        report.seconds, report.totals.skipped = time.monotonic() - started, choice.as_json()
        history.flush()
        unwritten = _end(report, plan, roles, store, state, _misses(plan) - before, manifest) if report.run else None
    if isinstance(unwritten, Failure):
        report.totals.count(Done(unwritten))
        report.totals.unrecorded = True
        take(unwritten)
    return report


def _misses(plan: Plan) -> int:
    return sum(t.misses for t in plan.translators())


def _end(
    report: Report, plan: Plan, roles: set[str], store: Store, state: str, misses: int, items: list[str]
) -> Failure | None:
    """Closes the run in the history and writes its manifest; a Failure if that cannot be written."""
    totals = {**report.totals.as_json(), "seconds": round(report.seconds, 3), "misses": misses}
    store.touch(plan.used(roles))
    store.end_run(report.run, state, totals)
    body = {
        "schema": "summarize/run/1",
        "run": report.run,
        "state": state,
        "exit_code": report.exit_code,
        "totals": totals,
        "plan": plan.describe(roles),
        "documents": report.documents.as_json(),
    }
    write = lambda: outputs.write_atomically(report.folder / MANIFEST, outputs.json_table(body, "items", items))
    made = guarded(write, MANIFEST, str(report.folder), "write")
    return made if isinstance(made, Failure) else None
