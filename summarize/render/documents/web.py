"""A web page in another language: its blocks translated, nothing in it that could run, everything else as it was."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ...articles import inline, visible, webpage
from ...errors import UnreadableArticle
from ...types import TARGET
from .markup import Markup, made, name
from .note import Note
from .placing import Translations

POLICY = (
    "default-src 'none'; style-src 'self' file: data: 'unsafe-inline'; img-src 'self' file: data:; "
    "font-src 'self' file: data:; media-src 'self' file: data:; base-uri 'none'; form-action 'none'"
)
STYLE = "border:2px solid #b00; background:#fff; color:#000; padding:.6em 1em; margin:1em; font:1rem/1.4 sans-serif"

# What runs, loads something that runs, or is read by browsers in another way than by the parser used here.
_ACTIVE_TAGS = """
    script iframe frame frameset object embed applet portal base noscript template noembed noframes xmp plaintext svg
"""
_ACTIVE = frozenset(_ACTIVE_TAGS.split())
_ADDRESSES = frozenset(("href", "src", "background", "poster", "cite", "data", "longdesc"))
_DROPPED = frozenset(("srcdoc", "srcset", "action", "formaction", "ping", "nonce", "integrity"))
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "ftp"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z][\w.-]*)?", re.ASCII)
_TAG = re.compile(r"[a-z][a-z0-9_.-]*(?::[a-z][\w.-]*)?", re.ASCII)
_PICTURE = re.compile(r"data:(?:image/(?:png|jpeg|gif|webp|avif)|font/)", re.IGNORECASE)
_RUNS = re.compile(r"(?:javascript|vbscript|livescript|mocha|data:(?:text|application|image/svg))\s*[:/;,]", re.I)
_RUNNING_STYLE = re.compile(r"expression\s*\(|javascript:|behaviou?r\s*:|-moz-binding|@import", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*(<!DOCTYPE [\w\s\"'./:+-]{1,300}>)", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0]+")


def translated(
    data: bytes, translations: Translations, note: Note, *, bilingual: bool, source: Path, target: Path
) -> bytes:
    """The page `data`, read from `source`, as it is to stand in `target`. Raises UnreadableArticle."""
    text = webpage.markup(data)
    spelled = inline.spelled_out(text, apart=True)
    root = _parsed(text)
    page = Markup(root, root if spelled == text else _parsed(spelled), bilingual=bilingual)
    page.translate(translations)
    note.left += page.left
    base = next((e.get("href") or "" for e in root.iter("base")), "")
    way = os.path.relpath(source.resolve().parent, target.resolve().parent).replace(os.sep, "/")
    cleaned(root, lambda address: _moved(address, base, "" if way == "." else quote(way) + "/"))
    note.require(translations)
    _headed(root, translations, note, bilingual)
    kind = _DOCTYPE.match(text)
    return f"{kind[1] if kind else ''}\n{_written(root)}\n".lstrip().encode("utf-8", "replace")


def _parsed(text: str) -> Any:
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(visible.NOT_XML.sub("", text), parser=parser, ensure_head_body=True)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableArticle(f"a page that cannot be written again ({error})", "save the text as .txt") from error


def cleaned(root: Any, moved: Callable[[str], str | None] = lambda address: address, *, xml: bool = False) -> None:
    """Takes out what could run. `moved` gives the address that another one becomes, None where it is to go. In `xml`
    drawings and formulas stay: it is read one way by everybody."""
    active = _ACTIVE - {"svg"} | {"set", "animate", "handler", "foreignobject"} if xml else _ACTIVE
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or (name(element) in active and element is not root):
            _removed(element)
            continue
        if (name(element) == "math" and not xml) or not _TAG.fullmatch(name(element)):
            made = element.makeelement("span")
            made.text, made.tail = "".join(element.itertext()), element.tail
            element.getparent().replace(element, made)
            continue
        if name(element) == "meta" and element.get("http-equiv"):
            _removed(element)
            continue
        if name(element) == "link" and not _is_style(element):
            _removed(element)
            continue
        if name(element) == "style" and _RUNNING_STYLE.search(element.text or ""):
            element.text = re.sub(_RUNNING_STYLE, "", element.text or "")
        for attribute, value in list(element.attrib.items()):
            kept = _kept(attribute, value, moved)
            if kept is None:
                del element.attrib[attribute]
            elif kept != value:
                element.attrib[attribute] = kept


def _is_style(link: Any) -> bool:
    kinds = set((link.get("rel") or "").lower().split())
    return bool(kinds) and kinds <= {"stylesheet", "alternate", "icon", "shortcut"}


def _removed(element: Any) -> None:
    above = element.getparent()
    if above is None:
        return
    tail, previous = element.tail, element.getprevious()
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        above.text = (above.text or "") + tail
    element.tail = None
    above.remove(element)


def _kept(attribute: str, value: str, moved: Callable[[str], str | None]) -> str | None:
    """What an attribute may say, None for nothing."""
    local = attribute.rpartition("}")[2].rpartition(":")[2].lower()
    plain = attribute if "}" not in attribute else local
    if not _NAME.fullmatch(plain) or local.startswith("on") or local in _DROPPED:
        return None
    if _RUNS.match(_IGNORED.sub("", value)) and not _PICTURE.match(value):
        return None
    if local == "style":
        return None if _RUNNING_STYLE.search(value) else value
    return moved(value) if local in _ADDRESSES else value


def _moved(address: str, base: str, way: str) -> str | None:
    """The same place, by the `way` to the folder of the page; None for an address of an unknown kind."""
    address = address.strip()
    try:
        full = urljoin(base, address) if base and not address.startswith("#") else address
        parts = urlsplit(full)
    except ValueError:
        return None
    if _PICTURE.match(full):
        return full
    if parts.scheme:
        return full if parts.scheme.lower() in _SCHEMES else None
    if parts.netloc or not parts.path or parts.path.startswith(("/", "\\")):
        return full
    return way + full


def _headed(root: Any, translations: Translations, note: Note, bilingual: bool) -> None:
    """What the page says of itself: title, language, policy, and the note that it is a translation."""
    head, body = root.find("head"), root.find("body")
    for title in list(root.iter("title")):
        if name(title.getparent()) == "head":
            title.text = titled(title.text or "", translations)
    for meta in [m for m in root.iter("meta") if m.get("charset")]:
        _removed(meta)
    for number, attributes in enumerate(({"charset": "utf-8"}, {"http-equiv": "Content-Security-Policy"})):
        meta = root.makeelement("meta", attributes)
        if number:
            meta.set("content", POLICY)
        head.insert(number, meta)
    if not bilingual:
        for element in (root, body):
            for attribute in ("dir", "xml:lang"):
                element.attrib.pop(attribute, None)
        root.set("lang", translations.into)
        if translations.direction == "rtl":
            root.set("dir", "rtl")
    noted(body, note.lines(translations))
    if translations.unplaced:
        appended(body, note, translations)


def noted(body: Any, lines: Sequence[str]) -> None:
    """The note at the head of a page."""
    box = made(body, "div")
    for attribute, value in {"lang": TARGET, "dir": "ltr", "role": "note", "style": STYLE}.items():
        box.set(attribute, value)
    box.extend(made(body, "p", line) for line in lines)
    box.tail, body.text = body.text, None
    body.insert(0, box)


def appended(body: Any, note: Note, translations: Translations) -> None:
    """What was translated and has no place in the page, at its end."""
    section = made(body, "div")
    section.set("lang", translations.into)
    section.append(made(body, "h2", note.appended(len(translations.unplaced))))
    section.extend(made(body, "p", paragraph.text) for paragraph in translations.unplaced)
    body.append(section)


def titled(title: str, translations: Translations) -> str:
    """A title with the part of it translated that is the title of the article: "Hochwasser - Kurier"."""
    if found := translations.find(title):
        return found.text
    for known in translations.titles:
        source = "".join(text for text, _ in known.sentences).strip()
        if source and source in title:
            return title.replace(source, known.text, 1)
    return title


def _written(root: Any) -> str:
    from lxml import html

    return html.tostring(root, encoding="unicode", method="html")
