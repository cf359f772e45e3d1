"""The rungs of the ladder that `guard.Guarded` climbs: other ways to come by an output."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Lock
from typing import Protocol

from .. import checks
from ..errors import ModelError
from ..languages.cutting import cut_by
from ..languages.language import language
from ..types import Backend, Outcome, Output, Signature
from .judge import VERSION, Judge

CLEANED = "cleaned"

# The name of every repair that a text can have had and what it did, in the order in which they are tried. "n-best" is
# the first search's own (guard.py), "trimmed" of what a model wrote, "extractive" of a summarizer that did without it.
MEANINGS = {
    "around addresses": "addresses were kept and only the text between them translated",
    "re-case": "translated again without the capitals of a headline",
    CLEANED: "more than the translation was said; the rest of the answer was left out",
    "n-best": "another of the model's own suggestions was taken",
    "re-split": "cut at its clauses and translated piece by piece",
    "wider n-best": "one of the model's suggestions in a wider search was taken",
    "terms in prompt": "translated again, with the terms of the glossary in the question",
    "target in source": "translated again with the glossary's English in the place of the term",
    "stand-in": "translated again with a made-up name in the place of the term, and the glossary's English put there",
    "other stand-in": "the same with another made-up name",
    "no-repeat": "translated again with repetition forbidden",
    "re-split no-repeat": "cut into short pieces and translated with repetition forbidden",
    "around addresses, re-split": "addresses were kept, and the text between them cut at its clauses",
    "second model": "the first model fell short; the second one translated it",
    "trimmed": "cut back to its last whole sentence",
    "extractive": "the model's own summary failed its checks; these are sentences of the article instead",
}


def always(text: str) -> bool:
    return True


@dataclass(frozen=True)
class Rung:
    """A backend with a name (of MEANINGS), the texts that it `serves`, any other it would send just as they were sent
    before, and the flags that it `mends` (None: all but those that it `leaves`)."""

    name: str
    backend: Backend
    serves: Callable[[str], bool] = always
    mends: Collection[str] | None = None
    leaves: Collection[str] = ()

    @property
    def signature(self) -> Signature:
        """Which texts it serves follows from what it is; what it mends is a choice."""
        inner = self.backend.signature
        if self.leaves:
            inner = inner.extended(leaves=sorted(self.leaves))
        return inner if self.mends is None else inner.extended(against=sorted(self.mends))

    def climbs(self, text: str, flags: Collection[str]) -> bool:
        """Whether a text with these flags is sent to it."""
        mended = flags if self.mends is None else self.mends
        return any(flag in mended and flag not in self.leaves for flag in flags) and self.serves(text)


class Spare:
    """A rung that the ladder does without when its model cannot be used: this is announced once, noted in `unusable`
    under the model's `id`, and from then on the rung serves nothing."""

    def __init__(self, inner: Backend, id: str, unusable: dict[str, ModelError], announce: Callable[[str], None]):
        self.inner = inner
        self.id = id
        self.unusable = unusable
        self.announce = announce
        self._noting = Lock()  # slices may come from two threads

    @property
    def signature(self) -> Signature:
        return self.inner.signature

    def serves(self, text: str) -> bool:
        return self.id not in self.unusable

    def run(self, texts: Sequence[str]) -> list[Output]:
        """As the model; failed outputs, which mend nothing, where it cannot be used."""
        try:
            return self.inner.run(texts)
        except ModelError as error:
            with self._noting:
                told = self.id in self.unusable
                self.unusable[self.id] = error
            if not told:
                self.announce(f"{error.message}. The run goes on without it as second model. To do: {error.hint}")
            return [Output("", Outcome.FAILED, faults=("unusable",)) for _ in texts]


class Searching(Backend, Protocol):
    """A backend that can give several answers, best first."""

    def fits(self, text: str) -> bool: ...

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]: ...


