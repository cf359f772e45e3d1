"""Translations put back into the page, file or book that was read: everything in its place, nothing else changed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import browser
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from test_lists import as_docx

from summarize import chunk
from summarize.articles import read
from summarize.render.documents import Documents, markup, placing
from summarize.render.documents.web import POLICY
from summarize.types import Article, ModelNote, Result, Sentence, Status, Summary

DATA = Path(__file__).parent / "data"
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = "2026-02-05"


def english(text: str) -> str:
    """A translation that changes every letter and no digit: a becomes b, z becomes a."""
    return "".join(
        chr((ord(c) - 96) % 26 + 97) if c.isascii() and c.isalpha() else "e" if c.isalpha() else c
        for c in text.casefold()
    )


def result(article: Article, say=english, quality: str = "good") -> Result:
    blocks = [*((0, article.title),) * bool(article.title), *enumerate(article.paragraphs, 1)]
    sentences = [
        Sentence(n, span.text, span.separator, "de", say(span.text), Status.TRANSLATED)
        for n, block in blocks
        for span in chunk.sentences(block, "de")
    ]
    models = (ModelNote("translate:de", "test-model", quality, "0"),)
    title = say(article.title)
    return Result(
        article.id, "v", article.source, article.source_hash, article.title, title, "", "de", tuple(sentences),
        Summary("short", ()), models,
    )  # fmt: skip


@pytest.fixture
def back(tmp_path):
    """Puts the translation of a file back into it: (what was read, what became of it, the file written)."""

    def one(name: str, content: bytes, *, say=english, between=lambda path: None, **options):
        drop = tmp_path / "drop"
        drop.mkdir(exist_ok=True)
        path = drop / name
        path.write_bytes(content)
        articles = list(read([str(path)]))
        assert all(isinstance(a, Article) for a in articles), articles
        between(path)
        quality, target = options.pop("quality", "good"), options.pop("target", "en")
        documents = Documents(tmp_path / "out", ("html", "docx", "epub"), DAY, **options)
        for article in articles:
            documents.take(replace(result(article, say, quality), target=target))
        documents.close()
        (document,) = documents.made
        return articles, document, Path(document.path) if document.path else None

    return one


# --- pages -----------------------------------------------------------------------------------------------------------

VOCABULARY = "Der Pegel stieg am Dienstag Köln 2019 8,10 Meter sagte Lang zum Schluß daß GmbH m² x"
WORDS = st.sampled_from(re.split(" ", VOCABULARY))
LEAD = (
    "<p>Die Stadt hat am Dienstag die Brücke gesperrt, weil Prüfer Risse in den Trägern gefunden haben, sagte sie.</p>"
    "<p>Nach Angaben eines Sprechers dürfen bis zum Ende der Untersuchung nur noch Fußgänger und Radfahrer die Brücke "
    "benutzen. Die Umleitung führt über die Autobahn und kostet Pendler täglich rund zwanzig Minuten.</p>"
)
TEXT = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


@st.composite
def inline(draw, depth: int = 2) -> str:
    """Text with marks in it, as pages have them."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        text = draw(TEXT) + draw(st.sampled_from(["", ".", ". ", "!", ","]))
        kind = draw(st.sampled_from(["", "", "b", "i", "a", "span", "sup", "img"])) if depth else ""
        if kind == "a":
            text = f'<a href="https://example.org/{draw(st.integers(0, 99))}">{draw(inline(depth=0))}</a>'
        elif kind == "sup":
            text = f"{text}<sup>{draw(st.integers(1, 9))}</sup>"
        elif kind == "img":
            text = f'{text}<img src="bild.jpg" alt="Bild">'
        elif kind:
            text = f"<{kind}>{draw(inline(depth=depth - 1))}</{kind}>"
        parts.append(text)
    return draw(st.sampled_from([" ", "", "\n  "])).join(parts)


@st.composite
def pages(draw) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["p", "p", "p", "h2", "blockquote", "ul", "ol", "table", "br", "div"]))
        if kind in ("ul", "ol"):
            items = draw(st.lists(inline(), min_size=1, max_size=3))
            parts.append(f"<{kind}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{kind}>")
        elif kind == "table":
            width = draw(st.integers(1, 3))
            rows = draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=2))
            cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
            parts.append(f"<table>{cells}</table>")
        elif kind == "br":
            parts.append(f"<p>{draw(inline())}<br>{draw(inline())}</p>")
        else:
            parts.append(f"<{kind}>{draw(inline())}</{kind}>")
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html><html lang="de"><head><title>Brücke</title><style>p { color: red }</style></head><body>'
        f'<nav><a href="/sport">Sportteil</a></nav><article><h1>Brücke zu</h1>{LEAD}{body}</article></body></html>'
    )


def keys(page: bytes) -> list[str]:
    root = html.document_fromstring(page.decode())
    for note in root.xpath("//*[@role='note']"):
        note.drop_tree()
    return [of for block in markup.blocks(root) if (of := placing.key(markup.joined(block)))]


