"""What a sentence says, as it can be compared: folded words, stems, numbers, names.

>>> content("He resigned."), list(numbers("five per cent"))
(['resign'], [('five per cent', '5%')])
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

# --- words ---------------------------------------------------------------------------------------------------------


def listed(words: str) -> frozenset[str]:
    """The words of a text between white space."""
    return frozenset(words.split())


def _counted(start: int, listed: str) -> dict[str, str]:
    return {word: str(n) for n, word in enumerate(listed.split(), start)}


STOPWORDS = listed(
    """a about above after again against all also although am among an and any are as at be because been before being
    below between both but by can could did do does doing down during each else ever every few for from further get
    gets go goes got had has have having he her here hers herself him himself his how however i if in into is it its
    itself just let may me might more most much must my myself nor now of off on once only or other our ours out over
    own per rather said same say says she should since so some still such than that the their theirs them themselves
    then there therefore these they this those though through thus to too under until up upon us very was we were what
    when where whether which while who whom whose why will with within would yet you your yours yourself
    im ive id hes shes theyre weve youre"""
)
# On purpose not among them: no, not, never. A claim that adds one pays for it (one that drops it goes unnoticed).
_NEGATED = listed(
    """arent cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont wouldnt"""
)
# Words that begin an English sentence, or carry a capital, without naming anything.
_UNNAMED = STOPWORDS | listed(
    """according another anyone around despite early earlier even everyone finally first following given instead last
    late later like many meanwhile mr mrs ms dr sir lady lord prof next no nobody none not nothing one people prior
    recent recently second several similarly sometimes soon today together tomorrow unlike unless usually well without
    yes yesterday"""
)

TOKEN = re.compile(r"\d[\d,.:]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*(?:\.(?=[^\W\d_]\b)[^\W\d_])*", re.UNICODE)


def words(text: str) -> list[str]:
    """Folded words and numbers in order: no case, no accents, no apostrophes; 5,000 is 5000.

    >>> words("Özil's 5,000 fans")
    ['ozil', '5000', 'fans']
    """
    return [folded for folded in map(fold, TOKEN.findall(text)) if folded]


def content(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, repetitions kept."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


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


_COUNTS = _counted(2, "two three four five six seven eight nine ten eleven twelve")
_WHOLE = listed("nothing hardly barely scarcely really")  # deny, or stand beside what does: not hard, not bar
_SUFFIXES = ("ing", "ed", "es", "s", "ly")


def stem(word: str) -> str:
    """A light stem, good enough to see that "resigns", "resigned" and "resigning" are one word; "five" is "5"."""
    if word in _COUNTS:
        return _COUNTS[word]
    if word in _NEGATED:
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

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ORDINALS = _counted(3, "third fourth fifth sixth seventh eighth ninth tenth")
_NUMBER_WORDS = {"one": "1", **_COUNTS, **_ORDINALS}
_SCALES = {"thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12}
_FIGURE = r"\d(?:[\d,.:]*\d)?"
_PERCENT = r"[\s-]?(?:%|per\s?cent\b|percentage\b)"
_AMOUNT = re.compile(
    rf"(?P<figure>(?<![\d.,:]){_FIGURE}|\b(?:{'|'.join(_NUMBER_WORDS)})\b)"
    r"(?:st|nd|rd|th|s)?"
    rf"(?:[\s-]?(?P<scale>{'|'.join(_SCALES)})\b)?"
    rf"(?P<percent>{_PERCENT}|(?=\s?(?:-|–|to|or|and)\s?\d[\d,.]*{_PERCENT}))?",  # "3 to 5 %" is 3 % and 5 %
    re.IGNORECASE,
)
_MONTH = f"(?P<month>{_MONTHS})"
_DATES = (
    re.compile(rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? {_MONTH}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?\b(?!,\d)", re.IGNORECASE),
)


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
    for match in _AMOUNT.finditer(text):
        figure, scale = match["figure"], match["scale"]
        figure = _NUMBER_WORDS.get(figure.lower(), figure)
        value = _plain_number(figure, _SCALES[scale.lower()] if scale else 0)
        yield match[0].strip(), value if match["percent"] is None else value + "%"
    for pattern in _DATES:
        for match in pattern.finditer(text):
            yield match[0], f"{int(match['day'])} {match['month'].lower()}"


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
