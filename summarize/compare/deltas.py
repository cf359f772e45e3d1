"""What a comparison found, article by article, as data and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property

from . import diff
from .causes import Cause
from .diff import ADDED, CHANGED, REMOVED, SAME, Change

SUMMARY, TRANSLATION, TEXT = "summary", "translation", "text"
UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared: `name` for a title ("run 3"), `about` for what tells it from the other side (models, time)."""

    name: str
    about: str = ""


@dataclass(frozen=True)
class Delta:
    """One article that is not the same on both sides: `state` is changed, added or removed; or unchanged, where the
    source changed and what is compared did not.

    `changes` are those of all sentences, in order, the unchanged ones among them.
    """

    id: str
    state: str
    title: str
    changes: tuple[Change, ...]
    causes: tuple[Cause, ...] = ()
    note: str = ""  # the failure that stands on the other side; the article that an added one echoes

    @cached_property
    def words(self) -> tuple[int, int]:
        """Words removed and added."""
        spans = [s for c in self.changes for s in c.spans]
        removed, added = (sum(diff.count_words(s.text) for s in spans if s.kind == k) for k in (REMOVED, ADDED))
        return removed, added

    @property
    def sentences(self) -> Counter[str]:
        """Sentences by kind, `moved` among them."""
        return Counter(k for c in self.changes for k in [c.kind] + ["moved"] * c.moved)


@dataclass(slots=True)
class Comparison:
    old: Side
    new: Side
    what: str = SUMMARY  # summary, translation or text
    deltas: list[Delta] = field(default_factory=list)
    unchanged: int = 0
    quiet: list[Delta] = field(default_factory=list)  # of the unchanged: those whose source did change

    def of(self, state: str) -> list[Delta]:
        return [d for d in self.deltas if d.state == state]

    @property
    def changed(self) -> list[Delta]:
        return self.of(CHANGED)


def as_json(found: Comparison) -> dict:
    counts = {state: len(found.of(state)) for state in (CHANGED, ADDED, REMOVED)}
    return {
        "schema": "summarize/diff/1",
        "old": asdict(found.old),
        "new": asdict(found.new),
        "what": found.what,
        "counts": {**counts, "unchanged": found.unchanged},
        "source_changed_only": [d.id for d in found.quiet],
        "source_changes": {d.id: [asdict(c) for c in d.causes] for d in found.quiet},
        "articles": [_delta_json(d) for d in found.deltas],
    }


def _delta_json(d: Delta) -> dict:
    removed, added = d.words
    return {
        "id": d.id,
        "state": d.state,
        "title": d.title,
        "words": {"removed": removed, "added": added},
        "sentences": {k: d.sentences[k] for k in (SAME, CHANGED, ADDED, REMOVED, "moved")},
        "changes": [asdict(c) for c in d.changes],
        "causes": [asdict(c) for c in d.causes],
        "note": d.note,
    }
