"""Subtitles, tables and saved pages: as programs write them, odd ones, broken ones."""

from __future__ import annotations

import contextlib
import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from summarize.articles import read
from summarize.articles.subtitles import parse as subtitles
from summarize.articles.tabular import parse as table
from summarize.types import Article, Failure

SRT = """\ufeff1
00:00:01,000 --> 00:00:03,500
<i>Der Pegel stieg am Dienstag</i>

2
00:00:03,600 --> 00:00:06,000
{\\an8}auf 6,50 Meter.
Die Stadt rät zur Vorsicht.

3
00:00:20,000 --> 00:00:22,000
- Sind die Schulen geschlossen?
- Ja, in Köln &amp; Bonn.
"""
VTT = """WEBVTT - Nachrichten

STYLE
::cue { color: red }

NOTE nur ein Hinweis

intro
01:01.000 --> 01:03.000 align:start
<v Petra Lang>Der Pegel stieg am Dienstag

01:03.100 --> 01:05.000
<c.yellow>auf 6,50 Meter.</c>
"""
SAID = ["Der Pegel stieg am Dienstag auf 6,50 Meter. Die Stadt rät zur Vorsicht.", "Sind die Schulen geschlossen?",
        "Ja, in Köln & Bonn."]  # fmt: skip


def drop(folder: Path, name: str, content: bytes) -> list[Article | Failure]:
    (folder / name).write_bytes(content)
    return list(read([str(folder / name)]))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_cues_become_sentences_again(tmp_path, encoding):
    text = SRT if encoding != "cp1252" else SRT.removeprefix("\ufeff")
    (found,) = drop(tmp_path, "a.srt", text.replace("\n", "\r\n").encode(encoding))
    assert list(found.paragraphs) == SAID and found.meta["times"] == "0:00:01 0:00:20 0:00:20"


def test_webvtt_without_its_styles_and_notes(tmp_path):
    (found,) = drop(tmp_path, "a.vtt", VTT.encode())
    assert list(found.paragraphs) == [SAID[0].split(". ")[0] + "."]


@settings(deadline=None)
@given(st.lists(st.text("abcäöüß", min_size=1, max_size=12), min_size=1, max_size=30))
def test_every_letter_of_a_cue_is_in_the_text(lines):
    lines = [f"{n} {line}" for n, line in enumerate(lines)]
    cues = (f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{line}\n" for n, line in enumerate(lines))
    (found,) = subtitles("\n".join(cues).encode())
    assert " ".join(found.paragraphs).split() == " ".join(lines).split()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_is_an_article(tmp_path, delimiter):
    stream = io.StringIO()
    said = 'Er sagte: "Ja, nein".\n\nDann ging er.'
    rows = [
        ["id", "Title", "date", "lang", "text"],
        ["a1", "Hochwasser", "2026-02-05", "de", said],
        ["", "", "", "", ""],
        ["a2", "Sturm", "5. Februar", "", "<p>Es st&uuml;rmt.</p>"],
    ]
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    first, second = drop(tmp_path, "a.csv", stream.getvalue().encode("utf-8-sig"))
    assert (first.id, first.title, first.date, first.language) == ("a1", "Hochwasser", "2026-02-05", "de")
    assert first.paragraphs == ('Er sagte: "Ja, nein".', "Dann ging er.")
    assert second.paragraphs == ("Es stürmt.",) and second.meta["date"] == "5. Februar"


def test_a_table_says_what_is_wrong_with_it(tmp_path):
    (failure,) = drop(tmp_path, "a.csv", b"name,ort\na,b\n")
    assert "there are: name, ort" in failure.message and "title,date,text" in failure.hint
    good, bad = drop(tmp_path, "b.csv", b"title,text\nA,Er kam.\nB,Er ging, und zwar schnell.\n")
    assert good.paragraphs == ("Er kam.",) and isinstance(bad, Failure) and "3 fields for 2 columns" in bad.message


@settings(deadline=None)
@example(b"a\rb")
@example(b'"\n\r')
@given(st.binary(max_size=300))
def test_no_bytes_break_a_reader(data):
    from summarize.articles.archived import parse as archived
    from summarize.errors import ArticleError

    for reader in (subtitles, table, archived):
        for head in (b"", b"title,text\n", b"00:00:01.000 --> 00:00:02.000\n", b"Content-Type: text/html\n\n"):
            with contextlib.suppress(ArticleError):
                list(reader(head + data))


PAGE = (
    "<html><head><title>Hochwasser am Rhein</title></head><body><article>"
    "<h1>Hochwasser am Rhein</h1><p>{}</p></article></body></html>"
)


def test_a_page_that_chromium_saved(tmp_path):
    text = "Der Pegel stieg am Dienstag auf 6,50 Meter. Die Stadt rät zur Vorsicht, sagte Bürgermeisterin Lang."
    from email.message import EmailMessage

    page = EmailMessage()
    page.set_content(PAGE.format(text), subtype="html", cte="quoted-printable")
    page["Content-Location"] = "https://example.org/flood"
    frame = EmailMessage()
    frame.set_content("<p>Werbung</p>", subtype="html")
    saved = EmailMessage()
    saved["From"], saved["Subject"] = "<Saved by Blink>", "Hochwasser"
    saved["Snapshot-Content-Location"] = "https://example.org/flood"
    saved.make_related()
    saved.attach(frame)
    saved.attach(page)
    (found,) = drop(tmp_path, "a.mhtml", saved.as_bytes())
    assert found.title == "Hochwasser am Rhein" and found.paragraphs == (text,)
    del saved["Snapshot-Content-Location"]
    (found,) = drop(tmp_path, "c.mhtml", saved.as_bytes())
    assert found.reading.in_doubt, "which page is meant, nobody says"
    (failure,) = drop(tmp_path, "b.mht", b"Content-Type: text/plain\n\nnur Text")
    assert "none of its parts is HTML" in failure.message
