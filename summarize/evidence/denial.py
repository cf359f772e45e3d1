"""What a fragment leaves off: "It is not true that he resigned" does not say that he resigned.

    >>> left_out("He resigned.", "It is not true that he resigned.")
    'not true that …'
    >>> left_out("He resigned.", "Reports that he resigned on Monday are false.")
    '… are false'
    >>> left_out("He resigned.", "The court said on Monday that he resigned.")
    ''

A head denies what follows it, doubts it, or makes it depend on something. It governs the clause behind it: behind
"that" through commas, else up to the next comma or conjunction. What stands behind a clause may deny it as well
(`tail`): "Reports that he resigned are false", "He resigned, which is not true".
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import islice

from .wording import TOKEN, fold, stem

LONGEST = 400  # words of a sentence that are compared
MOST_OF_IT = 0.6  # share of a claim that must stand in a row in the sentence for the claim to be a fragment of it
FEWEST = 3  # words in a row, if they are not the whole claim
MOST_IN_FRONT = 2  # words of its own that a claim may put before the fragment

_NEGATION = r"(?:not|\w+n['’]t|cannot|no|never|nobody|none|nothing|neither|nor|hardly|barely|scarcely|without)"
# Words that deny or doubt what they introduce.
_DOUBT = (
    r"(?:den(?:y|ies|ied|ying|ials?)|disput(?:e[sd]?|ing)|refut(?:e[sd]?|ing)|reject(?:s|ed|ing)?|doubt(?:s|ed|ing|ful)?"
    r"|contradict(?:s|ed|ing)?|contrary|false|falsely|falsehood|untrue|wrong|wrongly|incorrect|incorrectly|mistaken(?:ly)?"
    r"|lie[sd]?|lying|myth|hoax|rumou?r(?:s|ed)?|fake|alleg(?:e[sd]?|edly|ing|ations?)|supposed(?:ly)?|purported(?:ly)?"
    r"|pretend(?:s|ed|ing)?|imagin(?:e[sd]?|ing)|fear(?:s|ed|ing)?|hop(?:e[sd]?|ing)|wish(?:es|ed|ing)?"
    r"|threaten(?:s|ed|ing)?|unlikely|impossible|improbable|unclear|uncertain|questionable|nonsense|misunderstanding"
    r"|rul(?:e[sd]?|ing) out|yet to be (?:proven|shown|confirmed)|instead|rather than|far from)"
)
# These take back what follows in a clause with "that" only: "after he withdrew his candidacy he resigned".
_DOUBT_THAT = (
    r"(?:retract(?:s|ed)?|withdr[ae]w\w*|jok(?:e[sd]?|ing)|dream(?:s|t|ed)?|forb(?:ade|ids?)|prohibit(?:s|ed)?"
    r"|ban(?:s|ned)?)"
)
# Said anew in another tense a sentence is still the same.
_TENSE = frozenset({"has", "have", "had", "is", "are", "was", "were", "been", "being"})
_MODAL = r"(?:would|could|might|should|may)"
_CONDITION = r"(?:if|unless|whether|lest|as though|in case)"
# What follows these is true all the same: "no doubt that", "did not know that", "not only", "should be noted that".
_HARMLESS = re.compile(
    rf"\b(?:(?:{_MODAL}\s+)?{_NEGATION}\s+(?:\w+ly\s+|be\s+|been\s+|an?\s+|any\s+|one\s+was\s+)?"
    r"(?:doubt\w*|question\w*|den(?:y|ied|ies)|disput\w+|only|just|least|alternative|prevent\w*|stop\w*|help\w*|new|wrong"
    r"|surpris\w+|wonder|secret|coincidence|kn[oe]w\w*|notic\w+|reali[sz]\w+|forg[oe]t\w*|understand|regret\w*|hid\w*)"
    rf"|{_MODAL}\s+(?:also\s+)?be\s+(?:noted|stressed|added|mentioned|said|remembered))\b",
    re.IGNORECASE,
)
_HEAD = re.compile(rf"\b(?:{_NEGATION}|{_DOUBT})\b", re.IGNORECASE)
_WEAK_HEAD = re.compile(rf"\b{_MODAL}(?:n['’]t)?\b")  # not May, the month
_DEPENDS = re.compile(rf"\b{_CONDITION}\b", re.IGNORECASE)
_AT_FIRST = re.compile(
    r"\W*(?:(?:and|but|so|only|what|except|then)\s+)*(?:if|unless|had|should|were|suppose|supposing|provided|assuming)\b",
    re.IGNORECASE,
)
_OVER = re.compile(r"[;.!?]\s|,\s+(?:and|but|while|although|though|so|yet|whereas)\s", re.IGNORECASE)
_OVER_FOR_CONDITIONS = re.compile(r"[;.!?]\s|,\s+(?:but|although|though|yet|whereas)\s", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,–—()]|\b(?:and|but|when|after|because|since|while|although|though|who|which|where|why|how|until|as|so that)\b",
    re.IGNORECASE,
)
_THAT = re.compile(r"\bthat\b|:", re.IGNORECASE)
_DENIES_THAT = re.compile(rf"\b(?:{_NEGATION}|{_DOUBT}|{_DOUBT_THAT})\b", re.IGNORECASE)


def left_out(claim: str, sentence: str) -> str:
    """The words around the claim in the sentence that it is a fragment of, if they take back what it says; else ""."""
    tokens = list(islice(TOKEN.finditer(sentence), LONGEST))
    ours = list(islice(TOKEN.finditer(claim), LONGEST))
    tokens, ours = ([m for m in side if fold(m[0]) not in _TENSE] for side in (tokens, ours))
    said, there = ([stem(fold(m[0])) for m in side] for side in (ours, tokens))
    block = SequenceMatcher(None, said, there, autojunk=False).find_longest_match()
    whole = block.size == len(said)
    if not whole and (block.size < max(FEWEST, MOST_OF_IT * len(said)) or block.a > MOST_IN_FRONT):
        return ""
    if not said or _head(claim[: ours[block.a].start()]):
        return ""  # it says so itself, in other words
    start = block.b
    while start > max(0, block.b - block.a) and there[start - 1] in said[: block.a]:
        start -= 1  # words of the claim with others between them
    before = sentence[: tokens[start].start()]
    if head := _head(before):
        return f"{head} …"
    rest = claim[ours[block.a + block.size - 1].end() :]
    behind = sentence[tokens[block.b + block.size - 1].end() :]
    found = "" if tail(before, rest) else tail(before, behind)
    return f"… {_quoted(found)}" if found else ""


def _head(before: str) -> str:
    """The head at work at the end of a text."""
    if found := _AT_FIRST.match(_behind(_OVER_FOR_CONDITIONS, before)):
        return found[0].strip(" \"'“”„,")
    scope = _behind(_OVER, before)
    scope = _HARMLESS.sub(lambda m: " " * len(m[0]), scope)
    clause = _behind(_CLAUSE, scope)
    for pattern in (_HEAD, _DEPENDS, _WEAK_HEAD):
        if found := pattern.search(clause):
            return _quoted(clause[found.start() :])
    *_, that = [None, *_THAT.finditer(scope)]
    if that is None:
        return ""
    governing = scope[: that.start()].rstrip(" \"'“”„")
    governing = governing if governing.endswith(",") else _behind(_CLAUSE, governing)
    found = _DENIES_THAT.search(governing) or _WEAK_HEAD.search(governing)
    return _quoted(f"{governing[found.start() :]} {that[0]}") if found else ""


def _behind(boundary: re.Pattern[str], text: str) -> str:
    ends = [m.end() for m in boundary.finditer(text)]
    return text[ends[-1] :] if ends else text


def _quoted(head: str) -> str:
    words = head.split()
    return " ".join(words if len(words) <= 6 else [*words[:5], "…", words[-1]])


# --- from behind -----------------------------------------------------------------------------------------------------

_NOT_SO = r"""(?: n['’]t | \b(?:can)?not | \bnever | \bhardly ) \s+ (?: \w+ly\s+ | yet\s+ | been\s+ | be\s+ )*
    (?: true | correct | right | the\ case | accurate | confirmed | verified | proven | certain | substantiated )
    (?!\ (?:for|to|of|with|in)\b)"""
_FALSE = rf"""(?: \s*{_NOT_SO} | \s+(?: false | untrue | inaccurate | incorrect | mistaken | unfounded | baseless
    | groundless | unproven | unconfirmed | nonsense | absurd | fake | fiction | fabricated | made\ up | lies | invented
    | misleading | deceptive | untenable | withdrawn | out\ of\ the\ question | ruled\ out | far\ from\ (?:true|certain)
    | wrong(?!\ (?:for|to|of|with|in)\b)
    | an?\ (?:\w+\ )?(?: lie | mistake | myth | hoax | rumou?r | misunderstanding | invention ) ))"""
_OPEN = r"""\s+(?: unclear | uncertain | unknown | questionable | doubtful | debatable | unlikely | improbable
    | implausible | impossible | speculation | open | in\ doubt | denied | disputed | contested | rejected | refuted
    | disproved | debunked | dismissed | contradicted )(?!\ to\b)"""
_IS = r"""\b(?: is | are | was | were | be | been | (?:has|have|had)(?:\ been)? | could | can(?=not\b) | remain(?:s|ed)?
    | seem(?:s|ed)? | sound(?:s|ed)? | prove[sdn]? | turn(?:s|ed)\ out | appear(?:s|ed)? )"""
_SURELY = r"""(?: \s+(?: \w+ly | also | to\ be | to\ have\ been | all | of\ course | just | still | very | almost
    | quite | later | since ) )*"""
_NOT = r"(?:do|does|did)(?:\s+not|n['’]t)\s+"
_LACKS = rf"\b(?: lacks? | lacked | {_NOT} (?:hold|have) ) \s+ (?: \w+\s+ )? (?: basis | foundation | up | water )"
_DENIED = rf"( {_IS} {_SURELY} (?: {_FALSE} | {_OPEN} ) | {_LACKS} )\b"

_FLAGS = re.IGNORECASE | re.VERBOSE
# A clause that "that" or "whether" makes a subject. Behind what may be true or not, words may follow the fragment.
_CLAIMED = re.compile(
    r"""\b(?: (?: claim | report | news | rumou?r | idea | notion | assumption | assertion | statement | allegation
    | accusation | suggestion | suspicion | belief | view | theory | thesis | hypothesis | impression | argument
    | stor(?:y|ies) | charge )s? ,? \ that | whether )\b [^,;:]* $""",
    _FLAGS,
)
_SUBJECT = re.compile(r"(?<!\bfact\ )\b(?:that|whether)\b [^,;:]* $", _FLAGS)
_OTHER = r"""\b(?: and | but | or | because | although | though | while | when | after | before | since | as | if | that
    | who | which | where | until )\b"""
_FAR = re.compile(rf"(?: (?!{_OTHER}) [^,;:.!?] ){{0,60}}? (?: \s* , )? \s* {_DENIED}", _FLAGS)
_NEAR = re.compile(rf"(?: \s* , )? \s* {_DENIED}", _FLAGS)
# A word about all that was said. "Which was rejected" would be no denial: an offer may be rejected.
_COMMENT = re.compile(
    rf"""[^,;:.!?–—(]{{0,60}}? (?: \s* [,–—(] | \s-\s ) \s*
    ( (?: (?:(?:but|and|yet|although|though)\s+)? (?:which|that|this|something)\b
          (?: (?:\s+of\s+course)? {_SURELY} \s* (?: {_IS} {_SURELY} {_FALSE}
                | {_NOT} correspond\s+to\s+the\s+(?:truth|facts) )
            | (?: \s+\w+ ){{1,5}}? \s+ (?: den(?:y|ies|ied) | dispute[sd]? | contradict(?:s|ed)? ) )
        | but (?: \s+\w+ ){{1,4}}? \s+ (?:den(?:y|ies|ied)|dispute[sd]?) \s+ (?:it|this|that)
        | an?\ (?:claim|charge|accusation|statement|report|rumou?r)\ (?: \w+\s+ ){{1,5}}?
          (?:den|reject|disput|refut)(?:y|s|es|ied|ies|ed)
        | (?: \w+\s+ ){{1,4}}? (?:falsely|wrongly|incorrectly|mistakenly)\ (?:said|reported|claimed|wrote|announced)
        | allegedly | supposedly ) )\b""",
    _FLAGS,
)


def tail(before: str, behind: str) -> str:
    """The words that deny or doubt a clause between the two texts, from the text behind it; else "".

    >>> tail("Reports that ", " on Monday are false."), tail("He says that ", ", which is true.")
    ('are false', '')
    """
    found = _CLAIMED.search(before) and _FAR.match(behind)
    found = found or (_SUBJECT.search(before) and _NEAR.match(behind)) or _COMMENT.match(behind)
    return " ".join(found[1].split()) if found else ""
