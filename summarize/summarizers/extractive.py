"""`Extractive`: a summary made of the text's own sentences, word for word and in their order. It invents nothing.

Input as for every summarizer: paragraphs joined by blank lines, the title (if any) first as a line "# title", known
sentences with their ends and doubts marked (chunk.END, chunk.UNSURE). Output: one sentence a line.

    >>> text = "# Rain\\n\\nIt rained in Cologne. Did it hail? The Rhine rose by two metres. Boats stayed in harbour."
    >>> Extractive("short", "lead").run([text])[0].text
    'It rained in Cologne.\\nThe Rhine rose by two metres.'

A method only scores sentences. What may be chosen (`unfit`), how many (`_target`), how choosing one lowers the worth of
its likes (`_choose`) and what a sentence needs beside it to be understood (`_passage`) is the same for all.
docs/summarizers.md has the contest that picked the default.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import fmean
from typing import Any

from .. import chunk, evidence
from ..errors import UsageError
from ..languages.language import language
from ..types import SIZES, TARGET, Json, Outcome, Output, Signature
from .candidates import Candidate, anonymous, dangling, divide, fit, lettered, telling
from .centrality import dot, embedded_relevance, likeness, scaled, textrank, vector

VERSION = 7  # raised by hand when the same text under the same parameters would give another summary

Embed = Callable[[list[str]], Any]  # n texts -> numpy array (n, d)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Scores are 0 to 1 before these are applied. Lead, fade, damping and redundancy were chosen by measurement on the
    tuning halves of the contest (benchmarks/summarizers.py) and by reading, the others by reading."""

    lead: float = 0.0  # worth of being the first sentence, which in news says what the matter is
    fade: float = 0.5  # share of it that each next sentence has of the one before
    title: float = 0.0  # worth of resembling the title
    damping: float = 0.85  # of PageRank: the less, the nearer to where it begins
    redundancy: float = 0.0  # price of resembling a sentence already chosen
    duplicate: float = 0.55  # likeness (see `likeness`) from which two sentences say the same: one of them is chosen
    brief: int = 12  # words below which a sentence counts for proportionally less
    concise: int = 30  # words beyond which it does as a headline or a bullet
    unsure: float = 0.5  # share of its worth that a sentence keeps which may be wrong (chunk.UNSURE)
    clearly: float = 2.0  # a text of fewer than this many times the target is served by its lead
    share: float = 0.35  # of a text, for the kind `long`
    bounds: tuple[int, int] = (6, 12)  # sentences, for the kind `long`


METHODS = {
    "lead": Parameters(),
    "textrank": Parameters(),
    "central": Parameters(lead=1.0, fade=0.4, damping=0.75, redundancy=0.6),
    "centroid": Parameters(lead=0.5, title=0.3, redundancy=0.2),
}


