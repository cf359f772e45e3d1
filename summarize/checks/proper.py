"""The check of names, and of what is written in another script: both must be found again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from ..facts import Facts
from ..languages.language import language

_PAIR = re.compile(r"(?<=[\w,] )([A-ZÄÖÜ][\w'’-]{2,}) (?=([A-ZÄÖÜ][\w'’-]{2,}))")
_MIXED = re.compile(r"\b(?:[A-Za-zÄÖÜäöüß]+\d+\w*|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w+)\b")
_CAPITAL = re.compile(r"(?<=[\w,] )[A-ZÄÖÜ][a-zß-ÿ][^\W\d_]{2,}")
_OTHER_SCRIPT = re.compile(r"[^\W\d_A-Za-zÀ-ɏḀ-ỿ]{2,}")  # within Latin text it must stand as it is
_LATIN = re.compile(r"[A-Za-zÀ-ž]")
_LONG = re.compile(r"[^\W\d_]{4,}")
HEADLINE = 0.8  # share of capitalised words from which a line has them for another reason
FEWEST = 5  # words of a headline that tell
MOST = 30  # names of a kind that are looked at: no sentence has more, and a table of results need not cost seconds
LONGEST_WORD = 50  # letters of a word that are compared: of thousands the comparison takes minutes
_FOLDS = str.maketrans({"ß": "ss", "’": "", "'": "", "-": "", "j": "y", "w": "v", "c": "k"})


def names(source: Facts, output: Facts) -> bool:
    """A name became another. German writes every noun with a capital, so only clear cases count: words that mix cases
    or letters and digits (iPhone, A6) and are not found again; a first name that was copied before a family name that
    was not; a capitalised word in the middle of the English sentence that is like no word of the source and that
    English has no reason of its own to capitalise (Danube, Sunday); a word in another script that is not there as it
    was. Spelled alike is enough (Chamenei, Khamenei).
    """
    said, given = source.text, output.text
    latin = source.language.latin and _LATIN.search(said)
    if latin and any(word not in given for word in _OTHER_SCRIPT.findall(said)[:MOST]):
        return True
    if not _comparable(said):
        return False
    found = _PAIR.findall(said)[:MOST] if source.language.surnames else []
    pairs = [b for a, b in found if re.search(rf"\b{re.escape(a)} [A-ZÄÖÜ]", given)]
    mixed = [word for word in _MIXED.findall(said)[:MOST] if word not in source.language.translated]
    return bool(strange_names(said, given, source.language.code) or unlike(pairs, given) or unlike(mixed, given))


def strange_names(source: str, output: str, code: str) -> list[str]:
    """Words that the output capitalises in the middle of a sentence and that can only be names, but not of the source.

    >>> strange_names("Damals traf Grindel ihn in Spanien.", "Then Grindel met Blair in Spain.", "de")
    ['Blair']
    """
    if not _comparable(source) or _is_headline(output):
        return []
    strange = unlike([word for word in capitals(output) if not _no_name(word)], source)
    return [word for word in strange if not _same_country(word, source, code)] if strange else []


def _no_name(word: str) -> bool:
    """Whether English has a reason of its own for the capital: of this word, or of that of which it is the plural."""
    english, folded = language("en"), word.casefold()
    dated = english.months.of(folded) or english.days.of(folded) or folded in english.short_months
    return folded in english.capitals or (folded[-1] == "s" and folded[:-1] in english.capitals) or bool(dated)


def _same_country(word: str, source: str, code: str) -> bool:
    """Whether the word names a country that the source, in its own language, names as well: Germany, Alemania."""
    codes = language("en").countries.get(word.casefold(), frozenset())
    named = _fold(source).split() if codes else ()
    return any(
        codes & known and any(there[: max(4, len(name) - 2)] == name[: max(4, len(name) - 2)] for there in named)
        for name, known in ((_fold(name), known) for name, known in language(code).countries.items())
    )


def _is_headline(text: str) -> bool:
    """Whether most words are capitalised, whatever they are."""
    words = _LONG.findall(text)
    return len(words) >= FEWEST and sum(word[0].isupper() for word in words) > HEADLINE * len(words)


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
