"""Back into the document: an article's translation put into a copy of the page, file or book that it was read from.

The document is read again from its path, and must be the one that was read; docs/documents.md says what is kept of it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...articles import LIMIT
from ...articles.discovery import STDIN, is_special
from ...articles.formats import split_suffix
from ...articles.streams import bounded, inflated
from ...errors import SummarizeError, UnreadableArticle
from ...job.pipeline import guarded
from ...keys import hash_bytes
from ...languages.detection import name
from ...types import Failure, Json, Result, Status
from ..outputs import write_atomically
from ..phrases import plural

FORMATS = {"html": (".html", ".htm", ".xhtml"), "docx": (".docx",), "epub": (".epub",)}
_AGAIN = "the translation is in the .md file"
_STREAM = "it came from standard input — name a file instead of -"
LINES = 20  # for a person


@dataclass(slots=True)
class Document:
    """What became of one document: where it was written, or why not. `placed` paragraphs are translated where they
    stand, `appended` ones at the end, `left` blocks of text are as they were."""

    source: str
    format: str
    language: str
    articles: list[str]
    path: str = ""
    placed: int = 0
    appended: int = 0
    left: int = 0
    reason: str = ""
    code: int = 0  # the exit status that it earns

    @property
    def line(self) -> str:
        """
        >>> Document("a.html", "html", "de", ["a"], "out/a.en.html", placed=12, left=4).line
        'out/a.en.html: 12 paragraphs translated, 4 blocks left in German'
        """
        if not self.path:
            return f"no {self.format} of {self.source}: {self.reason}"
        parts = [
            f"{plural(self.placed, 'paragraph')} translated",
            f"{plural(self.appended, 'paragraph')} at the end, not found again in their place" if self.appended else "",
            f"{plural(self.left, 'block')} left in {name(self.language)}" if self.left else "",
        ]
        return f"{self.path}: {', '.join(filter(None, parts))}"

    def as_json(self) -> dict[str, Json]:
        return {field: getattr(self, field) for field in self.__slots__ if field != "code"}


@dataclass(slots=True)
class Documents:
    """Takes the results of a run in order and writes a document as soon as its last article has come.

    `formats` are those that are wanted; `date` is what stands in the note at the head of each. Articles of other
    formats are counted in `passed`.
    """

    folder: Path = Path()
    formats: Sequence[str] = ()
    date: str = ""
    bilingual: bool = False
    made: list[Document] = field(default_factory=list)
    passed: int = 0
    _waiting: list[Result] = field(default_factory=list)

    def take(self, item: Result | Failure) -> None:
        if not self.formats:
            return
        if self._waiting and self._waiting[0].source != item.source:
            self.close()
        if not isinstance(item, Result):
            return
        if item.source == STDIN:
            if not any(d.source == STDIN for d in self.made):
                self.made.append(Document(STDIN, "document", item.language, [item.id], reason=_STREAM, code=1))
        elif self._format(item):
            self._waiting.append(item)
        else:
            self.passed += 1

    def _format(self, result: Result) -> str:
        """Of the document that the article was read from, "" if it is none of those that are wanted."""
        suffix = split_suffix(result.source)[1]
        return next((f for f in self.formats if suffix in FORMATS[f]), "")

    @property
    def exit_code(self) -> int:
        return max((d.code for d in self.made), default=0)

    def as_json(self) -> list[Json]:
        return [d.as_json() for d in self.made]

    def lines(self, *, short: bool) -> list[str]:
        """A line for each document that fell short, or else for each that did not; with these, what was passed."""
        every = [d.line for d in self.made if short == bool(d.code)]
        more = len(every) - LINES
        told = every[:LINES] + ([f"and {plural(more, 'document')} more; run-manifest.json has all"] if more > 0 else [])
        if self.passed and not short:
            told.append(f"no {' or '.join(self.formats)} of {plural(self.passed, 'article')}: read from something else")
        return told

    def close(self) -> None:
        """Writes what is waiting."""
        results, self._waiting = self._waiting, []
        if not results:
            return
        first = results[0]
        document = Document(first.source, self._format(first), first.language, [r.id for r in results])
        failed = guarded(lambda: self._write(results, document), first.id, first.source, "write")
        if isinstance(failed, Failure):
            document.path, document.code = "", failed.code
            document.reason = " — ".join(filter(None, [failed.message, failed.hint if failed.code != 70 else ""]))
        self.made.append(document)

    def _write(self, results: Sequence[Result], document: Document) -> None:
        from . import book, web, word
        from .note import Note
        from .placing import Translations

        first = results[0]
        path = Path(first.source)
        data = _read(path, first.source_hash)
        if not any(s.language != r.target and s.status is not Status.COPIED for r in results for s in r.sentences):
            document.reason = f"it is in {name(first.target)} already"
            return
        stem = first.id.rpartition("#")[0] if document.format == "epub" else first.id
        target = self.folder / f"{stem}.{first.target}.{document.format}"
        if not target.resolve().is_relative_to(self.folder.resolve()):
            raise SummarizeError(f"the article id {first.id!r} points outside {self.folder}", "rename the file")
        if target.exists() and target.samefile(path):
            raise SummarizeError("it would be overwritten by its translation", "write elsewhere: --out DIR")
        translations, note = Translations(results), Note(results, self.date)
        if document.format == "html":
            made = web.translated(data, translations, note, bilingual=self.bilingual, source=path, target=target)
        else:
            made = {"docx": word, "epub": book}[document.format].translated(
                data, translations, note, bilingual=self.bilingual
            )
        write_atomically(target, made)
        document.path, document.left = str(target), note.left
        document.placed, document.appended = translations.placed, len(translations.unplaced)
        document.code = int(bool(document.appended))


def _read(path: Path, digest: str) -> bytes:
    """The bytes that were read before. Raises UnreadableArticle if they are not there any more."""
    try:
        if is_special(str(path)):
            raise UnreadableArticle("it is no file that can be read again", _AGAIN)
        with open(path, "rb") as stream:
            data = bounded(stream, LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        where = "it lies in an archive or at an address, or is gone"
        raise UnreadableArticle(where, "put the file itself into a folder, and name that") from None
    except OSError as error:
        raise UnreadableArticle(f"it cannot be read again: {error.strerror or error}", _AGAIN) from error
    if hash_bytes(data) != digest:
        raise UnreadableArticle("it has changed since it was read", "run again")
    return bounded(inflated(io.BytesIO(data)), LIMIT) if split_suffix(str(path))[2] else data
