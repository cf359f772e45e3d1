"""What a claim says otherwise than its evidence: words that are all there, and yet another meaning.

A claim is laid beside each evidence sentence, word by word. Where the words around agree and a number, name, day or
month stands in the place of another, the claim contradicts the sentence; so it does where one of the two denies what
the other affirms, or says the opposite.

    >>> conflicts("Hertha won the match.", ["Hertha lost the match."], [])
    ('won',)
    >>> conflicts("Then Merkel met Macron in Ulm.", ["Then Macron met Merkel in Ulm."], [])
    ('Merkel', 'Macron')
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

from ..languages.language import language
from .wording import STOPWORDS, TOKEN, WORDS, fold, is_name, numbers, stem

LONGEST = 400  # words of a sentence that are compared: what is longer is no sentence, and comparing costs time
WIDEST = 6  # words that can stand in the place of others
SCOPE = 4  # words that a negation reaches
LEAST_OF_A_CLAUSE = 0.4  # share of a clause's content that its evidence must have
IN_ORDER = 0.9  # share of a claim's other words that must be in order for its names to count as exchanged
SMALLEST_CLAUSE = 3  # content words from which on a clause is judged by that share
SHORTEST_CLAUSE = 4  # words from which on a clause with fewer of content needs one of them

_NEGATIONS = WORDS["negations"]
_PARTICLES = _NEGATIONS | WORDS["particles"]
_DENIALS = frozenset(map(stem, WORDS["denials"]))
_NOT_DENIED = WORDS["not_denied"]


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in WORDS["opposites"]:
        a, b = map(stem, pair.split("/"))
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _opposites()


@dataclass(frozen=True, slots=True)
class _Word:
    written: str
    stem: str
    named: bool  # capitalised, and not just because a sentence begins with it
    meaning: bool  # not a stopword

    @property
    def dated(self) -> bool:
        english, word = language("en"), self.written.casefold()
        return bool(english.months.of(word) or english.days.of(word))

    @property
    def fact(self) -> bool:
        return (self.named or self.stem[0].isdigit()) and not self.dated


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[_Word, ...]:
    found = []
    for n, match in enumerate(islice(TOKEN.finditer(text), LONGEST)):
        folded = fold(match[0])
        if folded:
            named = is_name(match[0]) and (n > 0 or match[0].isupper())
            found.append(_Word(match[0], stem(folded), named, folded not in STOPWORDS))
    return tuple(found)


def conflicts(claim: str, evidence: Sequence[str], article: Sequence[str]) -> tuple[str, ...]:
    """Words of the claim that say otherwise than the evidence sentences do, quoted.

    `article`: all sentences, to see that two names are one person's.
    """
    said, known = _words(claim), [_words(sentence) for sentence in evidence]
    found: list[str] = []
    for line in known:
        found += _exchanged(said, line, article)
        found += _reordered(said, line)
    return tuple(dict.fromkeys((*found, *_opposed(said, known), *_denied(said, known), *_unheard(claim, known))))


# --- one in the place of another -----------------------------------------------------------------------------------


def _exchanged(said: Sequence[_Word], line: Sequence[_Word], article: Sequence[str]) -> Iterator[str]:
    """Numbers, days, months and names of the claim where the sentence, between the same words, has others."""
    matcher = SequenceMatcher(None, [w.stem for w in said], [w.stem for w in line], autojunk=False)
    blocks = matcher.get_opcodes()
    for n, (what, a, b, c, d) in enumerate(blocks):
        before = _equal(said, blocks[n - 1]) if n else ()
        after = _equal(said, blocks[n + 1]) if n + 1 < len(blocks) else ()
        around = (*before, *after)
        if what == "equal" or b - a > WIDEST or d - c > WIDEST or len(around) < 2:
            continue
        if not any(w.meaning and w.stem not in _NEGATIONS for w in around):
            continue
        ours, theirs = said[a:b], line[c:d]
        if what != "replace":
            if before and after and len(around) > SCOPE:
                yield from _negation_alone(ours, theirs, said[b])
            continue
        yield from _other_numbers(ours, theirs)
        opposites = {other for w in theirs for other in OPPOSITES.get(w.stem, ())}
        yield from (w.written for w in ours if w.stem in opposites)
        for ours_named, theirs_named in (
            ([w for w in ours if w.dated], [w for w in theirs if w.dated]),
            ([w for w in ours if w.named and not w.dated], [w for w in theirs if w.named and not w.dated]),
        ):
            if ours_named and theirs_named and not _one_and_the_same(ours_named[-1], theirs_named, article):
                yield _written(ours_named)


def _negation_alone(ours: Sequence[_Word], theirs: Sequence[_Word], following: _Word) -> Iterator[str]:
    """Nothing but a negation was put in or left out."""
    changed = ours or theirs
    if len(changed) <= 2 and changed[0].stem in _NEGATIONS and following.stem not in _NOT_DENIED:
        yield _written(ours) if ours else f"{following.written} (there “{_written(theirs)} {following.written}”)"


def _equal(said: Sequence[_Word], block: tuple[str, int, int, int, int]) -> Sequence[_Word]:
    """The claim's words of a block that is in both."""
    return said[block[1] : block[2]] if block[0] == "equal" else ()


