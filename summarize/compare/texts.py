"""Comparing two files: results that `run` wrote by their summaries, anything else that `run` reads as text."""

from __future__ import annotations

import json
from pathlib import Path

from .. import articles
from ..errors import UsageError
from ..job.accounting import prepare
from ..store.records import SCHEMA, decode_result
from ..types import Failure, Result
from . import alignment
from .alignment import ADDED, CHANGED, REMOVED
from .comparisons import take
from .deltas import SUMMARY, TEXT, Comparison, Delta, Side


def files(old: str, new: str, *, what: str = SUMMARY) -> Comparison:
    """Two files: results that `run` wrote (out/*.json) by their summaries, anything else that `run` reads as text."""
    a, b = _result_file(old), _result_file(new)
    if a and b:
        found = Comparison(Side(old), Side(new), what)
        take(found, a, b, {}, {})
        return found
    return _texts(old, new)


def _result_file(path: str) -> Result | None:
    if not path.endswith(".json"):
        return None
    try:
        body = Path(path).read_text(encoding="utf-8")
        return decode_result(body) if json.loads(body).get("schema") == SCHEMA else None
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return None  # some other JSON: the readers say what is wrong with it


def _texts(old: str, new: str) -> Comparison:
    """By sentences, article by article; by place where the ids have nothing in common."""
    found = Comparison(Side(old), Side(new), TEXT)
    before, after = _read(old), _read(new)
    if not before.keys() & after.keys():
        before = dict(zip([*after, *before], before.values(), strict=False))
    for id in dict.fromkeys([*after, *before]):
        a, b = before.get(id), after.get(id)
        changes = alignment.sentences(a or [], b or [])
        if all(c.still for c in changes):
            found.unchanged += 1
        else:
            state = ADDED if a is None else REMOVED if b is None else CHANGED
            found.deltas.append(Delta(id, state, "", tuple(changes)))
    return found


def _read(path: str) -> dict[str, list[str]]:
    texts = {}
    for item in articles.read([path]):
        if isinstance(item, Failure):
            raise UsageError(f"{path}: {item.message}", item.hint)
        texts[item.id] = [span.text for _, _, span in prepare(item).spans if span.text]
    return texts
