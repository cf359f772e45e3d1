"""A drop without end: look, settle what is whole in a batch of its own, wait, look again; the models stay loaded.

Nothing is remembered beyond the process but what every run leaves: outputs and the store. A process that is killed and
started anew finds the whole drop new, is answered from the store for what was done, and takes as news only what the
history does not have yet.
"""

from __future__ import annotations

import os
import re
import shlex
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import articles, batch
from .articles import remote
from .articles.arrivals import Arrivals, Look
from .batch import QUIET, Announce, OnItem, Report
from .config import Settings
from .errors import DuplicateArticle, SummarizeError, UsageError
from .job.pipeline import Done, OnEvent, Totals
from .job.plan import Plan
from .render import outputs
from .store import Store, records
from .types import Article, Failure, Json

PAUSE = 0.05  # seconds at least between two looks
CALM = 10  # times as long as a look takes, the pause between two that events ask for
DISPUTE = DuplicateArticle.__name__

OnGone = Callable[[str, str], None]  # id and source of an article that is gone from the drop


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look led to. `report` is of its batch, if anything was handed over; `counts` are since the start: new,
    changed, failed, gone; the rest is how the drop stands: its articles, files that fail and that are being written."""

    report: Report | None
    counts: Counter[str]
    articles: int
    failing: int
    changing: int
    gone: int  # at this turn

    def as_json(self) -> dict[str, Json]:
        report = self.report or Report(0, Path(), Totals())
        return {
            "run": report.run,
            "exit_code": report.exit_code,
            "totals": report.totals.as_json(),
            "articles": self.articles,
            "failing": self.failing,
            "changing": self.changing,
        }


def watch(
    paths: Sequence[str],
    s: Settings,
    *,
    every: float,
    once: bool = False,
    mirror: bool = False,
    on_event: OnEvent = lambda event: None,
    on_item: OnItem = lambda item: None,
    on_gone: OnGone = lambda id, source: None,
    announce: Announce = QUIET,
) -> Iterator[Turn]:
    """Settles what comes into `paths`, for ever or `once`; yields after every look.

    A file must stay the same for `every` seconds. `on_item` has what is new, changed or failed, `on_gone` what is not
    there any more and, with `mirror`, is about to be moved to <out>/.gone. Raises what `run` raises.
    """
    if "-" in paths:
        raise UsageError("standard input cannot be watched", "name a folder, or use: summarize run -")
    paths = [remote.local(path) for path in paths]
    for path in paths:
        if remote.is_remote(path):
            told = f"{path} is an address, and a drop that is watched lies on this machine"
            raise UsageError(told, f"now and then, by a timer: summarize run {shlex.quote(path)}")
        if not os.path.lexists(path) and not re.search(r"[*?\[]", path):
            raise UsageError(f"there is no {path} to watch", f"make it: mkdir {path}")
    arrivals = Arrivals(paths, every, (s.out, s.cache), s.include, s.exclude)
    with batch.opened(s, announce) as (store, plan), _events(() if once else paths, every, s, announce) as happened:
        batch.refuse(paths, s, plan)
        watched = _Watched(paths, arrivals, plan, store, mirror, on_event, on_item, on_gone, announce)
        look = arrivals.look()
        missing = arrivals.remember(outputs.made(Path(s.out)))
        if once and (look.pending or missing):
            time.sleep(every)
            look = arrivals.look()
        yield watched.turn(look)
        took = 0.0
        while not once:
            if happened.wait(max(look.due, PAUSE)):
                time.sleep(max(PAUSE, min(CALM * took, look.due)))
                happened.clear()
            began = time.monotonic()
            look = arrivals.look()
            took = time.monotonic() - began
            yield watched.turn(look)


@dataclass(slots=True)
class _Handed:
    """What was read from one file of a batch."""

    ids: list[str] = field(default_factory=list)
    failed: bool = False
    disputed: bool = False


@dataclass
class _Watched:
    """A drop, the models and the store; `turn` does what a look asks for."""

    paths: Sequence[str]
    arrivals: Arrivals
    plan: Plan
    store: Store
    mirror: bool
    on_event: OnEvent
    on_item: OnItem
    on_gone: OnGone
    announce: Announce
    counts: Counter[str] = field(default_factory=Counter)
    handed: dict[str, _Handed] = field(default_factory=dict)  # of the batch at work, by path
    places: dict[str, str] = field(default_factory=dict)  # id -> path, of its articles
    overruled: set[str] = field(default_factory=set)  # files beside it, one of whose ids another file claims by now

    def turn(self, look: Look) -> Turn:
        report = None
        if look.ready:
            self.handed, self.places, self.overruled = {}, {}, set()
            told = {"on_event": self.on_event, "on_item": self.on_item, "news": self._news}
            report = batch.run(self._items(look), self.paths, self.plan, self.store, choice=look.choice, **told)
        gone = [(id, path) for path, ids in look.gone.items() for id in ids]
        for path, handed in self.handed.items():
            lost = self.arrivals.settle(path, handed.ids, failed=handed.failed, disputed=handed.disputed)
            gone += [(id, path) for id in sorted(lost)]
        for path in self.overruled:
            self.arrivals.again(path)
        self.handed, self.places, self.overruled = {}, {}, set()
        files = [known for _, known in self.arrivals.there()]
        claimed = {articles.owned(id): id for known in files for id in known.ids} if gone else {}
        spelt = [id for id, _ in gone if claimed.get(articles.owned(id), id) != id]  # another has it, in other letters
        gone = [(id, path) for id, path in gone if articles.owned(id) not in claimed]
        for id, source in gone:
            self.counts["gone"] += 1
            self.on_gone(id, source)
            self._aside(id)
        for id in spelt:
            self._aside(id, claimed[articles.owned(id)])
        return Turn(
            report,
            +self.counts,
            sum(len(known.ids) for known in files),
            sum(known.failures > 0 for known in files),
            look.changing,
            len(gone),
        )

    # -- what comes ---------------------------------------------------------------------------------------------------

    def _items(self, look: Look) -> Iterator[Article | Failure]:
        """The articles of the files that are ready. All others stand in for themselves with the ids they have, in the
        order of the drop, so that each id falls to the file that one run over all of it would give it to."""
        owners: dict[str, articles.Owner] = {}
        for path, known in self.arrivals.there():
            source = look.ready.get(path)
            if source is None or not self.arrivals.unchanged(path):
                claim = articles.Owner(known.file, path)
                for id in known.ids:
                    if owners.setdefault(articles.owned(id), claim) is not claim:
                        self.overruled.add(path)
                continue
            handed = self.handed[path] = _Handed()
            language = self.plan.settings.language
            for item in articles.parse([source], language=language, choice=look.choice, owners=owners):
                if not self.arrivals.unchanged(path):  # it is being written again: a later look has it whole
                    del self.handed[path]
                    break
                if isinstance(item, Failure):
                    handed.failed = True
                    handed.disputed |= item.error == DISPUTE
                else:
                    handed.disputed |= owners[articles.owned(item.id)].apart
                    handed.ids.append(item.id)
                    self.places[item.id] = path
                yield item

    def _news(self, done: Done) -> bool:
        """Whether the history has not got this yet, and counts it."""
        item = done.item
        past = self.store.latest(item.id)
        own = [p for p in past if not p.failure or p.failure["error"] != DISPUTE]
        if isinstance(item, Failure):
            if item.stage != "read" and (handed := self.handed.get(self.places.get(item.id, ""))):
                handed.failed = True
            before = past if item.error == DISPUTE else own[:1]
            new = records.failure_json(item) not in [p.failure for p in before]
            self.counts["failed"] += new
        else:
            new = not own or own[0].result != done.stored
            known = any(p.result and p.result != done.stored for p in own)
            self.counts["changed" if known else "new"] += new
        return new

    # -- what goes ----------------------------------------------------------------------------------------------------

    def _aside(self, id: str, other: str = "") -> None:
        s = self.plan.settings
        if self.mirror:
            try:
                outputs.set_aside(id, Path(s.out), s.target, other)
            except SummarizeError as e:
                self.announce(f"{e.message} — {e.hint}")


@contextmanager
def _events(paths: Sequence[str], every: float, s: Settings, announce: Announce) -> Iterator[threading.Event]:
    """An event that is set when something happens below `paths`, as far as the file system tells; it need not."""
    happened, stop = threading.Event(), threading.Event()
    if not paths:
        yield happened
        return
    try:
        import watchfiles
    except ImportError:
        announce(f"looking every {every:g} s (pip install 'summarize[watch]' for at once, when something happens)")
        yield happened
        return
    announce(f"looking when something happens, and every {every:g} s")
    fixed = (re.split(r"[*?\[]", path)[0] for path in paths)
    places = {path if os.path.isdir(path) else os.path.dirname(path) or "." for path in fixed}
    ours = tuple(os.path.abspath(folder) + os.sep for folder in (s.out, s.cache))

    def listen() -> None:
        try:
            wanted = lambda _, path: not os.path.abspath(path).startswith(ours)
            for _ in watchfiles.watch(*places, watch_filter=wanted, stop_event=stop, raise_interrupt=False):
                happened.set()
        except (OSError, RuntimeError) as e:
            announce(f"the file system tells of no changes ({e}): looking every {every:g} s")

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield happened
    finally:
        stop.set()
        listener.join(2)
