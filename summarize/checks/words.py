"""Checks of single words: addresses and names that must be found again, negations that must not be lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from .english import english_only
from .quantities import GERMAN_WORDS

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
_CAPITAL = re.compile(r"(?<=[\w,] )[A-ZÄÖÜ][a-zß-ÿ][^\W\d_]{2,}")
_OTHER_SCRIPT = re.compile(r"[^\W\d_A-Za-zÀ-ɏḀ-ỿ]{2,}")  # within Latin text it must stand as it is
_TRANSLATED = frozenset({"EuGH", "MwSt", "BVerfG", "StGB", "StPO", "StVO", "GroKo", "MdB", "MdL"})  # no names
_LATIN = re.compile(r"[A-Za-zÀ-ž]")
MOST = 30  # names of a kind that are looked at: no sentence has more, and a table of results need not cost seconds
LONGEST_WORD = 50  # letters of a word that are compared: of thousands the comparison takes minutes
_FOLDS = str.maketrans({"ß": "ss", "’": "", "'": "", "-": "", "j": "y", "w": "v", "c": "k"})


def names(source: str, output: str) -> bool:
    """A name became another. German writes every noun with a capital, so only clear cases count: words that mix cases
    or letters and digits (iPhone, A6) and are not found again; a first name that was copied before a family name that
    was not; a capitalised word in the middle of the English sentence that is like no word of the source and that
    English has no reason of its own to capitalise (Danube, Sunday); a word in another script that is not there as it
    was. Spelled alike is enough (Chamenei, Khamenei).

    >>> names("Das sagte Trainer Ainars Bagatskis.", "This was said by coach Ainars Miller.")
    True
    >>> names("Damals traf Grindel ihn in München.", "Then he was met by Grindel in Munich.")
    False
    """
    if _LATIN.search(source) and any(word not in output for word in _OTHER_SCRIPT.findall(source)[:MOST]):
        return True
    if not _comparable(source):
        return False
    pairs = [b for a, b in _PAIR.findall(source)[:MOST] if re.search(rf"\b{re.escape(a)} [A-ZÄÖÜ]", output)]
    mixed = [word for word in _MIXED.findall(source)[:MOST] if word not in _TRANSLATED]
    return bool(strange_names(source, output) or unlike(pairs, output) or unlike(mixed, output))


def strange_names(source: str, output: str) -> list[str]:
    """Words that the output capitalises in the middle of a sentence and that can only be names, but not of the source.

    >>> strange_names("Damals traf Grindel ihn.", "Then Grindel met Blair.")
    ['Blair']
    """
    if not _comparable(source):
        return []
    return unlike([word for word in capitals(output) if not english_only(word)], source)


def capitals(text: str) -> list[str]:
    """Capitalised words in the middle of sentences."""
    return _CAPITAL.findall(text)[:MOST]


def unlike(names: Sequence[str], text: str) -> list[str]:
    """Those of the names that are like no word of the text."""
    if not names:
        return []
    folded = _fold(text)
    words, joined = set(folded.split()), folded.replace(" ", "")
    return [n for n in names if not _known(_fold(n), words, joined)]


def _comparable(source: str) -> bool:
    """Минск cannot be compared with Minsk."""
    return len(_LATIN.findall(source)) >= 0.5 * len(source)


def _known(name: str, words: set[str], joined: str) -> bool:
    """Part of a compound, or like one of the words."""
    return name[:5] in joined or any(_alike(name, word) for word in words)


def _fold(text: str) -> str:
    """Lower case without accents, hyphens and apostrophes; the letters that transliterations confuse are one."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text.replace("ß", "ss")) if ord(c) < 0x300 or ord(c) > 0x36F
        )
    return re.sub(r"[^\w\s]", " ", text.casefold().translate(_FOLDS))


def _alike(name: str, word: str) -> bool:
    """Begins alike, or has most letters in common in order."""
    begins = name[:3] == word[:3]
    if begins and (len(name) <= 4 or name[:4] == word[:4]):
        return True
    if not begins and abs(len(name) - len(word)) > 4:
        return False
    name, word = name[:LONGEST_WORD], word[:LONGEST_WORD]
    return SequenceMatcher(None, name, word, autojunk=False).ratio() >= (0.5 if begins else 0.62)


# --- negation --------------------------------------------------------------------------------------------------------

_NEGATED_DE = re.compile(
    r"\b(?:nicht(?! nur\b| zuletzt\b| zu vergessen| einmal\b)|kein(?:e[mnrs]?)?|nie|niemals|niemand\w*|nichts"
    r"|nirgend\w*|weder)\b",
    re.IGNORECASE,
)
# The plain ones, and the many ways in which a translator says no without a no.
_NEGATED_EN = re.compile(
    r"\b(?:not|cannot|no|never|none|nobody|nothing|nowhere|neither|nor|without|non-?\w+|hardly|barely|scarcely|rarely"
    r"|un(?!i|der|til|cle|usual)\w{3,}|illegal|impossib\w+|far from"
    r"|in(?:ability|sufficient|appropriate|correct|complete|capable|adequate|visible|valid|dependent)\w*"
    r"|fail\w*|refus\w+|lack\w*|avoid\w*|miss(?:ed|es|ing)|den(?:y|ied|ies)|reject\w*|prevent\w*|absen\w+"
    r"|prohibit\w*|bann\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
_PLAINLY_EN = re.compile(
    r"\b(?:not(?! only| just)|cannot|no(?! longer)|never|nobody|nothing|nowhere|none)\b|n['’]t\b", re.IGNORECASE
)
# Whatever in German may become one of those, parts of words too: unklar, fehlen, ablehnen, kaum, lediglich, frei.
_DENYING_DE = re.compile(
    r"nicht|kein|\bnie|nichts|\bnirgend|weder|\bohne|\bun[a-zäöü]{3}|\bmiss|los(?:e[nmrs]?)?\b|weiger|verbot|verbiet"
    r"|verhinder|vermeid|\bkaum|\bnein|statt|außer|\bfehl|mangel|ablehn|\bab\b|selten|verzicht|scheiter|leer|\bnull"
    r"|sonst|wenig|jemals|bevor|ehe\b|frei|\baus\b|weg\b|\bNr\b|hüte|erst\b",
    re.IGNORECASE,
)


def negation(source: str, output: str) -> bool:
    """The source denies more often than the output does, in whatever words, or the output denies and the source never.

    >>> negation("Er kommt nicht.", "He is coming."), negation("Er kommt nicht.", "He is unable to come.")
    (True, False)
    >>> negation("Er ist nach Hause gekommen.", "He has not come home.")
    True
    """
    if len(_NEGATED_DE.findall(source)) > len(_NEGATED_EN.findall(output)):
        return True
    return bool(_PLAINLY_EN.search(output)) and bool(GERMAN_WORDS.search(source)) and not _DENYING_DE.search(source)
