"""The forms in which a term may stand in a German sentence, by rule: cases, plurals and adjective endings, no lexicon.

    >>> "Häusern" in word_forms("Haus"), "Hausarzt" in word_forms("Haus")
    (True, False)

The rules allow forms that do not exist (Bundestagen); what they must not allow is a form that means something else.
docs/glossary.md lists them and what they find in real text.
"""

from __future__ import annotations

import re

CODE = "de"

_ADJECTIVE = ("", "e", "en", "er", "es", "em")
_PLURAL = ("", "e", "en", "n", "s", "es")
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü", "au": "äu", "A": "Ä", "O": "Ö", "U": "Ü", "Au": "Äu"}
_BACK_VOWEL = re.compile(r"(?:[Aa]u|[aouAOU])(?=[^aeiouäöü]*(?:e[lrn])?$)")  # the last one: Vat-er, Haus, Bundesland
# Plurals in -er are a closed class; any other -er makes another word (Wahl, Wähler; Berlin, Berliner).
_ER_PLURAL = re.compile(
    r".*(?:amt|bad|band|blatt|buch|dach|dorf|fach|fass|glas|grab|haus|holz|horn|huhn|kalb|korn|kraut|lamm|loch|mann|maul"
    r"|mund|pfand|rad|rand|schloss|strauch|tal|tuch|tum|volk|wald|wort|wurm|gott|gut|bild|brett|ei|feld|geist"
    r"|geld|geschlecht|gesicht|gespenst|glied|kind|kleid|leib|licht|lied|nest|regiment|rind|schild|schwert|spital|weib"
    r"|(?<!au)(?<!\bi)(?:\b|s|bar|ie)land)",
    re.IGNORECASE,
)
_DECLINED = re.compile(r"(\w{3,}?)(?:e|er|es|en|em)")
_ABBREVIATION = re.compile(r".+[A-ZÄÖÜ\d]")  # EU, AfD, A6


def word_forms(word: str, *, name=False, adjective=False, last=True, head=False) -> set[str]:
    """Every form of one word of a term, which a capital makes a noun if it is neither said to be a `name` nor an
    `adjective`. `last`: it is the last word of the term, or its `head` (Minister für Gesundheit)."""
    if _ABBREVIATION.fullmatch(word):
        return {word, word + "s"}
    small = word[0].islower()
    if not (last or head) or small or adjective:
        return _adjective(word) if last or len(word) > 3 else {word}
    return _genitive(word) if name else _noun(word)


def _adjective(word: str) -> set[str]:
    """
    >>> sorted(_adjective("Freie"))
    ['Frei', 'Freie', 'Freiem', 'Freien', 'Freier', 'Freies']
    """
    declined = _DECLINED.fullmatch(word)
    stem = declined[1] if declined else word
    return {word, *(stem + ending for ending in _ADJECTIVE)}


def _genitive(word: str) -> set[str]:
    return {word, word + "s", word + "es"}


def surely_plural(form: str, word: str) -> bool:
    """Whether this form of a noun can only be a plural; of -e, -en and -n that cannot be told.

    >>> [surely_plural(form, "Haus") for form in ("Häusern", "Hause")], surely_plural("Ärztinnen", "Ärztin")
    ([True, False], True)
    """
    changed = sum(map(form.count, "äöüÄÖÜ")) > sum(map(word.count, "äöüÄÖÜ"))
    return changed or form == word + "nen" or form in (word + "er", word + "ern")


def _noun(word: str) -> set[str]:
    forms = {word + ending for ending in _PLURAL}
    if word.endswith("in"):
        forms.add(word + "nen")  # Kanzlerinnen
    if word.endswith("nis"):
        forms |= {word + "se", word + "ses", word + "sen"}
    if word.endswith(("um", "us", "a")):
        forms.add(re.sub("(?:um|us|a)$", "en", word))  # Museen, Viren, Firmen
    if word.endswith("e"):
        forms |= {word + "r", word + "m"}  # Abgeordneter: an adjective made a noun
    in_er = _ER_PLURAL.fullmatch(word)
    if changed := _BACK_VOWEL.search(word):
        umlaut = word[: changed.start()] + _UMLAUTS[changed[0]] + word[changed.end() :]
        forms |= {umlaut + ending for ending in ("", "n", "e", "en")}  # Väter, Städten
        forms |= {umlaut + "er", umlaut + "ern"} if in_er else set()
    elif in_er:
        forms |= {word + "er", word + "ern"}
    return forms
