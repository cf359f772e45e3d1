"""One short article as other programs write it (tests/data/written): all of it is read, and nothing goes unsaid."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from summarize.articles import read
from summarize.types import Article, Reason

FILES = [path for path in sorted((Path(__file__).parent / "data" / "written").iterdir()) if path.suffix != ".md"]
TITLE = "Hochwasser am Rhein"
SAID = (
    "Der Pegel stieg am Dienstag auf 6,50 Meter, sagte Bürgermeisterin Lang „im größten Ernst“.",
    "13. August 1961: In Berlin beginnt der Bau der Mauer.",
    "Schulen geschlossen",
    "Am Mittwoch bleiben die Schulen in Köln und Bonn geschlossen, teilte das Amt für 1.250 Kinder mit.",
    "Die Umleitung kostet 5 Millionen Euro.",
    "Sie gilt bis Ende März.",
)
ROWS = ("Köln 8,10 m", "Bonn 7,90 m")  # where the format has tables
WITHOUT = {"libreoffice.epub": "13. "}  # lists are paragraphs in it, and their numbers are not in the file
SUBTITLES = (".srt", ".vtt")
NEEDLESS = {Reason.NAVIGATION, Reason.BOILERPLATE, Reason.METADATA, Reason.REPEATED}


def key(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_article_is_read_whole_whoever_wrote_it(path):
    found = list(read([str(path)]))
    assert found and all(isinstance(one, Article) for one in found), found
    for article in found:
        text, at = key(" ".join(article.paragraphs)), 0
        for sentence in SAID:
            if path.suffix in SUBTITLES and sentence == "Schulen geschlossen":
                continue
            sentence = sentence.removeprefix(WITHOUT.get(path.name, ""))
            assert key(sentence) in text[at:], (sentence, article.paragraphs)
            at = text.index(key(sentence), at) + len(key(sentence))
        assert path.suffix in SUBTITLES or TITLE in article.title
        tables = path.stem in ("pandoc", "libreoffice", "chromium", "wget", "python-docx", "httrack")
        assert not tables or all(key(row) in text for row in ROWS), article.paragraphs
        account = article.reading
        assert account.missing == 0 and account.lost == account.formed == ()
        assert {one.reason for one in account.left_out} <= NEEDLESS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_damaged_one_does_no_more_than_fail(path, tmp_path):
    good, draw = path.read_bytes(), Random(path.name)
    damaged = [good.replace(b"</title>", b"</t\xfftle>"), good[: len(good) // 2]]  # a broken title, a broken transfer
    for _ in range(12):
        data = bytearray(good)
        for _ in range(draw.randint(1, 5)):
            at = draw.randrange(len(data))
            data[at : at + draw.randint(0, 40)] = bytes(draw.choices(b"<>/\"'&;=1\xff\0a", k=draw.randint(0, 5)))
        damaged.append(bytes(data))
    for data in damaged:
        (tmp_path / path.name).write_bytes(data)
        found = list(read([str(tmp_path / path.name)]))
        assert found and all(isinstance(one, Article) or one.error.endswith(("Article", "Format")) for one in found), (
            found
        )


def test_every_format_is_there():
    many = Counter(path.suffix for path in FILES)
    several = {".docx", ".odt", ".epub", ".pdf", ".html", ".eml", ".mbox", ".rss", ".atom"}
    assert all(many[suffix] >= 3 for suffix in several) and many[".srt"] + many[".vtt"] > 3
    assert many[".csv"] + many[".tsv"] >= 3 and many[".mhtml"] + many[".mht"] >= 3
