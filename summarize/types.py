"""The nouns of the project: frozen dataclasses, standard library only.

An `Article` is read from a drop. Its text is cut into `Sentence`s, each of which ends with one `Status`. A `Summary`
is made of `Claim`s, each linked to the sentences that support it. A `Result` is all of that for one article; a
`Failure` is what stands in its place when there is none. A `Backend` turns texts into `Output`s under a `Signature`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

TARGET = "en"  # the language that everything is translated to, unless the settings say otherwise
NO_LANGUAGE = "zxx"  # ISO 639-2 for what is none: code

SECOND = "second model"  # the rung of the repair ladder that asks the settings' `fallback`
UNPROVEN = "unproven"  # quality of a model whose canary casts doubt on it: nothing of it is kept

# Kinds of summary: most sentences, and the most new tokens of a model that writes it.
SIZES = {"headline": (1, 48), "short": (3, 128), "bullets": (5, 192), "long": (10, 384)}
KINDS = tuple(SIZES)
LONGEST_TITLE = 300  # characters: a longer one is only begun

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts differ in white space and a full stop at most; the empty one says nothing.

    >>> says_the_same("It rains.", "It  rains"), says_the_same("It rains", "It rained"), says_the_same("", ".")
    (True, False, False)
    """
    words, others = (" ".join(text.split()).rstrip(".") for text in (one, other))
    return bool(words) and words == others


