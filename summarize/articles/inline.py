"""Inline elements of HTML whose meaning is in their form, spelled out: exponents, indices, footnotes, quotations,
numbers of lists (`ordinals`).

>>> spelled_out("10<sup>6</sup> m<sup>2</sup> CO<sub>2</sub>, im Jahr 2019<sup>3</sup>"), spelled_out("<q>Ja</q>")
('10⁶ m² CO₂, im Jahr 2019', '“Ja”')
"""

from __future__ import annotations

import re

from ..types import Reason
from . import ordinals
from .drafts import Seen

_RAISED = re.compile(
    r"(?P<before>[^\W_][^\s<>]{0,20})?<(?P<tag>su[pb])\b[^<>]{0,200}>\s*(?:<a\b[^<>]{0,500}>)?\s*(?P<inner>[^<>]{0,12}?)\s*(?:</a>)?\s*"
    r"</(?P=tag)>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"<a\b[^<>]{0,500}\b(?:noteref|footnote-ref|footnote-back|doc-backlink)\b[^<>]{0,500}>[^<>]{0,12}"
    r"(?:<sup>[^<>]{0,12}</sup>)?</a>",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"<(/?)q\b[^<>]{0,500}>", re.IGNORECASE)
_GERMAN = re.compile(r"<html\b[^<>]{0,500}\blang\s*=\s*[\"']?de\b|„", re.IGNORECASE)
SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NUMBER = re.compile(r"[+−-]?\d{1,3}")
MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]?[*†‡§]+)[\])]?")
_BASE = re.compile(r"(?:.*[^\d.,])?10|(?:.*[^a-zA-Z])?[kcdm]?m", re.DOTALL)  # of a power, or a unit of length


def spelled_out(markup: str, *, apart: bool = False) -> str:
    """A raised number is an exponent behind ten or a unit of length, and the mark of a footnote behind anything else:
    that is no part of the text and is left out. What else is raised or lowered stays on the line. `apart` as in
    `ordinals`."""
    if "<" not in markup:
        return markup
    markup = _RAISED.sub(_written, _REFERENCE.sub("", ordinals.spelled_out(markup, apart=apart)))
    opening, closing = ("„", "“") if _GERMAN.search(markup) else ("“", "”")
    return _QUOTE.sub(lambda match: closing if match[1] else opening, markup)


def raised(text: str, tag: str) -> Seen:
    """What stands above or below the line (`tag`: sup, sub or COUNTED) as it is shown: apart, and with
    digits that join no others.

    >>> raised("6", "sup")
    Seen(text='⁶', reason=<Reason.NOTE: 'mark of a note'>)
    """
    said = text.strip()
    if tag == ordinals.COUNTED:
        return Seen(said, Reason.MARKUP)
    small = said.translate(SUBSCRIPTS if tag == "sub" else SUPERSCRIPTS)
    return Seen(small, Reason.NOTE) if MARK.fullmatch(said) else Seen(small if _NUMBER.fullmatch(said) else said)


def _written(match: re.Match[str]) -> str:
    before, inner = match["before"] or "", match["inner"]
    if match["tag"].lower() == "sub":
        return before + (inner.translate(SUBSCRIPTS) if inner.isdigit() else inner)
    if _NUMBER.fullmatch(inner) and _BASE.fullmatch(before):
        return before + inner.translate(SUPERSCRIPTS)
    return before if MARK.fullmatch(inner) else before + inner
