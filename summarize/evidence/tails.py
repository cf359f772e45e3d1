"""What takes a clause back from behind: "Reports that he resigned are false", "He resigned, which is not true".

>>> tail("Reports that ", " on Monday are false.")
'are false'
>>> tail("He says that ", ", which the mayor denies.")
'which the mayor denies'
>>> tail("He says that ", ", which is true.")
''
"""

from __future__ import annotations

import re

_NOT_SO = r"""(?: n['’]t | \bnot | \bnever | \bhardly ) \s+ (?:\w+ly\s+)?
    (?: true | correct | right | the\ case | accurate | confirmed | proven | certain )"""
_FALSE = rf"""(?: \s*{_NOT_SO} | \s+(?: false | untrue | inaccurate | incorrect | mistaken | unfounded | baseless
    | groundless | unproven | unconfirmed | nonsense | absurd | fake | fiction | fabricated | made\ up | lies
    | far\ from\ (?:true|certain) | wrong(?!\ (?:for|to|of|with|in)\b)
    | an?\ (?:\w+\ )?(?: lie | myth | hoax | rumou?r | misunderstanding ) ))"""
_OPEN = r"""\s+(?: unclear | uncertain | unknown | questionable | doubtful | debatable | unlikely | improbable
    | implausible | impossible | speculation | open | in\ doubt | denied | disputed | contested | rejected | refuted
    | disproved | debunked | dismissed | contradicted )"""
_IS = r"""\b(?: is | are | was | were | be | been | (?:has|have|had)\ been | remain(?:s|ed)? | seem(?:s|ed)?
    | sound(?:s|ed)? | prove[sdn]? | turn(?:s|ed)\ out | appear(?:s|ed)? )"""
_SURELY = r"(?: \s+(?: \w+ly | also | to\ be | all | of\ course | just | still | very | almost | quite ) )*"
_DENIED = rf"( {_IS} {_SURELY} (?: {_FALSE} | {_OPEN} ) )\b"

_FLAGS = re.IGNORECASE | re.VERBOSE
# A clause that "that" or "whether" makes a subject. Behind what may be true or not, words may follow the fragment.
_CLAIMED = re.compile(
    r"""\b(?: (?: claim | report | news | rumou?r | idea | notion | assumption | assertion | statement | allegation
    | accusation | suggestion | belief | view | theory | hypothesis | impression | argument | stor(?:y|ies) | charge
    | say | saying | said )s? ,? \ that | whether )\b [^,;:]* $""",
    _FLAGS,
)
_SUBJECT = re.compile(r"\b(?:that|whether)\b [^,;:]* $", _FLAGS)
_FAR = re.compile(rf"[^,;:.!?]{{0,60}}? \s* ,? {_DENIED}", _FLAGS)
_NEAR = re.compile(rf"\s* ,? \s* {_DENIED}", _FLAGS)
# A word about all that was said. "Which was rejected" would be no denial: an offer may be rejected.
_COMMENT = re.compile(
    rf"""[^,;:.!?–—(]{{0,60}}? \s* [,–—(] \s*
    ( (?:(?:but|and)\s+)? (?:which|that|this|something)\b
      (?: (?:\s+of\s+course)? \s* {_IS} {_SURELY} {_FALSE}
        | (?: \s+\w+ ){{1,5}}? \s+ (?: den(?:y|ies|ied) | dispute[sd]? | contradict(?:s|ed)? ) ) )\b""",
    _FLAGS,
)


def tail(before: str, behind: str) -> str:
    """The words that deny or doubt a clause between the two texts, from the text behind it; else ""."""
    found = _CLAIMED.search(before) and _FAR.match(behind)
    found = found or (_SUBJECT.search(before) and _NEAR.match(behind)) or _COMMENT.match(behind)
    return " ".join(found[1].split()) if found else ""