def flags(faults: Iterable[str] = (), doubts: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of checks as they are stored and shown, doubts with a question mark; `told_apart` reads them."""
    return (*faults, *(f"{doubt}?" for doubt in doubts))


def told_apart(flags: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The faults and the doubts of `flags`.

    >>> told_apart(flags(["loop"], ["numbers"]))
    (('loop',), ('numbers',))
    """
    flags = tuple(flags)
    return tuple(f for f in flags if f[-1:] != "?"), tuple(f[:-1] for f in flags if f[-1:] == "?")


class Outcome(StrEnum):
    """How a backend came by an output."""

    OK = "ok"  # the first try passed every check
    REPAIRED = "repaired"  # a rung of the repair ladder gave it
    FAILED = "failed"  # nothing passed; the text is the marked source, or empty
    HUMAN = "human"  # a person gave it: no model was asked


@dataclass(frozen=True, slots=True)
class Output:
    """What a backend returns for one text."""

    text: str
    outcome: Outcome = Outcome.OK
    rung: str = ""  # name of the repair that gave the text; "" for the first try
    faults: tuple[str, ...] = ()  # checks that an earlier try failed, or that are why there is no better text
    doubts: tuple[str, ...] = ()  # checks that the text itself fails
    parts: int = 1  # pieces the text was cut into to fit the model (map-reduce, long sentences)
    logprob: float | None = None  # per token, by the model; of several pieces the lowest; None: unknown


class InContext(str):
    """A text that knows what a chat model is shown with it, the sentences `before` it and the `nearest` translations by
    people: the same words in another context are another text, to a cache as to everybody. What is made of it, a piece
    or other spelling, is a plain text again.

    >>> InContext("Er geht.", ("Da ist Karl.",)) == "Er geht.", len(InContext("Er geht.", ("Da ist Karl.",)))
    (False, 8)
    """

    __slots__ = ("before", "nearest")
    before: tuple[str, ...]
    nearest: tuple[str, ...]  # each a line, original and translation

    def __new__(cls, text: str, before: Sequence[str] = (), nearest: Sequence[str] = ()) -> InContext:
        made = super().__new__(cls, text)
        made.before, made.nearest = tuple(before), tuple(nearest)
        return made

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True and (self.before, self.nearest) == (before(other), nearest(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        known = self.before or self.nearest
        return hash((str(self), self.before, self.nearest)) if known else str.__hash__(self)


def before(text: object) -> tuple[str, ...]:
    """The sentences before a text; () for a plain one."""
    return text.before if isinstance(text, InContext) else ()


def nearest(text: object) -> tuple[str, ...]:
    """The translations by people of texts that are like it."""
    return text.nearest if isinstance(text, InContext) else ()


@dataclass(frozen=True)
class Signature:
    """All that can change an output: task, languages, model, weights, decoding, prompt, engine, our own versions.

    Never the device nor the batch size. `parts` must be JSON; wrappers add their own with `extended`.
    """

    parts: Mapping[str, Json]

    def extended(self, **more: Json) -> Signature:
        return Signature({**self.parts, **more})


@runtime_checkable
class Backend(Protocol):
    """Whatever turns texts into texts: a model, the cache around it, the guard around it, the fake in the tests.

    `run` returns one output per text, in order. It never truncates: a text longer than the model reads raises
    `TextTooLong` before any work is done. The same text under the same signature gives the same output.
    """

    @property
    def signature(self) -> Signature: ...

    def run(self, texts: Sequence[str]) -> list[Output]: ...


class Reason(StrEnum):
    """Why something that a viewer of the source shows is in no paragraph."""

    NAVIGATION = "navigation"
    BOILERPLATE = "boilerplate"  # what goes around every article of a paper: heads, feet, teasers
    CAPTION = "caption"
    METADATA = "metadata"  # kept as data: a date, an author
    NOTE = "mark of a note"
    MARKUP = "markup"  # no text: tags, the address behind a link
    REPEATED = "repeated"  # the text has it once
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`letters`: how many letters and digits it has, of which a long `text` shows the first."""

    text: str
    reason: Reason
    letters: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of the text that a viewer of the source shows: so many of its letters and digits are in the article,
    the rest is left out. Runs of digits: `lost` from the midst of the text, `formed` where there was no such number.
    `bound` is the share that may be missing without a warning."""

    letters: int
    left_out: tuple[LeftOut, ...] = ()
    lost: tuple[str, ...] = ()
    formed: tuple[str, ...] = ()
    bound: float = 0.0

    @property
    def in_doubt(self) -> bool:
        """Whether a reader of the article must be warned that it may not be what the source says."""
        return self.missing > self.bound or bool(self.lost or self.formed)

    @property
    def missing(self) -> float:
        """The share of the text that is not in the article, for no reason that makes it dispensable."""
        missed = sum(one.letters for one in self.left_out if one.reason in (Reason.OTHER, Reason.CAPTION))
        return missed / (missed + self.letters) if missed else 0.0


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a drop, extracted and sanitised, before anything is known of its language."""

    id: str  # the record's own, else the path below the drop without suffix and "#3" for a third record; see formats.md
    paragraphs: tuple[str, ...]  # in reading order, without the title; never empty strings
    title: str = ""
    date: str = ""  # ISO date if one was found, else ""
    language: str = ""  # ISO 639-1 if the record or the user names it, else "" (to be detected)
    source: str = ""  # where it came from, for messages: a path, or "-"
    source_hash: str = ""  # "sha256:…" of the bytes of the source file (of the line, for jsonl)
    meta: Mapping[str, str] = field(default_factory=dict)  # what else the source says: author, url, …
    code: frozenset[str] = frozenset()  # paragraphs that are no language: copied
    reading: Reading | None = None  # no part of what it says: the same words are the same article


@dataclass(frozen=True, slots=True)
class Failure:
    """Stands in place of a result. `error`: a class name; `stage`: read, detect, translate, summarize or write."""

    id: str
    source: str
    stage: str
    error: str
    message: str
    hint: str = ""
    code: int = 1  # the exit status the error earns: 3 when a model was not available


class Status(StrEnum):
    """Where a source sentence ends: exactly one of these."""

    TRANSLATED = "translated"
    REPAIRED = "repaired"
    HUMAN = "human"  # translated or corrected by a person: no model replaces it
    COPIED = "copied"  # letterless, or in the target language already: never sent to a model
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One source sentence and what became of it. `paragraph` is 0 for the title, then counts from 1."""

    paragraph: int
    source: str
    separator: str  # the white space after it in the source: data, so that joining gives the paragraph back
    language: str
    target: str
    status: Status
    rung: str = ""
    faults: tuple[str, ...] = ()  # of the output, as its doubts
    doubts: tuple[str, ...] = ()
    reason: str = ""  # why it failed, if it did
    logprob: float | None = None  # of the output


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a summary. `evidence`: indices into Result.sentences; `support`: 0 to 1 (see evidence.py)."""

    text: str
    evidence: tuple[int, ...] = ()
    support: float = 1.0
    problems: tuple[str, ...] = ()  # numbers and names that the evidence does not have
    doubts: tuple[str, ...] = ()  # checks against the original that its evidence still fails: numbers, names, …


@dataclass(frozen=True, slots=True)
class Summary:
    """`coverage` is the share of the source's sentences that the summarizer was given, in `parts` pieces."""

    kind: str
    claims: tuple[Claim, ...]
    outcome: Outcome = Outcome.OK
    rung: str = ""
    coverage: float = 1.0
    parts: int = 1
    reason: str = ""  # why there is none, if it failed

    @property
    def text(self) -> str:
        return " ".join(c.text for c in self.claims)


def confidence(sentence: Sentence, levels: Sequence[float]) -> str:
    """How sure a model was of a translation, by the two levels of its card (`ModelNote`): low, medium, high; "" if
    they, or the sentence's own, are unknown."""
    if sentence.logprob is None or len(levels) != 2 or sentence.status is Status.FAILED:
        return ""
    return "low" if sentence.logprob < levels[0] else "high" if sentence.logprob >= levels[1] else "medium"


@dataclass(frozen=True, slots=True)
class ModelNote:
    """What a reader should know of a model that had a hand in a result. `quality` is a class: draft, fair, good,
    unrated, unproven, or verbatim for a summarizer that only chooses sentences."""

    role: str  # translate:de, translate:de:second, summarize
    id: str
    quality: str
    signature: str  # fingerprint of the signature of the outermost backend
    confidence: tuple[float, ...] = ()  # logprobs: low under the first, high from the second on; (): unknown


@dataclass(frozen=True, slots=True)
class Result:
    """Everything about one article of one run."""

    id: str
    version: str  # fingerprint of the article's content
    source: str
    source_hash: str
    title: str  # as in the source
    title_en: str  # its translation, into whatever target; of an article without one, the summary's first sentence
    date: str
    language: str
    sentences: tuple[Sentence, ...]
    summary: Summary
    models: tuple[ModelNote, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    reading: Reading | None = None  # None: made before this was noted
    target: str = TARGET  # the language that it is translated to

    @property
    def ledger(self) -> dict[str, int]:
        """Source sentences by status; the sum is the number of sentences (white space alone is not one)."""
        counts = Counter(s.status for s in self.sentences if s.source)
        return {str(status): counts[status] for status in Status}

    @property
    def made_title(self) -> bool:
        """Whether the article has no title of its own."""
        return bool(self.title_en and not self.title)

    def titled_by(self, claim: Claim) -> bool:
        """Whether a sentence of the summary is the title, so that who has read that need not read it again."""
        return says_the_same(claim.text, self.title_en) and len(self.title_en) <= LONGEST_TITLE

    @property
    def draft(self) -> bool:
        """Whether a reader must be warned: a model that is known to be weak, or that is in doubt here and now."""
        return any(m.quality in ("draft", UNPROVEN) for m in self.models)

    def confidence(self, sentence: Sentence) -> str:
        """How sure the model was of a translation, as against its development set: low, medium, high; "" if unknown."""
        role = f"translate:{sentence.language}{':second' if SECOND in sentence.rung else ''}"
        return confidence(sentence, next((m.confidence for m in self.models if m.role == role), ()))

    @property
    def unproven(self) -> bool:
        return any(m.quality == UNPROVEN for m in self.models)
