"""`Fitted`: sentences of any length around a model that reads only so many tokens, or translates only so many well."""

from __future__ import annotations

from collections.abc import Sequence

from .. import chunk
from ..types import Outcome, Output, Signature
from .rungs import Searching, lowest

VERSION = 1
WORST_FIRST = (Outcome.FAILED, Outcome.REPAIRED, Outcome.OK)


class Fitted:
    """Splits what does not fit at ; : , or a space, runs the pieces, and joins the answers with the source's own
    separators. Nothing is truncated; `parts` says how many pieces there were, and one failed piece fails the whole.

    With `longest` (characters) a piece must be no longer than that either: the rung of the repair ladder that sends a
    sentence as its clauses.
    """

    def __init__(self, inner: Searching, longest: int | None = None):
        self.inner = inner
        self.longest = longest

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(fitted=[VERSION, chunk.VERSION, self.longest])

    def fits(self, text: str) -> bool:
        return (self.longest is None or len(text) <= self.longest) and self.inner.fits(text)

    def run(self, texts: Sequence[str]) -> list[Output]:
        pieces = [self._pieces(text) for text in texts]
        outputs = iter(self.inner.run([p.text for spans in pieces for p in spans]))
        return [_join([(p.separator, next(outputs)) for p in spans]) for spans in pieces]

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]:
        """The `n` best outputs for each text, best first; of a text that was split the best of each piece, joined."""
        pieces = [self._pieces(text) for text in texts]
        found = iter(self.inner.alternatives([p.text for spans in pieces for p in spans], n))
        answers = []
        for spans in pieces:
            outputs = [next(found) for _ in spans]
            whole = outputs[0] if len(spans) == 1 else None
            answers.append(whole or [_join([(p.separator, out[0]) for p, out in zip(spans, outputs, strict=True)])])
        return answers

    def _pieces(self, text: str) -> list[chunk.Span]:
        return [chunk.Span(text, "")] if self.fits(text) else chunk.split(text, self.fits)


def _join(parts: list[tuple[str, Output]]) -> Output:
    if len(parts) == 1:
        return parts[0][1]
    outcomes = {o.outcome for _, o in parts}
    outcome = next(o for o in WORST_FIRST if o in outcomes)
    text = "".join(o.text + separator for separator, o in parts).rstrip()
    rungs = dict.fromkeys(o.rung for _, o in parts if o.rung)
    faults = tuple(dict.fromkeys(name for _, o in parts for name in o.faults))
    doubts = tuple(dict.fromkeys(name for _, o in parts for name in o.doubts))
    return Output(text, outcome, "+".join(rungs), faults, doubts, len(parts), lowest(o for _, o in parts))
