"""What a campaign of kills left: outputs and store, held against those of a run that nobody disturbed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from summarize.store import Store, upkeep

TABLES = {
    "outputs": "SELECT key, signature, source, body, digest FROM outputs ORDER BY key",
    "results": "SELECT id, article, version, body FROM results ORDER BY id",
    "answers": "SELECT key, result FROM answers ORDER BY key",
}
PASSING = ("run", "totals", "items")  # of the manifest: number, times and counts of the run that wrote it


def unlike(calm: Path, place: Path, out: str = "out", store: bool = True) -> list[str]:
    """How outputs and store differ from those of the undisturbed run; [] if they do not."""
    ours, theirs = contents(calm / "out"), contents(place / out)
    found = [f"{name} differs" for name in sorted(ours.keys() & theirs.keys()) if ours[name] != theirs[name]]
    found += [f"{name} is missing" for name in sorted(ours.keys() - theirs.keys())]
    found += [f"{name} is left over" for name in sorted(theirs.keys() - ours.keys())]
    if store:
        rows = tables(place)
        found += [f"the store's {t} differ" for t, expected in tables(calm).items() if rows[t] != expected]
    return found


def contents(out: Path) -> dict[str, object]:
    """What every file holds; of the manifest what does not tell of one run."""
    found: dict[str, object] = {}
    for path in (p for p in out.rglob("*") if p.is_file()):
        found[str(path.relative_to(out))] = path.read_bytes()
    manifest = json.loads(found.pop("run-manifest.json", b"{}"))
    items = [{k: v for k, v in item.items() if k != "unchanged"} for item in manifest.get("items", ())]
    found["run-manifest.json"] = {**{k: v for k, v in manifest.items() if k not in PASSING}, "items": items}
    return found


def tables(place: Path) -> dict[str, list]:
    """The rows of the store without their times."""
    with closing(sqlite3.connect(place / "cache" / "store.db")) as db:
        return {table: db.execute(sql).fetchall() for table, sql in TABLES.items()}


def unsound(place: Path) -> list[str]:
    """Damaged rows, runs that still count as running, and files that should not be there."""
    with Store.open(place / "cache") as store:
        found = upkeep.verify(store)
        found += [f"run {r.id} is {r.state}" for r in store.runs(200)[1:] if r.state == "running"]
    return found + left_behind(place)


def left_behind(place: Path) -> list[str]:
    """Hidden files and folders; a lock is nothing that was left, and models have their own."""
    own = [p for p in place.rglob(".*") if "models" not in p.relative_to(place).parts and p.suffix != ".lock"]
    return [f"{path.relative_to(place)} was left behind" for path in own]
