"""The tables of the store, as numbered migrations."""

from __future__ import annotations

import sqlite3


def m1_outputs(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE signatures (key TEXT PRIMARY KEY, parts TEXT NOT NULL, used_at REAL NOT NULL)")
    db.execute(
        "CREATE TABLE outputs (key TEXT PRIMARY KEY, signature TEXT NOT NULL, source TEXT NOT NULL, body TEXT NOT NULL,"
        " digest TEXT NOT NULL, created_at REAL NOT NULL) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX outputs_by_signature ON outputs (signature)")


def m2_history(db: sqlite3.Connection) -> None:
    # A result is named by its content and never changes: history points at it. An answer says which one is current.
    db.execute(
        "CREATE TABLE results (id TEXT PRIMARY KEY, article TEXT NOT NULL, version TEXT NOT NULL, body TEXT NOT NULL,"
        " created_at REAL NOT NULL)"
    )
    db.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, result TEXT NOT NULL)")
    db.execute("CREATE INDEX answers_by_result ON answers (result)")
    db.execute(
        "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, started_at REAL NOT NULL, finished_at REAL,"
        " state TEXT NOT NULL, inputs TEXT NOT NULL, plan TEXT NOT NULL, totals TEXT NOT NULL DEFAULT '{}',"
        " process INTEGER NOT NULL, host TEXT NOT NULL)"
    )
    db.execute(
        "CREATE TABLE items (run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
        " article TEXT NOT NULL, result TEXT, cached INTEGER NOT NULL DEFAULT 0, failure TEXT,"
        " PRIMARY KEY (run, position))"
    )
    db.execute("CREATE INDEX items_by_article ON items (article)")
    db.execute("CREATE INDEX items_by_result ON items (result)")


def m3_renderings(db: sqlite3.Connection) -> None:
    # The digest of the files that were made of a result, so that files which are still whole need not be made again.
    db.execute(
        "CREATE TABLE renderings (key TEXT PRIMARY KEY, result TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX renderings_by_result ON renderings (result)")


def m4_search(db: sqlite3.Connection) -> None:
    # Which result a row of the index is of. Numbers are never used again: a damaged result leaves its words behind.
    db.execute("CREATE TABLE indexed (id INTEGER PRIMARY KEY AUTOINCREMENT, result TEXT NOT NULL UNIQUE)")
    db.execute(
        "CREATE VIRTUAL TABLE words USING"
        " fts5(original, translation, content='', tokenize='unicode61 remove_diacritics 0')"
    )


def m5_memory(db: sqlite3.Connection) -> None:
    # What people translated. `key` is the source as two texts that are one segment have it in common.
    db.execute(
        "CREATE TABLE memory (source_language TEXT NOT NULL, target_language TEXT NOT NULL, key TEXT NOT NULL,"
        " source TEXT NOT NULL, target TEXT NOT NULL, origin TEXT NOT NULL, changed_at INTEGER NOT NULL,"
        " more TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (source_language, target_language, key))"
        " WITHOUT ROWID"
    )


# Applied in this order, each once; only ever append. The name is what `migrations` records.
MIGRATIONS = [m1_outputs, m2_history, m3_renderings, m4_search, m5_memory]
