"""The forms in which the words of a term may stand in a text: plurals, cases, endings of adjectives, by rule.

The rules are the language's own: `[inflection]` of its data file, for German german.py, which changes more than the
end of a word. There is no lexicon: forms that do not exist are allowed, forms that mean something else should not be.

    >>> "rządu" in word_forms("rząd", "pl"), plural("party", "en"), surely_plural("gobiernos", "gobierno", "es")
    (True, 'parties', True)
"""

from __future__ import annotations

import re
from functools import lru_cache

from . import german
from .language import language

VERSION = 2

NOUN, NAME, ADJECTIVE, VERB, OTHER = "noun", "name", "adjective", "verb", "other"
PARTS = (NOUN, NAME, ADJECTIVE, VERB, OTHER)


def word_forms(word: str, code: str, part: str = "", *, last: bool = True, head: bool = False) -> set[str]:
    """Every form of one word of a term in a language (ISO 639-1), the word itself if no rules are known.

    `part` is the part of speech of the term, "" if it is not known. `last`: it is the last word of the term, or its
    `head` (Minister für Gesundheit).
    """
    if part in (VERB, OTHER):
        return {word}
    if code == german.CODE and word.isalpha():
        return german.word_forms(word, name=part == NAME, adjective=part == ADJECTIVE, last=last, head=head)
    return {word, *_others(word, code)}


def plural(target: str, code: str) -> str:
    """A term in the plural, where the rules tell it: of several words where the last one is the head, and nothing that
    joins words (council of elders) stands among them. Otherwise as it is."""
    rules, words = language(code).section("inflection"), target.split()
    simple = len(words) == 1 or (rules.get("head_last") and not {*words} & {*language(code).common_words})
    found = _others(words[-1], code) if rules.get("plurals") and simple else ()
    return " ".join((*words[:-1], found[0])) if found else target


def surely_plural(form: str, word: str, code: str) -> bool:
    """Whether this form of a noun can only be a plural."""
    if code == german.CODE:
        return german.surely_plural(form, word)
    known = bool(language(code).section("inflection").get("plurals"))
    return known and form != word and form in _others(word, code)


@lru_cache(maxsize=4096)
def _others(word: str, code: str) -> tuple[str, ...]:
    """What all rules that fit make of a word, the plural first."""
    found = []
    for ending, forms in language(code).section("inflection").get("rules", ()):
        if match := re.search(rf"(?:{ending})$", word):
            found += [word[: match.start()] + match.expand(form) for form in forms.split()]
    return tuple(dict.fromkeys(found))
