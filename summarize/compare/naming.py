"""Which article of the history is meant, when a reader types as much of its name as is at hand."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from ..articles.formats import split_suffix
from ..errors import UsageError
from ..store import Item, Store
from ..text import safe_id

RUNS_HINT = "`summarize runs` lists the runs, `summarize run PATHS...` makes one"
MOST = 10  # ids that a message lists


def items_of(store: Store, given: str, run: int | None = None) -> list[Item]:
    """What the runs (or `run` alone) made of the one article that `given` names, newest first; failures too.

    `given` is its id, the last part of it, its file's name (in the drop or in the output folder), or what its id alone
    begins or ends with. Raises UsageError, with the ids that are meant or near, if it is none of them or several.
    """
    if exact := store.latest(given, run):
        return exact
    ids = store.articles(run)
    found = next(filter(None, _meant(given, ids)), [])
    if len(found) == 1:
        return store.latest(found[0], run)
    if found:
        more = f" and {len(found) - MOST:,} more" if found[MOST:] else ""
        raise UsageError(
            f"{given!r} may be {', '.join(found[:MOST])}{more}", "give as much of the id as tells them apart"
        )
    near = _nearest(given, ids)
    where = f"run {run}" if run is not None else "any run"
    raise UsageError(f"no article {given!r} in {where}", f"did you mean {' or '.join(near)}?" if near else RUNS_HINT)


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
    yield [id for id in ids if id.endswith("/" + given)]
    path = PurePath(given)
    parts = [*path.parent.parts, split_suffix(path.name)[0]]
    for start in range(len(parts)):  # an id is relative to the drop: of the file's path only the end
        file = safe_id("/".join(parts[start:]))
        yield [id for id in ids if id == file or id.endswith("/" + file)]
    yield [id for id in ids if given and (id.startswith((given, f"{parts[-1]}#")) or id.endswith(given))]


def _nearest(given: str, ids: Sequence[str]) -> list[str]:
    """Ids that are like what was given, whole or in their last part."""
    names = {name.casefold(): id for id in ids for name in (id.rpartition("/")[2], id)}
    found = difflib.get_close_matches(given.casefold(), names, n=3)
    return list(dict.fromkeys(names[name] for name in found))
