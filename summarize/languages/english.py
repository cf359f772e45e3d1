"""What is particular to English: which words it has, and which article a word wants."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain

CODE = "en"

# "an" goes by the sound of a word. These do not sound like their first letter: (h)our, (y)uniform, (w)one.
_SILENT_H = r"h(?:eir|on(?:est|ou?r)|our)"
_LIKE_YOU = r"eu|ew|u(?:biq|fo|ga|k[ru]|nanim|nesco|ni(?!den|m|n|ss)|r[aeiou]|s[aeu]|t[aeio]|v)"
_LIKE_WON = r"on(?:e|ce)\b"
_AN = re.compile(rf"{_SILENT_H}|(?!{_LIKE_YOU}|{_LIKE_WON})[aeiou]", re.IGNORECASE)


@cache
def dictionary() -> frozenset[str]:
    """Words, in lower case, that English has once in a hundred million or more often (wordfreq, a count of 2021)."""
    from wordfreq import available_languages, read_cBpack  # its own functions keep two copies in memory

    return frozenset(chain.from_iterable(read_cBpack(available_languages("large")[CODE])))


def article(article: str, word: str) -> str:
    """A, a, An or an as what follows wants it. How a number or an abbreviation in capitals is spoken (an SPD
    politician, a NATO one) cannot be told: before them the article stays.

    >>> [article("a", word) for word in ("hour", "house", "European Council", "urban area", "one-party state")]
    ['an', 'a', 'a', 'an', 'a']
    """
    plain = unicodedata.normalize("NFD", word[0])[0] + word[1:]  # Österreich begins with an O
    first = re.split(r"\W", plain)[0]
    if not first[:1].isalpha() or first[:2].isupper():
        return article
    return article[0] + ("n" if _AN.match(plain) else "")
