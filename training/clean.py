"""What a pair must be like to be trained on: `cleaned` mends what can be mended, `fault` names what cannot.

Cheap, deterministic rules, some microseconds a pair. Language is told by function words, which German and English share
few of; the detector of the package is asked only about the few sentences that have none.
"""

from __future__ import annotations

import html
import re

from summarize.languages import detection
from summarize.text import collapse_spaces, sanitise

from .corpus import Pair

MAX_WORDS = 150
MAX_CHARACTERS = 1200
MAX_WORD = 60  # characters; longer "words" are data
RATIO = 1.9  # most words (plus 3) of one side for each of the other
LETTERS = 0.5  # least share of letters among the characters that are not spaces
SURE = 0.9  # confidence from which the detector is believed

# Words that the other language has too (in, an, am, die, war, so, was, hat, will, also, man) are in neither list.
FUNCTION_WORDS = {
    side: frozenset(text.split())
    for side, text in {
        "de": """der das und ist nicht ein eine einen einem einer zu den dem mit für auf von sich im auch wird sind dass
            oder wie aus bei nach wenn werden noch nur sie ich wir es ihr sein über durch zum zur haben kann können""",
        "en": """the of and to is that for with on are this be by from at have has it as not or which you we they were
            can if their its been would there when your""",
    }.items()
}

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d(?:[\d.,:]*\d)")  # two digits or more, with what may stand between them


def cleaned(pair: Pair) -> Pair:
    """The pair in NFC, without controls, invisible characters, markup and entities, with single spaces."""
    return Pair(_side(pair.source), _side(pair.target), pair.tag)


def _side(text: str) -> str:
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text))
    return collapse_spaces(sanitise(text))


def fault(pair: Pair) -> str:
    """Why a cleaned pair must not be trained on, in one word; "" if it may."""
    source, target = pair.source, pair.target
    if not source or not target:
        return "empty"
    a, b = source.split(), target.split()
    if max(len(a), len(b)) > MAX_WORDS or max(len(source), len(target)) > MAX_CHARACTERS:
        return "long"
    if max(map(len, a)) > MAX_WORD or max(map(len, b)) > MAX_WORD:
        return "long"
    for x, y in ((len(a), len(b)), (len(b), len(a))):
        if x + 3 > RATIO * (y + 3):
            return "ratio"
    if len(a) > 2 and source.casefold() == target.casefold():
        return "identical"
    for text in (source, target):
        if len(_LETTER.findall(text)) < LETTERS * len(text.replace(" ", "")):
            return "letters"
    if _foreign(source, "de", "en") or _foreign(target, "en", "de"):
        return "language"
    return "numbers" if _other_numbers(source, target) else ""


def _foreign(text: str, expected: str, other: str) -> bool:
    words = _WORD.findall(text.lower())
    own = sum(word in FUNCTION_WORDS[expected] for word in words)
    others = sum(word in FUNCTION_WORDS[other] for word in words)
    if own or others:
        return others > max(own, 1)
    if len(words) < 6:
        return False
    guess = detection.detect(text)
    return guess.confidence >= SURE and guess.language != expected


def _other_numbers(source: str, target: str) -> bool:
    """True if both have numbers and not one in common: the sides speak of different things."""
    numbers = [{re.sub(r"\D", "", n) for n in _NUMBER.findall(text)} for text in (source, target)]
    return bool(numbers[0] and numbers[1]) and not numbers[0] & numbers[1]