class Extractive:
    """Backend. `kind` is a key of SIZES, `method` of METHODS; `sentences` overrides the kind's number of sentences;
    `language` is that of the texts: what makes a sentence unfit, or in need of another, is known of English.

    A text of a title alone is summarized by it, one without letters by nothing (outcome FAILED). Method "centroid"
    needs `embed` and, for the signature, `embedding`: what names its weights, as JSON.
    Raises UsageError for a kind or method that does not exist, and for "centroid" without the two.
    """

    def __init__(
        self,
        kind: str,
        method: str,
        sentences: int = 0,
        embed: Embed | None = None,
        embedding: Json = None,
        language: str = TARGET,
    ):
        for what, name, known in (("kind", kind, SIZES), ("method", method, METHODS)):
            if name not in known:
                raise UsageError(f"no extractive {what} is called {name!r}", f"use one of {', '.join(known)}")
        if method == "centroid" and (embed is None or not embedding):
            raise UsageError("centroid needs sentence embeddings and their name", "use the method central instead")
        self.kind = kind
        self.method = method
        self.sentences = sentences or (0 if kind == "long" else SIZES[kind][0])  # 0 goes by the length of the text
        self.embed = embed
        self.embedding = embedding
        self.parameters = METHODS[method]
        self.language = language

    @property
    def signature(self) -> Signature:
        own: dict[str, Json] = {
            "task": "summarize",
            "model": "extractive",
            "kind": self.kind,
            "method": self.method,
            "sentences": self.sentences,
            "parameters": asdict(self.parameters),
            "version": VERSION,
            "evidence": evidence.VERSION,  # its words and stems are ours
            "chunk": chunk.VERSION,  # and its sentences
        }
        if self.language != TARGET:
            own |= {"language": self.language, "common": language(self.language).version}
        return Signature(own | ({"embedding": self.embedding} if self.method == "centroid" else {}))

    def run(self, texts: Sequence[str]) -> list[Output]:
        summaries = ["\n".join(self._summary(*divide(text), chunk.unsure(text))) for text in texts]
        return [Output(s) if s else Output("", Outcome.FAILED, faults=("letterless",)) for s in summaries]

    def _summary(self, title: str, sentences: list[str], unsure: frozenset[str]) -> list[str]:
        candidates = fit(sentences, self.language)
        if not candidates or (self.kind == "headline" and telling(title, candidates, self.language)):
            return [title] if lettered(title) else []
        target = self._target(len(candidates))
        lead = self.method == "lead" or len(candidates) < self.parameters.clearly * target
        scores = [1 / (1 + i) for i in range(len(candidates))] if lead else self._scores(title, candidates)
        if self.method != "lead":
            kept = (self.parameters.unsure if c.text in unsure else 1.0 for c in candidates)
            scores = [score * share for score, share in zip(scores, kept, strict=True)]
        chosen = self._choose(candidates, scores, target)
        return [candidates[i].text for i in sorted(chosen)]

    def _target(self, available: int) -> int:
        """How many sentences to choose: what the kind asks for, but at most half the text (of a long summary two
        thirds), and at least one."""
        low, high = self.parameters.bounds
        wanted = self.sentences or min(max(round(self.parameters.share * available), low), high)
        return min(wanted, max(1, ceil(available * (2 / 3 if self.kind == "long" else 1 / 2))))

    def _scores(self, title: str, candidates: list[Candidate]) -> list[float]:
        p = self.parameters
        scores = []
        for i, (c, relevance) in enumerate(zip(candidates, self._relevance(title, candidates), strict=True)):
            length = len(c.text.split())
            score = (relevance + p.lead * p.fade**i) * min(1.0, length / p.brief)
            scores.append(score * min(1.0, p.concise / length) if self.kind in ("headline", "bullets") else score)
        return scores

    def _relevance(self, title: str, candidates: list[Candidate]) -> list[float]:
        """Of every candidate, how much of what the text is about it tells. What that is, "central" takes from the title
        and the first sentence, so that what follows on another matter counts for little."""
        p = self.parameters
        if self.method == "centroid":
            central, like = embedded_relevance(self.embed([c.text for c in candidates] + [title]), bool(title))
            return [c + p.title * n for c, n in zip(central, like, strict=True)]
        vectors = [c.vector for c in candidates]
        if self.method == "textrank":
            return scaled(textrank(vectors))
        matter = vector(evidence.content(f"{title} {candidates[0].text}", self.language), Counter(), 0)
        return scaled(textrank(vectors, [dot(v, matter) for v in vectors], p.damping))

    def _choose(self, candidates: list[Candidate], scores: list[float], target: int) -> list[int]:
        """Greedily the best that is left, which depends on what has been chosen (maximal marginal relevance)."""
        p = self.parameters
        chosen: list[int] = []
        alike = [0.0] * len(candidates)  # of each candidate to the chosen one that it resembles most
        while len(chosen) < target:
            worth = {
                i: scores[i] - p.redundancy * alike[i]
                for i in range(len(candidates))
                if i not in chosen and alike[i] < p.duplicate
            }
            if not worth:
                break
            passages = [self._passage(i, candidates, chosen, worth) for i in worth]
            fitting = [passage for passage in passages if 0 < len(passage) <= target - len(chosen)]
            if chosen and not fitting:
                break
            # the first of equals
            best = max(fitting or [(i,) for i in worth], key=lambda passage: fmean(worth[i] for i in passage))
            for i in [self._fuller(*best, worth, candidates)] if len(best) == 1 else best:
                chosen.append(i)
                alike = [
                    max(n, likeness(c.vector, candidates[i].vector)) for n, c in zip(alike, candidates, strict=True)
                ]
        return chosen

    def _fuller(self, i: int, left: Mapping[int, float], candidates: Sequence[Candidate]) -> int:
        """What is told twice is told by the sentence that says more, if that stands alone and is not too long."""
        p, own = self.parameters, candidates[i].vector
        same = (j for j in left if likeness(candidates[j].vector, own) >= p.duplicate)
        short = (j for j in same if len(candidates[j].text.split()) <= p.concise)
        whole = [j for j in short if self._passage(j, candidates, (), {}) == (j,)]
        return max((i, *whole), key=lambda j: len(candidates[j].vector))

    def _passage(
        self, i: int, candidates: Sequence[Candidate], chosen: Sequence[int], left: Mapping[int, float]
    ) -> tuple[int, ...]:
        """What has to be chosen with this sentence so that it can be understood: the one before it, if it points back
        at that. Nothing if that does not help, or if a bullet, which stands alone, would need it. The first sentence
        of a text points nowhere."""
        if self.language != TARGET:
            return (i,)
        if anonymous(candidates[i].text):
            return ()
        before = i - 1 if i and candidates[i - 1].place == candidates[i].place - 1 else None
        if not candidates[i].place or not dangling(candidates[i].text) or (before in chosen and self.kind != "bullets"):
            return (i,)
        if before not in left or self.kind == "bullets" or len(self._passage(before, candidates, chosen, {})) != 1:
            return ()
        return (before, i)
