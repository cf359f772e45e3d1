"""Web archives (.warc), as crawlers and `wget --warc-file` write them: an article for each page, one record at a time.

The framing is read here: fastwarc ends the process over a length that lies, and takes a file that was cut off within
the head of a record for whole; warcio does the latter, too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..errors import ArticleError, UnreadableArticle
from ..keys import hash_bytes
from . import webpage
from .answer import Response, differs
from .charset import decode
from .drafts import META_LIMIT, BadRecord, Draft, Passed
from .streams import CHUNK

HEAD = 65_536  # bytes of what a record says of itself, and of one line of it
LIES = 100  # records whose length is wrong: a file with more is not worth the search for the next
PROTOCOL = ("request", "warcinfo", "metadata")  # never meant to be read

_NAMED = re.compile(r"[a-z]{1,20}(?:/[a-z0-9.+-]{1,60})?")
_START = b"WARC/"
_LENGTH = re.compile(r"[0-9]{1,18}")
_AGAIN = "fetch it again; if it is whole, write it anew: warcio recompress FILE NEW.warc.gz"


@dataclass(slots=True)
class _Record:
    head: dict[str, str]  # names in lower case
    block: bytes
    wrong: str  # with its frame; "" if nothing is


def parse(stream: BinaryIO, limit: int) -> Iterator[Draft | BadRecord | Passed]:
    """The article of each page that was answered with status 200, with its address and when it was fetched; other
    answers are Passed. A page that is not what its digest says, or is cut off, is a BadRecord. A page may have `limit`
    bytes. Raises UnreadableArticle if the stream is no web archive."""
    number = 0
    for record in _records(stream, limit):
        kind = record.head.get("warc-type", "").lower()
        if kind in PROTOCOL and not record.wrong:
            continue
        number += 1
        try:
            if record.wrong:
                raise UnreadableArticle(record.wrong, _AGAIN)
            if kind == "response":
                yield from _pages(record, number, limit)
            else:
                yield Passed(f"{kind} record" if _NAMED.fullmatch(kind) else "unknown record")
        except ArticleError as error:
            where = record.head.get("warc-target-uri", "").strip("<>")[:META_LIMIT]
            place = f"record {number}{f' ({where})' if where else ''}"
            yield BadRecord(number, type(error)(f"{place}: {error.message}", error.hint))


def _pages(record: _Record, number: int, limit: int) -> Iterator[Draft | Passed]:
    response = Response.of(record.block)
    if response is None:
        yield Passed("no HTTP")
    elif response.status != 200:
        yield Passed(f"status {response.status}")
    elif not response.is_page:
        yield Passed(response.type if _NAMED.fullmatch(response.type) else "unknown type")
    else:
        body = response.body(limit)
        said = record.head.get("warc-payload-digest", "")
        if differs(record.head.get("warc-block-digest", ""), record.block) or (
            # crawlers differ in what they take for the payload
            all(differs(said, form) for form in (response.raw, response.unchunked, body))
        ):
            raise UnreadableArticle("not what its digest says", _AGAIN)
        page = decode(body, response.charset).encode() if response.charset else body
        about = {"url": "warc-target-uri", "fetched": "warc-date", "truncated": "warc-truncated"}
        known = {
            name: text.strip("<>")[:META_LIMIT] for name, field in about.items() if (text := record.head.get(field))
        }
        for draft in webpage.parse(page):
            yield replace(draft, record=number, meta={**draft.meta, **known}, digest=hash_bytes(response.raw))


def _records(stream: BinaryIO, limit: int) -> Iterator[_Record]:
    """Every record. One whose frame is broken says so, and the search for the next goes on where that shows."""
    source, lies = _Source(stream), 0
    line = source.next()
    if line and not line.startswith(_START):
        raise UnreadableArticle("no web archive: it does not begin with a record", "check the file, or fetch it again")
    while line:
        record = _Record(*source.head())
        length = record.head.get("content-length", "")
        if record.wrong:
            line = source.search()
        elif not _LENGTH.fullmatch(length):
            record.wrong = f"its length is {length[:20]!r}" if length else "it has no length"
            line = source.search()
        elif int(length) > limit:
            record.block = source.read(HEAD)
            response = Response.of(record.block) if record.head.get("warc-type", "").lower() == "response" else None
            if response and response.is_page:
                record.wrong = f"its length is {int(length):,} bytes; the limit is {limit / 1e6:g} MB"
            source.put_back(record.block)
            line = source.search()
        else:
            record.block = source.read(int(length))
            if len(record.block) < int(length):
                record.wrong = "the file ends within it"
                source.put_back(record.block)
                line = source.search()
            elif (line := source.next()) and not line.startswith(_START):
                record.wrong = "its length is wrong: no record follows it"
                source.put_back(record.block + line)
                line = source.search()
        yield record
        lies += bool(record.wrong)
        if lies > LIES:
            raise UnreadableArticle(f"more than {LIES} of its records are broken; the rest is not read", _AGAIN)


class _Source:
    """A stream to which bytes can be put back."""

    def __init__(self, stream: BinaryIO):
        self._stream, self._back = stream, io.BytesIO()

    def put_back(self, data: bytes) -> None:
        self._back = io.BytesIO(data + self._back.read())

    def read(self, size: int) -> bytes:
        data = bytearray(self._back.read(size))
        while len(data) < size and (more := self._stream.read(min(size - len(data), CHUNK))):
            data += more
        return bytes(data)

    def line(self) -> bytes:
        line = self._back.readline(HEAD)
        return line if line.endswith(b"\n") or len(line) == HEAD else line + self._stream.readline(HEAD - len(line))

    def next(self) -> bytes:
        """The first line that is not blank; nothing at the end."""
        while (line := self.line()) and not line.strip():
            pass
        return line

    def search(self) -> bytes:
        """The line that begins the next record; nothing at the end."""
        blank = False
        while line := self.line():
            if blank and line.startswith(_START):
                return line
            blank = not line.strip()
        return b""

    def head(self) -> tuple[dict[str, str], bytes, str]:
        """The fields of a record, up to a blank line; the last is what is wrong with them."""
        fields: dict[str, str] = {}
        left, name = HEAD, ""
        while (line := self.line()).strip():
            left -= len(line)
            text = line.decode("utf-8", "replace")
            if text[0] not in " \t":
                name, _, text = text.partition(":")
                name = name.strip().lower()
            fields[name] = f"{fields.get(name, '')} {text.strip()}".strip()
            if left < 0:
                return fields, b"", "a head without end"
        return fields, b"", "" if line else "the file ends within it"
