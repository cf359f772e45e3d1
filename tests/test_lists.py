"""Numbers of lists: a reader sees them, though HTML, Word and OpenDocument count them by themselves."""

from __future__ import annotations

import doctest
import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from summarize.articles import ordinals, seen
from summarize.articles.formats import document_reader
from summarize.types import Reason

WORDS = st.lists(st.sampled_from(["August", "Mauer", "Größe", "steigt", "und", "der", "tagt"]), min_size=2)
LISTS = st.lists(st.tuples(st.integers(1, 2000), st.lists(WORDS.map(" ".join), min_size=1, max_size=4)), min_size=1)
OFFICE = "http://schemas.openxmlformats.org"
W = f'xmlns:w="{OFFICE}/wordprocessingml/2006/main"'


def as_html(lists, item="<li>{}</li>"):
    made = (f'<ol start="{start}">{"".join(map(item.format, items))}</ol><p>Danach</p>' for start, items in lists)
    return f"<html><body><article>{''.join(made)}</article></body></html>".encode()


def as_html_with_values(lists):
    items = lambda start, texts: "".join(f"<LI value={start + n}>{text}" for n, text in enumerate(texts))
    made = (f"<ol>{items(*one) if one[0] != 1 else '<li>'.join(('', *one[1]))}</ol><p>Danach</p>" for one in lists)
    return f"<html><body><article>{''.join(made)}</article></body></html>".encode()


def packed(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def as_docx(lists, by_style: bool = False, form: str = "%1."):
    level = f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{form}"/></w:lvl>'
    over = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/>{over.format(start)}</w:num>'
        for n, (start, _) in enumerate(lists, 1)
    )
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr>'
    style = '<w:style w:type="paragraph" w:styleId="S{0}"><w:basedOn w:val="T{0}"/></w:style>'
    style += '<w:style w:type="paragraph" w:styleId="T{0}"><w:pPr>{1}</w:pPr></w:style>'
    of_style = '<w:pStyle w:val="S{}"/>'
    run = "<w:r><w:t>{}</w:t></w:r>"
    properties = of_style if by_style else number
    paragraph = lambda n, text: f"<w:p><w:pPr>{properties.format(n)}</w:pPr>{run.format(text)}</w:p>"
    styles = "".join(style.format(n, number.format(n)) for n in range(1, len(lists) + 1))
    numbering = f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>{nums}'
    body = "".join(
        "".join(paragraph(n, text) for text in items) + f"<w:p>{run.format('Danach')}</w:p>"
        for n, (_, items) in enumerate(lists, 1)
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    part = '<Override PartName="/word/{0}.xml" ContentType="{1}.{2}+xml"/>'
    types = part.format("document", main, "document.main") + part.format("styles", main, "styles")
    types += part.format("numbering", main, "numbering")
    target = '<Relationship Id="r{0}" Type="{1}/officeDocument/2006/relationships/{0}" Target="{2}"/>'
    relations = lambda *found: (
        f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{"".join(found)}</Relationships>'
    )
    return packed(
        word__document_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>",
        word__numbering_xml=f"<w:numbering {W}>{numbering}</w:numbering>",
        word__styles_xml=f"<w:styles {W}>{styles}</w:styles>",
        _rels___rels=relations(target.format("officeDocument", OFFICE, "word/document.xml")),
        word___rels__document_xml_rels=relations(
            target.format("numbering", OFFICE, "numbering.xml"), target.format("styles", OFFICE, "styles.xml")
        ),
        **{"[Content_Types]_xml": f'<Types xmlns="{OFFICE}/package/2006/content-types">{types}</Types>'},
    )


def as_odt(lists):
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "style"))
    level = (
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="." text:start-value="{}"/>'
    )
    styles, body = "", ""
    for n, (start, items) in enumerate(lists):
        styles += f'<text:list-style style:name="L{n}">{level.format(start)}</text:list-style>'
        said = "".join(f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in items)
        body += f'<text:list text:style-name="L{n}">{said}</text:list><text:p>Danach</text:p>'
    return packed(
        content_xml=f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


FORMATS = {
    "start": (".html", as_html),
    "paragraphs in items": (".html", lambda lists: as_html(lists, "<li>\n <p>{}</p></li>")),
    "value": (".html", as_html_with_values),
    "Word": (".docx", as_docx),
    "Word, by style": (".docx", lambda lists: as_docx(lists, by_style=True)),
    "OpenDocument": (".odt", as_odt),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_number_that_the_author_gave_is_text_and_one_that_only_counts_is_accounted_for(name):
    suffix, render = FORMATS[name]

    @settings(max_examples=60, deadline=None)
    @given(LISTS)
    @example([(13, ["August 1961 Mauer"]), (9, ["November 1989"]), (1, ["FC Neustadt steigt ab"]), (1, ["Mehl", "Ei"])])
    def check(lists):
        [draft] = document_reader(suffix)(render(lists))
        expected, counted = [], []
        for start, items in lists:
            numbers = [f"{start + n}." for n in range(len(items))]
            given_by_author = start != 1 or len(items) == 1
            expected += [f"{n} {t}" if given_by_author else t for n, t in zip(numbers, items, strict=True)] + ["Danach"]
            counted += [] if given_by_author else numbers
        assert list(draft.paragraphs) == expected
        account = seen.reading(draft.seen, draft.title, draft.paragraphs)
        assert account.lost == account.formed == () and not account.missing
        left = [number for one in account.left_out for number in one.text.split()]
        assert [f"{number.rstrip('.')}." for number in left] == counted
        assert {one.reason for one in account.left_out} <= {Reason.MARKUP}

    check()


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        ("<ol reversed><li>drei<li>zwei<li>eins</ol>", ["3. drei", "2. zwei", "1. eins"]),
        ("<ul><li>a<ol start=3><li>b<ul><li>c</ul><li>d</ol><li>e</ul>", ["a", "3. b", "c", "4. d", "e"]),
        ("<ol start=4 type=a><li>a<li>b</ol>", ["a", "b"]),
        ("<ol class=ticker><li>eine Meldung</ol>", ["eine Meldung"]),
        ("<ol start=7><li></li><li><ul><li>a</ul></ol>", ["a"]),
        ("<ol start=0><li>a<li>b</ol></ol></ul><li>c", ["0. a", "1. b", "c"]),
    ],
)
def test_odd_lists(markup, paragraphs):
    from summarize.articles.webpage import visible_text

    assert visible_text(markup).split("\n\n") == paragraphs


def test_examples_of_the_docstrings():
    assert not doctest.testmod(ordinals).failed
