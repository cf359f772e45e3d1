"""The history of runs: which articles a run had, and what became of them. A part of `Store`."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..keys import canonical
from .database import Database


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
        """Opens a run in the history. Runs whose process is gone from this machine are noted as killed."""
        host = platform.node()
        with self.transaction() as db:
            open_runs = db.execute("SELECT id, process FROM runs WHERE state = 'running' AND host = ?", (host,))
            dead = [(id,) for id, process in open_runs.fetchall() if not _alive(process)]
            db.executemany("UPDATE runs SET state = 'killed' WHERE id = ?", dead)
            row = db.execute(
                "INSERT INTO runs (started_at, state, inputs, plan, process, host) VALUES (?, 'running', ?, ?, ?, ?)",
                (time.time(), canonical(inputs), canonical(plan), os.getpid(), host),
            )
            return int(row.lastrowid or 0)

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
        with self.guarded("read"):
            rows = self.db.execute(
                "SELECT id, started_at, finished_at, state, inputs, plan, totals FROM runs ORDER BY id DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [Run(a, b, c, d, json.loads(e), json.loads(f), json.loads(g)) for a, b, c, d, e, f, g in rows]

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

    def other_version(self, article: str, result: str) -> tuple[int, str] | None:
        """(run, result) of the last result of the article that is not `result`, of another source if there is one."""
        with self.guarded("read"):
            return self.db.execute(
                "SELECT i.run, i.result FROM items i JOIN results r ON r.id = i.result"
                " WHERE i.article = ?1 AND i.result != ?2"
                " ORDER BY r.version = (SELECT version FROM results WHERE id = ?2), i.run DESC LIMIT 1",
                (article, result),
            ).fetchone()

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


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
