"""The one way from paths to articles: open, bound, refuse, parse, sanitise, name; failures are values."""

from __future__ import annotations

import gzip
import io
import re
import shlex
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO

from ..errors import ArticleError, DuplicateArticle, EmptyArticle, UnreadableArticle, UnsupportedFormat
from ..keys import hash_bytes
from ..text import collapse_spaces, has_letters, safe_id, sanitise
from ..types import Article, Failure
from .decoding import SAMPLE, refuse_binary
from .discovery import STDIN, Source, discover, failure, is_special, unreadable
from .drafts import BadRecord, Draft, language_code
from .formats import BINARY, STREAMS, Drafts, check_supported, document_reader, sniff, stream_reader

LIMIT = 50_000_000  # bytes of one file (for jsonl of one line), compressed and not
CHUNK = 1 << 18  # bytes


def read(
    paths: Sequence[str],
    *,
    language: str = "",
    stdin: BinaryIO | None = None,
    limit: int = LIMIT,
    made: Sequence[str] = (),
) -> Iterator[Article | Failure]:
    """The articles under `paths` (files, folders, globs, "-"), one at a time; what cannot be read is a Failure.

    `language` (ISO 639-1) is that of all articles, whatever the records say. `stdin` is read for "-". `limit` is the
    size in bytes of one file, or of one line of jsonl; `made` as in `discover`. Holds one file at most, of jsonl one
    line; never raises for what is in a file or missing on the disk.
    """
    owners: dict[str, str] = {}
    for source in discover(paths, made):
        if isinstance(source, Failure):
            yield source
            continue
        for item in _read_source(source, language, stdin, limit):
            yield item if isinstance(item, Failure) else _claim(item[0], item[1], owners)


def _claim(article: Article, origin: str, owners: dict[str, str]) -> Article | Failure:
    """The article, or a Failure if another one has its id already; `origin` names the record in messages.

    Ids that differ in nothing but case are one, because on many file systems their outputs would be one file.
    """
    first = owners.setdefault(article.id.lower(), origin)
    if first is origin:
        return article
    error = DuplicateArticle(
        f"the id {article.id} is claimed by {first} and by {origin}; the first is kept",
        "rename one, give each record its own id, or name the folder above both",
    )
    return failure(article.id, article.source, error)


def _read_source(
    source: Source, language: str, stdin: BinaryIO | None, limit: int
) -> Iterator[tuple[Article, str] | Failure]:
    try:
        with _opened(source, stdin) as stream:
            suffix, drafts, digest = _drafts(source, stream, limit)
            found = False
            for draft in drafts:
                found = True
                yield _finish(draft, source, suffix, language, digest)
            if not found:
                raise EmptyArticle("no article in it", "delete it, or check how it was exported")
    except ArticleError as error:
        yield failure(source.id, source.label, _located(error, source))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield failure(
            source.id,
            source.label,
            UnreadableArticle("damaged gzip file", f"check it: gzip -t {shlex.quote(source.label)}"),
        )
    except OSError as error:
        yield failure(source.id, source.label, unreadable(error))


@contextmanager
def _opened(source: Source, stdin: BinaryIO | None) -> Iterator[BinaryIO]:
    if source.path == STDIN:
        if stdin is None and sys.stdin is None:
            raise UnreadableArticle("there is no standard input", "name a file or folder instead of -")
        yield stdin or sys.stdin.buffer
        return
    if source.suffix or not source.named:
        check_supported(source.suffix)
    if not source.named and is_special(source.path):
        raise UnsupportedFormat("a pipe, device or socket", "name it on the command line if it is meant")
    with open(source.path, "rb") as stream:
        yield stream


def _drafts(source: Source, stream: BinaryIO, limit: int) -> tuple[str, Drafts, str]:
    """(suffix, what the reader for it finds, hash of the file's bytes or "" where each record has its own)."""
    suffix = source.suffix
    if not suffix:  # standard input, or a pipe that the user named
        head = stream.read(SAMPLE)
        suffix = sniff(head)
        stream = io.BufferedReader(_Rejoined(head, stream))
    if suffix in STREAMS:
        lines = gzip.GzipFile(fileobj=stream) if source.gzipped else stream
        return suffix, stream_reader(suffix)(lines, limit), ""
    data = _bounded(stream, limit)
    digest = hash_bytes(data)
    if source.gzipped:
        data = _bounded(gzip.GzipFile(fileobj=io.BytesIO(data)), limit)
    if suffix not in BINARY:
        refuse_binary(data)
    return suffix, document_reader(suffix)(data), digest


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: BinaryIO):
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        data = data or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _bounded(stream: BinaryIO, limit: int) -> bytes:
    data = bytearray()
    while len(data) <= limit and (chunk := stream.read(CHUNK)):  # read(limit) would set aside the limit at once
        data += chunk
    if len(data) > limit:
        raise UnreadableArticle(
            f"larger than {limit / 1e6:g} MB", "split it, or turn it into .jsonl with one article a line"
        )
    return bytes(data)


def _finish(
    draft: Draft | BadRecord, source: Source, suffix: str, language: str, digest: str
) -> tuple[Article, str] | Failure:
    """Sanitises and names what a reader found; an article without letters is a Failure."""
    many = draft.record or suffix in STREAMS
    place = f"{source.id}#{draft.record}" if many else source.id
    if isinstance(draft, BadRecord):
        return failure(place, source.label, _located(draft.error, source))
    origin = f"{source.label} line {draft.line}" if draft.line else f"{source.label}{f' record {many}' if many else ''}"
    id = safe_id(draft.id) if draft.id else place
    paragraphs = tuple(text for paragraph in draft.paragraphs if (text := sanitise(paragraph).strip()))
    title = collapse_spaces(sanitise(draft.title))
    if not any(map(has_letters, chain([title], paragraphs))):
        error = EmptyArticle(f"{_where(draft)}no letters in it", "delete it, or check how it was exported")
        return failure(id, source.label, error)
    if not paragraphs:  # a headline alone is its own text
        paragraphs, title = (title,), ""
    return Article(
        id=id,
        paragraphs=paragraphs,
        title=title,
        date=draft.date,
        language=language or language_code(draft.language),
        source=source.label,
        source_hash=draft.digest or digest,
        meta=_clean(draft.meta),
        code=frozenset(sanitise(block).strip() for block in draft.code),
    ), origin


def _located(error: ArticleError, source: Source) -> ArticleError:
    """The same, with the path of the file in the place of FILE in a hint that is a command."""
    if source.path == STDIN:
        return error
    path = shlex.quote(source.label)
    path = f"<(gzip -dc {path})" if source.gzipped else path
    return type(error)(error.message, re.sub(r"\bFILE\b", lambda _: path, error.hint))


def _where(draft: Draft) -> str:
    if draft.line:
        return f"line {draft.line}: "
    return f"record {draft.record}: " if draft.record else ""


def _clean(meta: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, value in sorted(meta.items()) if (text := collapse_spaces(sanitise(value)))}
