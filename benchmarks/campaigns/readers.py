"""What the fuzz campaign feeds the readers: bytes as files of every format, and every answer looked at (`settled`)."""

from __future__ import annotations

import atexit
import gzip
import io
import json
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from benchmarks.campaigns import inputs
from summarize import articles
from summarize.text import safe_id, sanitise
from summarize.types import Failure

MEMORY = "/dev/shm"  # writing a file to the disk takes longer than most targets
SCRATCH = Path(tempfile.mkdtemp(prefix="fuzz-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
SMALL = 3_000  # bytes of a part of a document beside its text


def loose(data: bytes) -> str:
    """Text with whatever is in it, lone surrogates included."""
    return data.decode("utf-8", "surrogateescape")


def reader(suffix: str) -> Callable[[bytes], None]:
    path = SCRATCH / f"a{suffix}"

    def read(data: bytes) -> None:
        path.write_bytes(gzip.compress(data, 1) if suffix.endswith(".gz") and data[:1] != b"\x1f" else data)
        settled(articles.read([str(path)]), least=0 if "jsonl" in suffix else 1)  # no lines, no articles

    return read


def document(suffix: str) -> Callable[[bytes], None]:
    """The bytes as a document, or, where they are no archive, as the text of a sound one."""
    path, part = SCRATCH / f"a{suffix}", inputs.PARTS[suffix[1:]]
    rest: dict[str, bytes] = {}
    with zipfile.ZipFile(inputs.WRITTEN / f"{SOUND[suffix]}{suffix}") as sound:
        for name in sound.namelist():
            if name.endswith((".xml", ".opf", ".rels", ".xhtml")) and len(data := sound.read(name)) < SMALL:
                rest[name] = data
        text = next(name for name in sound.namelist() if name.endswith(part))

    def read(data: bytes) -> None:
        if data[:2] != b"PK":
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w") as new:
                for name, content in (rest | {text: data}).items():
                    new.writestr(name, content)
            data = made.getvalue()
        path.write_bytes(data)
        settled(articles.read([str(path)]))

    return read


SOUND = {".docx": "libreoffice", ".odt": "odfpy", ".epub": "ebooklib"}  # the smallest


def archive(suffix: str) -> Callable[[bytes], None]:
    """The bytes as an archive, and, where they are none, as a member of one."""
    path = SCRATCH / f"a{suffix}"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        settled(articles.read([str(path)]))
        text = data[: 1 + crc32(data) % 400]
        if suffix == ".zip":
            with zipfile.ZipFile(path, "w") as made:
                made.writestr(loose(data[:20]).replace("\0", "").encode("utf-8", "replace").decode() + ".txt", text)
        else:
            head = tarfile.TarInfo(loose(data[:20]).replace("\0", "") + ".txt")
            head.size = len(text)
            with tarfile.open(path, "w") as made:
                made.addfile(head, io.BytesIO(text))
        damaged = bytearray(path.read_bytes())
        damaged[crc32(text) % len(damaged)] ^= 1 + len(text) % 255
        path.write_bytes(damaged)
        settled(articles.read([str(path)]))

    return read


def webarchive(data: bytes) -> None:
    """The bytes as an archive, as a record of one, and as what a server answered."""
    path = SCRATCH / "a.warc"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + data
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n"
    records = [head % len(block) + block + b"\r\n\r\n" for block in (page, data)]
    for body in (data, b"WARC/1.0\r\n" + data, b"".join(records)):
        path.write_bytes(body)
        settled(articles.read([str(path)]))


def stdin(data: bytes) -> None:
    settled(articles.read(["-"], stdin=io.BytesIO(data)))


def settled(items, least: int = 1) -> None:
    count = 0
    for item in items:
        count += 1
        if isinstance(item, Failure):
            assert item.stage == "read" and item.message and item.hint, item
            continue
        assert item.paragraphs and all(p and p == p.strip() == sanitise(p).strip() for p in item.paragraphs)
        assert safe_id(item.id) == item.id or "#" in item.id, item.id
        json.dumps([item.id, item.title, *item.paragraphs, dict(item.meta)], ensure_ascii=False).encode()
    assert count >= least, "no article and no failure"