def plain(page: str) -> str:
    """Without what a reader leaves out or spells out: the marks of footnotes."""
    return re.sub(r"<sup>\d</sup>", "", page)


@given(page=pages())
@MANY
def test_every_paragraph_of_a_page_is_translated_where_it_stands(page, back):
    (article,), document, path = back("a.html", page.encode())
    made = path.read_bytes()
    again = html.document_fromstring(made.decode())
    assert (document.appended, again.get("lang")) == (0, "en")
    found = "".join(keys(re.sub(rb"<sup>\d</sup>|\[link\]", b"", made)))
    for n in range(len(article.paragraphs)):
        said = [s.target for s in result(article).sentences if s.paragraph == n + 1]
        for sentence in said:
            assert placing.key(re.sub(r"[⁰-⁹¹²³]|^-?\d+\. ", "", sentence)) in found or "²" in sentence
    source = html.document_fromstring(page)
    wanted = Counter(a.get("href") for a in source.iter("a") if a.text_content().strip())
    assert wanted - Counter(a.get("href") for a in again.iter("a")) == Counter(), "no link is lost"
    assert len(list(source.iter("img"))) == len(list(again.iter("img")))
    assert "Sportteil" in made.decode() and document.left >= 1


@given(page=pages())
@MANY
def test_what_is_no_paragraph_stays_and_the_order_too(page, back):
    """Blocks come out in their order, each either as it was or as its translation; the elements around them stay."""
    page = plain(page)
    assume("<td>" not in page)
    _, _, path = back("a.html", page.encode())
    before, after = keys(page.encode()), keys(path.read_bytes().replace(b"[link]", b""))
    said, at = "".join(after), 0
    for block in before:
        assert said.startswith((english(block), block), at), (block, said[at:])
        at += len(block)
    assert at == len(said)
    blocks = ("p", "h1", "h2", "li", "ul", "ol", "blockquote", "div", "article", "nav", "table")
    shape = lambda text: Counter(
        e.tag for e in html.document_fromstring(text).iter(*blocks) if not e.xpath("ancestor-or-self::*[@role='note']")
    )
    assert shape(page) == shape(path.read_text())


@given(page=pages())
@MANY
def test_under_an_original_nothing_of_it_is_changed(page, back):
    (article,), _, path = back("a.html", page.encode(), bilingual=True)
    root = html.document_fromstring(path.read_text())
    added = list(root.xpath("//span[@dir='ltr'] | //tr[td[@lang='en']] | //*[@role='note']"))
    without_figures = lambda text: re.sub(r"\d", "", placing.key(text))  # a cell that is the same has nothing below it
    said = "".join(without_figures(e.text_content()) for e in added)
    for element in added:
        element.drop_tree()
    bare = lambda tree: placing.key(tree.text_content())
    before = html.document_fromstring(page)
    for tree in (before, root):
        for title in tree.xpath("//title | //style"):
            title.drop_tree()
    assert bare(root) == bare(before)
    for sentence in result(article).sentences:
        same = sentence.paragraph and placing.key(sentence.source) == placing.key(sentence.target)
        assert same or not sentence.paragraph or without_figures(sentence.target) in said


CELL = "<td>Der</td>"


@pytest.mark.parametrize(
    "body",
    [
        f"<table><tr>{CELL * 2}</tr><tr><td>Der Der</td>{CELL}</tr></table>",
        f"<table><tr>{CELL * 3}</tr></table>" + "<p>Der</p>" * 3,
        "<p>Der</p>" * 3 + f"<table><tr>{CELL * 3}</tr></table>",
    ],
)
def test_texts_that_are_made_of_one_another_stand_where_they_stood(back, body):
    long = (
        "Die Stadt hat am Dienstag die Brücke gesperrt, weil Prüfer Risse in den Trägern gefunden haben, sagte sie.",
        "Nach Angaben eines Sprechers dürfen bis zum Ende der Untersuchung nur noch Fußgänger und Radfahrer die Brücke "
        "benutzen. Die Umleitung führt über die Autobahn und kostet Pendler täglich rund zwanzig Minuten.",
    )
    body = "<h1>Brücke zu</h1>" + "".join(f"<p>{text}</p>" for text in long) + body
    page = f'<!DOCTYPE html><html lang="de"><title>Brücke</title><body><article>{body}</article></body></html>'
    (article,), document, _ = back("a.html", page.encode())
    assert any("Der Der" in paragraph for paragraph in article.paragraphs) and document.appended == 0


NUMBERED = [(13, ["August 1961 Mauer", "Nach der Wende"]), (1, ["Mehl und Eier", "Zucker"]), (7, ["Der Pegel stieg"])]


