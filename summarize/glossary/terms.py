"""A glossary: which of its terms stand in a sentence, in whatever form, and which of them its translation lacks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..keys import fingerprint
from ..languages import inflection
from ..languages.inflection import NAME, NOUN
from ..languages.language import language as known
from ..types import TARGET, Json

VERSION = 4
ANY, EXACT = "any", "exact"
CASES = (ANY, EXACT)
TOLD = 200  # terms that a signature names one by one; of a larger glossary it has the digest

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Term:
    """`target` equal to `source` means: do not translate.

    `case` "exact": only as written; "any": in any case; "": a capital may begin a sentence, a headline may be in
    CAPITALS. `also` are other targets that count as right. A `*` at an end of the source asks for compounds
    (`Klima*`). `language` is "" for every source language.
    """

    source: str
    target: str
    case: str = ""
    part: str = ""  # of speech: one of inflection.PARTS
    also: tuple[str, ...] = ()
    language: str = ""
    line: int = field(default=0, compare=False)

    @property
    def kept(self) -> bool:
        return self.source.strip("*") == self.target

    @property
    def compounds(self) -> bool:
        return "*" in (self.source[0], self.source[-1])


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a source sentence: text[start:end]."""

    start: int
    end: int
    term: Term


class Glossary:
    """The terms for one source language, and what they are in one other. Raises nothing: tables.py refuses what cannot
    be one."""

    def __init__(self, terms: Iterable[Term], language: str = "", target: str = TARGET):
        self.language = language
        self.target = target
        fitting = sorted((t for t in terms if t.language in ("", language)), key=_order, reverse=True)
        self.terms = tuple(sorted({_asked(t): t for t in fitting}.values(), key=_order))  # duplicates: the first
        self._by_word: dict[str, list[int]] = {}
        self._always: list[int] = []  # terms that no whole word announces: compounds, signs
        for i, term in enumerate(self.terms):
            words = _first_words(term, language)
            for word in words:
                self._by_word.setdefault(word, []).append(i)
            if not words:
                self._always.append(i)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def as_json(self) -> dict[str, Json]:
        """For signatures: what can change an output, whatever the order of lines and files."""
        told: dict[str, Json] = {
            "term": {t.source: t.target for t in self.terms},
            "also": {t.source: sorted(t.also) for t in self.terms if t.also},
            "case": {t.source: t.case for t in self.terms if t.case},
            "part": {t.source: t.part for t in self.terms if t.part},
        }
        if len(self.terms) > TOLD:
            told = {"term": {f"all {len(self.terms):,}": fingerprint("glossary", told)}}
        rules = [f"{code} {known(code).version}" for code in (self.language, self.target)]
        return {"code": f"{VERSION}.{inflection.VERSION} {' '.join(rules)}", **told}

    def matches(self, text: str) -> list[Match]:
        """The terms in a source text, in order, none overlapping: the longest first, then the leftmost."""
        words = {word.casefold() for word in _WORD.findall(text)}
        at = {i for word in words for i in self._by_word.get(word, ())}.union(self._always)
        found = [
            Match(*m.span(), term)
            for term in (self.terms[i] for i in at)
            for m in _source_pattern(term, self.language).finditer(text)
        ]
        return _claimed(found)

    def missing(self, source: str, output: str) -> list[Match]:
        """The matches in the source that the output has no target for: each target must stand there as often as its
        terms do in the source."""
        asked = self.matches(source)
        if not asked:
            return []
        given = Counter(m.term.target for m in self.targets(asked, source, output))
        lacking = []
        for match in asked:
            given[match.term.target] -= 1
            if given[match.term.target] < 0:
                lacking.append(match)
        return lacking

    def targets(self, asked: Sequence[Match], source: str, output: str) -> list[Match]:
        """Where the targets of these terms stand in an output; "party" within "Free Democratic Party" is not one if
        that is asked for, too."""
        found = []
        for match in {m.term.target: m for m in asked}.values():
            written = source[match.start : match.end]
            loose = written.isupper() and not match.term.source.isupper()  # in a headline in capitals names are so, too
            pattern = _target_pattern(match.term, self.target, loose)
            found += [Match(*m.span(), match.term) for m in pattern.finditer(output)]
        return _claimed(found)

    def told(self, match: Match, text: str) -> str:
        """The target as it is put in for a term of this text: in the plural if the term surely is."""
        term = match.term
        last = text[match.start : match.end].split()[-1]
        bends = not term.kept and term.part in ("", NOUN) and term.case != EXACT
        if bends and inflection.surely_plural(last, term.source.split()[-1], self.language):
            return inflection.plural(term.target, self.target)
        return term.target


