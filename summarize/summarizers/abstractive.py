"""`Abstractive`: what it takes to get a usable summary out of a model that writes: map-reduce when the article is
longer than the model reads, whole sentences only, and an extractive summary where the model has nothing good to say.

Input as for every summarizer: paragraphs joined by blank lines, the title (if any) first as "# title". Output: one
sentence a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import checks, chunk, evidence
from ..backends.rungs import Searching
from ..types import Backend, Outcome, Output, Signature

VERSION = 2
BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)])\s+")
ENDS = (".", "!", "?", "…", '."', '!"', '?"', ".”", "!”", "?”", ".'", ".’", ".)")


class Abstractive:
    """`sentences` is the most a summary may have; a source of fewer than `short` words is too short to be summarised
    by a model (it would say more than it read): `fallback` serves those, and those whose summary fails the checks."""

    def __init__(self, inner: Searching, fallback: Backend, *, sentences: int, short: int = 60):
        self.inner = inner
        self.fallback = fallback
        self.sentences = sentences
        self.short = short

    @property
    def signature(self) -> Signature:
        versions = [VERSION, checks.VERSION, evidence.VERSION, chunk.VERSION]
        own = {"versions": versions, "sentences": self.sentences, "short": self.short}
        return self.inner.signature.extended(abstractive=own, fallback=dict(self.fallback.signature.parts))

    def run(self, texts: Sequence[str]) -> list[Output]:
        long_enough = [i for i, t in enumerate(texts) if len(t.split()) >= self.short]
        written = dict(zip(long_enough, self._write([_plain(texts[i]) for i in long_enough]), strict=True))
        flags = {i: self._flags(texts[i], out) for i, out in written.items()}
        rest = [i for i in range(len(texts)) if i not in written or flags[i]]
        for i, out in zip(rest, self.fallback.run([texts[i] for i in rest]), strict=True):
            if i in flags:  # the model tried and fell short; otherwise the source itself was short
                out = Output(out.text, Outcome.REPAIRED, "extractive", flags[i], parts=written[i].parts)
            written[i] = out
        return [written[i] for i in range(len(texts))]

    def _write(self, texts: list[str]) -> list[Output]:
        """Summaries of summaries until each fits in one piece. Every piece of every article is in one batch."""
        packs = [chunk.pack(chunk.sentences(t, "en"), self.inner.fits) for t in texts]
        parts = [[chunk.join(spans).strip() for spans in pack] for pack in packs]
        outputs = iter(self.inner.run([p for pieces in parts for p in pieces]))
        partial = [[next(outputs) for _ in pieces] for pieces in parts]
        done = [Output(self._trim(o[0].text), faults=o[0].faults) if len(o) == 1 else None for o in partial]
        again = [i for i, out in enumerate(done) if out is None]
        if again:
            joined = [" ".join(self._trim(o.text).replace("\n", " ") for o in partial[i]) for i in again]
            # A model that does not shorten would go round for ever: then its partial summaries are the summary.
            shorter = [len(text) < len(texts[i]) for i, text in zip(again, joined, strict=True)]
            reduced = iter(self._write([t for t, ok in zip(joined, shorter, strict=True) if ok]))
            for i, text, ok in zip(again, joined, shorter, strict=True):
                out = next(reduced) if ok else Output(self._trim(text))
                done[i] = Output(out.text, faults=out.faults, parts=len(partial[i]))
        return [out for out in done if out is not None]

    def _trim(self, text: str) -> str:
        """Whole, different sentences, at most as many as asked for, one a line."""
        lines = [" ".join(BULLET.sub("", line).split()) for line in text.splitlines()]
        found = [s.text for line in lines for s in chunk.sentences(line, "en") if s.text]
        whole = [s for s in dict.fromkeys(found) if s.endswith(ENDS)]
        return "\n".join(whole[: self.sentences])

    def _flags(self, source: str, output: Output) -> tuple[str, ...]:
        """What speaks against the summary as a whole. A single unsupported sentence does not: the caller marks it."""
        lines = output.text.splitlines()
        if not lines:
            return (*output.faults, "empty")
        wrong = [
            name
            for name in ("sentinel", "loop")
            if checks.CHECKS[name](*(checks.facts(text, "en") for text in (source, output.text)))
        ]
        known = chunk.divide(source.removeprefix("# "), "en")
        supported = sum(evidence.supported(evidence.link(line, known)) for line in lines)
        if 2 * supported < len(lines):
            wrong.append("unsupported")
        return tuple(dict.fromkeys((*(f for f in output.faults if f != "truncated"), *wrong)))


def _plain(text: str) -> str:
    """The text as models expect it: no mark before the title, one line."""
    return " ".join(text.removeprefix("# ").split())
