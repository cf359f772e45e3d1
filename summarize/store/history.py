"""The history of runs: which articles a run had, and what became of them. A part of `Store`."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..keys import canonical
from .database import Database

CLOCK = 60.0  # seconds by which a clock may have been set since a run began


@dataclass(frozen=True, slots=True)
class Run:
    """One line of history. Times are seconds since the epoch; `state` is running, done, interrupted, crashed or
    killed."""

    id: int
    started_at: float
    finished_at: float | None
    state: str
    inputs: list[str]
    plan: Mapping
    totals: Mapping


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a run: `result` is the id of a stored result, or `failure` says why there is none."""

    run: int
    position: int
    article: str
    result: str | None
    cached: bool
    failure: Mapping | None


class History(Database):
    """Runs and their items."""

    def begin_run(self, inputs: list[str], plan: Mapping) -> int:
        """Opens a run in the history, and notes there which of the earlier ones are killed."""
        with self.transaction() as db:
            running = "SELECT id, state, started_at, process, host FROM runs WHERE state = 'running'"
            seen = [(_state(*rest), id) for id, *rest in db.execute(running).fetchall()]
            db.executemany("UPDATE runs SET state = ? WHERE id = ?", seen)
            row = db.execute(
                "INSERT INTO runs (started_at, state, inputs, plan, process, host) VALUES (?, 'running', ?, ?, ?, ?)",
                (time.time(), canonical(inputs), canonical(plan), os.getpid(), platform.node()),
            )
            return int(row.lastrowid or 0)

    def describe_run(self, run: int, plan: Mapping) -> None:
        """Notes what an open run is made of, once more of that is known."""
        with self.transaction() as db:
            db.execute("UPDATE runs SET plan = ? WHERE id = ?", (canonical(plan), run))

    def add_items(self, items: list[Item], renderings: Sequence[tuple[str, str, str]] = ()) -> None:
        """Adds to the history of a run, and what is known of the files written: (key, result, digest)."""
        rows = [
            (i.run, i.position, i.article, i.result, int(i.cached), canonical(i.failure) if i.failure else None)
            for i in items
        ]
        with self.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO renderings VALUES (?, ?, ?)", renderings)

    def end_run(self, run: int, state: str, totals: Mapping) -> None:
        with self.transaction() as db:
            db.execute(
                "UPDATE runs SET finished_at = ?, state = ?, totals = ? WHERE id = ?",
                (time.time(), state, canonical(totals), run),
            )

    def runs(self, limit: int = 20) -> list[Run]:
        """The newest runs first."""
        return self._runs("", limit)

    def with_articles(self, limit: int = 500, *, finished: bool = True) -> list[Run]:
        """The runs, newest first, that a command may take where the user names none: those that made something of an
        article (a mistyped path makes a run, too) and, if `finished`, came to their end."""
        done = " AND state = 'done'" if finished else ""
        return self._runs(f"WHERE EXISTS (SELECT 1 FROM items WHERE run = runs.id AND result IS NOT NULL){done}", limit)

    def _runs(self, where: str, limit: int) -> list[Run]:
        columns = "id, started_at, finished_at, state, inputs, plan, totals, process, host"
        with self.guarded("read"):
            rows = self.db.execute(f"SELECT {columns} FROM runs {where} ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [
            Run(id, begun, ended, _state(state, begun, process, host), *map(json.loads, (inputs, plan, totals)))
            for id, begun, ended, state, inputs, plan, totals, process, host in rows
        ]

    def items(self, run: int) -> list[Item]:
        with self.guarded("read"):
            rows = self.db.execute(
                "SELECT run, position, article, result, cached, failure FROM items WHERE run = ? ORDER BY position",
                (run,),
            ).fetchall()
        return [_item(row) for row in rows]

    def latest(self, article: str, run: int | None = None) -> list[Item]:
        """The items of the article with this id, newest run first (or those of one run)."""
        with self.guarded("read"):
            rows = self.db.execute(
                "SELECT run, position, article, result, cached, failure FROM items WHERE (?2 IS NULL OR run = ?2)"
                " AND article = ?1 ORDER BY run DESC LIMIT 50",
                (article, run),
            ).fetchall()
        return [_item(row) for row in rows]

    def articles(self, run: int | None = None) -> list[str]:
        """The ids of all articles (or those of one run), in alphabetical order."""
        with self.guarded("read"):
            rows = self.db.execute(
                "SELECT DISTINCT article FROM items WHERE ?1 IS NULL OR run = ?1 ORDER BY article", (run,)
            ).fetchall()
        return [article for (article,) in rows]

    def last_before(self, run: int) -> dict[str, tuple[str, str, int]]:
        """Article -> (result, version, run) of the last run before `run` that made something of it, the newest runs
        first. No result is read."""
        with self.guarded("read"):
            rows = self.db.execute(
                "WITH known AS (SELECT article, result, max(run) AS last, position FROM items"
                " WHERE run < ? AND result IS NOT NULL GROUP BY article)"
                " SELECT known.article, result, version, last FROM known JOIN results r ON r.id = result"
                " ORDER BY last DESC, position",
                (run,),
            ).fetchall()
        return {article: (result, version, last) for article, result, version, last in rows}

    def other_version(self, article: str, result: str) -> tuple[int, str] | None:
        """(run, result) of the last result of the article that is not `result`, of another source if there is one."""
        with self.guarded("read"):
            return self.db.execute(
                "SELECT i.run, i.result FROM items i JOIN results r ON r.id = i.result"
                " WHERE i.article = ?1 AND i.result != ?2"
                " ORDER BY r.version = (SELECT version FROM results WHERE id = ?2), i.run DESC LIMIT 1",
                (article, result),
            ).fetchone()

    def renamed(self, old: int, new: int) -> dict[str, str]:
        """Id in run `new` -> id in run `old` of the articles that both have under different names: equal in content,
        each where the other run has no article of its name. No result is read."""
        ours = (
            "SELECT i.article, r.version FROM items i JOIN results r ON r.id = i.result WHERE i.run = ?1"
            " AND i.article NOT IN (SELECT article FROM items WHERE run = ?2) ORDER BY i.position"
        )
        with self.guarded("read"):
            before, after = (self.db.execute(ours, pair).fetchall() for pair in ((old, new), (new, old)))
        names: dict[str, list[str]] = {}
        for article, version in reversed(before):
            names.setdefault(version, []).append(article)
        return {article: names[version].pop() for article, version in after if names.get(version)}

    def changed(self, run: int) -> list[tuple[str, str, str, bool]]:
        """(article, id of the result before, id now, whether the source changed) of the articles whose result differs
        from that of the last run that had them. One query over indexes; no result is read."""
        with self.guarded("read"):
            rows = self.db.execute(
                "WITH pairs AS (SELECT i.position, i.article, i.result AS now, (SELECT p.result FROM items p"
                " WHERE p.article = i.article AND p.run < i.run AND p.result IS NOT NULL ORDER BY p.run DESC LIMIT 1)"
                " AS before FROM items i WHERE i.run = ?)"
                " SELECT pairs.article, before, now, o.version != n.version FROM pairs"
                " JOIN results o ON o.id = before JOIN results n ON n.id = now WHERE now != before ORDER BY position",
                (run,),
            ).fetchall()
        return [(article, before, now, bool(source)) for article, before, now, source in rows]


def _item(row: tuple) -> Item:
    run, position, article, result, cached, failure = row
    return Item(run, position, article, result, bool(cached), json.loads(failure) if failure else None)


def _state(state: str, begun: float, process: int, host: str) -> str:
    """A run that ended without a word (kill -9, a power cut) stands as running for ever: its process is gone, or is
    another one by now."""
    lost = state == "running" and host == platform.node() and not _alive(process, begun)
    return "killed" if lost else state


def _alive(process: int, begun: float) -> bool:
    """Whether there is a process of this number that was there when the run began."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(process) < begun + CLOCK


def _started(process: int) -> float:
    """Seconds since the epoch at which a process started; 0 where the system does not tell (only Linux does)."""
    try:
        ticks = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0.0
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")
