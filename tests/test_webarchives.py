"""Web archives: those that crawlers wrote, what a server can answer, frames that lie, and memory that stays flat."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarize.articles import Choice, read, webarchive
from summarize.articles.answer import Response, differs
from summarize.articles.drafts import BadRecord, Draft, Passed
from summarize.errors import ArticleError
from summarize.types import Article, Failure

WRITTEN = Path(__file__).parent / "data" / "archives"
TEXT = "Der Pegel stieg am Dienstag in {} auf 8,10 Meter. Die Stadt rät zur Vorsicht, sagte Bürgermeisterin Lang."
LIMIT = 1_000_000


def page(place: str = "Köln") -> bytes:
    return f"<!DOCTYPE html><title>{place}</title><article><h1>{place}</h1><p>{TEXT.format(place)}</article>".encode()


def answer(body: bytes, *fields: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    head = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind else []), *fields]
    return "\r\n".join([*head, "", ""]).encode() + body


def record(block: bytes, *fields: str, kind: str = "response", length: str | None = None, n: int = 1) -> bytes:
    head = ["WARC/1.0", f"WARC-Type: {kind}", f"WARC-Target-URI: <https://example.org/{n}>"]
    head += ["WARC-Date: 2026-02-05T10:00:00Z", *fields, f"Content-Length: {len(block) if length is None else length}"]
    return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def items(path: Path, data: bytes, choice: Choice | None = None, **options) -> list[Article | Failure]:
    path.write_bytes(data)
    found = list(read([str(path)], choice=choice, **options))
    assert all(item.message and item.hint for item in found if isinstance(item, Failure))
    return found


def outline(found: list[Article | Failure]) -> list[str]:
    return [item.title if isinstance(item, Article) else item.message for item in found]


# Archives that crawlers wrote

FLOOD, BRIDGE, LATIN = "Hochwasser am Rhein", "Brücke gesperrt", "Straße in Bonn wird größer"


@pytest.mark.parametrize(
    ("name", "titles", "passed"),
    [
        ("wget.warc.gz", [FLOOD, BRIDGE, LATIN], 6),
        ("wget-again.warc", [BRIDGE], 2),  # the other page is a revisit
        ("warcio.warc.gz", [FLOOD, BRIDGE, LATIN], 2),
        ("fastwarc.warc.gz", [FLOOD], 1),
    ],
)
def test_archives_that_crawlers_wrote(name, titles, passed):
    """The second page is chunked and gzipped, the third in Latin-1 as the server alone says; all have digests."""
    choice = Choice()
    found = list(read([str(WRITTEN / name)], choice=choice))
    assert [item.title for item in found] == titles
    assert all(item.date == "2026-02-03" and item.meta["url"].startswith("http://127.0.0.1:8765/") for item in found)
    assert all(item.meta["fetched"].startswith("2026-11-25T") for item in found)
    assert all("Bürgermeisterin Lang" in item.paragraphs[0] and len(item.paragraphs) == 2 for item in found)
    assert sum(choice.skipped.values()) == passed and {reason for reason, _ in choice.skipped} == {"no page"}


@pytest.mark.parametrize("name", ["wget.warc.gz", "warcio.warc.gz"])
def test_a_changed_letter_is_seen_by_the_digest(tmp_path, name):
    data = gzip.decompress((WRITTEN / name).read_bytes())
    changed = data.replace("in Köln auf".encode(), b"in Bonn  auf")
    assert changed != data and len(changed) == len(data)
    found = items(tmp_path / "a.warc", changed)
    assert "not what its digest says" in outline(found)[0] and "flood.html" in outline(found)[0]
    assert BRIDGE in outline(found), "the other pages are read"


# What servers answer


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 50] for at in range(0, len(body), 50)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


LATIN_1 = page("Köln").decode().encode("latin-1")


@pytest.mark.parametrize(
    "block",
    [
        answer(page()),
        answer(page(), kind="text/html; charset=utf-8"),
        answer(page(), kind="application/xhtml+xml"),
        answer(page(), kind=""),
        answer(LATIN_1, kind="text/html; charset=iso-8859-1"),
        answer(page().decode().encode("utf-16"), kind="text/html; charset=utf-16"),
        answer(gzip.compress(page()), "Content-Encoding: gzip"),
        answer(zlib.compress(page()), "Content-Encoding: deflate"),
        answer(raw_deflate(page()), "Content-Encoding: deflate"),
        answer(chunked(page()), "Transfer-Encoding: chunked"),
        answer(chunked(gzip.compress(page())), "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
        answer(page(), "Transfer-Encoding: chunked", "Content-Encoding: gzip"),  # a crawler that unpacked it
        answer(page(), "Content-Encoding: br"),
        answer(page(), "Content-Encoding: identity, x-unheard-of"),
        answer(page()).replace(b"\r\n", b"\n"),
    ],
)
def test_what_servers_answer(tmp_path, block):
    digest = "sha256:" + hashlib.sha256(block).hexdigest()
    (found,) = items(tmp_path / "a.warc", record(block, f"WARC-Block-Digest: {digest}"))
    assert (found.title, found.paragraphs, found.id) == ("Köln", (TEXT.format("Köln"),), "a#1")
    assert found.meta == {"fetched": "2026-02-05T10:00:00Z", "url": "https://example.org/1"}


def test_brotli(tmp_path):
    """With the library, or with the line that installs it."""
    try:
        import brotli
    except ImportError:
        found = items(tmp_path / "a.warc", record(answer(b"\x0b\x02", "Content-Encoding: br")))
        assert "needs the package brotli" in outline(found)[0] and "summarize[formats]" in found[0].hint
        return
    block = answer(brotli.compress(page()), "Content-Encoding: br")
    assert outline(items(tmp_path / "a.warc", record(block))) == ["Köln"]
    for body in (brotli.compress(page())[:-9], b"garbage, and no brotli"):
        (failure,) = items(tmp_path / "a.warc", record(answer(body, "Content-Encoding: br")))
        assert "cut off or damaged" in failure.message
    bomb = brotli.compress(b"\n" * 20_000_000)
    (failure,) = items(tmp_path / "a.warc", record(answer(bomb, "Content-Encoding: br")), limit=LIMIT)
    assert "longer than 1 MB" in failure.message


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (answer(gzip.compress(page())[:-12], "Content-Encoding: gzip"), "cut off or damaged"),
        (answer(gzip.compress(b"\n" * 20_000_000), "Content-Encoding: gzip"), "longer than 1 MB"),
        (answer(b"\x28\xb5\x2f\xfd...", "Content-Encoding: zstd"), "zstd"),
        (answer(b""), "no letters"),
    ],
)
def test_pages_that_cannot_be_read(tmp_path, block, says):
    found = items(tmp_path / "a.warc", record(block) + record(answer(page("Bonn")), n=2), limit=LIMIT)
    assert says in outline(found)[0] and outline(found)[1:] == ["Bonn"]


def test_what_is_no_page_is_counted(tmp_path):
    choice = Choice()
    data = b"".join(
        [
            *(record(b"x", kind=kind) for kind in ("warcinfo", "request", "metadata", "revisit", "resource", "x y")),
            record(answer(page(), status="404 Not Found")),
            record(answer(b"\x89PNG", kind="image/png")),
            record(answer(b"x", kind="\x1b[31m")),
            record(b"no answer of a server"),
            record(answer(b"x" * 2 * LIMIT, kind="video/mp4")),
            record(answer(page())),
        ]
    )
    assert outline(items(tmp_path / "a.warc", data, choice, limit=LIMIT)) == ["Köln"]
    (kinds,) = choice.as_json().values()
    assert sum(kinds.values()) == 8 and {"revisit record", "status 404", "image/png", "video/mp4"} <= set(kinds)


def test_a_page_that_the_crawler_cut_says_so(tmp_path):
    (found,) = items(tmp_path / "a.warc", record(answer(page()), "WARC-Truncated: length"))
    assert found.meta["truncated"] == "length"


@pytest.mark.parametrize("name", ["sha1", "sha256", "md5", "sha512"])
def test_digests(name):
    right = hashlib.new(name, b"text").digest()
    forms = [right.hex(), right.hex().upper(), base64.b32encode(right).decode(), base64.b64encode(right).decode()]
    assert not any(differs(f"{spelled}:{form}", b"text") for form in forms for spelled in (name, name.upper()))
    assert all(differs(f"{name}:{form}", b"texts") for form in forms)
    assert not differs("", b"x") and not differs("crc99:abc", b"x") and not differs("sha1:", b"x")


def plain(body: bytes) -> tuple[bytes, list[str]]:
    return body, []


CODINGS = {
    "plain": plain,
    "gzip": lambda body: (gzip.compress(body), ["Content-Encoding: gzip"]),
    "chunked": lambda body: (chunked(body), ["Transfer-Encoding: chunked"]),
    "both": lambda body: (
        chunked(zlib.compress(body)),
        ["Transfer-Encoding: chunked", "content-encoding: DEFLATE"],
    ),
}
WORDS = st.lists(
    st.sampled_from(["Köln", "Pegel", "steigt,", "sinkt.", "8,10", "Meter", "„heute“", "&amp;", "<b>nicht</b>"]),
    min_size=5,
)


@settings(max_examples=40, deadline=None)
@given(pages=st.lists(st.tuples(WORDS, st.sampled_from(sorted(CODINGS)), st.booleans()), min_size=1, max_size=4))
def test_a_web_archive_gives_what_its_pages_give(tmp_path_factory, pages):
    folder, records = tmp_path_factory.mktemp("pages"), []
    for number, (words, coding, compressed) in enumerate(pages):
        markup = f"<meta charset=utf-8><title>T {number}</title><article><p>{' '.join(words)}</article>".encode()
        (folder / f"{number}.html").write_bytes(markup)
        body, fields = CODINGS[coding](markup)
        one = record(b"GET / HTTP/1.1", kind="request") + record(answer(body, *fields))
        records.append(gzip.compress(one) if compressed else one)
    compressed = [gzip.compress(r) if r[:1] == b"W" else r for r in records]
    (folder / "all.warc.gz").write_bytes(b"".join(compressed))
    found = list(read([str(folder)]))
    known = [item for item in found if item.id.startswith("all")]
    assert len(known) == len(pages) and all(isinstance(item, Article) for item in found)
    assert [(i.title, i.paragraphs) for i in known] == [(i.title, i.paragraphs) for i in found if i not in known]


# Frames that lie


@pytest.mark.parametrize("length", ["-5", "99999999999", "99999999999999999999999", "1e3", "", "１００"])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_length_that_lies_costs_that_record_only(tmp_path, length, compressed):
    parts = [record(answer(page("Köln"))), record(answer(page("Bonn")), length=length), record(answer(page("Ulm")))]
    data = b"".join(gzip.compress(part) for part in parts) if compressed else b"".join(parts)
    found = items(tmp_path / ("a.warc.gz" if compressed else "a.warc"), data)
    assert outline(found)[::2] == ["Köln", "Ulm"] and "record 2 (https://example.org/1)" in found[1].message
    assert "length" in found[1].message


@pytest.mark.parametrize("off", [-100, -40, -1, 5, 40, 300])
def test_a_length_that_is_a_little_wrong(tmp_path, off):
    """Too short, and the text would be cut; too long, and it would take what follows."""
    block = answer(page("Bonn"))
    data = record(block, length=str(len(block) + off)) + record(answer(page("Ulm"))) + record(answer(page("Köln")))
    found = items(tmp_path / "a.warc", data)
    assert outline(found)[1:] == ["Ulm", "Köln"] and "length is wrong" in outline(found)[0]
    last = record(block, length=str(len(block) + 300))
    found = items(tmp_path / "b.warc", record(answer(page("Ulm"))) + last)
    assert "the file ends within it" in outline(found)[1]


def test_wherever_it_is_cut_off_that_is_told():
    data = record(answer(page("Köln"))) + record(b"x", kind="request") + record(answer(page("Bonn")))
    first = record(answer(page("Köln")))
    second = first + record(b"x", kind="request")
    whole = [range(len(end) - 4, len(end) + 1) for end in (first, second, data)]  # the blank lines may lack
    for cut in range(1, len(data)):
        try:
            found = list(webarchive.parse(io.BytesIO(data[:cut]), LIMIT))
        except ArticleError:
            continue
        assert any(isinstance(item, BadRecord) for item in found) or any(cut in ends for ends in whole), cut


def test_many_lies_end(tmp_path):
    found = items(tmp_path / "a.warc", record(answer(page()), length="-1") * 300)
    assert len(found) == 102 and "the rest is not read" in outline(found)[-1]


def test_heads_without_end(tmp_path):
    endless = b"WARC/1.0\r\n" + b"a: b\r\n" * 100_000
    found = items(tmp_path / "a.warc", endless + b"\r\n" + record(answer(page())))
    assert len(found) == 2 and "a head without end" in outline(found)[0] and outline(found)[1] == "Köln"
    found = items(tmp_path / "b.warc", b"WARC/1.0\r\n" + b"x" * 3_000_000)
    assert len(found) == 1 and isinstance(found[0], Failure)


@pytest.mark.parametrize("data", [b"Text", b"<html>", bytes(range(256)) * 9, gzip.compress(b"x", mtime=0)])
def test_what_is_no_web_archive(tmp_path, data):
    (failure,) = items(tmp_path / "a.warc", data)
    assert "no web archive" in failure.message
    assert (
        outline(items(tmp_path / "b.warc", b"")) == outline(items(tmp_path / "c.warc", b"\n\n")) == ["no article in it"]
    )


PARTS = st.sampled_from(
    [
        record(answer(page())),
        record(b"x", kind="request"),
        record(answer(page()), length="-1"),
        b"WARC/1.0\r\n",
        b"\r\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(PARTS | st.binary(max_size=30), max_size=8), cut=st.integers(0, 400))
def test_damage_never_raises(parts, cut):
    data = b"".join(parts)
    try:
        for item in webarchive.parse(io.BytesIO(data[: len(data) - cut]), 5000):
            assert isinstance(item, Draft | Passed) or item.error.message
    except ArticleError as error:
        assert error.message and error.hint


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate", "br", "gzip, br", "", "é"]))
def test_any_answer_is_one_or_none(data, coding):
    block = answer(data, f"Content-Encoding: {coding}", "Transfer-Encoding: chunked")
    response = Response.of(block)
    assert response is not None and response.raw == data
    try:
        assert isinstance(response.body(1000), bytes)
    except ArticleError as error:
        assert error.message and error.hint


# Memory

MEASURE = """
import resource, sys
from summarize.articles import webarchive
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with open(sys.argv[1], "rb") as stream:
    for number, item in enumerate(webarchive.parse(stream, 50_000_000), 1):
        if number == 100:
            early = peak()
print(number, early, peak())
"""


@pytest.mark.slow
def test_memory_stays_flat(tmp_path):
    """20 MB of pages: after the first hundred of them the process grows by less than it read."""
    filler = b"<script>" + b"var x = 1;" * 2500 + b"</script>"
    with open(tmp_path / "a.warc", "wb") as out:
        for n in range(800):
            out.write(record(answer(page(f"Ort {n}") + filler), n=n))
    run = [sys.executable, "-c", MEASURE, str(tmp_path / "a.warc")]
    number, early, late = map(float, subprocess.run(run, check=True, capture_output=True, text=True).stdout.split())
    assert number == 800 and late - early < 8, f"{early} -> {late} MB"
