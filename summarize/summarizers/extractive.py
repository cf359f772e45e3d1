"""`Extractive`: a summary made of the text's own sentences, word for word and in their order. It invents nothing.

Input as for every summarizer: paragraphs joined by blank lines, the title (if any) first as a line "# title". Output:
one sentence a line.

    >>> text = "# Rain\\n\\nIt rained in Cologne. Did it hail? The Rhine rose by two metres. Boats stayed in harbour."
    >>> Extractive("short", "lead").run([text])[0].text
    'It rained in Cologne.\\nThe Rhine rose by two metres.'

A method only scores sentences. What may be chosen (`unfit`), how many (`_target`), how choosing one lowers the worth of
its likes (`_choose`) and what a sentence needs beside it to be understood (`_passage`) is the same for all.
docs/summarizers.md has the contest that picked the default.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, log, sqrt
from statistics import fmean
from typing import Any

from .. import chunk, evidence
from ..errors import UsageError
from ..languages.language import language
from ..types import SIZES, TARGET, Json, Outcome, Output, Signature

VERSION = 5  # raised by hand when the same text under the same parameters would give another summary

Embed = Callable[[list[str]], Any]  # n texts -> numpy array (n, d)
Vector = dict[str, float]  # stem -> tf-idf weight, of length 1


@dataclass(frozen=True, slots=True)
class Parameters:
    """Scores are 0 to 1 before these are applied. Lead, fade and redundancy were chosen by measurement on the tuning
    halves of the contest (benchmarks/summarizers.py), the others by reading."""

    lead: float = 0.0  # worth of being the first sentence, which in news says what the matter is
    fade: float = 0.5  # share of it that each next sentence has of the one before
    title: float = 0.0  # worth of resembling the title
    redundancy: float = 0.0  # price of resembling a sentence already chosen
    duplicate: float = 0.5  # likeness (cosine of tf-idf) from which a sentence is not chosen at all
    brief: int = 8  # words below which a sentence counts for proportionally less
    concise: int = 30  # words beyond which it does as a headline or a bullet
    clearly: float = 2.0  # a text of fewer than this many times the target is served by its lead
    share: float = 0.35  # of a text, for the kind `long`
    bounds: tuple[int, int] = (6, 12)  # sentences, for the kind `long`


METHODS = {
    "lead": Parameters(),
    "textrank": Parameters(),
    "central": Parameters(lead=0.25, title=0.3, redundancy=0.4),
    "centroid": Parameters(lead=0.5, title=0.3, redundancy=0.2),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen. `place` is its index among all sentences of the text."""

    place: int
    text: str
    vector: Vector


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
        summaries = ["\n".join(self._summary(*divide(text))) for text in texts]
        return [Output(s) if s else Output("", Outcome.FAILED, flags=("letterless",)) for s in summaries]

    def _summary(self, title: str, sentences: list[str]) -> list[str]:
        candidates = fit(sentences, self.language)
        if not candidates or (self.kind == "headline" and telling(title, candidates, self.language)):
            return [title] if lettered(title) else []
        target = self._target(len(candidates))
        if self.method == "lead" or len(candidates) < self.parameters.clearly * target:
            return [c.text for c in candidates[:target]]
        chosen = self._choose(candidates, self._scores(title, candidates), target)
        return [candidates[i].text for i in sorted(chosen)]

    def _target(self, available: int) -> int:
        """How many sentences to choose: what the kind asks for, but at most half the text (of a long summary two
        thirds), and at least one."""
        low, high = self.parameters.bounds
        wanted = self.sentences or min(max(round(self.parameters.share * available), low), high)
        return min(wanted, max(1, ceil(available * (2 / 3 if self.kind == "long" else 1 / 2))))

    def _scores(self, title: str, candidates: list[Candidate]) -> list[float]:
        p = self.parameters
        central, like_title = self._relevance(title, candidates)
        scores = []
        for i, c in enumerate(candidates):
            length = len(c.text.split())
            score = central[i] + p.title * like_title[i] + p.lead * p.fade**i
            score *= min(1.0, length / p.brief)
            scores.append(score * min(1.0, p.concise / length) if self.kind in ("headline", "bullets") else score)
        return scores

    def _relevance(self, title: str, candidates: list[Candidate]) -> tuple[list[float], list[float]]:
        """Of every candidate, 0 to 1: how central it is to the text, how like the title."""
        if self.method == "centroid":
            return embedded_relevance(self.embed([c.text for c in candidates] + [title]), bool(title))
        vectors = [c.vector for c in candidates]
        measure = textrank if self.method == "textrank" else centrality
        heading = vector(evidence.content(title, self.language), Counter(), 0)
        return _scaled(measure(vectors)), [dot(v, heading) for v in vectors]

    def _choose(self, candidates: list[Candidate], scores: list[float], target: int) -> list[int]:
        """Greedily the best that is left, which depends on what has been chosen (maximal marginal relevance)."""
        p = self.parameters
        chosen: list[int] = []
        likeness = [0.0] * len(candidates)  # of each candidate to the chosen one that it resembles most
        while len(chosen) < target:
            worth = {
                i: scores[i] - p.redundancy * likeness[i]
                for i in range(len(candidates))
                if i not in chosen and likeness[i] < p.duplicate
            }
            if not worth:
                break
            passages = [self._passage(i, candidates, chosen, worth) for i in worth]
            fitting = [passage for passage in passages if 0 < len(passage) <= target - len(chosen)]
            # the first of equals
            best = max(fitting or [(i,) for i in worth], key=lambda passage: fmean(worth[i] for i in passage))
            for i in best:
                chosen.append(i)
                vector = candidates[i].vector
                likeness = [max(n, dot(c.vector, vector)) for n, c in zip(likeness, candidates, strict=True)]
        return chosen

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


