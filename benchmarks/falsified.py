"""True summary sentences and what becomes of them when one fact is made false, or only the wording is changed.

Two tables: what FALSE makes says something else than the article does, what TRUE makes the same or less. Each function
gets the sentence, the sentences of its article, those of other articles, and a random generator; it gives the changed
sentence, or None where the change cannot be made.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.corruptions import DAYS, LISTS, SWAPS, WORDS

Make = Callable[[str, Sequence[str], Sequence[str], Random], str | None]

COUNTS, ANTONYMS, FRAMES = LISTS["counts"], SWAPS["antonyms"], WORDS["frames"]
DENIED, REPORTED = list(FRAMES)[:3], list(FRAMES)[3:]  # the claim is false under the first, true under the others
_CONTRACTING = "|".join(LISTS["contracting"])
AUXILIARY = re.compile(rf"\b({'|'.join(LISTS['auxiliaries'])})\b (?!not\b|no\b|never\b)")
NOT = re.compile(rf"\b(?:({_CONTRACTING}|will)(?:n['’]t| not)|cannot|can['’]t)\b")
# What takes back, or makes depend on something, what stands behind it up to the next comma: at least five words.
HEADED = re.compile(
    r"\b(?:(?:den(?:y|ies|ied)|doubt(?:s|ed)?|fear(?:s|ed)?|hope[sd]?|alleg(?:e[sd]?|ations)) that"
    r"|(?:no (?:evidence|proof|sign)|not (?:true|certain|clear|say|said|believe|think)) that|if|unless|whether)"
    r" ((?:[^\s,;:\"“”]+ ){4,}[^\s,;:\"“”]+)",
    re.IGNORECASE,
)
NAME = re.compile(r"(?<=[a-z,] )[A-ZÄÖÜ][^\W\d_A-Z]{2,}(?: [A-ZÄÖÜ][^\W\d_A-Z]{2,})*\b")
MONTHS = list(calendar.month_name)[1:]
DATED = {*DAYS, *MONTHS}


def _replace(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _pick(pattern: str | re.Pattern[str], text: str, rng: Random) -> re.Match[str] | None:
    found = list(re.finditer(pattern, text))
    return rng.choice(found) if found else None


def named(text: str) -> list[re.Match[str]]:
    """Names in the middle of sentences, days and months apart."""
    return [m for m in NAME.finditer(text) if not DATED & set(m[0].split())]


# --- false ---------------------------------------------------------------------------------------------------------


def replaced(pattern: str, others: Callable[[str], Sequence[str]]) -> Make:
    """Something in the sentence that the pattern finds becomes one of the others."""

    def make(claim: str, article: Sequence[str], foreign: Sequence[str], rng: Random) -> str | None:
        found = _pick(pattern, claim, rng)
        return _replace(claim, found, rng.choice(others(found[0]))) if found else None

    return make


def among(*lists: Sequence[str]) -> Make:
    """A word of a list becomes another of the same list; May is left alone, since may is another word, too."""
    words = [word for words in lists for word in words if word != "May"]
    same = lambda word: next(words for words in lists if word in words)
    return replaced(rf"\b(?:{'|'.join(words)})\b", lambda word: [other for other in same(word) if other != word])


def figure_of_the_article(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """Another number, but one that the article has elsewhere."""
    pattern = r"(?<![\d.,])\d[\d.,]*\d|(?<![\d.,])\d(?![\d.,]*\d)"
    found = _pick(pattern, claim, rng)
    known = sorted({n for line in article for n in re.findall(pattern, line)} - set(re.findall(pattern, claim)))
    return _replace(claim, found, rng.choice(known)) if found and known else None


def exchanged_figures(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """Two numbers of the sentence change places."""
    a, b, *_ = [*re.finditer(r"(?<![\d.,])\d+(?:[.,]\d+)*", claim), None, None]
    if a is None or b is None or a[0] == b[0]:
        return None
    return claim[: a.start()] + b[0] + claim[a.end() : b.start()] + a[0] + claim[b.end() :]


def _other_name(claim: str, lines: Sequence[str], rng: Random) -> str | None:
    places = named(claim)
    parts = {part for m in places for part in m[0].split()}
    pool = sorted({m[0] for line in lines for m in named(line) if not parts & set(m[0].split())})
    return _replace(claim, rng.choice(places), rng.choice(pool)) if places and pool else None


def name_of_the_article(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    return _other_name(claim, article, rng)


def foreign_name(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    said = " ".join(article)
    return _other_name(
        claim, [line for line in rng.sample(others, 40) if not any(m[0] in said for m in named(line))], rng
    )


def roles(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """Two names of the sentence change places (not those that "and" or a comma joins: there it would be true)."""
    for a, b in zip(places := named(claim), places[1:], strict=False):
        between = claim[a.end() : b.start()]
        if a[0] != b[0] and len(between.split()) >= 2 and not re.match(r"\s*(?:,|and\b|or\b)", between):
            return claim[: a.start()] + b[0] + between + a[0] + claim[b.end() :]
    return None


def denied(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    found = _pick(AUXILIARY, claim, rng)
    return _replace(claim, found, f"{found[1]} not ") if found else None


def affirmed(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    if found := _pick(NOT, claim, rng):
        return _replace(claim, found, found[1] or "can")
    found = _pick(r"\b(?:never|no longer) ", claim, rng)
    return _replace(claim, found, "") if found else None


def invention(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    return claim[:-1] + rng.choice(WORDS["clauses"]["invented"]) + "." if claim.endswith(".") else None


def clause_from_elsewhere(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """A clause of another article is added."""
    clauses = [c for line in rng.sample(others, 40) for c in re.findall(r", ((?:and|but|which|who) [^,;:]+)\.$", line)]
    clauses = [c for c in clauses if 5 <= len(c.split()) <= 12]
    return f"{claim[:-1]}, {rng.choice(clauses)}." if clauses and claim.endswith(".") else None


def head_left_out(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """What a sentence of the article denies, doubts or makes depend on something, as if it were so."""
    found = [m for line in article for m in HEADED.finditer(line)]
    if not found:
        return None
    rest = rng.choice(found)[1].strip()
    return f"{rest[0].upper()}{rest[1:].rstrip('.')}."


FALSE: dict[str, tuple[str, Make]] = {
    "figure changed": ("number", replaced(r"\d", lambda digit: "123456789".replace(digit, ""))),
    "figure of the article's in its place": ("number", figure_of_the_article),
    "two figures exchanged": ("number", exchanged_figures),
    "number word changed": ("number", among(COUNTS)),
    "million, billion … swapped": (
        "number",
        replaced(rf"\b(?:{'|'.join(SWAPS['scales'])})(?=s?\b)", lambda word: [SWAPS["scales"][word]]),
    ),
    "month or weekday changed": ("date", among(DAYS, MONTHS)),
    "name of another article": ("name", foreign_name),
    "name of the same article": ("name", name_of_the_article),
    "two names exchanged (roles)": ("role", roles),
    "negation added": ("polarity", denied),
    "negation removed": ("polarity", affirmed),
    "antonym": ("polarity", replaced(rf"\b(?:{'|'.join(ANTONYMS)})\b", lambda word: [ANTONYMS[word]])),
    "head left out (denied that, if …)": ("polarity", head_left_out),
    "clause invented": ("addition", invention),
    "clause of another article added": ("addition", clause_from_elsewhere),
}


# --- true ----------------------------------------------------------------------------------------------------------


def without_a_clause(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """The last clause, or one between commas, is left out."""
    parts = re.split(r", (?=\w)", claim)
    if len(parts) < 2 or len(parts[0].split()) < 5 or '"' in claim or "“" in claim:
        return None
    gone = rng.randrange(1, len(parts))
    kept = ", ".join(part for i, part in enumerate(parts) if i != gone).rstrip(".,")
    return kept + "." if len(kept.split()) >= 6 else None


def without_brackets(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    shorter = re.sub(r" \([^()]*\)", "", claim)
    return shorter if shorter != claim else None


def without_an_opening(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """ "On Monday, the court …" without "On Monday," """
    found = re.match(rf"(?:{'|'.join(LISTS['openings'])}) [^,]{{3,40}}, (\w)", claim)
    return found[1].upper() + claim[found.end() :] if found else None


def contraction(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    new = re.sub(rf"\b({_CONTRACTING}) not\b", r"\1n't", claim)
    if new == claim:
        new = re.sub(rf"\b({_CONTRACTING})n['’]t\b", r"\1 not", claim)
    return new if new != claim else None


def number_dress(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """5,000 for 5000, five for 5, % for per cent, March 20 for 20 March."""
    new = re.sub(r"\b(\d{1,3}),(\d{3})\b", r"\1\2", claim)
    new = re.sub(r"\s?%|\sper\s?cent\b", lambda m: " percent" if "%" in m[0] else "%", new)
    new = re.sub(rf"\b(\d\d?) ({'|'.join(MONTHS)})\b", r"\2 \1", new)
    new = re.sub(r"(?<![\d.,:-])\b([2-9])\b(?![\d.,:%-])", lambda m: COUNTS[int(m[1]) - 2], new)
    return new if new != claim else None


def with_the_next(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """The sentence, and the one that follows it in the article, in one breath."""
    at = article.index(claim) if claim in article else len(article)
    if at + 1 >= len(article) or not claim.endswith(".") or re.search(r"[\"“”]", claim + article[at + 1]):
        return None
    second = article[at + 1]
    lower = second[0].lower() + second[1:] if second.split()[0] in LISTS["subjects"] else second
    return f"{claim[:-1]}, and {lower}"


def reported(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """Put first what stood last: "He left, the court said." becomes "The court said that he left." """
    verbs = "|".join(LISTS["reporting"])
    found = re.fullmatch(rf"([^\"“”]+), ((?:the |The )?[\w' -]{{3,40}}) ({verbs})\.", claim)
    return f"{found[2][0].upper()}{found[2][1:]} {found[3]} that {found[1]}." if found else None


def participle(claim: str, article: Sequence[str], others: Sequence[str], rng: Random) -> str | None:
    """Another tense: "has won" for "won" and the like."""
    new = re.sub(r"\b(?:has|have) (\w+ed)\b", r"\1", claim)
    new = re.sub(r"\b(says|explains|reports)\b", lambda m: {"says": "said"}.get(m[0], m[0][:-1] + "ed"), new)
    return new if new != claim else None


TRUE: dict[str, Make] = {
    "a clause left out": without_a_clause,
    "brackets left out": without_brackets,
    "opening left out": without_an_opening,
    "contraction": contraction,
    "numbers written otherwise": number_dress,
    "two sentences joined": with_the_next,
    "what was said put first": reported,
    "tense changed": participle,
}


# --- the article says it otherwise -----------------------------------------------------------------------------------


def framed(sentence: str, kind: str, rng: Random) -> str | None:
    """The sentence in another, or None for one that is no plain statement."""
    if not sentence.endswith(".") or re.search(r"[\"“”:;]", sentence):
        return None
    first = sentence.split()[0]
    said = first[0].lower() + sentence[1:] if first in LISTS["small"] else sentence
    return rng.choice(FRAMES[kind]).format(said[:-1])
