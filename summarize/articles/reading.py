"""The one way from paths to articles: open, bound, refuse, parse, sanitise, name; failures are values."""

from __future__ import annotations

import gzip
import io
import re
import shlex
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import BinaryIO, NamedTuple

from ..errors import ArticleError, DuplicateArticle, EmptyArticle, UnreadableArticle, UnsupportedFormat
from ..keys import hash_bytes
from ..text import collapse_spaces, has_letters, safe_id, sanitise
from ..types import Article, Failure
from . import seen
from .charset import SAMPLE, refuse_binary
from .discovery import STDIN, Source, discover, failure, is_special, unreadable
from .drafts import BadRecord, Draft, Passed, language_code
from .formats import (
    ARCHIVES,
    BINARY,
    STREAMS,
    TEXTS,
    Drafts,
    archive_reader,
    check_supported,
    document_reader,
    refuse_addresses,
    sniff,
    stream_reader,
)
from .selection import NO_PAGE, Choice
from .streams import bounded, inflated

LIMIT = 50_000_000  # bytes of one file (for jsonl and WARC of one record), compressed and not


def read(
    paths: Sequence[str],
    *,
    language: str = "",
    stdin: BinaryIO | None = None,
    limit: int = LIMIT,
    made: Sequence[str] = (),
    choice: Choice | None = None,
) -> Iterator[Article | Failure]:
    """The articles under `paths` (files, folders, globs, "-"), one at a time; what cannot be read is a Failure.

    `language` (ISO 639-1) is that of all articles, whatever the records say. `stdin` is read for "-". `limit` is the
    size in bytes of one file, or of one record of jsonl or WARC; `made` as in `discover`. What `choice` does not want,
    and what holds no text, is counted there. Holds one file at most, of jsonl and WARC one record; never raises for
    what is in a file or missing on the disk.
    """
    choice = Choice() if choice is None else choice
    return parse(discover(paths, made, choice), language=language, stdin=stdin, limit=limit, choice=choice)


def parse(
    sources: Iterable[Source | Failure],
    *,
    language: str = "",
    stdin: BinaryIO | None = None,
    limit: int = LIMIT,
    choice: Choice | None = None,
    owners: dict[str, Owner] | None = None,
) -> Iterator[Article | Failure]:
    """The articles in `sources`; all else as in `read`. `owners` has what claimed an id before, by `owned`, and is
    added to."""
    owners = {} if owners is None else owners
    choice = Choice() if choice is None else choice
    for source in sources:
        if isinstance(source, Failure):
            yield source
            continue
        for item in _read_source(source, language, stdin, limit, choice):
            yield item if isinstance(item, Failure) else _claimed(*item, owners)


class Owner(NamedTuple):
    """Who has an id: a file, by its name in the drop, and in it a record, as messages name it. `apart`: it would have
    another one, if a file before it had not."""

    file: str
    origin: str
    apart: bool = False


def owned(id: str) -> str:
    """The id as it can be claimed once: those that differ in nothing but case are one, because on many file systems
    their outputs would be one file."""
    return id.lower()


def _claimed(article: Article, spare: str, claim: Owner, owners: dict[str, Owner]) -> Article | Failure:
    """The article under its id, or the `spare` one if a file of another name has that; a Failure if neither is free."""
    first = owners.setdefault(owned(article.id), claim)
    if first is claim:
        return article
    apart = claim._replace(apart=True)
    if first.file != claim.file and owners.setdefault(owned(spare), apart) is apart:
        return replace(article, id=spare)
    error = DuplicateArticle(
        f"the id {article.id} is claimed by {first.origin} and by {claim.origin}; the first is kept",
        "rename one, give each record its own id, or name the folder above both",
    )
    return failure(article.id, article.source, error)


def _read_source(
    source: Source, language: str, stdin: BinaryIO | None, limit: int, choice: Choice
) -> Iterator[tuple[Article, str, Owner] | Failure]:
    found = False
    try:
        with _opened(source, stdin) as stream:
            if source.suffix in ARCHIVES:
                for member in archive_reader(source.suffix)(source, stream, choice, limit):
                    found = True
                    if isinstance(member, Failure):
                        yield member
                    else:
                        yield from _read_source(member, language, stdin, limit, choice)
            else:
                suffix, drafts, digest = _drafts(source, stream, limit)
                for draft in drafts:
                    if isinstance(draft, Passed):
                        choice.skipped[NO_PAGE, draft.kind] += 1
                        continue
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
            _located(UnreadableArticle("damaged gzip file", "check it: gzip -t FILE"), source, gzipped=True),
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
    if source.content is not None:
        yield source.content
        return
    if source.open:
        with source.open() as stream:
            yield stream
        return
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
        records = inflated(stream) if source.gzipped else stream
        return suffix, stream_reader(suffix)(records, limit), ""
    data = bounded(stream, limit)
    digest = hash_bytes(data)
    if source.gzipped:
        data = bounded(inflated(io.BytesIO(data)), limit)
    if suffix not in BINARY:
        refuse_binary(data)
    if suffix in TEXTS:
        refuse_addresses(data)
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


def _finish(
    draft: Draft | BadRecord, source: Source, suffix: str, language: str, digest: str
) -> tuple[Article, str, Owner] | Failure:
    """Sanitises and names what a reader found; an article without letters is a Failure."""
    many = draft.record or suffix in STREAMS
    number = f"#{draft.record}" if many else ""
    place = source.id + number
    if isinstance(draft, BadRecord):
        return failure(place, source.label, _located(draft.error, source))
    origin = f"{source.label} line {draft.line}" if draft.line else f"{source.label}{f' record {many}' if many else ''}"
    id = safe_id(draft.id) if draft.id else place
    spare = safe_id(f"{source.file}/{id}") if draft.id else source.file + number
    paragraphs = tuple(text for paragraph in draft.paragraphs if (text := sanitise(paragraph).strip()))
    title = collapse_spaces(sanitise(draft.title))
    if not any(map(has_letters, chain([title], paragraphs))):
        error = EmptyArticle(f"{_where(draft)}no letters in it", "delete it, or check how it was exported")
        return failure(id, source.label, error)
    if not paragraphs:  # a headline alone is its own text
        paragraphs, title = (title,), ""
    article = Article(
        id=id,
        paragraphs=paragraphs,
        title=title,
        date=draft.date,
        language=language or language_code(draft.language),
        source=source.label,
        source_hash=draft.digest or digest,
        meta=_clean(draft.meta),
        code=frozenset(sanitise(block).strip() for block in draft.code),
        reading=seen.reading(draft.seen, title, paragraphs, draft.bound),
    )
    return article, spare, Owner(source.file, origin)


def _located(error: ArticleError, source: Source, gzipped: bool = False) -> ArticleError:
    """The same, with the path of the file in the place of FILE in a hint that is a command; `gzipped` if the command
    wants the file itself, and not what is in it."""
    if source.path == STDIN or source.content is not None or source.open:
        return error
    path = shlex.quote(source.label)
    path = f"<(gzip -dc {path})" if source.gzipped and not gzipped else path
    return type(error)(error.message, re.sub(r"\bFILE\b", lambda _: path, error.hint))


def _where(draft: Draft) -> str:
    if draft.line:
        return f"line {draft.line}: "
    return f"record {draft.record}: " if draft.record else ""


def _clean(meta: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, value in sorted(meta.items()) if (text := collapse_spaces(sanitise(value)))}
