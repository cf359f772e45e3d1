"""Checks of the output's form: is it text at all, the right length, said once, closed, ended, and translated?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice
from operator import eq

from ..facts import Facts
from ..languages import english
from ..languages.language import language
from ..text import DIGRAPH, bare

_SENTINELS = re.compile(r"<(?:extra_id_\d+|pad|unk|/?s|mask|\|[^|>]{1,40}\||start_of_turn|end_of_turn)>|⁇|\ufffd")
_WORD = re.compile(r"\w+")
_LOWER = re.compile(r"\b[^\W\d_A-ZÄÖÜ]\w*")
_END = re.compile(r"[.!?…:][\"'”’»«“)\]]*\s*$")
_OTHER_END = re.compile(r"[。！？؟۔।॥։።]\W*$")
_DENSE = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")  # Japanese, Chinese, Korean
_WORD_OR_SIGN = re.compile(rf"{_DENSE.pattern}|\w+")  # they write no space between words
# Times that a phrase of so many words may be said in a row; a word that is spelled out less often than 3:1 (1:1).
_ALLOWED = {1: 3, 2: 2}
SPELLED = 2
LONGEST_PHRASE = 12
_WHOLE_WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w-])")
_PLAIN_WORD = re.compile(r"(?<![\w'’.@/#-])(?:[a-z]{4,}|[A-ZÀ-Þ][a-zß-ÿ]{3,})(?![\w'’@/-])")
_MARKS = re.compile(r"[„“”»«\"]")
_LATIN = re.compile(r"[A-Za-z]")
_LONG = re.compile(r"[^\W\d_]{5,}")  # no abbreviation
LEAST_OF_CAPITALS = 3  # long words in capitals that are no mere name
MOST_WORDS = 400  # (or letters) that are compared: the comparison is quadratic, and a copy shows early


def empty(source: Facts, output: Facts) -> bool:
    """Letters went in and none came out."""
    return any(c.isalpha() for c in source.text) and not any(c.isalpha() for c in output.text)


def sentinel(source: Facts, output: Facts) -> bool:
    """A control token of the model, or the sign of a lost character, stands in the text, and not because the source has
    it."""
    return any(m.group() not in source.text for m in _SENTINELS.finditer(output.text))


def loop(source: Facts, output: Facts) -> bool:
    """A phrase is said too often in a row (one or two words three times, a longer phrase twice), or half
    of the output's four-word phrases are repetitions; not counted when the source repeats itself as much.
    """
    word = _WORD if output.language.latin else _WORD_OR_SIGN
    found = _repetition(output.text, word)
    return found > 1 and found > 1.5 * _repetition(source.text, word)


def _repetition(text: str, word: re.Pattern[str]) -> float:
    """1 or less: no loop; above: how strongly the text repeats itself."""
    words = word.findall(text.casefold())
    if len(set(words)) == len(words):
        return 0.0
    worst = 0.0
    for n in range(1, min(LONGEST_PHRASE, len(words) // 2) + 1):
        if sum(map(eq, words, islice(words, n, None))) >= n:
            worst = max(worst, _times(words, n) / _ALLOWED.get(n, 1))
    if worst:
        spelled = [word if len(word) > 1 and not word.isdigit() else place for place, word in enumerate(words)]
        worst = max(worst, _times(spelled, 1) / SPELLED)
    grams = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    if len(grams) >= 12:
        worst = max(worst, 2.0 * (1 - len(set(grams)) / len(grams)))
    return worst


def _times(words: Sequence[object], n: int) -> int:
    """How often in a row a phrase of n words is said; 0 where none is said again at once."""
    run = longest = 0  # words in a row that equal the word n before them; n of them are one repetition
    for a, b in zip(words, words[n:], strict=False):
        run = run + 1 if a == b else 0
        if run > longest:
            longest = run
    return 1 + longest // n if longest >= n else 0


def length(source: Facts, output: Facts) -> bool:
    """Far shorter or far longer than a translation of the source can be, in characters; one of Chinese or Japanese is
    worth three of an alphabet."""
    a, b = _weight(source.text), _said(output)
    return b > 1.8 * a + 40 or a > 2.0 * b + 25


def _weight(text: str) -> int:
    return len(text) + 2 * len(_DENSE.findall(text))


def _said(output: Facts) -> int:
    """The length of an output: in Latin letters what stands there in others was not translated."""
    return len(output.text) if output.language.latin else _weight(output.text)


def truncated(source: Facts, output: Facts) -> bool:
    """The source ends as a sentence does, the output in the middle of one, and it is short as well."""
    a, b = source.text, output.text
    ended = _END.search(b) or (not output.language.latin and _OTHER_END.search(b))
    return bool(_END.search(a)) and not ended and _said(output) < 0.7 * len(a)


def leftover(source: Facts, output: Facts) -> bool:
    """A word of the source is left in the output, no name and not English: it is small in the source, or a noun, which
    German writes with a capital, or in letters that English does not have. Not in a quotation, and not beside another
    word of the source, with which it may be a name or a title (Europa League), unless all of the source came back.
    """
    copied = source.plain == output.plain
    there = set(_WHOLE_WORD.findall(source.plain))
    found = list(islice(_WHOLE_WORD.finditer(output.plain), MOST_WORDS))
    for n, match in enumerate(found):
        if match[0] not in there or not _is_left(match[0], source):
            continue
        beside = [m for m in found[max(n - 1, 0) : n + 2] if m is not match and _near(m, match) and m[0] in there]
        quoted = not copied and len(_MARKS.findall(output.plain, 0, match.start())) % 2 == 1
        if not quoted and (copied or not any(_are_a_name(match[0], m[0]) for m in beside)):
            return True
    return False


def _are_a_name(word: str, beside: str) -> bool:
    return beside.casefold() not in language("en").words or (word[0].isupper() and beside[0].isupper())


def _near(a: re.Match[str], b: re.Match[str]) -> bool:
    return max(a.start(), b.start()) - min(a.end(), b.end()) <= 4


def _is_left(word: str, source: Facts) -> bool:
    if word.casefold() in language("en").words:
        return False
    if not source.language.latin:
        return not _LATIN.search(word)
    return word.islower() or word in source.language.words


def invented(source: Facts, output: Facts) -> bool:
    """A word or name of the output is none: English has no such word ("the sockle was absorted"), and the source does
    not have it, either (Braunschze, for Braunschweiger). Not asked of words with a hyphen, an apostrophe or an address
    around them, nor of names that were in another script.
    """
    said, names = _spelled(source.text), source.language.latin
    return any(
        not (word in said or (capital and word[-1] == "s" and word[:-1] in said) or _is_english(found.casefold()))
        for found in islice(_PLAIN_WORD.findall(output.plain), MOST_WORDS)
        for word, capital in [(_spelled(found), found[0].isupper())]
        if names or not capital
    )


def _is_english(word: str) -> bool:
    return word in language("en").words or word in english.dictionary()


def _spelled(text: str) -> str:
    """However the letters of other languages are written: Düsseldorf, Dusseldorf and Duesseldorf are one."""
    return DIGRAPH.sub(r"\1", bare(text))


def untranslated(source: Facts, output: Facts) -> bool:
    """The output is the source again. Only words that begin in lower case are compared, since names, results and
    quoted titles are rightly copied: two or more if the texts are equal, else five or more, nearly all found again in
    the same order. Words of addresses do not count. A line of capitals is compared letter by letter.
    """
    said, given = source.plain, output.plain
    if said.isupper() and len(_LONG.findall(said)) >= LEAST_OF_CAPITALS:
        a, b = said[:MOST_WORDS], given.upper()[:MOST_WORDS]
        return SequenceMatcher(None, a, b, autojunk=False).ratio() > 0.8
    a, b = _LOWER.findall(said)[:MOST_WORDS], _LOWER.findall(given)[:MOST_WORDS]
    if len(a) < 2 or not b:
        return False
    if len(a) < 5:
        return _WORD.findall(said) == _WORD.findall(given)
    there = set(b)
    if 2 * sum(word in there for word in a) <= 0.8 * (len(a) + len(b)):
        return False  # the words alone are too different, whatever their order
    return SequenceMatcher(None, a, b, autojunk=False).ratio() > 0.8


# Of any language, the inner ones too; ’ only at the end of a word, since it is an apostrophe more often than a mark.
_ANY_MARKS = re.compile(r"[„“”»«\"‚‘‹›「」『』《》]|(?<=[.,!?…])[’']|’(?=[,.;:!?]?(?:\s|$))")


def quotes(source: Facts, output: Facts) -> bool:
    """The source closes its quotation marks and the output does not. A quotation that only begins, or ends, in the
    sentence says nothing, however its language marks it.
    """
    marks, there = _MARKS.findall(output.text), len(_ANY_MARKS.findall(source.text))
    if len(marks) % 2 == 0 or there % 2 == 1:
        return False
    goes_on = not there and len(marks) == 1 and marks[0] in (output.text[:1], output.text[-1:])
    return not goes_on
