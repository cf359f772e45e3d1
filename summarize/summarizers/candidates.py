"""Which sentences of a text may stand in a summary, and which of them say nothing without the one before."""

from __future__ import annotations

import re
import tomllib
from calendar import day_name, month_name
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from .. import chunk, evidence
from ..languages.language import language
from ..types import TARGET
from .centrality import Vector, vector

WORDS: dict[str, str] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen. `place` is its index among all sentences of the text."""

    place: int
    text: str
    vector: Vector


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


_GOES_ON = re.compile(
    r"[\"'“‘]?(?:" + "|".join(phrase.strip() for phrase in WORDS["goes_on"].split("|")) + r")\b", re.IGNORECASE
)
_SOMEBODY, _SETTING, _SPEAKER, _SAYING = (
    frozenset(WORDS[name].split()) for name in ("somebody", "setting", "speaker", "saying")
)
SETTING = 6  # words that a time or a place has at most
_CALENDAR = frozenset(map(str.lower, (*day_name, *month_name)))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def dangling(sentence: str) -> bool:
    """Whether it opens with a word that points back at the sentence before, or with a time or place and then somebody
    who is not named.

    >>> dangling("He also denied it."), dangling("On Monday he denied it."), dangling("After the war Merkel denied it.")
    (True, True, False)
    """
    return bool(_GOES_ON.match(sentence)) or _unnamed(sentence)


def _unnamed(sentence: str) -> bool:
    """Whether a time or a place, or all up to a comma, is followed by somebody who has no name there."""
    opening, _, rest = sentence.partition(", ")
    words = _WORD.findall(sentence)
    front = list(takewhile(lambda word: word.lower() not in _SOMEBODY, words))
    if words and words[0].lower() in _SETTING and len(front) < min(SETTING + 1, len(words)):
        return not _naming(front)
    front = _WORD.findall(opening)
    return rest.split(" ")[0] in _SOMEBODY and not _naming(front) and _SAYING.isdisjoint(front)


def _naming(words: Sequence[str]) -> bool:
    return any(word[0].isupper() and word.lower() not in _CALENDAR for word in words[1:])


def anonymous(sentence: str) -> bool:
    """Whether somebody speaks in it, but who does is said elsewhere: a mark too few, nothing outside the marks, or "I"
    without a word of saying.

    >>> anonymous('"I resign.'), anonymous('"I resign," said Merkel.'), anonymous("No, I resign.")
    (True, False, True)
    """
    marks = sum(sentence.count(mark) for mark in '"“”')
    if marks == 0:
        words = _WORD.findall(sentence)
        return _SAYING.isdisjoint(map(str.lower, words)) and any(
            (word.lower() in _SPEAKER and word != "US") or (word == "I" and (i < 2 or words[i - 1].islower()))
            for i, word in enumerate(words)
        )
    return marks % 2 == 1 or (marks == 2 and sentence[0] in '"“' and sentence[-1] in '"”')


def telling(title: str, candidates: Sequence[Candidate], code: str = TARGET) -> bool:
    """Whether a title says what the text is about: three words with meaning, one of which the text takes up."""
    stems = set(evidence.content(title, code))
    return len(stems) >= 3 and any(stems & c.vector.keys() for c in candidates)
