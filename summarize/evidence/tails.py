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
    """The words that deny or doubt a clause between the two texts, from the text behind it; else ""."""
    found = _CLAIMED.search(before) and _FAR.match(behind)
    found = found or (_SUBJECT.search(before) and _NEAR.match(behind)) or _COMMENT.match(behind)
    return " ".join(found[1].split()) if found else ""
