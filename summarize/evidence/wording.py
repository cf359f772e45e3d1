"""What a sentence says, as it can be compared: folded words, stems, numbers, names.

>>> content("He resigned."), list(numbers("five per cent"))
(['resign'], [('five per cent', '5%')])
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from calendar import month_name
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from ..facts import Fact, facts
from ..languages.language import language
from ..types import TARGET

# --- words ---------------------------------------------------------------------------------------------------------


WORDS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8")).items()
}
STOPWORDS = WORDS["stopwords"]
_UNNAMED = STOPWORDS | WORDS["unnamed"]


def _counted(start: int, listed: str) -> dict[str, str]:
    return {word: str(n) for n, word in enumerate(listed.split(), start)}


BEGINNING = 5  # letters: of 4 to 9 tried, what chooses most alike in a text and its translation (docs/models.md)
_SIGN = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")  # Japanese, Chinese, Korean
TOKEN = re.compile(r"\d[\d,.:]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*(?:\.(?=[^\W\d_]\b)[^\W\d_])*", re.UNICODE)


def words(text: str) -> list[str]:
    """Folded words and numbers in order: no case, no accents, no apostrophes; 5,000 is 5000.

    >>> words("Özil's 5,000 fans")
    ['ozil', '5000', 'fans']
    """
    return [folded for folded in map(fold, TOKEN.findall(text)) if folded]


def content(text: str, code: str = TARGET) -> list[str]:
    """Stems of the words that carry meaning, in order, repetitions kept. Of languages other than English (ISO 639-1)
    the commonest words are known, and what a word begins with is its stem; of signs that are written without spaces
    every two in a row are taken for a word."""
    if code != TARGET:
        found = [word for word in words(text) if word not in _common(code)]
        signs = [[w[i : i + 2] for i in range(len(w) - 1)] if _SIGN.search(w) else [w[:BEGINNING]] for w in found]
        return [stem for stems in signs for stem in stems]
    return [stem(word) for word in words(text) if word not in STOPWORDS]


@lru_cache
def _common(code: str) -> frozenset[str]:
    return frozenset(word for common in language(code).common_words for word in words(common))


@lru_cache(maxsize=1 << 16)  # words come again and again
def fold(token: str) -> str:
    """One token as `words` gives it; "" when nothing is left of it."""
    if token[0].isdigit():
        return _plain_number(token)
    if token in ("US", "U.S"):
        return "usa"  # folded it would be the pronoun
    decomposed = unicodedata.normalize("NFKD", token.replace("ß", "ss"))
    word = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().replace("’", "'")
    return word.removesuffix("'s").replace("'", "").replace(".", "")


_ORDINALS = _counted(3, "third fourth fifth sixth seventh eighth ninth tenth")
_COUNTS = _counted(2, "two three four five six seven eight nine ten eleven twelve")
_NUMBER_WORDS = {"one": "1", **_COUNTS, **_ORDINALS}
_WHOLE = frozenset(
    ("nothing", "hardly", "barely", "scarcely", "really")
)  # deny, or stand beside what does: not hard, not bar
_SUFFIXES = ("ing", "ed", "es", "s", "ly")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A light stem, good enough to see that "resigns", "resigned" and "resigning" are one word; "five" is "5"."""
    if word in _COUNTS:
        return _COUNTS[word]
    if word in WORDS["negated"]:
        return "not"
    if word.isdigit() or len(word) <= 3 or word.endswith("ss") or word in _WHOLE:
        return word
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeious":
                word = word[:-1]  # "stopped" is "stop"
            break
    return word.removesuffix("e") if len(word) > 3 else word


# --- facts ---------------------------------------------------------------------------------------------------------


def _plain_number(figure: str, zeros: int = 0) -> str:
    """5,000 -> 5000, 2.50 -> 2.5, 1.5 with six zeros -> 1500000; a time or a version number stays as it is written."""
    bare = re.sub(r",(?=\d{3}(?!\d))", "", figure)
    try:
        value = Decimal(bare).scaleb(zeros)
    except ArithmeticError:
        return bare
    return f"{value.normalize():f}"


def numbers(text: str) -> Iterator[tuple[str, str]]:
    """What is written and what it means: ("5,000", "5000"), ("five", "5"), ("3 per cent", "3%"), ("2 k", "2000").

    A day with its month counts as one number more: ("20 March", "20 march").
    """
    account = facts(text, "en")
    shares = [fact for fact in account.of("percent") if fact.sure]
    spelled = [f for f in account.of("count") if f.sure or account.quoted(f).lower() in _NUMBER_WORDS]
    scores = [f for f in account.of("score") if ":" in account.quoted(f)]  # 3:1 is one figure
    apart = [f for f in account.of("number") if not any(s.start <= f.start < s.end for s in scores)]
    found = sorted(apart + spelled, key=lambda fact: fact.start)
    for n, fact in enumerate(found):
        behind = found[n + 1].end if n + 1 < len(found) and found[n + 1].start - fact.end <= 5 else fact.end
        share = next((s for s in shares if 0 <= s.start - fact.end <= 2 or 0 <= s.start - behind <= 2), None)
        end = share.end if share and share.start - fact.end <= 2 else fact.end
        value = _value(fact, scaled=account.quoted(fact)[-1].isalpha())
        yield text[fact.start : end].strip(), f"{value}%" if share else str(value)
    for fact in scores:
        yield account.quoted(fact), "".join(account.quoted(fact).split())
    for fact in account.of("time"):
        hour, minute = min(fact.values)
        yield account.quoted(fact), f"{hour}:{minute:02d}"
    for fact in account.of("date"):
        month, day = min(fact.values)
        yield account.quoted(fact), f"{day} {month_name[month].lower()}"


def _value(fact: Fact, scaled: bool) -> str:
    """One of its readings: 2.5m is millions, '90 is ninety."""
    powers = [value for value in fact.values if isinstance(value, str)]
    return powers[0] if powers else f"{Decimal((max if scaled else min)(fact.values)).normalize():f}"


def is_name(word: str) -> bool:
    """A capitalised word that is none of those that often carry a capital and name nothing."""
    return word[0].isupper() and len(word) > 1 and fold(word) not in _UNNAMED | _NUMBER_WORDS.keys()


_CAPITALISED = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*", re.UNICODE)


def names(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Capitalised words that may name something, each with the stems of its parts: "Blair-Brown's" -> {blair, brown}.

    The first word of a sentence counts too, unless it is one of the words that usually begin sentences: a name at the
    head of a claim is just where a model invents one.
    """
    for match in _CAPITALISED.finditer(text):
        if not match[0][0].isupper():
            continue
        parts = {word for word in words(match[0].replace("-", " ")) if word not in _UNNAMED and len(word) > 1}
        if parts and not parts <= _NUMBER_WORDS.keys():
            yield match[0], frozenset(stem(word) for word in parts)
