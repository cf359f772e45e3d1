"""What a comparison found, article by article, as data and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property

from . import alignment
from .alignment import ADDED, CHANGED, REMOVED, SAME, Change, Edit
from .causes import Cause

SUMMARY, TRANSLATION, TEXT = "summary", "translation", "text"
UNCHANGED, RENAMED = "unchanged", "renamed"
STATES = (CHANGED, RENAMED, ADDED, REMOVED)


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared: `name` for a title ("run 3"), `about` for what tells it from the other side (models, time)."""

    name: str
    about: str = ""


@dataclass(frozen=True)
class Delta:
    """One article that is not the same on both sides: `state` is one of STATES; or unchanged, where the source changed
    and what is compared did not.

    `changes` are those of all sentences, in order, the unchanged ones among them; `retitled` is the word diff of a
    title that changed. `draft`: a model that is not to be relied on had a hand in one of the sides. `human`: the places
    in the new text that are a person's words.
    """

    id: str
    state: str
    title: str
    changes: tuple[Change, ...]
    causes: tuple[Cause, ...] = ()
    note: str = ""  # the failure that stands on the other side; the article that an added one echoes; the old name
    retitled: tuple[Edit, ...] = ()
    draft: bool = False
    human: frozenset[int] = frozenset()

    def by_a_person(self, change: Change) -> bool:
        """Whether what is new in it is a person's."""
        return change.kind in (CHANGED, ADDED) and change.new in self.human

    @cached_property
    def words(self) -> tuple[int, int]:
        """Words removed and added."""
        spans = [*self.retitled, *(s for c in self.changes for s in c.spans)]
        removed, added = (sum(alignment.count_words(s.text) for s in spans if s.kind == k) for k in (REMOVED, ADDED))
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
    def draft(self) -> bool:
        return any(d.draft for d in (*self.deltas, *self.quiet))

    @property
    def changed(self) -> list[Delta]:
        return self.of(CHANGED)


def as_json(found: Comparison) -> dict:
    counts = {state: len(found.of(state)) for state in STATES}
    return {
        "schema": "summarize/diff/1",
        "old": asdict(found.old),
        "new": asdict(found.new),
        "what": found.what,
        "draft": found.draft,
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
        "retitled": [asdict(s) for s in d.retitled],
        "draft": d.draft,
        "words": {"removed": removed, "added": added},
        "sentences": {k: d.sentences[k] for k in (SAME, CHANGED, ADDED, REMOVED, "moved")},
        "changes": [asdict(c) for c in d.changes],
        "human": sorted(d.human),
        "causes": [asdict(c) for c in d.causes],
        "note": d.note,
    }