# --- which sentences there are, and which of them are fit ----------------------------------------------------------


def divide(text: str) -> tuple[str, list[str]]:
    """Title ("" if none) and sentences of a text; white space within a sentence becomes single spaces."""
    title = ""
    if text.startswith("# "):
        title, _, text = text[2:].partition("\n")
    return title.strip(), chunk.divide(text, "en")


def fit(sentences: list[str], code: str = TARGET) -> list[Candidate]:
    """The sentences worth choosing from; if none is, those with letters. What is said again is there once."""
    sayable, cased = [i for i, s in enumerate(sentences) if lettered(s)], language(code).cased
    places = [i for i in sayable if not unfit(sentences[i], cased)] or sayable
    places = sorted({tuple(evidence.words(sentences[i])): i for i in reversed(places)}.values())
    stems = {i: evidence.content(sentences[i], code) for i in places}
    frequency = Counter(stem for i in places for stem in set(stems[i]))
    return [Candidate(i, sentences[i], vector(stems[i], frequency, len(places))) for i in places]


def lettered(text: str) -> bool:
    return any(c.isalpha() for c in text)


_CAPTION = re.compile(
    r"(?:photo|image|picture|source|credit|graphic|video|caption|copyright|read more|read also)s?\s*[:(/|©]"
    r"|.*(?:©|\(c\) |all rights reserved|getty images|click here|[/|] ?(?:dpa|afp|reuters)\W*$)",
    re.IGNORECASE,
)
TABLE = 0.25  # share of words in lower case below which a sentence is a line-up, a ranking or a heading
_BYLINE = re.compile(r"(?:[Bb]y|BY|[Ff]rom|Text:|Von) (?:[A-Z][\w.'-]+,? ?(?:and )?){1,6}\.?$")
_END = re.compile(r"[.!…。！۔।॥։] ?[\"'”’»“«)\]」』]*$")


def unfit(sentence: str, cased: bool = True) -> bool:
    """Captions, bylines, headings, questions, tables, scraps and heaps: what says nothing on its own. Where letters
    come in one size, headings and questions are known."""
    if not cased:
        return not _END.search(sentence)
    tokens = sentence.split()
    return bool(
        len(tokens) < 4
        or len(tokens) > 90
        or sum(token.islower() for token in tokens) < TABLE * len(tokens)
        or not _END.search(sentence)
        or sentence[0].islower()
        or _CAPTION.match(sentence)
        or _BYLINE.match(sentence)
    )