def _asked(term: Term) -> tuple:
    return term.source, term.target, term.case, term.part


def _order(term: Term) -> tuple:
    """Total, so that no hash decides; of duplicates the one with the most other targets comes first."""
    return *_asked(term), -len(term.also), term.also, term.language


def _claimed(found: list[Match]) -> list[Match]:
    claimed: list[Match] = []
    for match in sorted(found, key=lambda m: (m.start - m.end, m.start, _order(m.term))):
        if all(match.end <= other.start or match.start >= other.end for other in claimed):
            claimed.append(match)
    return sorted(claimed, key=lambda m: m.start)


# -- patterns ---------------------------------------------------------------------------------------------------------


def _inflected(term: Term, language: str) -> list[set[str]]:
    """The forms of each word of the source term."""
    words = term.source.strip("*").split()
    if term.source.endswith("*"):
        return [{word} for word in words]
    return _forms(words, language, term.part or (NAME if term.kept else ""))


def _forms(words: Sequence[str], language: str, part: str) -> list[set[str]]:
    """The forms of each of these words of one term."""
    heads = [word[:1].islower() for word in words[1:]] + [True]
    last = len(words) - 1
    return [inflection.word_forms(word, language, part, last=i == last, head=heads[i]) for i, word in enumerate(words)]


@lru_cache(maxsize=4096)
def _source_pattern(term: Term, language: str) -> re.Pattern[str]:
    words = [_alternatives(w, term.case) for w in _inflected(term, language)]
    before = r"\w*" if term.source.startswith("*") else r"(?<!\w)"
    after = r"\w*" if term.source.endswith("*") else r"(?!\w)"
    ignore = re.IGNORECASE if term.case == ANY or before == r"\w*" else 0
    return re.compile(before + r"\s+".join(words) + after, ignore)


def _alternatives(words: set[str], case: str) -> str:
    if case == "":
        words = words | {w.upper() for w in words} | {w[:1].upper() + w[1:] for w in words}
    return _either(words)


def _either(words: Collection[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=lambda w: (-len(w), w)))) + ")"


def _first_words(term: Term, language: str) -> set[str]:
    """Casefolded words one of which a text with the term must have; none if that cannot be told."""
    first = _inflected(term, language)[0]
    found = [_WORD.search(form) for form in first]
    if term.compounds or not all(found):
        return set()
    return {m[0].casefold() for form, m in zip(first, found, strict=True) if m} | {
        m[0].casefold() for form in first if (m := _WORD.search(form.upper()))
    }


@lru_cache(maxsize=4096)
def _target_pattern(term: Term, language: str, loose: bool) -> re.Pattern[str]:
    """How the target may stand in its language: kept terms and "exact" ones byte for byte, others in all forms."""
    fixed = term.kept or term.case == EXACT
    options = []
    for target in (term.target, *term.also):
        words = target.split()
        forms = [{word} for word in words] if fixed else _forms(words, language, "")
        options.append(r"\s+".join(_either(found) for found in forms))
    options.sort(key=lambda option: (-len(option), option))
    return re.compile(rf"(?<!\w)(?:{'|'.join(options)})(?!\w)", 0 if fixed and not loose else re.IGNORECASE)