@pytest.mark.parametrize("form", ["%1.", "%1)", "(%1)", "§ %1"])
@pytest.mark.parametrize("bilingual", [False, True])
def test_numbers_that_a_word_file_shows_stand_there_once(back, form, bilingual):
    (article,), document, path = back("a.docx", as_docx(NUMBERED, form=form), bilingual=bilingual)
    assert form.replace("%1", "13") in article.paragraphs[0], "the reader has them"
    expected = []
    for start, items in NUMBERED:
        numbers = [form.replace("%1", str(start + n)) + " " if start > 1 else "" for n in range(len(items))]
        for number, text in [*zip(numbers, items, strict=True), ("", "Danach")]:
            expected.append(f"{text}{number}{english(text)}" if bilingual else english(text))
    assert (document.appended, document_text(path)) == (0, expected)


@pytest.mark.parametrize("bilingual", [False, True])
@pytest.mark.parametrize("item", ["{}", "<p>{}</p>", "<b>{}</b>", "<q>{}</q> sagte sie"])
def test_numbers_that_a_page_shows_stand_there_once(back, item, bilingual):
    items = lambda texts: "".join(f"<li>{item.format(text)}" for text in texts)
    lists = "".join(f"<ol start={start}>{items(texts)}</ol>" for start, texts in NUMBERED)
    (article,), document, path = back("a.html", page(lists), bilingual=bilingual)
    assert any(p.startswith("13. ") for p in article.paragraphs), "the reader has them"
    text = html.fromstring(path.read_text()).text_content()
    assert document.appended == 0 and text.count("13. ") == text.count("7. ") == bilingual
    assert all(english(said) in text for _, texts in NUMBERED for said in texts)


def document_text(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    texts = ["".join(t.text or "" for t in p.iter(f"{name}t")) for p in root.iter(f"{name}p")]
    return [text for text in texts if text and "Machine translation" not in text]


def page(body: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><article><h1>Brücke zu</h1>{LEAD}{body}</article></body></html>".encode()


def body_of(path: Path) -> str:
    """What the page has after its heading and lead."""
    return path.read_text().split("</p>", 3)[3].removesuffix("</article></body></html>\n")


WORD_FOR_WORD = {"sagte": "said", "Der": "The", "Kanzler": "chancellor", "Regen": "Rain", "fällt": "falls"}


def words(text: str) -> str:
    """A translation that leaves names as they are."""
    return re.sub(r"\w+", lambda m: WORD_FOR_WORD.get(m[0], m[0]), text)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("<p><b>Der Kanzler sagte es.</b> Regen fällt.</p>", "<p><b>The chancellor said es.</b> Rain falls.</p>"),
        ("<p>Der <b>Kanzler</b> sagte nichts.</p>", "<p>The chancellor said nichts.</p>"),
        ("<p>Der <b>Merz</b> sagte <i>es</i>, <i>Du</i>.</p>", "<p>The <b>Merz</b> said es, <i>Du</i>.</p>"),
        (
            '<p>Der <a href="https://a.example/">Kanzler</a> sagte nichts. Regen fällt.</p>',
            '<p>The chancellor said nichts. <a href="https://a.example/">[link]</a> Rain falls.</p>',
        ),
        (
            '<p>Der <a href="https://a.example/">Kanzler Merz</a> sagte es <a href="#x" id="y">2019</a>.</p>',
            '<p>The chancellor Merz said es <a href="https://a.example/">[link]</a> <a href="#x" id="y">2019</a>.</p>',
        ),
        ('<p>Regen fällt.<sup>3</sup> Der Kanzler.</p>', "<p>Rain falls.<sup>3</sup> The chancellor.</p>"),
        ('<p><img src="http://a.io/b.png">Regen fällt.</p>', '<p><img src="http://a.io/b.png">Rain falls.</p>'),
        ("<p>Regen fällt.<br>Der Kanzler</p>", "<p>Rain falls.<br>The chancellor</p>"),
        ("<ol><li>Regen fällt.</li><li>Der Kanzler</li></ol>", "<ol><li>Rain falls.</li><li>The chancellor</li></ol>"),
        (
            "<table><tr><td>Regen fällt in Oberhausen am Kanal</td><td>25 %</td></tr></table>",
            "<table><tr><td>Rain falls in Oberhausen am Kanal</td><td>25 %</td></tr></table>",
        ),
    ],
)  # fmt: skip
def test_what_is_formatted_stays_so_where_it_can_be_told(source, target, back):
    _, _, path = back("a.html", page(source), say=words)
    assert body_of(path) == target


def test_a_row_that_cannot_be_told_apart_keeps_its_cells_and_gets_one_of_its_own(back):
    _, document, path = back(
        "a.html", page("<table><tr><th>Der lange starke Regen</th><td colspan=2>fällt hier</td></tr></table>")
    )
    assert body_of(path) == (
        '<table><tr><th>Der lange starke Regen</th><td colspan="2">fällt hier</td></tr>'
        '<tr><td colspan="3" lang="en">efs mbohf tubslf sfhfo gemmu ijfs</td></tr></table>'
    )
    assert (document.appended, document.left) == (0, 0)


