"""What a run leaves of each article: its files in the output folder, and its line in the history."""

from __future__ import annotations

from pathlib import Path

from ..job.pipeline import Done, guarded
from ..store import Item, Store
from ..types import Failure, Result
from . import outputs

MANIFEST = "run-manifest.json"
ITEMS_AT_ONCE = 64


class Journal:
    """What a run adds to the store beside results, in one transaction for many articles: a kill loses the lines of
    some articles in the history, never an article."""

    def __init__(self, store: Store):
        self.store = store
        self.items: list[Item] = []
        self.renderings: list[tuple[str, str, str]] = []

    def add(self, item: Item) -> None:
        self.items.append(item)
        if len(self.items) >= ITEMS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        items, renderings = self.items, self.renderings
        self.items, self.renderings = [], []
        self.store.add_items(items, renderings)

    def write(self, result: Result, stored: str, folder: Path) -> None:
        """Puts the files of a result into `folder`, unless they are there as they were written last."""
        key = outputs.rendering_key(result, stored)
        known = self.store.rendering(key)
        if known and outputs.holds(result, folder, known):
            return
        digest = outputs.write_result(result, folder)
        if stored and digest != known:
            self.renderings.append((key, stored, digest))


def written(done: Done, folder: Path, history: Journal) -> Done:
    """The same, with its files on disk; a Failure when they cannot be written (the result stays in the store)."""
    item = done.item
    if isinstance(item, Result):
        if item.id + ".json" == MANIFEST:
            message = f"the id {item.id} is kept for the run's own record"
            return Done(Failure(item.id, item.source, "write", "UsageError", message, "rename the article", 1))
        unwritten = guarded(lambda: history.write(item, done.stored, folder), item.id, item.source, "write")
        if isinstance(unwritten, Failure):
            return Done(unwritten)
    return done
