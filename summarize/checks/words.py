"""Checks of single words: addresses and names that must be found again, negations that must not be lost."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from .english import ENGLISH_ONLY

# --- addresses -------------------------------------------------------------------------------------------------------

_TLD = "de|com|org|net|at|ch|eu|info|fr|uk|io|tv|gov|edu|news|nl|it|es|pl|be|lu|li|biz|app|dev|me"
ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?:https?://|ftp://|www\.)[^\s<>\"„“”»«]*[^\s<>\"„“”»«.,;:!?)\]'’]"  # URL
    rf"|(?<![\w.-])(?:[\w-]+\.)+(?:{_TLD})\b(?:/[^\s<>\"„“”»«]*[^\s<>\"„“”»«.,;:!?)\]'’])?"  # host, perhaps a path
    r"|(?<![\w&])[@#][^\W\d]\w+"  # handle, hashtag
    r"|`[^`\n]+`"  # code
)
_HINT = re.compile(r"[@#`]|://|www\.|\w\.[a-z]")  # cheap, and found wherever an address is


def addresses(source: str, output: str) -> bool:
    """A URL, e-mail address, handle, hashtag or piece of code is not there byte for byte, or was made up.

    >>> addresses("Mehr auf www.taz.de.", "More at www.taz.de."), addresses("Mehr auf www.taz.de.", "More at www.taz.")
    (False, True)
    """
    if not (_HINT.search(source) or _HINT.search(output)):
        return False
    return any(a not in output for a in ADDRESS.findall(source)) or any(
        a not in source for a in ADDRESS.findall(output)
    )


# --- names -----------------------------------------------------------------------------------------------------------

_PAIR = re.compile(r"(?<=[\w,] )([A-ZÄÖÜ][\w'’-]{2,}) (?=([A-ZÄÖÜ][\w'’-]{2,}))")
_MIXED = re.compile(r"\b(?:[A-Za-zÄÖÜäöüß]+\d+\w*|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w+)\b")
_LONE = re.compile(r"\b[a-z]+,? ([A-ZÄÖÜ][a-zß-ÿ][^\W\d_]{2,})(?:['’]s)?(?=[.,;:!?]|$| (?![A-Z\d])(?!of\b|the\b)\w)")
_FULL_NAME = re.compile(r"\b[a-z]+,? ([A-ZÄÖÜ][a-zß-ÿ]{2,}) ([A-ZÄÖÜ][a-zß-ÿ]{3,})\b")
_LATIN = re.compile(r"[A-Za-zÀ-ž]")
MOST = 30  # names of a kind that are looked at: no sentence has more, and a table of results need not cost seconds
_ACCENTS = re.compile("[\u0300-\u036f]")
_FOLDS = str.maketrans({"ß": "ss", "’": "", "'": "", "-": "", "j": "y", "w": "v"})


def names(source: str, output: str) -> bool:
    """A name became another. German writes every noun with a capital, so only clear cases count: words that mix cases
    or letters and digits (iPhone, A6) and are not found again; a first name that was copied before a family name that
    was not; a capitalised word alone in the middle of the English sentence that is like no word of the source. Spelled
    alike is enough (Chamenei, Khamenei).

    >>> names("Das sagte Trainer Ainars Bagatskis.", "This was said by coach Ainars Miller.")
    True
    >>> names("Damals traf Grindel ihn in München.", "Then he was met by Grindel in Munich.")
    False
    """
    if len(_LATIN.findall(source)) < 0.5 * len(source):
        return False  # Минск cannot be compared with Minsk
    lone = [name for name in _LONE.findall(output)[:MOST] if name.casefold().removesuffix("s") not in ENGLISH_ONLY]
    # a first name that the source lacks, before a family name that it has
    lone += [a for a, b in _FULL_NAME.findall(output)[:MOST] if a.casefold() not in ENGLISH_ONLY and b in source]
    pairs = [b for a, b in _PAIR.findall(source)[:MOST] if re.search(rf"\b{re.escape(a)} [A-ZÄÖÜ]", output)]
    mixed = _MIXED.findall(source)[:MOST]
    return _strange(lone, source) or _strange(pairs, output) or _strange(mixed, output)


def _strange(names: list[str], text: str) -> bool:
    """One of the names is like no word of the text."""
    if not names:
        return False
    folded = _fold(text)
    words, joined = set(folded.split()), folded.replace(" ", "")
    return any(name[:4] not in joined and not any(_alike(name, w) for w in words) for name in map(_fold, names))


def _fold(text: str) -> str:
    """Lower case without accents, hyphens and apostrophes; the letters that transliterations confuse are one."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text.replace("ß", "ss")) if ord(c) < 0x300 or ord(c) > 0x36F
        )
    return re.sub(r"[^\w\s]", " ", text.casefold().translate(_FOLDS))


def _alike(a: str, b: str) -> bool:
    """Begins alike, or has most letters in common in order."""
    if a[:3] == b[:3]:
        return True
    return abs(len(a) - len(b)) <= 4 and SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.6


# --- negation --------------------------------------------------------------------------------------------------------

_NEGATED_DE = re.compile(
    r"\b(?:nicht(?! nur\b| zuletzt\b| zu vergessen)|kein(?:e[mnrs]?)?|nie|niemals|niemand\w*|nichts|nirgend\w*"
    r"|weder)\b",
    re.IGNORECASE,
)
# The plain ones, and the many ways in which a translator says no without a no.
_NEGATED_EN = re.compile(
    r"\b(?:not|cannot|no|never|none|nobody|nothing|nowhere|neither|nor|without|zero|non\w*|hardly|barely|scarcely|rarely"
    r"|un(?!i|der|til|cle)\w{3,}|dis(?!t|c|pl|h)\w{3,}|\w{3,}less|illegal|instead|rather|except|only|few|little|less|free"
    r"|in(?:ability|sufficient|appropriate|correct|complete|capable|adequate|visible|valid|dependent)\w*|impossib\w+"
    r"|fail\w*|refus\w+|lack\w*|avoid\w*|miss(?:ed|es|ing)?|declin\w+|den(?:y|ied|ies)|reject\w*|stop\w*|prevent\w*"
    r"|absen\w+|exclu\w+|prohibit\w*|bann\w*|far from)\b|n['’]t\b",
    re.IGNORECASE,
)


def negation(source: str, output: str) -> bool:
    """The source denies something and nothing in the output does.

    >>> negation("Er kommt nicht.", "He is coming."), negation("Er kommt nicht.", "He is unable to come.")
    (True, False)
    """
    return bool(_NEGATED_DE.search(source)) and not _NEGATED_EN.search(output)