def test_an_original_and_its_translation_stand_one_above_the_other(back):
    source = page('<ul><li>Der <a href="#a">Kanzler</a>.</li></ul><p>Regen<br>fällt.</p>')
    _, _, path = back("a.html", source, say=words, bilingual=True)
    line = lambda text: f'<br><span lang="en" dir="ltr" style="{markup.SAID}">{text}</span>'
    assert body_of(path) == (
        f'<ul><li>Der <a href="#a">Kanzler</a>.{line("The chancellor.")}</li></ul>'
        f"<p>Regen{line('Rain')}<br>fällt.{line('falls.')}</p>"
    )


def test_a_page_says_at_its_head_who_translated_it_and_what_is_left(back):
    nav = b"<nav>Sportteil</nav><nav>Wetter</nav><article>"
    _, document, path = back("a.html", page("<p>Regen.</p>").replace(b"<article>", nav), quality="draft")
    (note,) = html.document_fromstring(path.read_text()).xpath("//body/*[1][@role='note']")
    assert [p.text for p in note] == [
        "DRAFT MODEL: do not rely on this text",
        f"Machine translation from German by test-model, {DAY}, of a.html. 2 blocks left in German.",
    ]
    assert document.line == f"{path}: 3 paragraphs translated, 2 blocks left in German"
    assert document.as_json()["left"] == 2


HOSTILE = """<script>alert(1)</script><p onclick="alert(2)" style="color:red;width:expression(alert(3))">Regen.</p>
<a href="java&#10;script:alert(4)">Kanzler</a><iframe src="https://evil.example"></iframe><svg onload="alert(5)"></svg>
<img src="x" onerror="alert(6)"><form action="https://evil.example"><button formaction="javascript:1">x</button></form>
<object data="a.swf"></object><math><mi xlink:href="javascript:alert(7)">x</mi></math><!-- <p>nichts</p> -->
<noscript><p title="</noscript><img src=x onerror=alert(8)>">a</p></noscript><xmp><p title="</xmp><script>9</script>">
</xmp><meta http-equiv="refresh" content="0;url=https://evil.example"><link rel="import" href="https://evil.example">
<a href="data:text/html,<script>1</script>">Text</a><base href="https://evil.example/"><x"y onfoo=1>Text</x"y>"""


def test_nothing_in_a_page_runs_or_is_fetched(back, tmp_path):
    _, _, path = back("a.html", page(HOSTILE, "<style>@import url(https://evil.example/a.css);p{}</style>"))
    made = path.read_text()
    root = html.document_fromstring(made)
    assert not re.search(r"<script|<iframe|<svg|<object|<noscript|<xmp|<math|<base|<!--|@import|expression", made)
    for element in root.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on") and "script:" not in re.sub(r"\s", "", value), (attribute, value)
    policy, charset = root.xpath("//meta[@http-equiv]"), root.xpath("//meta[@charset]")
    assert [m.get("content") for m in policy] == [POLICY] and len(charset) == 1
    assert made.index(POLICY) < made.index("<body")
    if browser.program():
        chromium = browser.Browser(tmp_path / "profile")
        try:
            chromium.open(path)
            asked = {re.sub(r".*/", "", request) for request in chromium.requests}
            assert asked <= {"a.en.html", "x"} and chromium.eval("document.querySelectorAll('p').length") > 3
        finally:
            chromium.close()


def test_pictures_and_links_beside_the_page_are_found_from_the_translation(back):
    links = '<p>Regen.</p><img src="bild/a b.png"><a href="b.html#c">b</a><a href="#d">d</a><a href="/e">e</a>'
    _, _, path = back("a.html", page(links))
    root = html.document_fromstring(path.read_text())
    assert root.xpath("//img/@src") == ["../drop/bild/a%20b.png"]
    assert root.xpath("//article//a/@href") == ["../drop/b.html#c", "#d", "/e"]
    based = page(links, '<base href="https://a.example/x/">')
    root = html.document_fromstring(back("a.html", based)[2].read_text())
    assert root.xpath("//article//a/@href") == ["https://a.example/x/b.html#c", "#d", "https://a.example/e"]


def test_the_title_in_the_head_is_translated_where_it_is_the_articles(back):
    _, _, path = back("a.html", page("", "<title>Brücke zu | Bote</title>"))
    assert "<title>csedlf av | Bote</title>" in path.read_text()


# --- Word ------------------------------------------------------------------------------------------------------------

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(body: str, **parts: str) -> bytes:
    """The smallest Word file with this body; `parts` are further ones, by name: footnotes, header."""
    kinds = {"footnotes": f"{R}/footnotes", "header": f"{R}/header"}
    relations = "".join(
        f'<Relationship Id="p{n}" Type="{kinds[name]}" Target="{name}.xml"/>' for n, name in enumerate(parts)
    )
    relations += f'<Relationship Id="l1" Type="{R}/hyperlink" Target="https://a.example/" TargetMode="External"/>'
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/>'
        for name, kind in [("document", "document.main"), *((name, name) for name in parts)]
    )
    space = "http://schemas.openxmlformats.org/package/2006"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{space}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/relationships"><Relationship Id="d" Type="{R}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}<w:sectPr/></w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{space}/relationships">{relations}</Relationships>',
        **{f"word/{name}.xml": content for name, content in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + content)
    return out.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*runs: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def linked(*runs: str) -> str:
    return f'<w:hyperlink r:id="l1">{"".join(runs)}</w:hyperlink>'


