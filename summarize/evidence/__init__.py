"""Which sentences of a text support a sentence of its summary, and how well. English against English.

`link` finds the evidence, `supported` says whether it suffices. Three questions are asked of a claim:

* Are its words there? A claim that stands verbatim in the text scores 1. Otherwise up to three sentences are taken
  greedily, each for the content words it adds, weighed by how rare they are in the text (a word the text lacks weighs
  most). The second and third sentence count for less: a claim pieced together may join what does not belong together.
* Are its facts there? Every number, percentage, date and name of the claim must stand in the evidence, or in another
  sentence of the text that then joins the evidence. What stands nowhere is a problem.
* Does it say the same? Where it contradicts its evidence, its words are a problem, too (`contradictions`); so they are
  where it is a fragment of its evidence, and what stands around it there takes it back (`denial`).

    >>> link("Five caps for Grindel.", ["Grindel has 500 caps.", "He is glad."]).problems
    ('Five',)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from .contradictions import conflicts
from .denial import left_out
from .wording import content, names, numbers, stem, words

MOST = 3  # evidence sentences per claim
DISCOUNT = (1.0, 0.9, 0.8)  # worth of what the first, second and third evidence sentence add
LEAST_GAIN = 0.08  # share of a claim that a further sentence must add to become evidence
ENOUGH = 0.75  # score from which a claim counts as supported
VERSION = 7  # raised by hand when link or supported would judge a claim differently


@dataclass(frozen=True, slots=True)
class Support:
    """`evidence`: indices of sentences, the weightiest first; `score`: 0 to 1; `problems`: quoted from the claim."""

    evidence: tuple[int, ...]
    score: float
    problems: tuple[str, ...] = ()


def supported(support: Support) -> bool:
    """The rule: three quarters of the claim's content stand in its evidence, and nothing in it is a problem."""
    return bool(support.evidence) and support.score >= ENOUGH and not support.problems


def link(claim: str, sentences: Sequence[str]) -> Support:
    """Evidence for one sentence of a summary among the sentences of its text. Same arguments, same answer."""
    return _text(tuple(sentences)).link(claim)


# --- the text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """One sentence of the text, as it is searched."""

    words: str  # folded words between single spaces, with a space at both ends
    stems: frozenset[str]  # of all words, the parts of hyphenated ones too
    numbers: frozenset[str]  # what they mean, see `numbers`

    @classmethod
    def of(cls, sentence: str) -> _Line:
        return cls(
            words=_spaced(words(sentence)),
            stems=frozenset(stem(word) for word in words(sentence.replace("-", " "))),
            numbers=frozenset(value for _, value in numbers(sentence)),
        )


def _spaced(tokens: Iterable[str]) -> str:
    return " " + "".join(token + " " for token in tokens)


class _Text:
    """The sentences of one text with what `link` needs to know of them; built once per text."""

    def __init__(self, sentences: Sequence[str]):
        self.sentences = sentences
        self.lines = [_Line.of(sentence) for sentence in sentences]
        self.frequency = Counter(stem for line in self.lines for stem in line.stems)

    def link(self, claim: str) -> Support:
        evidence = self._containing(words(claim))
        if evidence:
            return Support(evidence, 1.0, self._taken_back(claim, evidence))
        evidence, score = self._overlapping(set(content(claim)))
        problems = []
        for written, holders in self._facts(claim):
            if any(i in holders for i in evidence):
                continue
            if holders and len(evidence) < MOST:
                evidence += (holders[0],)
            else:
                problems.append(written)
        problems += conflicts(claim, [self.sentences[i] for i in evidence], self.sentences)
        problems += self._taken_back(claim, evidence)
        return Support(evidence, round(score, 4), tuple(dict.fromkeys(problems)))

    def _containing(self, tokens: list[str]) -> tuple[int, ...]:
        """The sentence that has these words in a row, or the two or three neighbours that together are these words.

        Of several sentences the one is taken that says just this, or says it without taking it back.
        """
        if not tokens:
            return ()
        sought = _spaced(tokens)
        if holders := [i for i, line in enumerate(self.lines) if sought in line.words]:
            claim = " ".join(tokens)
            just = [i for i in holders if self.lines[i].words == sought] or holders
            whole = (i for i in just if not left_out(claim, self.sentences[i]))
            return (next(whole, just[0]),)
        for i in range(len(self.lines)):
            joined = self.lines[i].words
            for j in range(i + 1, min(i + MOST, len(self.lines))):
                joined += self.lines[j].words[1:]
                if joined == sought:
                    return tuple(range(i, j + 1))
        return ()

    def _taken_back(self, claim: str, evidence: Sequence[int]) -> tuple[str, ...]:
        """The claim's beginning, if it is a fragment that its sentence denies, doubts or makes depend on something."""
        words = [left for i in evidence if (left := left_out(claim, self.sentences[i]))]
        return (f"{' '.join(claim.split()[:3])} (there “{words[0]}”)",) if words else ()

    def _weight(self, stem: str) -> float:
        """Rarity within the text; a stem that the text lacks weighs as much as the rarest and half again."""
        return log(1 + len(self.lines) / (self.frequency[stem] or 0.5))

    def _overlapping(self, stems: set[str]) -> tuple[tuple[int, ...], float]:
        total = sum(map(self._weight, sorted(stems)))
        left, evidence, score = set(stems), [], 0.0
        while total and left and len(evidence) < MOST:
            gains = [sum(map(self._weight, sorted(left & line.stems))) for line in self.lines]
            best = max(range(len(gains)), key=gains.__getitem__, default=-1)
            if best < 0 or gains[best] < LEAST_GAIN * total:
                break
            score += DISCOUNT[len(evidence)] * gains[best] / total
            evidence.append(best)
            left -= self.lines[best].stems
        return tuple(evidence), min(score, 1.0)

    def _facts(self, claim: str) -> Iterator[tuple[str, list[int]]]:
        """Each fact of the claim with the sentences that hold it.

        A name may come from anywhere (it resolves a pronoun); a number must stand beside some other word of the claim.
        """
        others = {stem for stem in content(claim) if not stem[0].isdigit()}
        for written, value in numbers(claim):
            if written.lower() == "one":
                continue  # more often a pronoun than a number
            yield written, [i for i, line in enumerate(self.lines) if value in line.numbers and others & line.stems]
        for written, parts in names(claim):
            yield written, [i for i, line in enumerate(self.lines) if parts <= line.stems]


@lru_cache(maxsize=16)
def _text(sentences: tuple[str, ...]) -> _Text:
    return _Text(sentences)


__all__ = ["ENOUGH", "MOST", "VERSION", "Support", "content", "link", "names", "numbers", "supported", "words"]
