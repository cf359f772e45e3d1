"""The file behind the store: opening and upgrading it, transactions, and what sqlite3's errors become."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from ..errors import StoreError
from .schema import MIGRATIONS

FILE = "store.db"
BUSY_SECONDS = 30.0


class Database:
    """One SQLite file, shared by processes: opened, brought up to date, and the seam to sqlite3's errors."""

    def __init__(self, path: Path, db: sqlite3.Connection):
        self.path = path
        self.db = db

    @classmethod
    def open(cls, folder: Path, *, busy_seconds: float = BUSY_SECONDS) -> Self:
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

    def __enter__(self) -> Self:
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
            hint = f"move {self.path} away (all but corrections can be made again) and run once more"
            raise StoreError(f"cannot {doing} the cache {self.path}: {e}", hint) from e

    @contextmanager
    def transaction(self, doing: str = "write to") -> Iterator[sqlite3.Connection]:
        with self.guarded(doing):
            if self.db.in_transaction:  # an interrupt came between its first statement and the caller's
                self.db.execute("ROLLBACK")
            try:
                self.db.execute("BEGIN IMMEDIATE")
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
