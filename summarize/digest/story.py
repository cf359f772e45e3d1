"""The nouns of a digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..store import Run
from ..types import UNPROVEN, Claim, ModelNote, Result, Sentence, Status, Summary

NEW, CONTINUED = "new", "continued"  # states of a story
MIXED = 0.8  # share of new sentences up to which a story is mixed of new and known ones
Place = tuple[int, int]  # number of a source in its story, index of a sentence in its result
_WORD = re.compile(r"[^\W_]+")


def mark(sentence: str) -> str:
    """What a sentence is known by: case, punctuation and space do not count."""
    return " ".join(_WORD.findall(sentence.casefold())) or sentence


@dataclass(frozen=True, slots=True)
class Contribution:
    """An article that is new or changed, as the newest of the digest's runs has it. `fresh`: indices of its sentences
    that no earlier run had, in any article; `before`: whether an earlier run had the article in another version."""

    result: Result
    run: int
    fresh: frozenset[int]
    before: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """An article that was known before and tells of the same event."""

    article: str
    title: str
    run: int


@dataclass(frozen=True, slots=True)
class Story:
    """`sources`: its articles, the one that is most like the others first. The evidence of its claims are indices into
    `places`, each of which is one sentence wherever it stands. `news`: of a story that is mixed, what else is new.
    `headline`: what a model wrote, if one was asked; else the title of the first source serves."""

    sources: tuple[Contribution, ...]
    earlier: tuple[Earlier, ...] = ()
    places: tuple[tuple[Place, ...], ...] = ()
    fresh: tuple[int, ...] = ()  # the new ones among the places
    summary: Summary | None = None  # None of a story that is only named
    news: Summary | None = None
    headline: Claim | None = None
    models: tuple[ModelNote, ...] = ()  # that summarized

    @property
    def state(self) -> str:
        return CONTINUED if self.earlier or any(s.before for s in self.sources) else NEW

    @property
    def length(self) -> int:
        """How many different sentences it has, titles left out."""
        return sum(bool(self.sentence(places[0]).paragraph) for places in self.places)

    @property
    def mixed(self) -> bool:
        """Whether a good part of it is known: then a reader must be told what is new."""
        return 0 < len(self.fresh) <= MIXED * self.length

    def new(self, claim: Claim) -> bool:
        """Whether a claim of a story that is mixed rests on new sentences alone."""
        return self.mixed and bool(claim.evidence) and set(claim.evidence) <= set(self.fresh)

    def human(self, claim: Claim) -> bool:
        """Whether a claim rests on translations by people alone."""
        behind = [self.sentence(self.places[i][0]) for i in claim.evidence]
        return bool(behind) and all(s.status is Status.HUMAN for s in behind)

    def unsure(self, claim: Claim) -> bool:
        """Whether the model was unsure of a translation that a claim rests on."""
        firsts = (self.places[i][0] for i in claim.evidence)
        return any(self.sources[n].result.confidence(self.sentence((n, i))) == "low" for n, i in firsts)

    @property
    def size(self) -> int:
        """How many articles tell it, those that were known before among them."""
        return len(self.sources) + len(self.earlier)

    @property
    def lead(self) -> Result:
        return self.sources[0].result

    @property
    def draft(self) -> bool:
        """Whether a reader must be warned, as of a result."""
        doubtful = any(m.quality in ("draft", UNPROVEN) for m in self.models)
        return doubtful or any(s.result.draft for s in self.sources)

    def sentence(self, place: Place) -> Sentence:
        return self.sources[place[0]].result.sentences[place[1]]


@dataclass(frozen=True, slots=True)
class Digest:
    """`runs`: what it is of, the oldest first; `before`: the newest run that it takes for known, None if there is
    none. The stories that most articles tell stand first; `known` articles have nothing new and are in none."""

    runs: tuple[Run, ...]
    before: Run | None
    stories: tuple[Story, ...]
    known: int
    failures: tuple[Mapping, ...]

    @property
    def draft(self) -> bool:
        return any(story.draft for story in self.stories)

    @property
    def articles(self) -> int:
        """How many have something new."""
        return sum(len(story.sources) for story in self.stories)

    @property
    def told(self) -> list[Story]:
        return [story for story in self.stories if story.summary]

    @property
    def named(self) -> list[Story]:
        return [story for story in self.stories if not story.summary]

    def of(self, state: str) -> list[Story]:
        return [story for story in self.stories if story.state == state]
