"""After a run: what is new in the articles that were known before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..store import Store
from . import causes
from .comparisons import load


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


def updates(store: Store, run: int) -> tuple[Iterator[Update], int, int]:
    """What is new in the known articles that came again with another source, one at a time; how many these are; and
    how many others have another result, because models or settings are others."""
    known = store.changed(run)
    fresh = [(before, now) for _, before, now, source in known if source]
    return (_update(store, *ids) for ids in fresh), len(fresh), len(known) - len(fresh)


def _update(store: Store, before: str, now: str) -> Update:
    old, new = load(store, before), load(store, now)
    return Update(new.id, causes.news(old, new), old.summary.text != new.summary.text)
