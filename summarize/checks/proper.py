"""The check of names, and of what is written in another script: both must be found again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from string import digits

from ..facts import Facts
from ..languages.glosses import ENGLISH_STEM, glosses
from ..languages.language import Language, language
from ..types import TARGET

_PAIR = re.compile(r"(?<=[\w,] )([A-ZÄÖÜ][\w'’-]{2,}) (?=([A-ZÄÖÜ][\w'’-]{2,}))")
_BEGINS_A_NAME = r"[A-ZÄÖÜ](?![A-Z]+\b)"
_MIXED = re.compile(r"\b(?:[A-Za-zÄÖÜäöüß]+\d+\w*|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w+)\b")
_CAPITAL = re.compile(r"(?<=[\w,] )[A-ZÄÖÜ][a-zß-ÿ][^\W\d_]{2,}")
# What stands before a capitalised word that another follows.
_AMID = re.compile(r"(?<![\w’'-])[A-ZÄÖÜ][\w’'-]* (?=[A-ZÄÖÜ][\w’'-]* [A-ZÄÖÜ])")
_OTHER_SCRIPT = re.compile(r"[^\W\d_A-Za-zÀ-ɏḀ-ỿ]{2,}")  # within Latin text it must stand as it is
_LATIN = re.compile(r"[A-Za-zÀ-ž]+")
_LONG = re.compile(r"[^\W\d_]{4,}")
HEADLINE = 0.8  # share of capitalised words from which a line has them for another reason
FEWEST = 5  # words of a headline that tell
ORDINARY = 2  # words of a line, all of it with capitals, that are mostly written small
MOST = 30  # names of a kind that are looked at: no sentence has more, and a table of results need not cost seconds
LONGEST_WORD = 50  # letters of a word that are compared: of thousands the comparison takes minutes
_FOLDS = str.maketrans({"ß": "ss", "’": "", "'": "", "-": "", "j": "y", "w": "v", "c": "k"})
_ACCENT = re.compile("[\u0300-\u036f]")
_MARK = re.compile(r"[^\w\s]")


def names(source: Facts, output: Facts) -> bool:
    """A name became another. German writes every noun with a capital, so only clear cases count: words that mix cases
    or letters and digits (iPhone, A6) and are not found again; a first name that was copied before a family name that
    was not; a capitalised word in the middle of an English sentence that is like no word of the source and that
    English has no reason of its own to capitalise (Danube, Sunday); a word in another script that is not there as it
    was. Spelled alike is enough (Chamenei, Khamenei).
    """
    said, given = source.text, output.text
    latin = source.language.latin and output.language.latin and _LATIN.search(said)
    if latin and any(word not in given for word in _OTHER_SCRIPT.findall(said)[:MOST]):
        return True
    if not (output.language.latin and _comparable(said)):
        return False
    found = _PAIR.findall(said)[:MOST] if source.language.surnames else []
    pairs = [b for a, b in found if f"{a} " in given and re.search(rf"\b{re.escape(a)} {_BEGINS_A_NAME}", given)]
    mixed = [word for word in _MIXED.findall(said)[:MOST] if word.rstrip(digits) not in source.language.translated]
    strange = strange_names(said, given, source.language.code, output.language.code)
    if strange or unlike(pairs, given) or unlike(mixed, given):
        return True
    return output.language.code == TARGET and _exchanged(said, given, source.language)


def _exchanged(source: str, output: str, lang: Language) -> bool:
    """Whether a name of the source is gone, and the output has another capitalised word instead that no word of the
    source is like or stands for. Since both tell, the word may be one that English writes small as well (Green).

    >>> _exchanged("Das hat Berlin gesagt.", "That was what Green said.", language("de"))
    True
    """
    english = language("en")
    names = [w for w in _CAPITAL.findall(source)[:MOST] if w in english.names and w not in lang.words]
    gone = set(unlike(names, output))
    if not gone or _is_headline(output):
        return False
    new = {w for w in _CAPITAL.findall(output)[:MOST] if w.casefold() in english.words or not _no_name(w)}
    told = glosses(lang.code).english(source)
    new = {w for w in new if not _is_dated(w) and w.casefold()[:ENGLISH_STEM] not in told}
    return 0 < len([w for w in unlike(sorted(new), source) if not _same_country(w, source, lang.code)]) <= len(gone)


def strange_names(source: str, output: str, code: str, target: str = TARGET) -> list[str]:
    """Words that the English output capitalises in the middle of a sentence and that can only be names, but not of the
    source; of an output in another language nothing is known.

    >>> strange_names("Damals traf Grindel ihn in Spanien.", "Then Grindel met Blair in Spain.", "de")
    ['Blair']
    """
    if target != TARGET or not _comparable(source) or _is_headline(output):
        return []
    strange = unlike([word for word in capitals(output) if not _no_name(word)], source)
    return [word for word in strange if not _same_country(word, source, code)] if strange else []


def _no_name(word: str) -> bool:
    """Whether English has a reason of its own for the capital: of this word, or of that of which it is the plural."""
    english, folded = language("en"), word.casefold()
    return folded in english.capitals or (folded[-1] == "s" and folded[:-1] in english.capitals) or _is_dated(word)


def _is_dated(word: str) -> bool:
    """Whether it is an English month or day of the week."""
    english, folded = language("en"), word.casefold()
    return bool(english.months.of(folded) or english.days.of(folded) or folded in english.short_months)


def _same_country(word: str, source: str, code: str) -> bool:
    """Whether the word names a country that the source, in its own language, names as well: Germany (Indonesian),
    Alemania (Endonezya)."""
    countries, folded = language("en").countries, word.casefold()
    codes = countries.get(folded) or countries.get(folded.removesuffix("n"), frozenset())
    if not codes:
        return False
    named = _fold(source).split()
    theirs = (_fold(name) for name, known in language(code).countries.items() if codes & known)
    return any(there[: max(4, len(name) - 2)] == name[: max(4, len(name) - 2)] for name in theirs for there in named)


def _is_headline(text: str) -> bool:
    """Whether most words are capitalised, whatever they are, or all, and some of them for no other reason."""
    words = _LONG.findall(text)
    capital = [word for word in words if word[0].isupper()]
    if len(words) >= FEWEST and len(capital) > HEADLINE * len(words):
        return True
    common = language("en").words
    return len(capital) == len(words) and sum(word.casefold() in common for word in capital[1:]) >= ORDINARY


def capitals(text: str) -> list[str]:
    """Capitalised words in the middle of sentences; not words that English has otherwise and that have a capital on
    either side: they are of a title or of an official name, which is translated (Mat-Su Pretrial Facility)."""
    amid, common = {match.end() for match in _AMID.finditer(text)}, language("en").words
    found = [m[0] for m in _CAPITAL.finditer(text) if m.start() not in amid or m[0].casefold() not in common]
    return found[:MOST]


def unlike(names: Sequence[str], text: str) -> list[str]:
    """Those of the names that are like no word of the text."""
    if not names:
        return []
    words, joined = _spelled(text)
    return [n for n in names if not any(_known(part, words, joined) for part in _fold(n.replace("-", " ")).split())]


@lru_cache(maxsize=8)
def _spelled(text: str) -> tuple[set[str], str]:
    """The words of a text, folded, and all of it as one."""
    folded = _fold(text)
    parted = _fold(text.replace("-", " ")) if "-" in text else ""
    return {*folded.split(), *parted.split()}, folded.replace(" ", "")


def _comparable(source: str) -> bool:
    """Минск cannot be compared with Minsk."""
    return sum(map(len, _LATIN.findall(source))) >= 0.5 * len(source)


def _known(name: str, words: set[str], joined: str) -> bool:
    """Part of a compound, or like one of the words."""
    return name[:5] in joined or any(_alike(name, word) for word in words)


def _fold(text: str) -> str:
    """Lower case without accents, hyphens and apostrophes; the letters that transliterations confuse are one."""
    if not text.isascii():
        text = _ACCENT.sub("", unicodedata.normalize("NFKD", text.replace("ß", "ss")))
    return _MARK.sub(" ", text.casefold().translate(_FOLDS))


def _alike(name: str, word: str) -> bool:
    """Begins alike, or has most letters in common in order."""
    begins = name[:3] == word[:3]
    if begins and (len(name) <= 4 or name[:4] == word[:4]):
        return True
    if not begins and abs(len(name) - len(word)) > 4:
        return False
    name, word = name[:LONGEST_WORD], word[:LONGEST_WORD]
    return SequenceMatcher(None, name, word, autojunk=False).ratio() >= (0.5 if begins else 0.62)
