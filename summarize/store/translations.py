"""The translation memory: what people translated, by language pair and segment. A part of `Store`.

It is the one thing in the store that cannot be made again: nothing prunes it, and `summarize memory export` writes it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..keys import canonical, fingerprint
from ..memory import Code, Unit, base, key
from ..types import Json
from .database import Database

BATCH = 1000  # units in a transaction: other runs wait no longer than that takes
CHUNK = 400  # variables in a statement
TOLD = 1000  # conflicts that are named; the others are counted

Pair = tuple[str, str]  # of languages, original and translation
_COLUMNS = "source, target, origin, changed_at, more"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two translations of one segment by people: `kept` is in the memory now, `other` is not."""

    source: str
    kept: str
    other: str


@dataclass(slots=True)
class Kept:
    """What became of units that came: new, the same as was there, in place of another, or left for another."""

    new: int = 0
    same: int = 0
    replaced: int = 0
    left: int = 0
    conflicts: list[Conflict] = field(default_factory=list)  # TOLD of those replaced or left

    def note(self, conflict: Conflict) -> None:
        if len(self.conflicts) < TOLD:
            self.conflicts.append(conflict)


class Memory(Database):
    """Units, each under its languages and the key of its source; there is one of each."""

    def keep(self, units: Iterable[Unit], *, replace: bool = False) -> Kept:
        """Adds units. Where another translation is there, that one stays, or with `replace` goes. What is done is
        kept even if `units` raises."""
        kept = Kept()
        for some in _batches(units, BATCH):
            with self.transaction() as db:
                rows = self._rows(some, replace, kept)
                db.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return kept

    def _rows(self, units: Sequence[Unit], replace: bool, kept: Kept) -> Iterator[tuple]:
        by_pair: dict[Pair, list[str]] = {}
        named = [((base(u.source_language), base(u.target_language)), key(u.source), u) for u in units]
        for pair, segment, _ in named:
            by_pair.setdefault(pair, []).append(segment)
        there = {(pair, s): t for pair, segments in by_pair.items() for s, t in self._targets(pair, segments).items()}
        fresh: dict[tuple[Pair, str], Unit] = {}
        for pair, segment, unit in named:
            known = there.get((pair, segment))
            if known == unit.target:
                kept.same += 1
                continue
            if known is None:
                kept.new += 1
            elif replace:
                kept.replaced += 1
                kept.note(Conflict(unit.source, unit.target, known))
            else:
                kept.left += 1
                kept.note(Conflict(unit.source, known, unit.target))
                continue
            there[pair, segment] = unit.target
            fresh[pair, segment] = unit
        now = int(time.time())
        for (pair, segment), unit in fresh.items():
            row = (*pair, segment, unit.source, unit.target, unit.origin, unit.changed or now, _more(unit))
            yield *row, _digest(row)

    def human(self, pair: Pair, texts: Collection[str]) -> dict[str, str]:
        """What people made of these texts, by text; of most there is nothing."""
        with self.guarded("read"):
            if not self.db.execute("SELECT EXISTS (SELECT 1 FROM memory)").fetchone()[0]:
                return {}
        segments = {text: key(text) for text in texts}
        known = self._targets(pair, list(dict.fromkeys(segments.values())))
        return {text: known[segment] for text, segment in segments.items() if segment in known}

    def _targets(self, pair: Pair, segments: Sequence[str]) -> dict[str, str]:
        found = {}
        with self.guarded("read"):
            for at in range(0, len(segments), CHUNK):
                some = segments[at : at + CHUNK]
                marks = ",".join("?" * len(some))
                for segment, *rest, digest in self.db.execute(
                    f"SELECT key, {_COLUMNS}, digest FROM memory"
                    f" WHERE source_language = ? AND target_language = ? AND key IN ({marks})",
                    (*pair, *some),
                ):
                    if _digest((*pair, segment, *rest)) == digest:
                        found[segment] = rest[1]
        return found

    def forget(self, pair: Pair, text: str) -> bool:
        """Takes back what a person made of a text; False if there was nothing."""
        with self.transaction() as db:
            where = "source_language = ? AND target_language = ? AND key = ?"
            return bool(db.execute(f"DELETE FROM memory WHERE {where}", (*pair, key(text))).rowcount)

    def forget_origin(self, origin: str) -> int:
        """Takes back all that came from one file; how many units that were."""
        with self.transaction() as db:
            return db.execute("DELETE FROM memory WHERE origin = ?", (origin,)).rowcount

    def units(self, source: str = "", target: str = "") -> Iterator[Unit]:
        """All units, or those from or into a language, in a stable order, one at a time."""
        where = " WHERE (?1 = '' OR source_language = ?1) AND (?2 = '' OR target_language = ?2)"
        order = " ORDER BY source_language, target_language, key"
        with self.guarded("read"):
            for row in self.db.execute(f"SELECT {_COLUMNS} FROM memory{where}{order}", (source, target)):
                yield _unit(*row)

    def segments(self, pair: Pair) -> Iterator[tuple[str, str]]:
        """(key of the source, target) of the units of a pair."""
        with self.guarded("read"):
            yield from self.db.execute(
                "SELECT key, target FROM memory WHERE source_language = ? AND target_language = ? ORDER BY key", pair
            )

    def memory_version(self, pair: Pair) -> str:
        """Another one after every change of the units of a pair."""
        with self.guarded("read"):
            digests = self.db.execute(
                "SELECT digest FROM memory WHERE source_language = ? AND target_language = ?", pair
            )
            return f"{sum(int(digest, 16) for (digest,) in digests) % 2**128:032x}"

    def memory_stats(self) -> list[dict]:
        """The units by languages and by where they came from, the most first."""
        with self.guarded("read"):
            rows = self.db.execute(
                "SELECT source_language, target_language, origin, count(*), max(changed_at) FROM memory"
                " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
            ).fetchall()
        names = ("source_language", "target_language", "origin", "units", "newest")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def memory_faults(self) -> Iterator[str]:
        """The segments whose rows are damaged: they are not used."""
        for *row, digest in self.db.execute(
            f"SELECT source_language, target_language, key, {_COLUMNS}, digest FROM memory"
        ):
            if _digest(tuple(row)) != digest:
                yield row[2]


def _batches(units: Iterable[Unit], n: int) -> Iterator[list[Unit]]:
    """Lists of `n` units; if `units` raises, first those that it gave before."""
    some: list[Unit] = []
    try:
        for unit in units:
            some.append(unit)
            if len(some) == n:
                yield some
                some = []
    except Exception:
        if some:
            yield some
        raise
    if some:
        yield some


def _digest(row: tuple) -> str:
    return fingerprint("unit", list(row))


def _more(unit: Unit) -> str:
    """What few units have, as JSON; languages only where they say more than the columns."""
    codes = {"sc": unit.source_codes, "tc": unit.target_codes}
    listed = lambda c: [c.at, c.kind, c.id, c.native, c.form, list(c.attributes)]
    more: dict[str, Json] = {name: [listed(c) for c in found] for name, found in codes.items() if found}
    more |= {"a": unit.author} if unit.author else {}
    more |= {"n": unit.note} if unit.note else {}
    return canonical({**more, "l": [unit.source_language, unit.target_language]})


def _unit(source: str, target: str, origin: str, changed: int, more: str) -> Unit:
    about = json.loads(more)
    marks = (tuple(Code(*row[:-1], tuple(map(tuple, row[-1]))) for row in about.get(name, ())) for name in ("sc", "tc"))
    return Unit(source, target, *about["l"], *marks, about.get("a", ""), changed, about.get("n", ""), origin)
