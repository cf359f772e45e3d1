"""`Fitted`: sentences of any length around a model that reads only so many tokens, or translates only so many well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .. import chunk
from ..types import Backend, Outcome, Output, Signature

VERSION = 1
WORST_FIRST = (Outcome.FAILED, Outcome.REPAIRED, Outcome.OK)


class Limited(Backend, Protocol):
    """A backend that can say beforehand whether a text is within its limit."""

    def fits(self, text: str) -> bool: ...


class Fitted:
    """Splits what does not fit at ; : , or a space, runs the pieces, and joins the answers with the source's own
    separators. Nothing is truncated; `parts` says how many pieces there were, and one failed piece fails the whole.

    With `longest` (characters) a piece must be no longer than that either: the rung of the repair ladder that sends a
    sentence as its clauses.
    """

    def __init__(self, inner: Limited, longest: int | None = None):
        self.inner = inner
        self.longest = longest

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(fitted=[VERSION, chunk.VERSION, self.longest])

    def fits(self, text: str) -> bool:
        return (self.longest is None or len(text) <= self.longest) and self.inner.fits(text)

    def run(self, texts: Sequence[str]) -> list[Output]:
        pieces = [[chunk.Span(t, "")] if self.fits(t) else chunk.split(t, self.fits) for t in texts]
        outputs = iter(self.inner.run([p.text for spans in pieces for p in spans]))
        return [_join([(p.separator, next(outputs)) for p in spans]) for spans in pieces]


def _join(parts: list[tuple[str, Output]]) -> Output:
    if len(parts) == 1:
        return parts[0][1]
    outcomes = {o.outcome for _, o in parts}
    outcome = next(o for o in WORST_FIRST if o in outcomes)
    text = "".join(o.text + separator for separator, o in parts).rstrip()
    rungs = dict.fromkeys(o.rung for _, o in parts if o.rung)
    flags = dict.fromkeys(f for _, o in parts for f in o.flags)
    return Output(text, outcome, "+".join(rungs), tuple(flags), len(parts))
