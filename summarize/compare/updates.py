"""After a run: what is new in the articles that were known before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..store import Store
from . import causes
from .history import load


@dataclass(frozen=True, slots=True)
class Update:
    """A known article that came again with another source."""

    article: str
    news: causes.News
    summary_changed: bool

    @property
    def line(self) -> str:
        """
        >>> Update("a", causes.News(added=("x", "y"), kept=9), True).line
        'a: 2 sentences new, summary changed'
        """
        told = causes.count(self.news) or "no sentence changed"
        return f"{self.article}: {told}, summary {'changed' if self.summary_changed else 'as before'}"


def updated(store: Store, run: int) -> list[tuple[str, str, str, bool]]:
    """(article, id of the result before, id now, whether the source changed) of the articles whose result differs from
    that of the last run that had them. One query over indexes; no result is read."""
    with store.guarded("read"):
        rows = store.db.execute(
            "WITH pairs AS (SELECT i.position, i.article, i.result AS now, (SELECT p.result FROM items p"
            " WHERE p.article = i.article AND p.run < i.run AND p.result IS NOT NULL ORDER BY p.run DESC LIMIT 1)"
            " AS before FROM items i WHERE i.run = ?)"
            " SELECT pairs.article, before, now, o.version != n.version FROM pairs"
            " JOIN results o ON o.id = before JOIN results n ON n.id = now WHERE now != before ORDER BY position",
            (run,),
        ).fetchall()
    return [(article, before, now, bool(source)) for article, before, now, source in rows]


def updates(store: Store, run: int) -> tuple[Iterator[Update], int, int]:
    """What is new in the known articles that came again with another source, one at a time; how many these are; and
    how many others have another result, because models or settings are others."""
    known = updated(store, run)
    fresh = [(before, now) for _, before, now, source in known if source]
    return (_update(store, *ids) for ids in fresh), len(fresh), len(known) - len(fresh)


def _update(store: Store, before: str, now: str) -> Update:
    old, new = load(store, before), load(store, now)
    return Update(new.id, causes.news(old, new), old.summary.text != new.summary.text)
