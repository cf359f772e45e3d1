"""Looking after the store: how big it is, whether it is sound, and making it smaller."""

from __future__ import annotations

import json
import time

from ..keys import fingerprint, output_key
from . import index
from .database import FILE
from .store import Store, in_context, result_id


def stats(store: Store) -> dict:
    """Counts and bytes, and the outputs under each signature."""
    with store.guarded("read"):
        one = lambda sql: store.db.execute(sql).fetchone()[0]
        by_signature = store.db.execute(
            "SELECT s.parts, s.used_at, count(o.key) FROM signatures s LEFT JOIN outputs o ON o.signature = s.key"
            " GROUP BY s.key ORDER BY s.used_at DESC"
        ).fetchall()
        return {
            "path": str(store.path),
            "bytes": sum(f.stat().st_size for f in store.path.parent.glob(FILE + "*")),
            "outputs": one("SELECT count(*) FROM outputs"),
            "results": one("SELECT count(*) FROM results"),
            "runs": one("SELECT count(*) FROM runs"),
            "units": one("SELECT count(*) FROM memory"),
            "signatures": [{"parts": json.loads(p), "used_at": u, "outputs": n} for p, u, n in by_signature],
        }


def verify(store: Store) -> list[str]:
    """Checks the file and every row against its digest and key; returns one line per fault."""
    faults: list[str] = []
    with store.guarded("read"):
        faults += [f"file: {line}" for (line,) in store.db.execute("PRAGMA integrity_check") if line != "ok"]
        for key, sig, source, body, digest in store.db.execute(
            "SELECT key, signature, source, body, digest FROM outputs"
        ):
            sound = fingerprint("row", [key, body]) == digest
            if not sound or (key != output_key(sig, source) and key != output_key(sig, in_context(source, body))):
                faults.append(f"output {key}")
        for id, body in store.db.execute("SELECT id, body FROM results"):
            if result_id(body) != id:
                faults.append(f"result {id}")
        faults += [f"unit {segment}" for segment in store.memory_faults()]
    return faults


def drop_faults(store: Store, faults: list[str]) -> None:
    """Removes the damaged rows that `verify` named, which are made again when next needed; not those of the memory,
    which are not used and may yet be read by a person."""
    with store.transaction() as db:
        for fault in faults:
            kind, _, key = fault.partition(" ")
            if kind == "output":
                db.execute("DELETE FROM outputs WHERE key = ?", (key,))
            elif kind == "result":
                db.execute("DELETE FROM results WHERE id = ?", (key,))
                db.execute("DELETE FROM answers WHERE result = ?", (key,))
                db.execute("DELETE FROM renderings WHERE result = ?", (key,))
                index.drop(db, key, None)


def prune(store: Store, *, older_than: float, keep_runs: int) -> dict[str, int]:
    """Forgets runs beyond the newest `keep_runs`, results no kept run refers to, and outputs made more than
    `older_than` seconds ago under a signature that was not used since. Returns how many of each went."""
    limit = time.time() - older_than
    with store.transaction() as db:
        runs = db.execute(
            "DELETE FROM runs WHERE state <> 'running' AND id NOT IN (SELECT id FROM runs ORDER BY id DESC LIMIT ?)",
            (keep_runs,),
        ).rowcount
        unneeded = "created_at < ? AND NOT EXISTS (SELECT 1 FROM items WHERE items.result = results.id)"
        for id, body in db.execute(f"SELECT id, body FROM results WHERE {unneeded}", (limit,)):
            index.drop(db, id, body if result_id(body) == id else None)
        results = db.execute(f"DELETE FROM results WHERE {unneeded}", (limit,)).rowcount
        for table in ("answers", "renderings"):
            db.execute(f"DELETE FROM {table} WHERE result NOT IN (SELECT id FROM results)")
        outputs = db.execute(
            "DELETE FROM outputs WHERE created_at < ?1"
            " AND signature IN (SELECT key FROM signatures WHERE used_at < ?1)",
            (limit,),
        ).rowcount
        db.execute(
            "DELETE FROM signatures WHERE used_at < ?"
            " AND NOT EXISTS (SELECT 1 FROM outputs WHERE outputs.signature = signatures.key)",
            (limit,),
        )
    with store.guarded("compact"):
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.db.execute("VACUUM")
    return {"runs": runs, "results": results, "outputs": outputs}
