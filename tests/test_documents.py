"""Feeds, mail and zipped documents: as other programs write them (tests/data is made by pandoc), and broken."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path
from random import Random

import pytest

from summarize.articles import read
from summarize.types import Article, Failure

DATA = Path(__file__).parent / "data"
RIVER = (
    "Der Pegel stieg am Dienstag auf 6,50 Meter. Die Stadt rät zur Vorsicht, sagte Bürgermeisterin Lang.",
    "Schulen geschlossen",
    "Am Mittwoch bleiben die Schulen in Köln und Bonn geschlossen, teilte das Amt mit.",
    "Köln: 8,10 Meter",
    "Bonn: 7,90 Meter",
    "Ort Pegel",
    "Köln 8,10 m",
    "Bonn 7,90 m",
)
NOTE = "Die Messung stammt vom Landesamt."


@pytest.fixture
def drop(tmp_path):
    """Reads one file of the given name and content; all that comes of it."""

    def one(name: str, content: bytes) -> list[Article | Failure]:
        folder = tmp_path / "drop"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        found = list(read([str(folder / name)]))
        (folder / name).unlink()
        return found

    return one


@pytest.mark.parametrize("suffix", ["docx", "odt", "epub"])
def test_a_document_of_pandoc_is_read_whole_and_in_order(drop, suffix):
    (found,) = drop(f"a.{suffix}", (DATA / f"flood.{suffix}").read_bytes())
    assert (found.title, found.language, found.meta["author"]) == ("Hochwasser am Rhein", "de", "Petra Lang")
    text = " ".join(found.paragraphs)
    assert NOTE in text, "a footnote is text"
    body = [p.replace(f" {NOTE}", "") for p in found.paragraphs]
    assert tuple(p for p in body if p in RIVER) == RIVER


REPORTS = (
    "Der Pegel stieg am Dienstag auf 6,50 Meter. Die Stadt rät zur Vorsicht, sagte Bürgermeisterin Lang im Rathaus von "
    "Köln am späten Abend.",
    "Am Mittwoch bleiben die Schulen in Köln und Bonn geschlossen, teilte das Amt mit. Die Feuerwehr ist mit vierzig "
    "Kräften im Einsatz und sichert die Zufahrten auf beiden Seiten des Flusses bis Mitternacht.",
    "Nach Angaben eines Sprechers dürfen nur noch Fußgänger und Radfahrer die Brücke benutzen, die 1.250.000 Euro "
    "gekostet hat.",
)


def test_a_pdf_in_columns_is_read_in_order_without_its_running_heads(drop):
    """Made by ReportLab: two columns on two pages, with a head and a foot; the eleventh report goes over the page."""
    (found,) = drop("a.pdf", (DATA / "flood.pdf").read_bytes())
    assert (found.title, found.meta) == ("Hochwasser am Rhein", {"author": "Petra Lang"})
    assert found.paragraphs == tuple(f"{n + 1}. Meldung: {REPORTS[n % 3]}" for n in range(12))


def test_a_pdf_that_is_damaged_locked_or_a_scan_is_one_clear_failure(drop):
    good = (DATA / "flood.pdf").read_bytes()
    for bad in (b"", b"%PDF-1.4", good[: len(good) // 3], b"%PDF-1.4\n" + bytes(5000)):
        (failure,) = drop("a.pdf", bad)
        assert failure.error in ("UnreadableArticle", "EmptyArticle") and failure.hint
    draw = Random(1)
    for _ in range(40):
        data = bytearray(good)
        for _ in range(8):
            data[draw.randrange(len(data))] = draw.randrange(256)
        found = drop("a.pdf", bytes(data))
        assert found and all(isinstance(f, Article) or f.error.endswith("Article") for f in found), found


RSS = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Rheinischer Bote</title><link>https://example.org/</link><language>de-DE</language>
<item><title>Brücke gesperrt &amp;amp; geprüft</title><link>https://example.org/1</link><guid>tag:1</guid>
<pubDate>Tue, 03 Feb 2026 10:00:00 +0100</pubDate><dc:creator>Petra Lang</dc:creator><description>Kurz.</description>
<content:encoded>
<![CDATA[<p>Die Stadt sperrt die Brücke.</p><p>Das kostet 5&nbsp;Millionen&nbsp;Euro.</p>]]></content:encoded>
</item><item><title>Nur ein Anriss</title><link>https://example.org/2</link>
<description>Die Schulen &lt;b&gt;bleiben&lt;/b&gt; zu.</description></item></channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
<title>Bote</title>
<entry><id>urn:x:1</id><title type="html">Brücke &lt;em&gt;gesperrt&lt;/em&gt;</title>
<updated>2026-02-03T10:00:00Z</updated>
<author><name>Petra Lang</name></author><link href="https://example.org/1"/><summary>Kurz.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<h2>Teil 1</h2><p>Die Stadt sperrt sie.</p></div></content>
</entry></feed>"""


