"""Result -> out/<article>.md and .json, and a run's manifest. Every file appears whole or not at all."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from ..errors import SummarizeError, UsageError
from ..files import write_bytes
from ..keys import fingerprint, hash_bytes
from ..store.records import result_json
from ..types import Json, Result, Status, doubt
from .explain import RUNGS
from .phrases import DRAFT, coverage, ledger, not_checked, reservations

SUFFIXES = (".md", ".json")
VERSION = 4  # raised by hand when the same result gives other files; a test tells
_INLINE = re.compile(r"[\\`*_\[\]<|~&]")
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
    lines += [" · ".join(f for f in facts if f), "", "## Summary", ""]
    cited = sorted({i for c in r.summary.claims for i in c.evidence})
    number = {index: n for n, index in enumerate(cited, 1)}
    for claim in r.summary.claims:
        marks = "".join(f" [{number[i]}]" for i in claim.evidence)
        reserved = reservations(claim.problems, claim.doubts)
        doubt = f" **({escape(reserved)})**" if reserved else ""
        lines += [f"* {escape(claim.text)}{marks}{doubt}"]
    if r.summary.rung in RUNGS:
        lines += ["", f"{RUNGS[r.summary.rung].capitalize()}."]
    if r.summary.reason:
        lines += [f"**No summary: {escape(r.summary.reason)}**"]
    lines += ["", "## Translation", ""]
    for paragraph in paragraphs(r):
        lines += [escape(paragraph), ""]
    if cited:
        lines += ["## Evidence", ""]
        lines += [f"{number[i]}. {escape(r.sentences[i].target)}<br>{escape(r.sentences[i].source)}" for i in cited]
        lines += [""]
    lines += ["## Made by", ""]
    lines += [f"* {m.role}: `{m.id}` ({m.quality}; signature {m.signature})" for m in r.models]
    lines += [f"* {line}" for line in not_checked(r)]
    lines += [f"* article version {r.version}, source {r.source_hash}", ""]
    return "\n".join(lines)


def heading(r: Result) -> str:
    """The translated title; without one, the first sentence of the translation; at last the id."""
    first = next((s.target for s in r.sentences if s.source and s.status is not Status.FAILED), "")
    return " ".join((r.title_en or first or r.id).split())


def paragraphs(r: Result) -> list[str]:
    """The translation paragraph by paragraph, the title left out; doubts stand behind their sentence: [numbers?]."""
    blocks: dict[int, str] = {}
    for s in r.sentences:
        if s.paragraph:
            marks = f" [{', '.join(map(doubt, s.doubts))}]" if s.doubts else ""
            blocks[s.paragraph] = blocks.get(s.paragraph, "") + s.target + marks + s.separator
    return [b.strip() for b in blocks.values()]


def json_text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def json_table(value: dict[str, Json], name: str, rows: Iterable[str]) -> str:
    """The same for a `value` that is not empty, with one more list, of values that are JSON already, one a line. Takes
    much less memory while it is made."""
    head, listed = json_text(value).removesuffix("\n}\n"), ",\n  ".join(rows)
    return f"{head},\n {json.dumps(name)}: [" + (f"\n  {listed}\n " if listed else "") + "]\n}\n"


def rendering_key(r: Result, stored: str) -> str:
    """All that the files of a result depend on; `stored` is the id of the stored result, which does not fix its
    source."""
    return fingerprint("rendering", [VERSION, stored, r.source, r.source_hash])


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


def check_folder(folder: Path) -> None:
    """Raises UsageError if neither `folder` is there nor the one that it would be made in: a chain of new folders is a
    slip of the pen more often than what was meant."""
    parent = folder.absolute().parent
    if not folder.exists() and not parent.exists():
        raise UsageError(
            f"there is no folder {parent}", f"check the path, or make it: mkdir -p {shlex.quote(str(folder))}"
        )


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Raises SummarizeError when the folder cannot be written; never leaves half a file."""
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        if not (path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data):
            write_bytes(path, data)
    except OSError as e:
        raise SummarizeError(f"cannot write {path}: {e.strerror or e}", "choose another folder with --out DIR") from e
    return path