_OPENERS = re.compile(
    r"[\"'“‘]?(?:he|she|it|they|we|i|you|his|her|its|their|our|my|this|that|these|those|such|both|but|and|or|nor|so|yet|"
    r"also|however|then|there|therefore|thus|hence|meanwhile|moreover|furthermore|nevertheless|nonetheless|besides|"
    r"instead|otherwise|still|too|again|afterwards|consequently|similarly|likewise|additionally|finally|because|which|"
    r"in addition|for example|for instance|as a result|on the other hand|at the same time|in contrast|after that|"
    r"in this|in that|at this|at that|the former|the latter|another|others|neither|either|even so|only then)\b",
    re.IGNORECASE,
)


def dangling(sentence: str) -> bool:
    """Whether it opens with a word that points back at the sentence before.

    >>> dangling("He also denied it."), dangling("Merkel denied it.")
    (True, False)
    """
    return bool(_OPENERS.match(sentence))


_SPEAKER = re.compile(r"(?:I|We|My|Our|You|Your)\b")


def anonymous(sentence: str) -> bool:
    """Whether somebody speaks in it, but who does is said elsewhere: a mark too few, nothing outside the marks, or "I".

    >>> anonymous('"I resign.'), anonymous('"I resign," said Merkel.'), anonymous("I resign.")
    (True, False, True)
    """
    marks = sum(sentence.count(mark) for mark in '"“”')
    if marks == 0:
        return bool(_SPEAKER.match(sentence))
    return marks % 2 == 1 or (marks == 2 and sentence[0] in '"“' and sentence[-1] in '"”')


def telling(title: str, candidates: Sequence[Candidate], code: str = TARGET) -> bool:
    """Whether a title says what the text is about: three words with meaning, one of which the text takes up."""
    stems = set(evidence.content(title, code))
    return len(stems) >= 3 and any(stems & c.vector.keys() for c in candidates)


# --- how central a sentence is -------------------------------------------------------------------------------------


def vector(stems: Sequence[str], frequency: Counter[str], total: int) -> Vector:
    """tf-idf of one sentence, scaled to length 1; `frequency` says in how many of `total` sentences a stem occurs."""
    weights = {s: (1 + log(n)) * log(1 + (total + 1) / (frequency[s] or 1)) for s, n in Counter(stems).items()}
    length = sqrt(sum(w * w for w in weights.values()))
    return {s: w / length for s, w in weights.items()} if length else {}


def dot(a: Vector, b: Vector) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[s] for s, w in a.items() if s in b)


def centrality(vectors: Sequence[Vector]) -> list[float]:
    """Likeness of each sentence to all others together; linear in the length of the text."""
    total = _weighted(vectors, [1.0] * len(vectors))
    return [dot(v, total) - dot(v, v) for v in vectors]


def textrank(vectors: Sequence[Vector], damping: float = 0.85, rounds: int = 50) -> list[float]:
    """PageRank over sentences linked by their likeness. The matrix is never built: likeness is a product of vectors."""
    degrees = centrality(vectors)
    ranks = [1 / len(vectors)] * len(vectors)
    for _ in range(rounds):
        flow = [r / d if d > 0 else 0.0 for r, d in zip(ranks, degrees, strict=True)]
        total = _weighted(vectors, flow)
        received = [dot(v, total) - dot(v, v) * f for v, f in zip(vectors, flow, strict=True)]
        before, ranks = ranks, [(1 - damping) / len(vectors) + damping * r for r in received]
        if max(abs(a - b) for a, b in zip(before, ranks, strict=True)) < 1e-6 / len(vectors):
            break
    return ranks


def embedded_relevance(embeddings: Any, titled: bool) -> tuple[list[float], list[float]]:
    """Centrality and likeness to the title from embeddings (n + 1, d), the last of which is the title's."""
    import numpy as np

    rows = np.asarray(embeddings, dtype=np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    body, title = rows[:-1], rows[-1]
    # rounded, so that a last bit that depends on the machine cannot turn the choice between equals
    central = np.round(body @ body.sum(axis=0) - 1, 4).tolist()
    return _scaled(central), (np.round(body @ title, 4) * titled).tolist()


def _weighted(vectors: Sequence[Vector], weights: Sequence[float]) -> Vector:
    total: Vector = {}
    for v, weight in zip(vectors, weights, strict=True):
        for stem, w in v.items():
            total[stem] = total.get(stem, 0.0) + weight * w
    return total


def _scaled(scores: Sequence[float]) -> list[float]:
    top = max(scores, default=0.0)
    return [s / top if top > 0 else 0.0 for s in scores]
