"""`Pivot`: two translators in a row, by way of a second language, where no model goes to the target itself."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Backend, Outcome, Output, Signature

VERSION = 1


class Pivot:
    """Each of the two checks and repairs what it makes, so that what is sent on is fit to be; whoever wraps this one
    checks the end against the beginning. What either has doubts about stays doubtful, what either cannot do failed, and
    what either repaired is called so. How sure two models are together is not known."""

    def __init__(self, first: Backend, then: Backend):
        self.first = first
        self.then = then

    @property
    def signature(self) -> Signature:
        first, then = self.first.signature.parts, self.then.signature.parts
        return Signature(
            {
                "task": "translate",
                "source": first.get("source"),
                "target": then.get("target"),
                "model": f"{first.get('model')}, then {then.get('model')}",
                "pivot": VERSION,
                "first": dict(first),
                "then": dict(then),
            }
        )

    def fits(self, text: str) -> bool:
        """Any does: each of the two cuts what is too long for it."""
        return True

    def run(self, texts: Sequence[str]) -> list[Output]:
        halfway = self.first.run(texts)
        sent = [out.text for out in halfway if out.outcome is not Outcome.FAILED]
        ends = iter(self.then.run(sent))
        return [_joined(out, next(ends) if out.outcome is not Outcome.FAILED else out) for out in halfway]

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]:
        """One for each text, whatever `n`."""
        return [[output] for output in self.run(texts)]


def _joined(first: Output, then: Output) -> Output:
    parts = max(first.parts, then.parts)
    if then.outcome is Outcome.FAILED:  # its text is a mark
        return Output("", Outcome.FAILED, faults=then.faults, parts=parts)
    rungs = dict.fromkeys(name for out in (first, then) for name in out.rung.split("+") if name)
    outcome = Outcome.REPAIRED if rungs else Outcome.OK
    doubts = tuple(dict.fromkeys((*first.doubts, *then.doubts)))
    return Output(then.text, outcome, "+".join(rungs), doubts=doubts, parts=parts)
