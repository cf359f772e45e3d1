"""Which reader serves which suffix. Readers are named, not imported: a drop of text files loads no HTML parser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, BinaryIO

from ..errors import UnsupportedFormat
from .drafts import BadRecord, Draft, Passed

# The whole file in memory: bytes -> drafts.
DOCUMENTS = {
    ".txt": "plain:parse",
    ".text": "plain:parse",
    ".md": "markdown:parse",
    ".markdown": "markdown:parse",
    ".html": "webpage:parse",
    ".htm": "webpage:parse",
    ".xhtml": "webpage:parse",
    ".json": "json_records:parse",
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
    ".docx": "docx:parse",
    ".odt": "odt:parse",
    ".epub": "epub:parse",
    ".pdf": "pdf:parse",
}
# One line or record in memory at a time: (stream, bytes that one may have) -> drafts.
STREAMS = {
    ".jsonl": "json_records:parse_lines",
    ".ndjson": "json_records:parse_lines",
    ".warc": "webarchive:parse",
}
# Files of files: (source, stream, choice, bytes a file may have) -> sources.
ARCHIVES = {
    ".zip": "archives:unzip",
    ".tar": "archives:untar",
}
_LIST = re.compile(rb"\[\s*\{")
_OBJECT = re.compile(rb'\{\s*"')

TEXTS = (".txt", ".text")
_ADDRESS = re.compile(rb"(?:https?|ftp)://\S+\s*", re.IGNORECASE)

# Files of which one may hold many articles.
MANY = (*STREAMS, *ARCHIVES, ".json", ".rss", ".atom", ".xml", ".mbox", ".csv", ".tsv", ".epub")

SUFFIXES = (*DOCUMENTS, *BINARY, *STREAMS, *ARCHIVES)

Drafts = Iterator[Draft | BadRecord | Passed]


def document_reader(suffix: str) -> Callable[[bytes], Drafts]:
    return _load({**DOCUMENTS, **BINARY}[suffix])


def stream_reader(suffix: str) -> Callable[[BinaryIO, int], Drafts]:
    return _load(STREAMS[suffix])


def archive_reader(suffix: str) -> Callable[..., Iterator[Any]]:
    return _load(ARCHIVES[suffix])


def _load(name: str) -> Callable[..., Iterator[Any]]:
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

    >>> split_suffix("a.b.TXT"), split_suffix("drop.jsonl.gz"), split_suffix("drop.tgz")
    (('a.b', '.txt', False), ('drop', '.jsonl', True), ('drop', '.tar', True))
    """
    if name.lower().endswith(".tgz"):
        name = name[:-4] + ".tar.gz"
    gzipped = name.lower().endswith(".gz")
    stem, dot, suffix = (name[:-3] if gzipped else name).rpartition(".")
    return (stem, (dot + suffix).lower(), gzipped) if stem else (suffix, "", gzipped)


def check_supported(suffix: str) -> None:
    """Raises UnsupportedFormat, naming the suffixes that are served, if no reader serves `suffix`."""
    if suffix not in SUFFIXES:
        kind = f"no reader for {suffix} files" if suffix else "a file name without suffix"
        raise UnsupportedFormat(kind, f"rename or convert it to one of: {' '.join(SUFFIXES)} (also with .gz)")


def refuse_addresses(data: bytes) -> None:
    """Raises UnsupportedFormat for a text whose every line is an address."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    if lines and all(_ADDRESS.fullmatch(line.strip()) for line in lines):
        raise UnsupportedFormat(
            f"a list of addresses ({len(lines):,}) and no text: nothing is fetched from the network here",
            "fetch the pages first: wget --input-file FILE --warc-file pages; summarize run pages.warc.gz",
        )


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
