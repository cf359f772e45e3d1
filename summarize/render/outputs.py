"""Result -> out/<article>.md and .json, and a run's manifest. Every file appears whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ..errors import SummarizeError, UsageError
from ..files import replacing, write_bytes
from ..keys import fingerprint, hash_bytes
from ..languages.detection import name
from ..store.records import SCHEMA, reading_json, result_json
from ..types import LONGEST_TITLE, TARGET, Json, Result, Sentence, Status, flags
from .explain import RUNGS
from .phrases import DRAFT, coverage, gaps, ledger, not_checked, reservations

SUFFIXES = (".md", ".json")
GONE = ".gone"  # folder in the output folder
HEAD = 4096  # characters of a result in which its source stands
VERSION = 8  # raised by hand when the same result gives other files; a test tells
_INLINE = re.compile(r"[\\`*_\[\]<|~&]")
MADE = " (made title)"
ABOVE = "the title above"  # in place of a sentence of the summary that is said there
_LINE_START = re.compile(r"^([^\S\n]*\d*)([#>+=.)-])", re.MULTILINE)


def escape(text: str) -> str:
    """Article text as inert Markdown.

    >>> escape("# no <script> [x](y)")
    '\\\\# no \\\\<script> \\\\[x\\\\](y)'
    """
    return _LINE_START.sub(r"\1\\\2", _INLINE.sub(r"\\\g<0>", text))


def markdown(r: Result) -> str:
    """The page a reader gets: summary with evidence, translation, and where it all comes from."""
    facts = [r.date, r.language, escape(r.source), ledger(r.ledger), coverage(r)]
    lines = [f"# {escape(heading(r))}", ""]
    if r.draft:
        lines += [f"> **{DRAFT}**", ""]
    for line in gaps(r):
        lines += [f"> **{escape(line)}**", ""]
    lines += [" · ".join(f for f in facts if f), "", "## Summary", ""]
    cited = sorted({i for c in r.summary.claims for i in c.evidence})
    number = {index: n for n, index in enumerate(cited, 1)}
    for claim in r.summary.claims:
        marks = "".join(f" [{number[i]}]" for i in claim.evidence)
        reserved = reservations(claim.problems, claim.doubts)
        doubt = f" **({escape(reserved)})**" if reserved else ""
        lines += [f"* {ABOVE if r.titled_by(claim) else escape(claim.text)}{marks}{doubt}"]
    if r.summary.rung in RUNGS:
        lines += ["", f"{RUNGS[r.summary.rung].capitalize()}."]
    if r.summary.reason:
        lines += [f"**No summary: {escape(r.summary.reason)}**"]
    lines += ["", "## Translation" + (f" ({name(r.target)})" if r.target != TARGET else ""), ""]
    for paragraph in paragraphs(r):
        lines += [escape(paragraph), ""]
    if cited:
        lines += ["## Evidence", ""]
        lines += [f"{number[i]}. {escape(_by(r.sentences[i]))}<br>{escape(r.sentences[i].source)}" for i in cited]
        lines += [""]
    lines += ["## Made by", ""]
    lines += [f"* {m.role}: `{m.id}` ({m.quality}; signature {m.signature})" for m in r.models]
    lines += [f"* {line}" for line in not_checked(r)]
    lines += [f"* article version {r.version}, source {r.source_hash}", ""]
    return "\n".join(lines)


def heading(r: Result) -> str:
    """The translated title, of which one that is much longer than a title is only begun; at last the id. Where it is a
    sentence of the summary (`Result.titled_by`), that is not said again beneath it."""
    title = shortened(" ".join(r.title_en.split()), LONGEST_TITLE)
    return f"{title}{MADE}" if r.made_title else title or r.id


def shortened(text: str, most: int) -> str:
    """A text that never ends, as far as a list has room for it.

    >>> shortened("one two three", 9), shortened("one two", 9)
    ('one two …', 'one two')
    """
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def paragraphs(r: Result) -> list[str]:
    """The translation paragraph by paragraph, the title left out; behind a sentence stands that a person translated it,
    and the doubts about it: [human] [numbers?]."""
    blocks: dict[int, list[str]] = {}
    for s in r.sentences:
        if s.paragraph:
            blocks.setdefault(s.paragraph, []).append(told(s) + s.separator)
    return ["".join(said).strip() for said in blocks.values()]


def _by(s: Sentence) -> str:
    return f"{s.target} [human]" if s.status is Status.HUMAN else s.target


def told(s: Sentence) -> str:
    """A translated sentence, whether a person translated it, and the doubts about it."""
    return said(replace(s, target=_by(s)))


def said(s: Sentence) -> str:
    """A translated sentence with the doubts about it."""
    return s.target + (f" [{', '.join(flags(doubts=s.doubts))}]" if s.doubts else "")


def json_text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def json_table(value: dict[str, Json], name: str, rows: Iterable[str]) -> str:
    """The same for a `value` that is not empty, with one more list, of values that are JSON already, one a line. Takes
    much less memory while it is made."""
    head, listed = json_text(value).removesuffix("\n}\n"), ",\n  ".join(rows)
    return f"{head},\n {json.dumps(name)}: [" + (f"\n  {listed}\n " if listed else "") + "]\n}\n"


def rendering_key(r: Result, stored: str) -> str:
    """All that the files of a result depend on; `stored` is the id of the stored result, which does not fix its
    source, nor what was left out of that."""
    return fingerprint("rendering", [VERSION, stored, r.source, r.source_hash, reading_json(r.reading)])


def holds(r: Result, folder: Path, digest: str) -> bool:
    """Whether the files of the result are in `folder`, with the bytes that `write_result` gave the digest of."""
    try:
        return _digest([(folder / (r.id + suffix)).read_bytes() for suffix in SUFFIXES]) == digest
    except OSError:
        return False


def write_result(r: Result, folder: Path) -> str:
    """Writes <id>.md and <id>.json below `folder` and returns the digest of both; a file that already holds the same
    bytes is left alone."""
    base = (folder / r.id).resolve()
    if not base.is_relative_to(folder.resolve()):
        raise SummarizeError(f"the article id {r.id!r} points outside {folder}", "give the record another id")
    contents = [text.encode("utf-8", "replace") for text in (markdown(r), json_text(result_json(r)))]
    for suffix, content in zip(SUFFIXES, contents, strict=True):
        write_atomically(base.with_name(base.name + suffix), content)
    return _digest(contents)


def _digest(contents: Iterable[bytes]) -> str:
    return fingerprint("files", [hash_bytes(content) for content in contents])


def made(folder: Path) -> Iterator[tuple[str, str]]:
    """Id and source of each article of which `folder` has the result. Of a file no more is read than its beginning."""
    for path in folder.rglob("*.json"):
        id = str(path.relative_to(folder).with_suffix(""))
        with contextlib.suppress(OSError, ValueError, KeyError, AttributeError):
            with open(path, encoding="utf-8") as file:
                head, more, _ = file.read(HEAD).partition(',\n "source_hash"')
            body = json.loads(head + "}") if more else json.loads(path.read_text("utf-8"))
            if body["schema"] == SCHEMA and body["id"] == id:
                yield id, body["source"]


def set_aside(id: str, folder: Path, target: str, other: str = "") -> None:
    """Moves what was made of an article, copies of its document in the language `target` too, to .gone in `folder`,
    over what is there; nothing that is of the article `other`, where the file system takes both for one. Raises
    SummarizeError."""
    base, page = folder / id, folder / f"{id}.json"
    if other and page.exists() and (twin := folder / f"{other}.json").exists() and page.samefile(twin):
        return
    book, of_many, _ = base.name.rpartition("#")
    epub = base.with_name(f"{book}.{target}.epub")
    try:
        for suffix in (*SUFFIXES, f".{target}.html", f".{target}.docx"):
            _move(base.with_name(base.name + suffix), folder)
        if of_many and epub.exists() and not any(base.parent.glob(f"{glob.escape(book)}#*.json")):
            _move(epub, folder)  # with the last of its chapters
    except OSError as e:
        raise SummarizeError(f"cannot move {base} aside: {e.strerror or e}", "check the folder, or move it") from e


def _move(path: Path, folder: Path) -> None:
    if path.exists():
        aside = folder / GONE / path.relative_to(folder)
        aside.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, aside)


def check_folder(folder: Path) -> None:
    """Raises UsageError if neither `folder` is there nor the one that it would be made in: a chain of new folders is a
    slip of the pen more often than what was meant."""
    parent = folder.absolute().parent
    if not folder.exists() and not parent.exists():
        raise UsageError(
            f"there is no folder {parent}", f"check the path, or make it: mkdir -p {shlex.quote(str(folder))}"
        )


def check_out(folder: Path) -> None:
    """Raises UsageError if nothing can ever be written below `folder`: it, or what it would be made in, is a file, or
    is closed to writing."""
    there = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    hint = "choose another folder with --out DIR"
    if not there.is_dir():
        raise UsageError(f"results cannot go into {folder}: {there} is a file", hint)
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(f"results cannot go into {folder}: {there} is closed to writing", hint)


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Raises SummarizeError when the folder cannot be written; never leaves half a file."""
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        if not (path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data):
            write_bytes(path, data)
    except OSError as e:
        raise SummarizeError(f"cannot write {path}: {e.strerror or e}", "choose another folder with --out DIR") from e
    return path


def write_pieces(path: Path, pieces: Iterable[str]) -> Path:
    """The same for a text that is too long to be held: piece by piece."""
    try:
        with replacing(path) as f:
            for piece in pieces:
                f.write(piece.encode("utf-8", "replace"))
    except OSError as e:
        raise SummarizeError(f"cannot write {path}: {e.strerror or e}", "choose another name") from e
    return path
