"""`Terms`: a translator that honours a glossary. What no term stands in, or comes out right by itself, is the plain
translator's, from its own cache; only a sentence that lacks a target is sent up a ladder of its own.

The rungs need nothing of the model but that it translates. Each writes something else in the place of the term that
the model is likely to copy, and takes of its best hypotheses the one with the fewest flags, counted against the
sentence as it was: the target itself, or a stand-in like the name of a thing, in whose place the target then is put.
What no rung can do keeps the doubt `glossary?`. docs/glossary.md has the measurements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from ..glossary import Glossary
from ..languages import english
from ..types import TARGET, Backend, Output, Signature
from .asking import Readings, Told
from .cached import Cached
from .fitted import Fitted
from .guard import Guarded
from .judge import Judge
from .rungs import NBest, Rung, Searching

VERSION = 3
WIDER = "wider n-best"  # the rung that searches again with more beams
NEXT = "no-repeat"  # the one behind it, of a model that can search so or not
STAND_INS = ("XQ", "Zq")  # before a number; of a dozen that were tried the two that were copied most


def honouring(plain: Guarded, model: Searching, glossary: Glossary, n: int, told: Searching | None = None) -> Backend:
    """The plain translator with the glossary among its checks, and with the rungs for it behind the wider search; first
    of them the chat model that was `told`."""
    judge = asking_for(glossary, plain.judge)
    writing = {"target in source": "", "stand-in": STAND_INS[0], "other stand-in": STAND_INS[1]}
    written = {name: Written(model, n, glossary, judge, stand_in) for name, stand_in in writing.items()}
    rungs = [Rung("terms in prompt", Told(Fitted(NBest(Readings(told), 1, judge)), glossary))] if told else []
    rungs += [Rung(name, backend, backend.serves) for name, backend in written.items()]
    ladder = [Rung(WIDER, Fitted(NBest(model, n, judge))) if rung.name == WIDER else rung for rung in plain.ladder]
    names = [rung.name for rung in ladder]
    at = names.index(WIDER) + 1 if WIDER in names else names.index(NEXT) if NEXT in names else len(names)
    ladder[at:at] = rungs
    return _Signed(Guarded(plain.inner, ladder, judge, plain.hypotheses), _with_glossary(plain.signature, glossary))


def watched(plain: Guarded, glossary: Glossary) -> Backend:
    """The plain translator with the glossary among its checks, and no rung that could bring in what is missing."""
    watched = Guarded(plain.inner, plain.ladder, asking_for(glossary, plain.judge), plain.hypotheses)
    return _Signed(watched, _with_glossary(plain.signature, glossary))


def asking_for(glossary: Glossary, judge: Judge) -> Judge:
    """The judge with the glossary among its checks."""
    missing = {"glossary": lambda source, output: bool(glossary.missing(source, output))}
    return replace(judge, also={**judge.also, **missing})


def _with_glossary(signature: Signature, glossary: Glossary) -> Signature:
    parts = glossary.as_json()
    return signature.extended(glossary={**parts, "code": f"{parts['code']} {VERSION} {' '.join(STAND_INS)}"})


class _Signed:
    """A backend under a signature that says more briefly what it is made of."""

    def __init__(self, inner: Backend, signature: Signature):
        self.inner = inner
        self.signature = signature

    def run(self, texts: Sequence[str]) -> list[Output]:
        return self.inner.run(texts)


class Terms:
    """`honouring` is asked for the sentences in which `plain` lacks a target."""

    def __init__(self, plain: Cached, honouring: Cached, glossary: Glossary):
        self.plain = plain
        self.honouring = honouring
        self.glossary = glossary

    @property
    def signature(self) -> Signature:
        return _with_glossary(self.plain.signature, self.glossary)

    @property
    def caches(self) -> tuple[Cached, Cached]:
        return self.plain, self.honouring

    @property
    def progress(self) -> Callable[[int], None]:
        return self.plain.progress

    @progress.setter
    def progress(self, progress: Callable[[int], None]) -> None:
        self.plain.progress = progress

    def run(self, texts: Sequence[str]) -> list[Output]:
        plain = dict(zip(texts, self.plain.run(texts), strict=True))
        short = self._short(plain)
        outputs = plain | dict(zip(short, self.honouring.run(short), strict=True))
        return [outputs[t] for t in texts]

    def known(self, texts: Collection[str]) -> dict[str, Output]:
        """The outputs that need no model."""
        plain = self.plain.known(texts)
        short = self._short(plain)
        return {t: o for t, o in plain.items() if t not in short} | self.honouring.known(short)

    def _short(self, outputs: Mapping[str, Output]) -> dict[str, None]:
        return dict.fromkeys(t for t, out in outputs.items() if self.glossary.missing(t, out.text))


class Written:
    """A rung: the terms written as their targets or, with `stand_in`, as stand-ins. Of each
    sentence that fits the model (it is not cut here) the `n` best hypotheses are looked at."""

    def __init__(self, inner: Searching, n: int, glossary: Glossary, judge: Judge, stand_in: str = ""):
        self.inner = inner
        self.n = n
        self.glossary = glossary
        self.judge = judge
        self.stand_in = stand_in

    @property
    def signature(self) -> Signature:
        written = [VERSION, self.n, self.stand_in, self.glossary.as_json()]
        return self.inner.signature.extended(written=written)

    def serves(self, text: str) -> bool:
        if self.stand_in and self.stand_in in text:
            return False
        written, _ = self._written(text)
        return written != text and self.inner.fits(written)

    def run(self, texts: Sequence[str]) -> list[Output]:
        sent = [self._written(text) for text in texts]
        found = self.inner.alternatives([written for written, _ in sent], self.n)
        best = []
        for text, (_, targets), outputs in zip(texts, sent, found, strict=True):
            restored = [replace(out, text=_restored(out.text, targets, self.glossary.target)) for out in outputs]
            best.append(self.judge.best(text, restored))
        return best

    def _written(self, text: str) -> tuple[str, dict[str, tuple[str, str]]]:
        """The text as it is sent, and by what stands in for a term its target, within a sentence and at its start.
        Compounds are left as they are: their other half would be lost."""
        parts, targets, at = [], {}, 0
        for match in self.glossary.matches(text):
            if match.term.compounds:
                continue
            target = self.glossary.told(match, text)
            name = f"{self.stand_in}{len(targets) + 1}" if self.stand_in else target
            targets[name] = target, target if match.term.kept else target[:1].upper() + target[1:]
            parts += [text[at : match.start], name]
            at = match.end
        return "".join(parts) + text[at:], targets


def _restored(text: str, targets: Mapping[str, tuple[str, str]], language: str = TARGET) -> str:
    """The targets in the place of what stood in for them, in English with the article that they want; where a target
    stood itself, the model has chosen its article already.

    >>> _restored("A XQ1 was at the XQ2's.", {"XQ1": ("airport", "Airport"), "XQ2": ("SPD", "SPD")})
    "An airport was at the SPD's."
    """
    article = english.article if language == english.CODE else lambda before, target: before
    for name, (target, initial) in targets.items():
        text = re.sub(rf"^{re.escape(name)}(?!\w)", lambda m, t=initial: t, text)
        if name != target:
            text = re.sub(
                rf"(?<!\w)(?:([Aa]n?) )?{re.escape(name)}(?!\w)",
                lambda m, t=target: (f"{article(m[1], t)} " if m[1] else "") + t,
                text,
            )
    return text
