"""`Guarded`: checks every output and climbs a ladder of repairs for the few that fail.

A rung (rungs.py) is another decoding, the sentence written differently, another model. Only texts whose output has a
flag are sent up, all of them in one call a rung. The best candidate is kept: the one with no fatal flag, then the one
with the fewest doubts, then the earliest.

* A **fatal** flag (checks.FATAL, and what the engine itself says) is never passed off: when no rung gets rid of it the
  text comes back FAILED with its source marked, since no translation is better than a wrong one.
* A **doubt** (every other check) climbs as well, but what no rung can mend is kept, and the reader is told: it stays
  among the `doubts` of the output, while its `faults` say what was wrong and has been mended.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Outcome, Output, Signature
from .judge import Judge, badness, fatal
from .rungs import Rung, Searching

OTHERS = "n-best"  # the rung of the first search's other hypotheses


def marked(source: str) -> str:
    """What stands in the text where a sentence could not be translated."""
    return f"[not translated: {source}]"


class Guarded:
    """A beam search of `hypotheses` beams has that many answers when it ends, and an answer may be read in several
    ways. The others are the first rung: they cost nothing."""

    def __init__(self, inner: Searching, ladder: Sequence[Rung], judge: Judge = Judge(), hypotheses: int = 1):
        self.inner = inner
        self.ladder = tuple(ladder)
        self.judge = judge
        self.hypotheses = hypotheses

    @property
    def signature(self) -> Signature:
        rungs = [[rung.name, dict(rung.signature.parts)] for rung in self.ladder]
        return self.inner.signature.extended(guard=[*self.judge.version, self.hypotheses], ladder=rungs)

    def run(self, texts: Sequence[str]) -> list[Output]:
        tried = self.inner.alternatives(texts, self.hypotheses)
        best = [outputs[0] for outputs in tried]
        first = [self.judge.flags(text, out) for text, out in zip(texts, best, strict=True)]
        flags = list(first)
        rungs = [out.rung for out in best]  # of what is translated by two models in a row

        def offer(i: int, out: Output, name: str) -> None:
            found = self.judge.flags(texts[i], out)
            if badness(found) < badness(flags[i]):
                best[i], flags[i], rungs[i] = out, found, name

        for i, (_, *others) in enumerate(tried):
            for out in others:
                if flags[i]:
                    offer(i, out, out.rung or OTHERS)
        for rung in self.ladder:
            climbing = [i for i, text in enumerate(texts) if rung.climbs(text, flags[i])]
            outputs = rung.backend.run([texts[i] for i in climbing]) if climbing else []
            for i, out in zip(climbing, outputs, strict=True):
                offer(i, out, rung.name)
        return [_settled(*fate) for fate in zip(texts, best, rungs, first, flags, strict=True)]


def _settled(text: str, output: Output, rung: str, first: tuple[str, ...], flags: tuple[str, ...]) -> Output:
    """The outcome of one text, from its best candidate, the flags of its first try and those of the candidate."""
    if fatal(flags):
        return Output(marked(text), Outcome.FAILED, "", first, (), output.parts, output.logprob)
    mended = tuple(flag for flag in first if flag not in flags)
    outcome = Outcome.REPAIRED if rung else Outcome.OK
    return Output(output.text, outcome, rung, mended, flags, output.parts, output.logprob)
