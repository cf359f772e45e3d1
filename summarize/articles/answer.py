"""What a server answered, as a web archive keeps it: its head, and its body as it was sent."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser

from ..errors import UnreadableArticle
from .formats import library, sniff

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})\b")
_BLANK = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[^\r\n]{0,1000}\r?\n")
_CUT = "compressed, and cut off or damaged"
_AGAIN = "fetch it again"


@dataclass(slots=True)
class Response:
    status: int
    head: Message = field(repr=False)
    raw: bytes = field(repr=False)  # the body, as it is in the archive

    @classmethod
    def of(cls, block: bytes) -> Response | None:
        """None if the block is no answer of a server."""
        if not (match := _STATUS.match(block)):
            return None
        end = _BLANK.search(block)
        head, raw = (block[: end.start()], block[end.end() :]) if end else (block, b"")
        _, _, fields = head.partition(b"\n")
        return cls(int(match[1]), BytesHeaderParser().parsebytes(fields + b"\n\n"), raw)

    @property
    def type(self) -> str:
        """In lower case, "" if it does not say."""
        return self.head.get_content_type() if self.head.get("Content-Type") else ""

    @property
    def charset(self) -> str:
        return self.head.get_content_charset("") or ""

    @property
    def is_page(self) -> bool:
        return self.type in ("text/html", "application/xhtml+xml") or (not self.type and sniff(self.raw) == ".html")

    @property
    def unchunked(self) -> bytes:
        """The body in one piece. Crawlers may have joined the pieces and left the head as it was."""
        if "chunked" not in str(self.head.get("Transfer-Encoding", "")).lower():
            return self.raw
        parts, at = [], 0
        while match := _CHUNK.match(self.raw, at):
            size, start = int(match[1], 16), match.end()
            parts.append(self.raw[start : start + size])
            at = start + size + (2 if self.raw[start + size : start + size + 2] == b"\r\n" else 1)
            if not size:
                break
        return b"".join(parts) if parts else self.raw

    def body(self, limit: int) -> bytes:
        """The page itself. Raises UnreadableArticle if it is damaged or has more than `limit` bytes, UnsupportedFormat
        if what unpacks it is not installed."""
        data = self.unchunked
        for coding in reversed(str(self.head.get("Content-Encoding", "")).lower().split(",")):
            data = _decoded(data, coding.strip(), limit)
            if len(data) > limit:
                raise UnreadableArticle(f"longer than {limit / 1e6:g} MB", "save the page itself as .html")
        return data


def _decoded(data: bytes, coding: str, limit: int) -> bytes:
    """Crawlers may have unpacked it and left the head as it was: what is no such thing stays."""
    if coding in ("gzip", "x-gzip"):
        return _inflated(data, 31, limit) if data[:2] == b"\x1f\x8b" else data
    if coding == "deflate":
        zlib_head = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
        return data if sniff(data) == ".html" else _inflated(data, 15 if zlib_head else -15, limit)
    if coding == "br" and sniff(data) != ".html":
        brotli = library("brotli")
        try:
            unpacker, out = brotli.Decompressor(), b""
            out = unpacker.process(data, output_buffer_limit=limit + 1)
            while len(out) <= limit and not unpacker.is_finished():
                if not (more := unpacker.process(b"", output_buffer_limit=limit + 1)):
                    raise UnreadableArticle(_CUT, _AGAIN)
                out += more
        except brotli.error as error:
            raise UnreadableArticle(f"{_CUT} ({error})", _AGAIN) from error
        return out
    if coding == "zstd" and data[:4] == b"\x28\xb5\x2f\xfd":
        raise UnreadableArticle(
            "compressed as zstd, which is not read", "fetch it again without: Accept-Encoding: gzip"
        )
    return data


def _inflated(data: bytes, window: int, limit: int) -> bytes:
    unpacker = zlib.decompressobj(window)
    try:
        out = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise UnreadableArticle(f"{_CUT} ({error})", _AGAIN) from error
    if not unpacker.eof and len(out) <= limit:
        raise UnreadableArticle(_CUT, _AGAIN)
    return out


def differs(said: str, data: bytes) -> bool:
    """Whether a digest as archives write it ("sha1:…", in base 32, base 64 or hexadecimal) is surely not that of the
    data; False where there is none, or none that is known.

    >>> differs("sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=", b""), differs("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"")
    (False, False)
    """
    name, _, value = said.strip().partition(":")
    name = name.strip().lower().replace("-", "")
    if name not in hashlib.algorithms_guaranteed or name.startswith("shake") or not value:
        return False
    found, value = hashlib.new(name, data).digest(), value.strip()
    forms = (found.hex(), base64.b32encode(found).decode().rstrip("=").lower())
    return value.rstrip("=").lower() not in forms and value.rstrip("=") != base64.b64encode(found).decode().rstrip("=")