def document_of(path: Path, part: str = "word/document.xml"):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return etree.fromstring(archive.read(part))


def runs_of(paragraph) -> list[tuple[str, str]]:
    """(text, what formats it, language aside) of each run."""
    found = []
    for r in paragraph.iter(f"{{{W}}}r"):
        look = [c.tag.rpartition("}")[2] for c in r.iterfind(f"{{{W}}}rPr/*") if not c.tag.endswith("}lang")]
        if r.getparent().tag.endswith("}hyperlink"):
            look.append("link")
        text = "".join("\n" if e.tag.endswith("}br") else e.text or "" for e in r.iter(f"{{{W}}}t", f"{{{W}}}br"))
        found.append((text, " ".join(look)))
    return found


@st.composite
def formatted(draw) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        text = draw(TEXT) + draw(st.sampled_from(["", " ", ".", ". ", "! "]))
        made = run(
            text, draw(st.sampled_from(["", "<w:b/>", "<w:i/>", '<w:rFonts w:ascii="Arial"/><w:lang w:val="de-DE"/>']))
        )
        kind = draw(st.sampled_from(["", "", "", "link", "ins", "del", "note"]))
        if kind == "link":
            made = linked(made)
        elif kind == "ins":
            made = f'<w:ins w:id="1" w:author="x">{made}</w:ins>'
        elif kind == "del":
            made += f'<w:del w:id="2" w:author="x"><w:r><w:delText>{draw(TEXT)}</w:delText></w:r></w:del>'
        elif kind == "note":
            made += '<w:r><w:footnoteReference w:id="1"/></w:r>'
        parts.append(made)
    return "".join(parts)


@st.composite
def files(draw) -> bytes:
    parts = [para(run("Der Pegel."), '<w:r><w:footnoteReference w:id="1"/></w:r>')]
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["p", "p", "p", "heading", "list", "table", "break", "two"]))
        if kind == "table":
            width = draw(st.integers(1, 3))
            rows = draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=2))
            cell = lambda text: f"<w:tc><w:tcPr/>{para(run(text))}</w:tc>"
            parts.append("<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, r))}</w:tr>" for r in rows) + "</w:tbl>")
        elif kind == "break":
            parts.append(para(draw(formatted()), "<w:r><w:br/></w:r>", draw(formatted())))
        elif kind == "two":
            parts.append(para(run("Ein Satz. "), draw(formatted())))
        else:
            style = {"heading": '<w:pStyle w:val="Heading2"/>', "list": '<w:numPr><w:numId w:val="1"/></w:numPr>'}
            parts.append(para(draw(formatted()), properties=style.get(kind, "")))
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{para(run(draw(TEXT)))}</w:footnote></w:footnotes>'
    header = f'<w:hdr xmlns:w="{W}">{para(run("Seitenkopf"))}</w:hdr>'
    return word("".join(parts), footnotes=note, header=header)


@given(data=files())
@MANY
def test_every_paragraph_of_a_word_file_is_translated_where_it_stands(data, back):
    """What is written is read again by the reader, which says what a person sees of it."""
    (article,), document, path = back("a.docx", data)
    assert (document.appended, document.left) == (0, 1), "the header is not read"
    note, *again = next(iter(read([str(path)]))).paragraphs
    assert note.startswith("Machine translation from German by test-model")
    said, at = [placing.key(p.replace("[link]", "")) for p in again], 0
    rows = "<w:tbl>" in zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    for paragraph in [*([article.title] if article.title else ()), *article.paragraphs]:
        wanted = english(placing.key(paragraph))
        assert wanted in (said if rows else said[at : at + 1])
        at += 1
    assert rows or at == len(said)
    shape = lambda root: [
        e.tag for e in root.iter(*(f"{{{W}}}{n}" for n in ("p", "pStyle", "numId", "tbl", "hyperlink")))
    ]
    before = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    after = document_of(path)
    if not rows:
        assert Counter(shape(before)) + Counter([f"{{{W}}}p"]) == Counter(shape(after))
    assert len(list(after.iter(f"{{{W}}}footnoteReference"))) == len(list(before.iter(f"{{{W}}}footnoteReference")))
    assert b"Seitenkopf" in zipfile.ZipFile(path).read("word/header.xml")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ([run("Der Kanzler sagte es.")], [("The chancellor said es.", "")]),
        (
            [run("Der "), run("Kanz", "<w:b/>"), run("ler", '<w:b/><w:lang w:val="de-DE"/>'), run(" sagte.", "<w:b/>")],
            [("The chancellor said.", "b")],
        ),
        (
            [run("Regen", "<w:b/>"), run(" fällt. Der ", "<w:i/>"), run("Kanzler", "<w:b/>")],
            [("Rain falls. ", "b"), ("The chancellor", "b")],
        ),
        ([run("Der "), run("Merz", "<w:b/>"), run(" sagte.")], [("The ", ""), ("Merz", "b"), (" said.", "")]),
        (
            [run("Der "), linked(run("Kanzler")), run(" sagte es. Regen")],
            [("The chancellor said es.", ""), (" [link] ", "link"), (" Rain", "")],
        ),
        ([linked(run("Der Kanzler sagte."))], [("The chancellor said.", "link")]),
        ([run("Regen"), "<w:r><w:br/></w:r>", run("fällt")], [("Rain", ""), ("\n", ""), ("falls", "")]),
        (
            [run("Der Kanz"), f"<w:ins>{run('ler')}</w:ins>", "<w:del><w:r><w:delText>x</w:delText></w:r></w:del>"],
            [("The chancellor", "")],
        ),
    ],
)  # fmt: skip
def test_the_runs_of_a_paragraph_keep_their_formatting_where_it_can_be_told(source, target, back):
    _, _, path = back("a.docx", word(para(run("Regen.")) + para(*source)), say=words)
    paragraph = list(document_of(path).iter(f"{{{W}}}p"))[-1]
    assert [(text, look) for text, look in runs_of(paragraph) if text] == target
    assert not list(paragraph.iter(f"{{{W}}}del", f"{{{W}}}ins"))
    assert {e.get(f"{{{W}}}val") for e in paragraph.iter(f"{{{W}}}lang")} == {"en-US"}


