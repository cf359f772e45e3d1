"""Which reader serves which suffix. Readers are named, not imported: a drop of text files loads no HTML parser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, BinaryIO

from ..errors import UnsupportedFormat
from .drafts import BadRecord, Draft

# The whole file in memory: bytes -> drafts.
DOCUMENTS = {
    ".txt": "plain:parse",
    ".text": "plain:parse",
    ".md": "markdown:parse",
    ".markdown": "markdown:parse",
    ".html": "webpage:parse",
    ".htm": "webpage:parse",
    ".xhtml": "webpage:parse",
    ".json": "records:parse",
    ".rss": "feed:parse",
    ".atom": "feed:parse",
    ".xml": "feed:parse",
    ".eml": "mail:parse",
    ".mbox": "mail:parse_box",
    ".mhtml": "archived:parse",
    ".mht": "archived:parse",
    ".srt": "subtitles:parse",
    ".vtt": "subtitles:parse",
    ".csv": "tabular:parse",
    ".tsv": "tabular:parse",
}
# The same for what is not text.
BINARY = {
    ".docx": "zipped:parse_word",
    ".odt": "zipped:parse_opendocument",
    ".epub": "zipped:parse_book",
    ".pdf": "pdf:parse",
}
# One line in memory at a time: (stream, bytes a line may have) -> drafts.
STREAMS = {
    ".jsonl": "records:parse_lines",
    ".ndjson": "records:parse_lines",
}
_LIST = re.compile(rb"\[\s*\{")
_OBJECT = re.compile(rb'\{\s*"')

SUFFIXES = (*DOCUMENTS, *BINARY, *STREAMS)

Drafts = Iterator[Draft | BadRecord]


def document_reader(suffix: str) -> Callable[[bytes], Drafts]:
    return _load({**DOCUMENTS, **BINARY}[suffix])


def stream_reader(suffix: str) -> Callable[[BinaryIO, int], Drafts]:
    return _load(STREAMS[suffix])


def _load(name: str) -> Callable[..., Drafts]:
    module, _, function = name.partition(":")
    return getattr(import_module(f".{module}", __package__), function)


def library(name: str) -> Any:
    """A package that reads a format. Raises UnsupportedFormat, with the line that installs it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise UnsupportedFormat(
            f"needs the package {name}, which is not installed", "pip install 'summarize[formats]'"
        ) from error


def split_suffix(name: str) -> tuple[str, str, bool]:
    """(name without its suffixes, suffix in lower case, is it gzipped) of a file name.

    >>> split_suffix("a.b.TXT"), split_suffix("drop.jsonl.gz")
    (('a.b', '.txt', False), ('drop', '.jsonl', True))
    """
    gzipped = name.lower().endswith(".gz")
    stem, dot, suffix = (name[:-3] if gzipped else name).rpartition(".")
    return (stem, (dot + suffix).lower(), gzipped) if stem else (suffix, "", gzipped)


def check_supported(suffix: str) -> None:
    """Raises UnsupportedFormat, naming the suffixes that are served, if no reader serves `suffix`."""
    if suffix not in SUFFIXES:
        kind = f"no reader for {suffix} files" if suffix else "a file name without suffix"
        raise UnsupportedFormat(kind, f"rename or convert it to one of: {' '.join(SUFFIXES)} (also with .gz)")


def sniff(head: bytes) -> str:
    """The suffix that the first bytes of a nameless input would have: .jsonl, .json, .html or .txt.

    The first line decides between JSON and one JSON a line, so that a bad line further down is only that.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _LIST.match(start):
        return ".json"
    if _OBJECT.match(start):
        first = start.partition(b"\n")[0].rstrip()
        over_lines = first.endswith((b"{", b",", b"[")) or (not _is_json(first) and _is_json(start))
        return ".json" if over_lines else ".jsonl"
    return ".html" if start[:15].lower().startswith((b"<!doctype html", b"<html")) else ".txt"


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
