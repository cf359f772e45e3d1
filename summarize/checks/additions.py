"""What a sentence says that the original does not: a number that a translation has wrong supports itself otherwise."""

from __future__ import annotations

from ..facts import Fact, Facts, facts
from ..types import TARGET
from .compared import added, added_days, told


def foreign(source: str, sentence: str, code: str, target: str = TARGET) -> tuple[str, ...]:
    """Numbers, times, days and months of a sentence in the target language that the source, in its own, does not have;
    quoted. One way only: what the sentence leaves out is no matter. For names there is `strange_names`, less sure.

    >>> foreign("Am Montag kamen 500 Gäste.", "On Monday 5,000 guests came.", "de")
    ('5,000',)
    """
    original, said = facts(source, code), facts(sentence, target)
    found = [*added(said, original, "number"), *added(said, original, "count"), *_others(said, original, "score")]
    found += _others(said, original, "code") + added_days(said, original)
    found += [fact for fact in said.of("time") if not told(fact, original)]
    outer = [f for f in found if not any(g is not f and g.start <= f.start and f.end <= g.end for g in found)]
    return tuple(dict.fromkeys(said.quoted(fact) for fact in sorted(outer, key=lambda fact: fact.start)))


def _others(said: Facts, original: Facts, kind: str) -> list[Fact]:
    """What of a kind is not known, if something of its kind is: else the source puts it otherwise."""
    known = original.values(kind)
    also = original.values("pair") if kind == "score" else set()
    return [fact for fact in said.of(kind) if known and not fact.values & (known | also)]
