"""What the fuzz campaign feeds: one function a target, from bytes to nothing. It raises what is a finding.

The program's own errors are not findings: they are what hostile input earns. Anything else that is raised is one, and
so is a broken promise (assert): lossless cutting, rebuilt diffs, idempotent sanitising, no empty paragraphs.
"""

from __future__ import annotations

import os
import random
import unicodedata
from collections.abc import Callable
from zlib import crc32

from benchmarks.campaigns import inputs
from benchmarks.campaigns.readers import SCRATCH, archive, document, loose, reader, stdin, webarchive
from summarize import checks, chunk, config, evidence, prompts
from summarize.articles import charset
from summarize.compare import alignment, stories
from summarize.errors import SummarizeError
from summarize.job.accounting import prepare
from summarize.languages import detection
from summarize.render import outputs
from summarize.text import ID_LIMIT, safe_id, sanitise
from summarize.types import Article

LANGUAGES = ("de", "en", "fr", "xx")


def clean(data: bytes) -> str:
    """Text as it is behind the readers."""
    return sanitise(loose(data))


def pair(data: bytes) -> tuple[str, str]:
    """Two texts that have much in common."""
    text, rng = clean(data), random.Random(crc32(data[:20]))
    other = text
    for _ in range(rng.randint(0, 3)):
        at, to = sorted(rng.randint(0, len(other)) for _ in range(2))
        if to - at < 400:
            other = other[:at] + rng.choice(["", "nicht ", "7", other[at:to] * 2]) + other[to:]
    return text, other if rng.random() < 0.8 else text[::-1]


# -- text --------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> None:
    for declared in ("", "utf-8", "windows-1252", "utf-7", "rot13", "base64", "\0", "idna", "unicode_escape"):
        charset.decode(data, declared)
    charset.refuse_binary(data)


