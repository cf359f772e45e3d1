"""Markdown reduced to plain text: words stay, marks go, code stays as it is."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ..text import collapse_spaces, sanitise
from .decoding import decode
from .drafts import Draft, fields
from .webpage import without_title

FRONT_MATTER_LIMIT = 200  # lines; a rule further down is no end of front matter

_PAIR = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_QUOTE = re.compile(r"^(?: {0,3}>[ \t]?)+")
_TABLE_RULE = re.compile(r"[ \t]*(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*(?::?-+:?[ \t]*)?)+$")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+")

_CODE_SPAN = re.compile(r"((?<!`)`++[^`]+`++)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_COMMENT = re.compile(r"<!--(?:[^-<]|-(?!->)|<(?!!--))*-->")
_IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)?\)|\[[^\[\]]*\])")
_FOOTNOTE = re.compile(r"\[\^[^\[\]]+\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = (
    re.compile(r"(\*{1,3})(?=[^\s*])([^*]+?)(?<=\S)\1"),
    re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^_]+?)(?<=\S)\1(?!\w)"),
    re.compile(r"(~~)(?=[^\s~])([^~]+)~~"),
)

# Backslash escapes wait in the private use area, so that no mark is made of them.
_PARK, _UNPARK = 0xF700, re.compile("[\uf700-\uf77f]")


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a markdown file. Its title is that of the front matter, else the first `# ` heading."""
    front, lines = split_front_matter(sanitise(decode(data)).split("\n"))
    known = fields(front)
    paragraphs: list[str] = []
    for level, text in blocks(lines):
        if level == 1 and not known["title"]:
            known["title"] = text
        elif text:
            paragraphs.append(text)
    yield Draft(paragraphs=without_title(paragraphs, str(known["title"])), **known)


def split_front_matter(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The scalars between two `---` lines at the very top, and the lines after; nested values are passed over."""
    if lines[0].rstrip() != "---":
        return {}, lines
    for end, line in enumerate(lines[1:FRONT_MATTER_LIMIT], 1):
        if line.rstrip() in ("---", "..."):
            pairs = (match.groups() for inner in lines[1:end] if (match := _PAIR.fullmatch(inner.rstrip())))
            front = {key.lower(): _unquoted(value) for key, value in pairs}
            return (front, lines[end + 1 :]) if front else ({}, lines)
    return {}, lines


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def blocks(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(heading level or 0, plain text) of each heading, paragraph, list item, table row and code block."""
    open_lines: list[str] = []
    in_list = False
    position = 0
    while position < len(lines):
        line = lines[position]
        if fence := _FENCE.match(line):
            yield from _paragraph(open_lines)
            end = _end_of_fence(lines, position + 1, fence[1])
            yield 0, "\n".join(lines[position + 1 : end]).strip("\n")
            position = end
        elif not open_lines and not in_list and line.startswith(("    ", "\t")) and line.strip():
            end = _end_of_indented(lines, position)
            yield 0, "\n".join(each[4:] if each[:4].isspace() else each.lstrip("\t") for each in lines[position:end])
            position = end - 1
        elif open_lines and (underline := _UNDERLINE.match(line)) and not _ITEM.match(open_lines[0]):
            yield (1 if underline[1] else 2), _plain(" ".join(open_lines))
            open_lines.clear()
        elif heading := _HEADING.match(line):
            yield from _paragraph(open_lines)
            yield len(heading[1]), _plain(_CLOSING_MARKS.sub("", heading[2] or ""))
            in_list = False
        elif not line.strip() or _RULE.match(line) or _TABLE_RULE.match(line) or _DEFINITION.match(line):
            yield from _paragraph(open_lines)
        else:
            line = _QUOTE.sub("", line, count=1)
            row = line.lstrip().startswith("|")
            if _ITEM.match(line) or row or not line.strip():
                yield from _paragraph(open_lines)
            in_list = bool(_ITEM.match(line)) or (in_list and line.startswith((" ", "\t")))
            open_lines.append(" ".join(line.split("|")) if row else line)
        position += 1
    yield from _paragraph(open_lines)


def _paragraph(open_lines: list[str]) -> Iterator[tuple[int, str]]:
    """The paragraph or list item whose lines are open, if any; closes it."""
    if open_lines:
        text = _plain(
            _ITEM.sub("", "\n".join(open_lines), count=1) if _ITEM.match(open_lines[0]) else "\n".join(open_lines)
        )
        open_lines.clear()
        if text:
            yield 0, text


def _end_of_fence(lines: list[str], start: int, fence: str) -> int:
    closing = re.compile(rf" {{0,3}}{fence[0]}{{{min(len(fence), 99)},}}[ \t]*$")
    return next((n for n in range(start, len(lines)) if closing.match(lines[n])), len(lines))


def _end_of_indented(lines: list[str], start: int) -> int:
    return next((n for n in range(start, len(lines)) if not lines[n].startswith(("    ", "\t"))), len(lines))


def _plain(text: str) -> str:
    """Inline marks taken away; code spans keep every character of theirs."""
    pieces = _CODE_SPAN.split(text)
    pieces[1::2] = [_park(span.strip("`")) for span in pieces[1::2]]
    text = _ESCAPED.sub(lambda m: chr(_PARK + ord(m[1])), "".join(pieces))
    text = _FOOTNOTE.sub("", _IMAGE.sub("", _COMMENT.sub("", text)))
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub("", _AUTOLINK.sub(r"\1", text))
    for emphasis in _EMPHASIS:
        text = emphasis.sub(r"\2", text)
    text = _UNPARK.sub(lambda m: chr(ord(m[0]) - _PARK), html.unescape(text))
    return collapse_spaces(text)


def _park(code: str) -> str:
    return "".join(chr(_PARK + ord(c)) if "!" <= c <= "~" else c for c in code)