def _other_numbers(ours: Sequence[_Word], theirs: Sequence[_Word]) -> Iterator[str]:
    values = [{value.rstrip("%") for _, value in numbers(_written(side))} for side in (ours, theirs)]
    if all(values) and not values[0] & values[1]:
        yield next(written for written, _ in numbers(_written(ours)))


def _written(side: Sequence[_Word]) -> str:
    return " ".join(w.written for w in side)


def _one_and_the_same(ours: _Word, theirs: Sequence[_Word], article: Sequence[str]) -> bool:
    """German for Germany, or a name that the article writes beside the other: Boris, Johnson."""
    for other in theirs:
        if ours.stem[:4] == other.stem[:4]:
            return True
        a, b = re.escape(ours.written), re.escape(other.written)
        between = r"(?: (?:[A-Z]\S*|von|van|de|of))? "
        if any(re.search(rf"\b(?:{a}{between}{b}|{b}{between}{a})\b", sentence) for sentence in article):
            return True
    return False


def _reordered(said: Sequence[_Word], line: Sequence[_Word]) -> Iterator[str]:
    """Numbers and names that have changed places while all other words kept theirs."""
    ours, theirs = ([w.stem for w in side if w.fact] for side in (said, line))
    shared = [s for s in ours if ours.count(s) == 1 and theirs.count(s) == 1]
    moved = [a for a, b in zip(shared, (s for s in theirs if s in shared), strict=True) if a != b]
    if not moved:
        return
    rest = [[w.stem for w in side if not w.fact] for side in (said, line)]
    same = sum(block.size for block in SequenceMatcher(None, *rest, autojunk=False).get_matching_blocks())
    if same >= IN_ORDER * len(rest[0]):
        yield from (w.written for w in said if w.fact and w.stem in moved)


# --- the opposite --------------------------------------------------------------------------------------------------


def _opposed(said: Sequence[_Word], known: Sequence[Sequence[_Word]]) -> Iterator[str]:
    """Words whose opposite stands in the evidence where they do not; "did not lose" for "won" passes."""
    there = {w.stem for line in known for w in line}
    own = {w.stem for w in said}
    if (own | there) & _NEGATIONS and not (own & there & _NEGATIONS):
        return  # one side says it with a negation
    for w in said:
        others = OPPOSITES.get(w.stem, frozenset())
        if w.stem not in there and not w.named and others & there and not others & own:
            yield w.written


# --- denied ----------------------------------------------------------------------------------------------------------


def _negated(line: Sequence[_Word]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each negation as it is written, and the stems of the words with meaning that it reaches, the nearest first."""
    for i, word in enumerate(line):
        if word.stem in _NEGATIONS or word.stem in _DENIALS:
            if i + 1 < len(line) and line[i + 1].stem in _NOT_DENIED:
                continue
            reached = [w for w in line[i + 1 : i + 1 + SCOPE] if w.meaning and w.stem not in _PARTICLES]
            yield word.written, tuple(w.stem for w in reached)


def _denied(said: Sequence[_Word], known: Sequence[Sequence[_Word]]) -> Iterator[str]:
    """What the claim denies and the evidence affirms, and the other way round."""
    ours, theirs = list(_negated(said)), [found for line in known for found in _negated(line)]
    our_reach, their_reach = ({s for _, reach in side for s in reach} for side in (ours, theirs))
    own = {w.stem: w.written for w in said}
    times = Counter(w.stem for line in known for w in line)
    for written, reach in ours:
        shared = [s for s in reach if times[s]]
        if shared and not their_reach & set(shared):
            yield f"{written} {own[shared[0]]}"
    for written, reach in theirs:
        shared = [s for s in reach[:1] if s in own and times[s] == 1]
        if shared and not our_reach & set(reach):
            yield f"{own[shared[0]]} (there “{written} {own[shared[0]]}”)"


# --- nothing of it ---------------------------------------------------------------------------------------------------

_LINK = "and|but|which|who|where|although|because|after|before|while|as|since|when|if|until"
_CLAUSE = re.compile(rf"[,;:–—]\s+|(?<!\s)\s+(?=(?:{_LINK})\b)")
_LINKED = re.compile(rf"(?:{_LINK})\b")


def _unheard(claim: str, known: Sequence[Sequence[_Word]]) -> Iterator[str]:
    """Clauses of which the evidence has next to nothing, however much it has of the rest."""
    there = {w.stem for line in known for w in line}
    for clause in _CLAUSE.split(claim):
        said = _words(clause)
        content = [w.stem for w in said if w.meaning]
        heard = [stem for stem in content if stem in there]
        if len(content) >= SMALLEST_CLAUSE:
            unheard = len(heard) < LEAST_OF_A_CLAUSE * len(content)
        else:
            unheard = _LINKED.match(clause) and len(said) >= SHORTEST_CLAUSE and content and {*heard} <= _NEGATIONS
        if unheard:
            yield clause.strip(" .")
