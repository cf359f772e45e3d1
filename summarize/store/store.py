"""The store: every model output, every finished article and the history of runs, in one SQLite file.

    with Store.open(Path("cache")) as store:
        store.get(signature, texts)      # outputs known under a signature
        store.put(signature, outputs)    # in one transaction
        store.answer(key), store.put_answer(key, …)
        store.begin_run(…), store.add_item(…), store.end_run(…)

Rows carry a digest of their content; a row that does not match it is treated as absent (and named by `verify`).
Two processes may share a store (WAL, a busy timeout); when both make one output, either row will do: equal keys mean
equal content.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from ..keys import canonical, fingerprint, output_key, signature_key
from ..types import Outcome, Output, Signature
from .schema import MIGRATIONS

FILE = "store.db"
BUSY_SECONDS = 30.0
CHUNK = 500  # SQLite's default limit of variables in one statement is 999 in old builds


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


class Store:
    def __init__(self, path: Path, db: sqlite3.Connection):
        self.path = path
        self.db = db
        self._signatures: set[str] = set()

    # -- opening ------------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, folder: Path, *, busy_seconds: float = BUSY_SECONDS) -> Store:
        """Opens or creates `folder`/store.db and brings its tables up to date. Raises StoreError."""
        path = Path(folder) / FILE
        hint = "choose another place with --cache DIR or SUMMARIZE_CACHE"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        except (OSError, sqlite3.Error) as e:
            raise StoreError(f"cannot open the cache {path}: {e}", hint) from e
        store = cls(path, db)
        try:
            with store.guarded("open"):
                _enter_wal(db, busy_seconds)
                # With WAL a power cut may lose the last commits, never the file.
                db.execute("PRAGMA synchronous=NORMAL")
                db.execute("PRAGMA foreign_keys=ON")
                store._migrate()
        except StoreError:
            db.close()
            raise
        return store

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def guarded(self, doing: str) -> Iterator[None]:
        """The seam to sqlite3: its errors become StoreErrors that say what to do."""
        try:
            yield
        except sqlite3.OperationalError as e:
            if "locked" in str(e) or "busy" in str(e):
                hint = "another run holds the cache; wait for it, or use another one with --cache DIR"
            elif "full" in str(e):
                hint = "free some disk space, or `summarize cache prune`; what was finished is kept"
            else:
                hint = "check the folder's permissions, or use another one with --cache DIR"
            raise StoreError(f"cannot {doing} the cache {self.path}: {e}", hint) from e
        except sqlite3.DatabaseError as e:
            hint = f"move {self.path} away (it only holds what can be made again) and run once more"
            raise StoreError(f"cannot {doing} the cache {self.path}: {e}", hint) from e

    @contextmanager
    def transaction(self, doing: str = "write to") -> Iterator[sqlite3.Connection]:
        with self.guarded(doing):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def _migrate(self) -> None:
        names = [m.__name__ for m in MIGRATIONS]
        self.db.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at REAL NOT NULL)")
        if self._applied() >= set(names):
            return self._refuse_newer(names)
        with self.transaction("upgrade"):  # check, lock, check again: another process may have been faster
            done = self._applied()
            for migration in MIGRATIONS:
                if migration.__name__ not in done:
                    migration(self.db)
                    self.db.execute("INSERT INTO migrations VALUES (?, ?)", (migration.__name__, time.time()))
        self._refuse_newer(names)

    def _applied(self) -> set[str]:
        return {name for (name,) in self.db.execute("SELECT name FROM migrations")}

    def _refuse_newer(self, names: list[str]) -> None:
        if unknown := self._applied() - set(names):
            raise StoreError(
                f"the cache {self.path} was written by a newer version of summarize ({', '.join(sorted(unknown))})",
                "upgrade summarize, or use another cache with --cache DIR",
            )

    # -- outputs: the backend cache -----------------------------------------------------------------------------------

    def get(self, signature: Signature, texts: Collection[str]) -> dict[str, Output]:
        """The outputs known for `texts` under `signature`, by text; unknown and damaged ones are absent."""
        sig = signature_key(signature)
        by_key = {output_key(sig, t): t for t in texts}
        found: dict[str, Output] = {}
        keys = list(by_key)
        with self.guarded("read"):
            for i in range(0, len(keys), CHUNK):
                part = keys[i : i + CHUNK]
                marks = ",".join("?" * len(part))
                for key, body, digest in self.db.execute(
                    f"SELECT key, body, digest FROM outputs WHERE key IN ({marks})", part
                ):
                    if fingerprint("row", [key, body]) == digest:
                        found[by_key[key]] = decode_output(body)
        return found

    def put(self, signature: Signature, outputs: Mapping[str, Output]) -> None:
        """Keeps `outputs` (by text) under `signature`, all or none, in place of what was there (damaged, or a failure
        that has now been mended)."""
        sig, now = signature_key(signature), time.time()
        rows = []
        for text, output in outputs.items():
            key, body = output_key(sig, text), encode_output(output)
            rows.append((key, sig, text, body, fingerprint("row", [key, body]), now))
        with self.transaction() as db:
            self._note_signature(sig, signature, now)
            db.executemany("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _note_signature(self, sig: str, signature: Signature, now: float) -> None:
        if sig not in self._signatures:
            self.db.execute(
                "INSERT INTO signatures VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at",
                (sig, canonical(dict(signature.parts)), now),
            )
            self._signatures.add(sig)

    # -- results: whole articles --------------------------------------------------------------------------------------

    def answer(self, key: str) -> tuple[str, str] | None:
        """The current result under an article key: (its id, its JSON); None when there is none or it is damaged."""
        with self.guarded("read"):
            row = self.db.execute(
                "SELECT r.id, r.body FROM answers a JOIN results r ON r.id = a.result WHERE a.key = ?", (key,)
            ).fetchone()
        return row if row and result_id(row[1]) == row[0] else None

    def put_answer(self, key: str, article: str, version: str, body: str) -> str:
        """Keeps a result, as the current one under `key` if that is not ""; what was current stays for history.
        Returns the result's id."""
        id = result_id(body)
        with self.transaction() as db:
            row = (id, article, version, body, time.time())
            db.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", row)
            if key:
                db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, id))
        return id

    def rendering(self, key: str) -> str | None:
        """The digest of the files that were made of a result under `key` (render.outputs.rendering_key)."""
        with self.guarded("read"):
            row = self.db.execute("SELECT digest FROM renderings WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def result(self, id: str) -> str | None:
        """The JSON of any result that history knows, or None when it is not there or damaged."""
        with self.guarded("read"):
            row = self.db.execute("SELECT body FROM results WHERE id = ?", (id,)).fetchone()
        return row[0] if row and result_id(row[0]) == id else None

    # -- history ------------------------------------------------------------------------------------------------------

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

    def touch(self, signatures: Collection[Signature]) -> None:
        """Notes that these signatures are in use, so that `prune` keeps their outputs."""
        now = time.time()
        with self.transaction():
            for signature in signatures:
                self._note_signature(signature_key(signature), signature, now)


def _enter_wal(db: sqlite3.Connection, busy_seconds: float) -> None:
    """SQLite does not wait where two connections want to change the mode of a new file at once: one finds it locked."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as e:
            if "locked" not in str(e) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


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


def result_id(body: str) -> str:
    return fingerprint("result body", body)


def encode_output(o: Output) -> str:
    return canonical({"t": o.text, "o": str(o.outcome), "r": o.rung, "f": list(o.flags), "p": o.parts})


def decode_output(body: str) -> Output:
    v = json.loads(body)
    return Output(v["t"], Outcome(v["o"]), v["r"], tuple(v["f"]), v["p"])