def test_a_word_file_has_its_rows_footnotes_and_originals_too(back):
    row = lambda *cells: "<w:tr>" + "".join(f"<w:tc>{para(run(c))}</w:tc>" for c in cells) + "</w:tr>"
    table = f"<w:tbl>{row('Regen fällt', '25 %')}{row('Der Regen', 'fällt')}</w:tbl>"
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{para(run("Regen."))}</w:footnote></w:footnotes>'
    data = word(para(run("Der Kanzler."), '<w:r><w:footnoteReference w:id="1"/></w:r>') + table, footnotes=note)
    _, _, path = back("a.docx", data, say=words)
    said = ["".join(text for text, _ in runs_of(p)) for p in document_of(path).iter(f"{{{W}}}p")][1:]
    assert said == ["The chancellor.", "Rain falls", "25 %", "Der Regen", "fällt", "The Rain falls"]
    assert "".join(document_of(path, "word/footnotes.xml").itertext()) == "Rain."
    _, _, path = back("a.docx", data, say=words, bilingual=True)
    said = ["".join(text for text, _ in runs_of(p)) for p in document_of(path).iter(f"{{{W}}}p")][1:]
    assert said == [
        "Der Kanzler.\nThe chancellor.",
        "Regen fällt\nRain falls",
        "25 %",
        "Der Regen",
        "fällt",
        "The Rain falls",
    ]


def test_a_word_file_fetches_nothing_and_has_no_macros(back, tmp_path):
    field = '<w:r><w:instrText> DDEAUTO c:\\\\x.exe "y" </w:instrText></w:r>'
    data = word(para(run("Der Kanzler.")) + para(field, run("Regen.")))
    extra = {
        "word/_rels/settings.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="a" Type="{R}/attachedTemplate" Target="https://evil.example/a.dotm" '
        'TargetMode="External"/></Relationships>'
    }
    _, _, path = back("a.docx", with_members(data, extra))
    with zipfile.ZipFile(path) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "DDEAUTO" not in text and "evil.example" not in text and "https://a.example/" in text
    _, document, path = back("a.docx", with_members(data, {"word/vbaProject.bin": "x"}))
    assert path is None and document.reason == "it has macros — open it and save it as .docx without macros"


