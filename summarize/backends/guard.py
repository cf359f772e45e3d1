"""`Guarded`: checks every output and climbs a ladder of repairs for the few that fail.

A rung is a backend with a name: another decoding, the sentence written differently, another model. Only texts whose
output has a flag are sent up, and of those only the ones that the rung `serves`, with a flag that it `mends`. The best
candidate is kept: the one with no fatal flag, then the one with the fewest doubts, then the earliest.

* A **fatal** flag (checks.FATAL, and what the engine itself says) is never passed off: when no rung gets rid of it the
  text comes back FAILED with its source marked, since no translation is better than a wrong one.
* A **doubt** (every other check) climbs as well, but what no rung can mend is kept, and the reader is told: the flag
  stays, with a question mark. So `numbers` says what was wrong and has been mended, `numbers?` what to doubt in the
  text at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Lock
from typing import Protocol

from .. import checks
from ..errors import ModelError
from ..languages import READ
from ..types import Backend, Json, Outcome, Output, Signature

VERSION = 3
OTHERS = "n-best"  # the rung of the first search's other hypotheses
DOUBTS = frozenset(checks.CHECKS) - checks.FATAL | {"glossary"}  # the last is found by backends/glossed.py
Checks = Mapping[str, Callable[[str, str], bool]]
SHORT_WORDS = frozenset(
    re.findall(r"\w+", "DIE DER DAS VOR BEI MIT UND AUF AUS FÜR VON IST EIN IM IN ZU ES ER SIE WIR")
)


def marked(source: str) -> str:
    """What stands in the text where a sentence could not be translated."""
    return f"[not translated: {source}]"


@dataclass(frozen=True)
class Judge:
    """Says what is wrong with an output. `language` is that of the sources ("": not known); `also` are doubts beyond
    checks.CHECKS, by name: whoever adds some answers for them in the signature."""

    language: str = ""
    also: Checks = field(default_factory=dict)

    @property
    def version(self) -> list[Json]:
        """For signatures: what is known of this language is part of it, of no other."""
        return [VERSION, checks.VERSION, READ.get(self.language, 0)]

    def flags(self, text: str, output: Output) -> tuple[str, ...]:
        """What the engine itself said (truncated, sentinel) and what the checks say."""
        more = (name for name, check in self.also.items() if check(text, output.text))
        return tuple(dict.fromkeys((*output.flags, *checks.failed(text, output.text, self.language), *more)))

    def best(self, text: str, outputs: Sequence[Output]) -> Output:
        """The first with the least wrong."""
        return min(outputs, key=lambda out: badness(self.flags(text, out)))


class Guarded:
    """A beam search of `hypotheses` beams has that many answers when it ends. With more than one, `inner` is a
    `Searching` backend, and the others are the first rung: they cost nothing.
    """

    def __init__(self, inner: Backend, ladder: Mapping[str, Backend], judge: Judge = Judge(), hypotheses: int = 1):
        self.inner = inner
        self.ladder = dict(ladder)
        self.judge = judge
        self.hypotheses = hypotheses

    @property
    def signature(self) -> Signature:
        rungs = [[name, dict(rung.signature.parts)] for name, rung in self.ladder.items()]
        return self.inner.signature.extended(guard=[*self.judge.version, self.hypotheses], ladder=rungs)

    def run(self, texts: Sequence[str]) -> list[Output]:
        tried = self._search(texts)
        best = [outputs[0] for outputs in tried]
        first = [self.judge.flags(text, out) for text, out in zip(texts, best, strict=True)]
        flags = list(first)
        rungs = [""] * len(texts)

        def offer(i: int, out: Output, name: str) -> None:
            found = self.judge.flags(texts[i], out)
            if badness(found) < badness(flags[i]):
                best[i], flags[i], rungs[i] = out, found, name

        for i, (_, *others) in enumerate(tried):
            for out in others:
                if flags[i]:
                    offer(i, out, OTHERS)
        for name, rung in self.ladder.items():
            serves: Callable[[str], bool] = getattr(rung, "serves", lambda text: True)
            mends: Callable[[str], bool] = getattr(rung, "mends", lambda flag: True)
            flagged = [i for i, text in enumerate(texts) if any(map(mends, flags[i])) and serves(text)]
            if not flagged:
                continue
            for i, out in zip(flagged, rung.run([texts[i] for i in flagged]), strict=True):
                offer(i, out, name)
        return [_settled(*fate) for fate in zip(texts, best, rungs, first, flags, strict=True)]

    def _search(self, texts: Sequence[str]) -> list[list[Output]]:
        if self.hypotheses == 1:
            return [[out] for out in self.inner.run(texts)]
        return self.inner.alternatives(texts, self.hypotheses)  # type: ignore[attr-defined]


def badness(flags: Sequence[str]) -> tuple[bool, int]:
    """What the best candidate has least of."""
    return _fatal(flags), len(flags)


def _fatal(flags: Sequence[str]) -> bool:
    return any(flag not in DOUBTS for flag in flags)


def _settled(text: str, output: Output, rung: str, first: tuple[str, ...], flags: tuple[str, ...]) -> Output:
    """The outcome of one text, from its best candidate, the flags of its first try and those of the candidate."""
    if _fatal(flags):
        return Output(marked(text), Outcome.FAILED, "", first, output.parts)
    mended = tuple(flag for flag in first if flag not in flags)
    outcome = Outcome.REPAIRED if rung else Outcome.OK
    return Output(output.text, outcome, rung, (*mended, *(f"{flag}?" for flag in flags)), output.parts)


# -- rungs ------------------------------------------------------------------------------------------------------------


class Only:
    """A rung for the texts that `serves` picks: any other it would send just as they were sent before."""

    def __init__(self, serves: Callable[[str], bool], inner: Backend):
        self.serves = serves
        self.inner = inner

    @property
    def signature(self) -> Signature:
        return self.inner.signature

    def run(self, texts: Sequence[str]) -> list[Output]:
        return self.inner.run(texts)


class Against:
    """A rung for what it is good for: it is asked only where one of `flags` was raised."""

    def __init__(self, flags: Collection[str], inner: Backend):
        self.flags = frozenset(flags)
        self.inner = inner

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(against=sorted(self.flags))

    def mends(self, flag: str) -> bool:
        return flag in self.flags

    def run(self, texts: Sequence[str]) -> list[Output]:
        return self.inner.run(texts)


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
            return [Output("", Outcome.FAILED, flags=("unusable",)) for _ in texts]


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
            flags = tuple(dict.fromkeys(f for o in outputs for f in o.flags))
            joined.append(Output(text, Outcome.FAILED if flags else Outcome.OK, "", flags, len(parts)))
        return joined


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

    def __init__(self, inner: Backend):
        self.inner = inner

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(recased=VERSION)

    @staticmethod
    def serves(text: str) -> bool:
        return mostly_capitals(text)

    def run(self, texts: Sequence[str]) -> list[Output]:
        outputs = self.inner.run([sentence_case(t) for t in texts])
        return [
            replace(o, text=o.text.upper()) if mostly_capitals(t) else o for t, o in zip(texts, outputs, strict=True)
        ]


def mostly_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def sentence_case(text: str) -> str:
    """
    >>> sentence_case("DIE EU WARNT VOR NEUEN ZÖLLEN")
    'Die EU Warnt Vor Neuen Zöllen'

    Every word keeps a capital: German nouns need one, and which words are nouns is not known here.
    """
    if not mostly_capitals(text):
        return text
    keep = lambda word: len(word) <= 3 and word.isupper() and word not in SHORT_WORDS
    return re.sub(r"\w+", lambda m: m.group() if keep(m.group()) else m.group().capitalize(), text)
