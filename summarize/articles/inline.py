"""Inline elements of HTML whose meaning is in their form, spelled out: exponents, indices, footnotes, quotations.

>>> spelled_out("10<sup>6</sup> m<sup>2</sup> CO<sub>2</sub>, im Jahr 2019<sup>3</sup>"), spelled_out("<q>Ja</q>")
('10⁶ m² CO₂, im Jahr 2019', '“Ja”')
"""

from __future__ import annotations

import re

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
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NUMBER = re.compile(r"[+−-]?\d{1,3}")
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]?[*†‡§]+)[\])]?")
_BASE = re.compile(r"(?:.*[^\d.,])?10|(?:.*[^a-zA-Z])?[kcdm]?m", re.DOTALL)  # of a power, or a unit of length


def spelled_out(markup: str) -> str:
    """A raised number is an exponent behind ten or a unit of length, and the mark of a footnote behind anything else:
    that is no part of the text and is left out. What else is raised or lowered stays on the line."""
    if "<" not in markup:
        return markup
    markup = _RAISED.sub(_written, _REFERENCE.sub("", markup))
    opening, closing = ("„", "“") if _GERMAN.search(markup) else ("“", "”")
    return _QUOTE.sub(lambda match: closing if match[1] else opening, markup)


def _written(match: re.Match[str]) -> str:
    before, inner = match["before"] or "", match["inner"]
    if match["tag"].lower() == "sub":
        return before + (inner.translate(_SUBSCRIPTS) if inner.isdigit() else inner)
    if _NUMBER.fullmatch(inner) and _BASE.fullmatch(before):
        return before + inner.translate(_SUPERSCRIPTS)
    return before if _MARK.fullmatch(inner) else before + inner
