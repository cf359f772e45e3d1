"""Streams that end: read whole up to a limit, unpacked up to a ratio."""

from __future__ import annotations

import gzip
import io
from typing import BinaryIO

from ..errors import UnreadableArticle

CHUNK = 1 << 18  # bytes
RATIO = 200  # times its packed size: text that unpacks to more is none
GRACE = 10_000_000  # bytes that may come of anything


def bounded(stream: BinaryIO, limit: int) -> bytes:
    """All of it. Raises UnreadableArticle if it has more than `limit` bytes."""
    data = bytearray()
    while len(data) <= limit and (chunk := stream.read(CHUNK)):  # read(limit) would set aside the limit at once
        data += chunk
    if len(data) > limit:
        raise UnreadableArticle(
            f"larger than {limit / 1e6:g} MB", "split it, or turn it into .jsonl with one article a line"
        )
    return bytes(data)


def inflated(stream: BinaryIO) -> BinaryIO:
    """What a gzip stream unpacks to. Reading it raises what GzipFile does, and UnreadableArticle for a bomb."""
    return io.BufferedReader(_Inflated(stream), CHUNK)


def refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > GRACE and unpacked > RATIO * max(packed, 1):
        raise UnreadableArticle(
            f"it unpacks to more than {RATIO} times its size, as no text does", "unpack it yourself if it is meant"
        )


class _Inflated(io.RawIOBase):
    def __init__(self, packed: BinaryIO):
        self._packed, self._inner, self._count = packed, gzip.GzipFile(fileobj=packed), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._inner.read1(len(buffer))  # what comes before an error is not lost with it
        buffer[: len(data)] = data
        self._count += len(data)
        refuse_bomb(self._count, self._packed.tell())
        return len(data)