def with_members(data: bytes, extra: dict[str, str | bytes]) -> bytes:
    """An archive with members added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info, extra.pop(info.filename, None) or old.read(info))
        for name, content in extra.items():
            new.writestr(name, content)
    return out.getvalue()


# --- files that others made, and hostile ones ------------------------------------------------------------------------


@pytest.mark.parametrize("bilingual", [False, True])
def test_a_word_file_of_pandoc_is_translated_and_keeps_its_parts(back, bilingual):
    data = (DATA / "flood.docx").read_bytes()
    (article,), document, path = back("a.docx", data, bilingual=bilingual)
    assert (document.placed, document.appended, document.left) == (len(article.paragraphs), 0, 0)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(path) as new:
        assert old.namelist() == new.namelist() and new.testzip() is None
        changed = [n for n in old.namelist() if old.read(n) != new.read(n)]
    assert changed == ["word/document.xml", "word/footnotes.xml", "docProps/core.xml"]
    (again,) = read([str(path)])
    text = "\n".join([again.title, *again.paragraphs])
    assert all(english(p) in text or placing.key(english(p)) in placing.key(text) for p in article.paragraphs)


@pytest.mark.parametrize("bilingual", [False, True])
def test_a_word_file_in_french_says_that_it_is(back, bilingual):
    spoken = {}
    for target in ("en", "fr"):
        _, _, path = back("a.docx", (DATA / "flood.docx").read_bytes(), target=target, bilingual=bilingual)
        with zipfile.ZipFile(path) as made:
            parts = {n: etree.fromstring(made.read(n)) for n in ("word/document.xml", "docProps/core.xml")}
        langs = [
            next(v for k, v in e.items() if k.endswith("}val")) for e in parts["word/document.xml"].iter("{*}lang")
        ]
        spoken[target] = langs, [e.text for e in parts["docProps/core.xml"].iter("{*}language")]
    (english_runs, in_english), (french_runs, in_french) = spoken["en"], spoken["fr"]
    assert len(english_runs) == len(french_runs) and set(english_runs) == {"en-US"}
    assert french_runs[0] == "en-US" and set(french_runs[1:]) == {"fr"}  # the note on top speaks English
    assert set(in_english) <= {"en"} and set(in_french) <= {"fr"}


@pytest.mark.parametrize("bilingual", [False, True])
def test_a_book_is_translated_chapter_by_chapter_with_its_table_of_contents(back, bilingual):
    data = (DATA / "flood.epub").read_bytes()
    (article,), document, path = back("a.epub", data, bilingual=bilingual)
    assert (document.placed, document.appended) == (len(article.paragraphs), 0)
    with zipfile.ZipFile(path) as book:
        assert book.namelist()[0] == "mimetype" and book.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert book.testzip() is None
        parts = {n: etree.fromstring(book.read(n)) for n in book.namelist() if n.endswith(("xhtml", "ncx", "opf"))}
    title = english("Hochwasser am Rhein")
    assert title in "".join(parts["EPUB/toc.ncx"].itertext()) and title in "".join(parts["EPUB/nav.xhtml"].itertext())
    assert [e.text for e in parts["EPUB/content.opf"].iter("{*}language")] == ["en"]
    assert "Machine translation" in "".join(parts["EPUB/text/title_page.xhtml"].itertext())
    text = placing.key(" ".join(part for again in read([str(path)]) for part in [again.title, *again.paragraphs]))
    assert all(placing.key(english(p)) in text for p in article.paragraphs)


@pytest.mark.parametrize(
    "name", ["04-superscripts", "05-liveblog", "21-inline-quote", "23-layout-table", "32-two-articles"]
)
def test_pages_of_every_kind_find_all_their_paragraphs_again(back, name):
    (article,), document, path = back("a.html", (DATA / "reading" / f"{name}.html").read_bytes())
    assert (document.placed, document.appended) == (len(article.paragraphs), 0)
    said = keys(re.sub(rb"<sup>\d</sup>", b"", path.read_bytes()))
    assert all(any(placing.key(english(p)) in s for s in said) for p in article.paragraphs)


def test_what_cannot_be_read_again_as_it_was_gives_one_clear_line(back, tmp_path):
    good = page("<p>Regen.</p>")
    _, document, path = back("a.html", good, between=lambda p: p.write_bytes(good + b" "))
    assert path is None and (document.reason, document.code) == ("it has changed since it was read — run again", 1)
    assert not (tmp_path / "out").exists()
    _, document, _ = back("a.html", good, between=lambda p: p.unlink())
    assert document.line.endswith("or is gone — put the file itself into a folder, and name that")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.html", good)
    _, document, _ = back("b.zip", archive.getvalue())
    assert "archive" in document.reason


def test_a_packed_page_is_unpacked(back):
    import gzip

    _, _, path = back("a.html.gz", gzip.compress(page("<p>Regen.</p>")))
    assert path.name == "a.en.html" and "Sfhfo.".casefold() in path.read_text()


def test_a_page_of_which_too_little_is_found_again_is_refused(tmp_path):
    path = tmp_path / "a.html"
    path.write_bytes(page("<p>Regen.</p>"))
    (article,) = read([str(path)])
    other = Article(article.id, ("Etwas ganz anderes steht hier.",) * 5, "Brücke zu", source=article.source,
                    source_hash=article.source_hash)  # fmt: skip
    documents = Documents(tmp_path / "out", ("html",), DAY)
    documents.take(result(other))
    documents.close()
    assert documents.made[0].reason.startswith("5 of 5 paragraphs were not found in it again")
    few = Article(article.id, (*article.paragraphs, "Etwas ganz anderes."), source=article.source,
                  source_hash=article.source_hash)  # fmt: skip
    documents.take(result(few))
    documents.close()
    assert (documents.made[1].appended, documents.exit_code) == (1, 1)
    text = (tmp_path / "out" / "a.en.html").read_text()
    assert text.endswith(
        "<h2>1 paragraph whose place in the document was not found again</h2><p>fuxbt hboa boefsft.</p></div>"
        "</body></html>\n"
    )


ENTITY = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("a.docx", lambda d: with_members(d, {"../evil.txt": "x"}), "names that lead out of it"),
        ("a.docx", lambda d: with_members(d, {"word/header9.xml": ENTITY + "<w>&a;&b;</w>"}), "declares entities"),
        ("a.docx", lambda d: with_members(d, {"word/header9.xml": "<a>" * 400 + "</a>" * 400}), "not sound XML"),
        ("a.docx", lambda d: with_members(d, {"word/header9.xml": "<a>" + " " * 21_000_000 + "</a>"}), "20 MB"),
        ("a.epub", lambda d: with_members(d, {"/etc/x": "x"}), "names that lead out of it"),
        ("a.epub", lambda d: with_members(d, {"EPUB/nav.xhtml": ENTITY + "<w>&a;&b;</w>"}), "declares entities"),
        ("a.html", lambda d: d.replace(b"<p>", b"<p>" + b"<b><i>" * 150, 1), "elements in one another"),
    ],
)
def test_hostile_files_give_one_clear_line(back, name, damage, reason):
    good = page("<p>Regen.</p>") if name == "a.html" else (DATA / f"flood.{name[2:]}").read_bytes()
    _, document, path = back(name, damage(good))
    assert path is None and reason in document.reason and document.code == 1, document.reason
    assert "\n" not in document.line


@pytest.mark.parametrize("suffix", ["docx", "epub"])
def test_no_flipped_byte_does_more_than_a_line(suffix, tmp_path):
    """What was read still fits the hash, so that all of it is written again."""
    good = (DATA / f"flood.{suffix}").read_bytes()
    path, draw = tmp_path / f"a.{suffix}", Random(suffix)
    for _ in range(60):
        data = bytearray(good)
        for _ in range(draw.randint(1, 8)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(bytes(data))
        documents = Documents(tmp_path / "out", (suffix,), DAY)
        for article in read([str(path)]):
            if isinstance(article, Article):
                documents.take(result(article))
        documents.close()
        assert all(d.code in (0, 1) for d in documents.made), documents.made


@given(text=st.text(max_size=300))
@MANY
def test_any_text_in_a_page_ends_as_text(text, back):
    body = "".join(f"<p>{part}</p>" for part in (text, "Regen."))
    path = page(body)
    with contextlib.suppress(AssertionError):
        _, document, made = back("a.html", path)
        assert document.code != 70, document.reason
        if made:
            root = html.document_fromstring(made.read_text())
            assert not list(root.iter("script", "iframe", "svg", "object"))


# --- the command, on the shipped model -------------------------------------------------------------------------------


def test_run_writes_documents_beside_the_results(cli, isolated):
    drop = isolated / "drop"
    drop.mkdir()
    (drop / "seite.html").write_bytes(page("<p>Der Hund schläft.</p>"))
    (drop / "brief.docx").write_bytes((DATA / "flood.docx").read_bytes())
    (drop / "notiz.txt").write_text("Der Hund schläft. Das Haus ist alt und liegt am Rand der Stadt.")
    code, out, err = cli("run", drop, "--to", "html,docx", "--json", "--lang", "de")
    assert code == 0, err
    documents = json.loads(out)["documents"]
    assert [(d["source"], d["path"], d["reason"]) for d in documents] == [
        (f"{drop}/brief.docx", "out/brief.en.docx", ""),
        (f"{drop}/seite.html", "out/seite.en.html", ""),
    ]
    assert json.loads((isolated / "out" / "run-manifest.json").read_text())["documents"] == documents
    text = (isolated / "out" / "seite.en.html").read_text()
    assert "<p>The dog is " in text and "DRAFT MODEL: do not rely on this text" in text and "by de-en, 2" in text
    assert "out/seite.en.html: 3 paragraphs translated" in err
    assert "no html or docx of 1 article: read from something else" in err
    before = (isolated / "out" / "brief.en.docx").read_bytes()
    code, _, err = cli("run", drop, "--to", "docx", "--lang", "de")
    assert code == 0 and before == (isolated / "out" / "brief.en.docx").read_bytes(), "the same, from the store"
    code, _, err = cli("run", drop / "seite.html", "--to", "html", "--bilingual", "--lang", "de", "--quiet")
    assert (code, err) == (0, "") and "Der Hund schläft.<br>" in (isolated / "out" / "seite.en.html").read_text()


def test_run_says_why_there_is_no_document_and_fails(cli, isolated, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"<html>" + page("<p>Der Hund.</p>"))))
    code, _, err = cli("run", "-", "--to", "html", "--lang", "de", "--quiet")
    assert (code, err) == (1, "no document of -: it came from standard input — name a file instead of -\n")
    (isolated / "e.html").write_bytes(page("<p>Der Hund.</p>"))
    code, _, err = cli("run", "e.html", "--to", "html", "--lang", "en", "--quiet")
    assert (code, err) == (0, "") and not (isolated / "out" / "e.en.html").exists(), "English needs none"
    code, _, err = cli("run", "e.html", "--bilingual", "--lang", "en")
    assert code == 0 and "--bilingual changes nothing without --to" in err
    code, _, err = cli("run", "e.html", "--to", "pdf")
    assert code == 2 and "html, docx, epub" in err