def sanitising(data: bytes) -> None:
    for text in (loose(data), data.decode("utf-16-le", "surrogatepass") if not len(data) % 2 else ""):
        once = sanitise(text)
        assert sanitise(once) == once and unicodedata.is_normalized("NFC", once)
        assert not [c for c in once if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        once.encode()


def ids(data: bytes) -> None:
    for name in loose(data).splitlines()[:20]:
        safe = safe_id(name)
        assert safe and safe_id(safe) == safe and len(safe.encode()) <= ID_LIMIT
        assert os.path.normpath(safe) == safe and not safe.startswith(("/", "-", "~", "..")) and "\0" not in safe


def sentences(data: bytes) -> None:
    text = loose(data)
    for code in LANGUAGES:
        spans = chunk.sentences(text, code)
        assert chunk.join(spans) == text
        assert all(s.text == s.text.strip() and not s.separator.strip() for s in spans) and all(
            s.text for s in spans[1:]
        )


def packing(data: bytes) -> None:
    text, limit = loose(data), 1 + crc32(data[:20]) % 300
    fits = lambda t: len(t) <= limit
    pieces = chunk.split(text, fits)
    assert chunk.join(pieces) == text and all(fits(p.text) for p in pieces)
    spans = chunk.sentences(text, "de")
    chunks = chunk.pack(spans, fits)
    assert chunk.join(s for c in chunks for s in c) == text and all(fits(chunk.join(c).strip()) for c in chunks)


def detecting(data: bytes) -> None:
    text = clean(data)
    paragraphs = [p for p in text.split("\n") if p.strip()]
    assert len(detection.detect_paragraphs("", paragraphs)) == len(paragraphs)
    article = Article("a", tuple(paragraphs), title=text[:80].strip())
    draft = prepare(article)
    joined = [""] * len(paragraphs)
    for number, _, span in draft.spans:
        if number:  # 0 is the title
            joined[number - 1] += span.text + span.separator
    assert joined == paragraphs


def checking(data: bytes) -> None:
    source, output = pair(data)
    for a, b in ((source, output), (output, source), (source, source)):
        for code in ("de", "fr", "ru", "tr", "ja", ""):
            assert set(checks.failed(a, b, code)) <= set(checks.CHECKS)
    same = checks.facts(source, "en")
    assert not checks.CHECKS["addresses"](same, same) and not checks.CHECKS["sentinel"](same, same)


def linking(data: bytes) -> None:
    claim, text = pair(data)
    lines = [s.text for s in chunk.sentences(text, "en")] or [""]
    found = evidence.link(claim[:400], lines)
    assert 0 <= found.score <= 1 and all(0 <= i < len(lines) for i in found.evidence)
    assert evidence.link(claim[:400], lines) == found


def differing(data: bytes) -> None:
    old, new = pair(data)
    spans = alignment.words(old, new)
    assert alignment.before(spans) == old and alignment.after(spans) == new
    left, right = ([s.text for s in chunk.sentences(t, "en") if s.text] for t in (old, new))
    changes = alignment.sentences(left, right)
    assert sorted(c.old for c in changes if c.old is not None) == list(range(len(left)))
    assert sorted(c.new for c in changes if c.new is not None) == list(range(len(right)))
    assert all(c.old is None or c.old_text == left[c.old] for c in changes)
    assert all(c.new is None or c.new_text == right[c.new] for c in changes)


def telling_stories(data: bytes) -> None:
    one, two = pair(data)
    index = stories.Index()
    for id, text in (("a", one), ("b", two), ("c", one)):
        index.add(id, [s.text for s in chunk.sentences(text, "de")], "2026-02-05")
    index.stories()


def escaping(data: bytes) -> None:
    text = clean(data)
    safe = outputs.escape(text)
    assert safe.replace("\\", "") == text.replace("\\", "")
    assert not any(line.lstrip().startswith(("#", ">", "+ ", "- ", "<")) for line in safe.split("\n"))


# -- what users write --------------------------------------------------------------------------------------------------


def prompting(data: bytes) -> None:
    text = loose(data)
    prompt = prompts.parse(text, "p.md")
    values = dict.fromkeys(prompt.variables, text)
    assert prompt.render(**values) and prompt.digest


def settings(data: bytes) -> None:
    path = SCRATCH / "summarize.toml"
    path.write_bytes(data)
    text = loose(data).replace("\0", "")
    for work in (
        lambda: config.load({}, {}, SCRATCH),
        lambda: config.load({"config": str(path)}, {}, SCRATCH),
        lambda: config.load({}, dict(line.partition("=")[::2] for line in text.splitlines()), SCRATCH.parent),
        *(lambda key=key: config.load({key: text}, {}, SCRATCH.parent) for key in config.KEYS),
    ):
        permitted(work)


def glossary(suffix: str) -> Callable[[bytes], None]:
    path = SCRATCH / f"terms{suffix}"

    def read(data: bytes) -> None:
        from summarize.glossary import Glossary
        from summarize.glossary.tables import read as read_terms

        path.write_bytes(data)
        terms, _ = read_terms(path)
        text = clean(data)[:2000]
        known = Glossary(terms, "de")
        for match in known.matches(text):
            assert match
        known.missing(text, text)

    return read


def permitted(work: Callable[[], object]) -> None:
    """Our own errors are an answer, if they say something."""
    try:
        work()
    except SummarizeError as error:
        assert error.message
        f"{error.message} {error.hint}".encode("utf-8", "replace")


# Target -> (function, share of the inputs).
TARGETS: dict[str, tuple[Callable[[bytes], None], int]] = {
    "reader .txt": (reader(".txt"), 8),
    "reader .md": (reader(".md"), 10),
    "reader .html": (reader(".html"), 6),
    "reader .json": (reader(".json"), 6),
    "reader .jsonl": (reader(".jsonl"), 8),
    "reader .txt.gz": (reader(".txt.gz"), 2),
    "reader .jsonl.gz": (reader(".jsonl.gz"), 2),
    "reader .csv": (reader(".csv"), 2),
    "reader .srt": (reader(".srt"), 2),
    "reader .vtt": (reader(".vtt"), 2),
    "reader .eml": (reader(".eml"), 2),
    "reader .mbox": (reader(".mbox"), 2),
    "reader .rss": (reader(".rss"), 2),
    "reader .mhtml": (reader(".mhtml"), 2),
    "reader .warc": (webarchive, 2),
    "reader .docx": (document(".docx"), 2),
    "reader .odt": (document(".odt"), 2),
    "reader .epub": (document(".epub"), 2),
    "reader .pdf": (reader(".pdf"), 2),
    "archive .zip": (archive(".zip"), 2),
    "archive .tar": (archive(".tar"), 2),
    "standard input": (stdin, 4),
    "decoding": (decode, 4),
    "sanitising": (sanitising, 8),
    "ids": (ids, 4),
    "sentences": (sentences, 6),
    "splitting and packing": (packing, 4),
    "language and drafts": (detecting, 2),
    "checks": (checking, 6),
    "evidence": (linking, 4),
    "diff": (differing, 4),
    "stories": (telling_stories, 2),
    "Markdown escapes": (escaping, 3),
    "prompts": (prompting, 3),
    "settings": (settings, 2),
    "glossary .tsv": (glossary(".tsv"), 2),
    "glossary .tbx": (glossary(".tbx"), 2),
}
FORMATS = {
    "reader .md": "md",
    "reader .html": "html",
    "reader .warc": "html",
    "reader .json": "json",
    "reader .jsonl": "jsonl",
}
FORMATS |= {f"reader .{suffix}": suffix for suffix in ("csv", "srt", "vtt", "eml", "mbox", "rss", "mhtml", "pdf")}
FORMATS |= {f"reader .{suffix}": suffix for suffix in inputs.PARTS}
FORMATS |= {"reader .jsonl.gz": "jsonl", "prompts": "prompt", "settings": "toml"}
FORMATS |= {"glossary .tsv": "tsv", "glossary .tbx": "tbx"}


def run(target: str, data: bytes) -> None:
    permitted(lambda: TARGETS[target][0](data))