def test_every_entry_of_a_feed_is_an_article(drop):
    first, second = drop("a.rss", RSS.encode("latin-1"))
    assert (first.title, first.date, first.language) == ("Brücke gesperrt & geprüft", "2026-02-03", "de")
    assert first.paragraphs == ("Die Stadt sperrt die Brücke.", "Das kostet 5 Millionen Euro.")
    assert first.meta == {"author": "Petra Lang", "url": "https://example.org/1"}
    assert (second.title, second.paragraphs) == ("Nur ein Anriss", ("Die Schulen bleiben zu.",))
    (entry,) = drop("a.atom", ATOM.encode())
    assert (entry.title, entry.date, entry.language) == ("Brücke gesperrt", "2026-02-03", "de")
    assert entry.paragraphs == ("Teil 1", "Die Stadt sperrt sie.")
    assert [type(a).__name__ for a in drop("b.xml", RSS.encode("latin-1"))] == ["Article", "Article"]


def test_a_json_feed_is_one_too(drop):
    feed = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Bote", "items": [{"id": "1", "title": "Eins",'
    feed += b'"content_html": "<p>Ein Satz.</p>", "date_published": "2026-02-03T10:00:00Z"},'
    feed += b'{"id": "2", "content_text": "Zwei."}]}'
    first, second = drop("a.json", feed)
    assert (first.title, first.date, first.paragraphs) == ("Eins", "2026-02-03", ("Ein Satz.",))
    assert second.paragraphs == ("Zwei.",)


def message(html: str = "", subject: str = "Die Brücke bleibt zu") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "Petra Läng <p@example.org>", subject
    made["Date"] = "Tue, 03 Feb 2026 10:00:00 +0100"
    text = "Die Stadt sperrt die Brücke bis zum Frühjahr.\n\nDas sagte sie.\n\n> Wann öffnet sie?\n> Im Mai?\nNein.\n"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def test_a_message_is_an_article_and_a_mailbox_many(drop):
    (plain,) = drop("a.eml", bytes(message()))
    assert (plain.title, plain.date) == ("Die Brücke bleibt zu", "2026-02-03")
    assert plain.meta["author"] == "Petra Läng <p@example.org>"
    assert plain.paragraphs[:2] == ("Die Stadt sperrt die Brücke bis zum Frühjahr.", "Das sagte sie.")
    assert " ".join(plain.paragraphs[2:]) == "Wann öffnet sie? Im Mai? Nein." and plain.paragraphs[-1] == "Nein."
    (rich,) = drop("b.eml", bytes(message("<h1>Bote</h1><p>Die Stadt <b>sperrt</b> sie.</p><p>Schluss.</p>")))
    assert rich.paragraphs == ("Bote", "Die Stadt sperrt sie.", "Schluss.")
    envelope = b"From p@example.org Tue Feb  3 10:00:00 2026\n"
    box = b"".join(envelope + bytes(message(subject=f"Nachricht {n}")) + b"\n" for n in (1, 2))
    assert [a.title for a in drop("c.mbox", box)] == ["Nachricht 1", "Nachricht 2"]


