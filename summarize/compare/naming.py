"""Which article of the history is meant, when a reader types as much of its name as is at hand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from ..articles.formats import split_suffix
from ..errors import UsageError
from ..store import Item, Store
from ..text import safe_id

RUNS_HINT = "`summarize runs` lists the runs, `summarize run PATHS...` makes one"
NAME_ONE = "name one, or a part of its name: summarize show ARTICLE"
WORD = re.compile(r"[^\W_]+")
MOST = 10  # ids that a message lists


def items_of(store: Store, given: str, run: int | None = None) -> list[Item]:
    """What the runs (or `run` alone) made of the one article that `given` names, newest first; failures too.

    `given` is its id, the last part of it, its file's name (in the drop or in the output folder), or a part that no
    other id has (or none at its end, or at its beginning); "" is the only article of the run (of the newest that has
    any). Raises UsageError, with the ids that are meant or near, if it is none of them or several.
    """
    if not given and run is None:
        run = next((r.id for r in store.with_articles(1, finished=False)), None)
    ids = store.articles(run)
    found = next(filter(None, _meant(given, ids)), []) if given else ids
    if len(found) == 1:
        return store.latest(found[0], run)
    if found:
        named = ", ".join(found[:MOST]) + (f" and {len(found) - MOST:,} more" if found[MOST:] else "")
        if given:
            raise UsageError(f"{given!r} may be {named}", "give as much of the id as tells them apart")
        raise UsageError(f"run {run} has several articles: {named}", NAME_ONE)
    if not given:
        raise UsageError(f"there is no article in {where(run)}", RUNS_HINT)
    near = " or ".join(_nearest(given, ids))
    raise UsageError(f"no article {given!r} in {where(run)}", f"did you mean {near}?" if near else RUNS_HINT)


def where(run: int | None) -> str:
    return f"run {run}" if run is not None else "any run"


def known(store: Store, given: str) -> bool:
    """Whether `given` names an article of any run, or several."""
    return any(_meant(given, store.articles()))


def newest(store: Store, given: str, run: int | None = None) -> Item:
    """The newest of `items_of` that has a result. Raises UsageError if none has."""
    items = items_of(store, given, run)
    found = next((i for i in items if i.result), None)
    if found is None:
        where, failure = f"run {run}" if run is not None else "every run", items[0].failure or {}
        raise UsageError(f"{items[0].article!r} failed in {where}: {failure.get('message')}", RUNS_HINT)
    return found


def _meant(given: str, ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids by each way of naming them, the surest way first."""
    yield [id for id in ids if id == given]
    yield [id for id in ids if id.endswith("/" + given)]
    path = PurePath(given)
    parts = [*path.parent.parts, split_suffix(path.name)[0]]
    for start in range(len(parts)):  # an id is relative to the drop: of the file's path only the end
        file = safe_id("/".join(parts[start:]))
        yield [id for id in ids if id == file or id.endswith("/" + file)]
    yield [id for id in ids if given and (id.startswith((given, f"{parts[-1]}#")) or id.endswith(given))]
    yield [id for id in ids if given and given.casefold() in id.casefold()]


def _nearest(given: str, ids: Sequence[str]) -> list[str]:
    """Ids that are like what was given: whole, in their last part, or where one of their words begins."""
    begun = {word[: len(given)]: id for id in ids for word in WORD.findall(id.casefold())}
    names = begun | {name.casefold(): id for id in ids for name in (id.rpartition("/")[2], id)}
    found = difflib.get_close_matches(given.casefold(), names, n=3)
    return list(dict.fromkeys(names[name] for name in found))