class NBest:
    """Of the `n` best hypotheses the first with the fewest flags."""

    def __init__(self, inner: Searching, n: int, judge: Judge = Judge()):
        self.inner = inner
        self.n = n
        self.judge = judge

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(nbest=[*self.judge.version, self.n])

    def fits(self, text: str) -> bool:
        return self.inner.fits(text)

    def run(self, texts: Sequence[str]) -> list[Output]:
        found = self.inner.alternatives(texts, self.n)
        return [self.judge.best(text, outputs) for text, outputs in zip(texts, found, strict=True)]


class Around:
    """Addresses (URLs, e-mails, handles, code) stay byte for byte: only the text between them is sent."""

    def __init__(self, inner: Backend):
        self.inner = inner

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(around=[VERSION, checks.VERSION])

    @staticmethod
    def serves(text: str) -> bool:
        return bool(checks.ADDRESS.search(text))

    def run(self, texts: Sequence[str]) -> list[Output]:
        pieces = [_between(text) for text in texts]
        sent = [piece for parts in pieces for piece in parts if _translatable(piece)]
        answers = iter(self.inner.run(sent))
        joined = []
        for parts in pieces:
            outputs = [next(answers) if _translatable(p) else Output(p) for p in parts]
            text = "".join(_spaced(p, o.text) if _translatable(p) else p for p, o in zip(parts, outputs, strict=True))
            faults = tuple(dict.fromkeys(f for o in outputs for f in o.faults))
            outcome = Outcome.FAILED if faults else Outcome.OK
            joined.append(Output(text, outcome, faults=faults, parts=len(parts), logprob=lowest(outputs)))
        return joined


def lowest(outputs: Iterable[Output]) -> float | None:
    """The log-probability of outputs joined to one: that of the least sure."""
    return min((o.logprob for o in outputs if o.logprob is not None), default=None)


def _between(text: str) -> list[str]:
    """The text cut before and after each address; joined it is the text again.

    >>> _between("Mehr auf www.taz.de heute.")
    ['Mehr auf ', 'www.taz.de', ' heute.']
    """
    cuts = [0, *(place for match in checks.ADDRESS.finditer(text) for place in match.span()), len(text)]
    return [text[a:b] for a, b in pairwise(cuts) if a < b]


def _translatable(piece: str) -> bool:
    return any(c.isalpha() for c in piece) and not checks.ADDRESS.fullmatch(piece)


def _spaced(piece: str, answer: str) -> str:
    """The answer between the white space of its piece."""
    head = piece[: len(piece) - len(piece.lstrip())]
    return head + answer.strip() + piece[len(piece.rstrip()) :]


class Recased:
    """Headlines IN CAPITALS, which make models loop, sent in sentence case; short all-capital words stay (EU, NATO)."""

    def __init__(self, inner: Backend, code: str = ""):
        """`code`: of their language (ISO 639-1), whose common words are no abbreviations."""
        self.inner = inner
        self.small = small_words(code)

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(recased=VERSION)

    @staticmethod
    def serves(text: str) -> bool:
        return mostly_capitals(text)

    def run(self, texts: Sequence[str]) -> list[Output]:
        outputs = self.inner.run([sentence_case(t, self.small) for t in texts])
        return [
            replace(o, text=o.text.upper()) if mostly_capitals(t) else o for t, o in zip(texts, outputs, strict=True)
        ]


def mostly_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def small_words(code: str) -> frozenset[str]:
    """Words of a language, casefolded, that are written small, as far as they are known: no names and abbreviations."""
    known, own = cut_by(code), language(code)
    return known.starters | known.determiners | own.small | frozenset(own.common_words)


def sentence_case(text: str, small: Collection[str] = ()) -> str:
    """These words are small but for the first; other short ones in capitals stay as they are, and longer ones keep one
    capital, since they may be names, or German nouns.

    >>> sentence_case("DIE EU WARNT VOR NEUEN ZÖLLEN", small_words("de"))
    'Die EU warnt vor neuen Zöllen'
    """
    if not mostly_capitals(text):
        return text

    first = re.search(r"\w", text)

    def written(match: re.Match[str]) -> str:
        word = match.group()
        if word.casefold() in small and first and match.start() > first.start():
            return word.lower()
        keep = len(word) <= 3 and word.isupper() and word.casefold() not in small
        return word if keep else word.capitalize()

    return re.sub(r"\w+", written, text)