def test_a_bad_message_of_a_mailbox_costs_itself_alone_and_a_bad_date_nothing(drop):
    envelope = b"From p@example.org Tue Feb  3 10:00:00 2026\n"
    odd = bytes(message(subject="Alt")).replace(b"Feb 2026 10:00:00", b"Feb 99999999999 10:00:00")
    far = bytes(message(subject="Fern")).replace(b"+0100", b"+9999999999999999999999")
    box = b"".join(envelope + one + b"\n" for one in (odd, far, b"Nur Text.\n", bytes(message(subject="Neu"))))
    first, second, bad, last = drop("a.mbox", box)
    assert [first.title, second.title, last.title] == ["Alt", "Fern", "Neu"] and last.paragraphs
    assert "message 3: no e-mail" in bad.message


def bomb(name: str) -> bytes:
    """100 GB of zeros in a few kilobytes would be honest; a header that promises them is as good."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(300_000_000))
    return out.getvalue()


@pytest.mark.parametrize("suffix", ["docx", "odt", "epub"])
def test_what_is_broken_or_hostile_is_one_clear_failure(drop, suffix):
    good = (DATA / f"flood.{suffix}").read_bytes()
    inside = {"docx": "word/document.xml", "odt": "content.xml", "epub": "META-INF/container.xml"}[suffix]
    for bad in (b"", b"PK\x03\x04", good[: len(good) // 2], bytes(1000), bomb(inside)):
        (failure,) = drop(f"a.{suffix}", bad)
        assert isinstance(failure, Failure) and failure.error in ("UnreadableArticle", "EmptyArticle"), failure
        assert failure.hint and "Traceback" not in failure.message


@pytest.mark.parametrize("suffix", ["docx", "odt", "epub"])
def test_no_flipped_byte_does_more_than_fail(drop, suffix):
    good = (DATA / f"flood.{suffix}").read_bytes()
    draw = Random(suffix)
    for _ in range(60):
        data = bytearray(good)
        for _ in range(draw.randint(1, 8)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        found = drop(f"a.{suffix}", bytes(data))
        assert found and all(isinstance(f, Article) or f.error.endswith("Article") for f in found), found


@pytest.mark.parametrize("suffix", ["odt", "epub", "rss"])
def test_entities_of_a_document_fetch_nothing(drop, suffix, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("GEHEIM")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    if suffix == "rss":
        data = RSS.replace("<rss", doctype + "<rss", 1).replace("Kurz.", "&e;").encode("latin-1")
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(DATA / f"flood.{suffix}") as source, zipfile.ZipFile(out, "w") as new:
            for item in source.infolist():
                content = source.read(item)
                if item.filename.endswith(("content.xml", ".xhtml")):
                    text = re.sub(r"<!DOCTYPE[^>]*>", "", content.decode())
                    text = re.sub(r"(<\?xml[^>]*\?>)?", lambda m: m[0] + doctype, text, count=1)
                    content = text.replace("Der Pegel", "&e; Der Pegel").encode()
                new.writestr(item, content)
        data = out.getvalue()
    found = drop(f"a.{suffix}", data)
    assert "GEHEIM" not in str(found)


def test_xml_that_is_no_feed_is_refused(drop):
    (failure,) = drop("a.xml", b"<?xml version='1.0'?><invoice><line>Ein Satz.</line></invoice>")
    assert failure.error == "UnreadableArticle" and "neither RSS nor Atom" in failure.message


@pytest.mark.parametrize(("suffix", "package"), [("docx", "mammoth"), ("pdf", "pypdfium2"), ("rss", "feedparser")])
def test_a_missing_package_is_named_with_the_line_that_installs_it(drop, monkeypatch, suffix, package):
    monkeypatch.setitem(sys.modules, package, None)
    data = RSS.encode("latin-1") if suffix == "rss" else (DATA / f"flood.{suffix}").read_bytes()
    (failure,) = drop(f"a.{suffix}", data)
    assert failure.error == "UnsupportedFormat" and package in failure.message
    assert "pip install 'summarize[formats]'" in failure.hint
