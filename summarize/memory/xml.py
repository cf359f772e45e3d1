"""Reading untrusted XML element by element, in flat memory, and writing it.

Nothing is fetched, no DTD is read, entities of a file's own are refused (with them goes every way to make a small file
large), and the parser's own bounds on depth and length stay on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ..errors import UsageError

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML can hold them
_TEXT = re.compile("[&<>\r]")
_QUOTED = re.compile('[&<>"\r\n\t]')
_PLACE = re.compile(r", line \d+, column \d+$")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def elements(path: Path, root: str, heads: Collection[str], wanted: Collection[str]) -> Iterator[tuple[bool, Any]]:
    """(False, element) for each of `heads` when it begins, its attributes read, and (True, element) for each of
    `wanted` (local names) when it is whole; then it is forgotten. Raises UsageError for what is no such XML."""
    from lxml import etree

    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "collect_ids": False}
    names = [f"{{*}}{name}" for name in (*heads, *wanted)]
    events = ("start", "end")
    try:
        with open(path, "rb") as stream:
            _refuse(next(etree.iterparse(stream, events=("start",), **safe))[1], root, path)
            stream.seek(0)
            for event, element in etree.iterparse(
                stream, events=events, tag=names, remove_comments=True, remove_pis=True, **safe
            ):
                whole = local(element) in wanted
                if whole == (event == "end"):
                    yield whole, element
                if event == "end":
                    _forget(element)
    except etree.XMLSyntaxError as e:
        line = f", line {e.lineno}" if e.lineno else ""
        what = _PLACE.sub("", e.msg or "")
        raise UsageError(f"{path}{line}: not well-formed XML: {what}", "export it anew from where it comes") from None
    except OSError as e:
        raise UsageError(f"{path} cannot be read: {e.strerror or e}", "check the path") from None


def _refuse(first: Any, root: str, path: Path) -> None:
    """What is another kind of file, or has entities of its own."""
    if local(first) != root:
        raise UsageError(f"{path} is no {root.upper()}: it begins with <{local(first)}>", "check its name")
    dtd = first.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise UsageError(f"{path}: entities of its own in an exchange file are not read", "export it without them")


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local(element: Any) -> str:
    """The name of an element without its namespace; "" of what is no element (an entity, a comment)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, name: str) -> list[Any]:
    return [child for child in element if local(child) == name]


def child(element: Any, name: str) -> Any:
    """The first child of that name, or None."""
    return next(iter(children(element, name)), None)


def escaped(text: str) -> str:
    """As the content of an element. Characters that no XML can hold become U+FFFD."""
    return _TEXT.sub(_reference, _ILLEGAL.sub("\ufffd", text))


def quoted(value: str) -> str:
    """As the value of an attribute, with its quotation marks."""
    return f'"{_QUOTED.sub(_reference, _ILLEGAL.sub(chr(0xFFFD), value))}"'


def _reference(match: re.Match[str]) -> str:
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(match[0], f"&#{ord(match[0])};")


def tag(name: str, attributes: Collection[tuple[str, str]], content: str | None = "") -> str:
    """An element with content that is XML already; with None only its start tag.

    >>> tag("x", [("id", "1")]), tag("g", [], "a"), tag("g", [("id", '"')], None)
    ('<x id="1"/>', '<g>a</g>', '<g id="&#34;">')
    """
    head = "".join([f"<{name}", *(f" {key}={quoted(value)}" for key, value in attributes)])
    if content is None:
        return f"{head}>"
    return f"{head}>{content}</{name}>" if content else f"{head}/>"
