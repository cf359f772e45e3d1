"""Nothing goes unsaid: whatever a format holds is in the article or among what was left out, digit for digit."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from random import Random

import pytest
from growth import is_linear
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarize.articles import seen
from summarize.articles.drafts import Seen
from summarize.articles.formats import BINARY, DOCUMENTS, document_reader
from summarize.types import Reason

LEVEL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+|[0-9]+")


@dataclass(frozen=True)
class Piece:
    """A word or number, and whether it stands above the line."""

    text: str
    raised: bool = False


@dataclass(frozen=True)
class Block:
    kind: str  # p, h2, li, row, caption, code
    pieces: tuple[Piece, ...]


WORDS = st.sampled_from(
    ["Pegel", "Brücke", "Köln", "Straße", "Euro", "zwölf", "Meter", "und", "der", "Landtag", "größer", "Österreich"]
)
NUMBERS = st.integers(0, 99999).map(str) | st.sampled_from(["007", "1.250.000", "6,50", "1990", "12.10.", "3:2", "5,1"])
LINE = st.lists(st.builds(Piece, WORDS | NUMBERS), min_size=3, max_size=14)
MARK = st.builds(Piece, st.integers(1, 99).map(str), st.just(True))


@st.composite
def blocks(draw, kinds: str, raised: bool = True):
    found = []
    for n, kind in enumerate(draw(st.lists(st.sampled_from(kinds.split()), min_size=2, max_size=9))):
        pieces = [Piece("Meldung" + "abcdefghi"[n]), *draw(LINE)]
        if raised and kind in ("p", "li"):  # side by side they were one
            for at in draw(st.sets(st.integers(1, len(pieces)), max_size=2).map(lambda s: sorted(s, reverse=True))):
                pieces.insert(at, draw(MARK))
        found.append(Block(kind, tuple(pieces)))
    return found


def marked_up(pieces, escape: Callable[[str], str] = html.escape) -> str:
    words = "".join(f"<sup>{p.text}</sup>" if p.raised else f" {escape(p.text)}" for p in pieces)
    return words.strip()


def plain(block: Block) -> str:
    return " ".join(p.text for p in block.pieces)


def page(found: list[Block]) -> str:
    tags = {"p": "<p>{}</p>", "h2": "<h2>{}</h2>", "li": "<ul><li>{}</li></ul>", "code": "<pre>{}</pre>"}
    tags["row"] = "<table><tr><td>{}</td></tr></table>"
    tags["caption"] = "<figure><img src=x.png><figcaption>{}</figcaption></figure>"
    tags["nav"] = "<nav><a href=/2019/5>{}</a></nav>"
    tags["aside"] = "<aside>{}</aside>"
    body = "".join(
        tags[b.kind].format(marked_up(b.pieces).replace(" ", "</td><td>" if b.kind == "row" else " ")) for b in found
    )
    return f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"></head><body>{body}</body></html>'


def as_txt(found):
    return "\n\n".join(map(plain, found)).encode()


def as_md(found):
    marks = {
        "p": "{}",
        "h2": "## {}",
        "li": "* {}",
        "code": "```\n{}\n```",
        "caption": "![](x9.png)\n{}",
        "ol": "13. {}",
    }
    return "\n\n".join(marks[b.kind].format(plain(b)) for b in found).encode()


def as_html(found, shape: str = "{}"):
    return shape.format(page(found)).encode()


def as_json(found):
    return json.dumps({"title": plain(found[0]), "text": page(found[1:]), "lead": plain(found[0])}).encode()


def as_csv(found):
    out = io.StringIO()
    csv.writer(out).writerows([["title", "text", "lead"], [plain(found[0]), page(found[1:]), plain(found[0])]])
    return out.getvalue().encode()


def as_feed(found):
    said = (
        f"<item><title>{html.escape(plain(found[0]))}</title><description>{html.escape(page(found[1:]))}</description>"
    )
    return f'<rss version="2.0"><channel><title>Bote</title>{said}</item></channel></rss>'.encode()


def as_mail(found):
    made = EmailMessage()
    made["From"], made["Subject"] = "Petra Lang <p@example.org>", "Bote"
    made.set_content("nur Text")
    made.add_alternative(page(found), subtype="html")
    made.add_attachment("Anhang 4711", filename="a.txt")
    return bytes(made)


def as_srt(found):
    cues = (f"{n}\n00:{n:02d}:00,000 --> 00:{n:02d}:09,000\n{plain(b)}\n" for n, b in enumerate(found, 1))
    return "\n".join(cues).encode()


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def as_docx(found):
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    above = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    run = lambda p: (
        f'<w:r>{above if p.raised else ""}<w:t xml:space="preserve">{"" if p.raised else " "}{p.text}</w:t></w:r>'
    )
    text = lambda b: f"<w:p>{''.join(map(run, b.pieces))}</w:p>"
    cell = lambda b: f"<w:tbl><w:tr><w:tc>{text(b)}</w:tc></w:tr></w:tbl>"
    body = "".join(cell(b) if b.kind == "row" else text(b) for b in found)
    office = "http://schemas.openxmlformats.org"
    return zipped(
        word__document_xml=f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>',
        _rels___rels=f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r" Type='
        f'"{office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        **{"[Content_Types]_xml": f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="xml" '
           f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'},
    )  # fmt: skip


def as_odt(found):
    names = ("office", "text", "table", "style")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    style = '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>'
    run = lambda p: f'<text:span text:style-name="T1">{p.text}</text:span>' if p.raised else f" {p.text}"
    text = lambda b: f"<text:{b.kind[0]}>{''.join(map(run, b.pieces))}</text:{b.kind[0]}>"
    cell = lambda b: f"<table:table-row><table:table-cell>{text(b)}</table:table-cell></table:table-row>"
    body = f"<text:tracked-changes>{text(Block('p', (Piece('Gestrichen 4711'),)))}</text:tracked-changes>" + "".join(
        cell(Block("p", b.pieces)) if b.kind == "row" else text(Block("h" if b.kind == "h2" else "p", b.pieces))
        for b in found
    )
    return zipped(
        content_xml=f"<office:document-content {spaces}><office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def as_epub(found):
    return zipped(
        **{"META-INF__container_xml": '<container><rootfile full-path="p.opf"/></container>'},
        p_opf='<package><item id="a" href="a.xhtml"/><spine><itemref idref="a"/></spine></package>',
        a_xhtml=f"<html><body>{page(found).partition('<body>')[2]}",
    )


def as_pdf(found):
    """Every block on lines of its own, with a running head and foot on each of two pages."""
    kids, objects = [], []
    for number, half in enumerate((found[: len(found) // 2], found[len(found) // 2 :]), 1):
        lines = [(800, f"Rheinischer Bote 4. Mai 2026 Seite {number}")]
        lines += [(740 - 40 * n, plain(b)) for n, b in enumerate(half)]
        show = "".join(f"BT /F 10 Tf 50 {y} Td ({re.sub(r'([()])', r'', text)}) Tj ET\n" for y, text in lines)
        data = show.encode("cp1252")
        kids.append(f"{4 + 2 * number} 0 R")
        box = "/MediaBox [0 0 900 842] /Resources << /Font << /F 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {5 + 2 * number} 0 R >>".encode())
        objects.append(b"<< /Length %d >> stream\n%s\nendstream" % (len(data), data))
    head = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count 2 /Kids [{' '.join(kids)}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"null",
        b"null",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, body in enumerate([*head, *objects], 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = "".join(f"{at:010d} 00000 n \n" for at in places)
    tail = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(places) + 1} /Root 1 0 R >>\n"
    return out + f"{tail}startxref\n{len(out)}\n%%EOF".encode()


ALL = "p h2 li row caption"
FORMATS = {
    ".txt": (as_txt, blocks("p", raised=False)),
    ".md": (as_md, blocks("p h2 li code caption ol", raised=False)),
    ".html": (as_html, blocks(f"{ALL} code nav aside")),
    ".rss": (as_feed, blocks(ALL)),
    ".json": (as_json, blocks(ALL)),
    ".csv": (as_csv, blocks(ALL)),
    ".eml": (as_mail, blocks(ALL)),
    ".srt": (as_srt, blocks("p", raised=False)),
    ".docx": (as_docx, blocks("p h2 row")),
    ".odt": (as_odt, blocks("p h2 row")),
    ".epub": (as_epub, blocks(ALL)),
    ".pdf": (as_pdf, blocks("p", raised=False)),
}


def runs(*texts: str) -> Counter:
    return Counter(run.translate(LEVEL) for text in texts for run in RUN.findall(text))


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_number_of_a_document_is_in_the_article_or_left_out(suffix):
    render, drawn = FORMATS[suffix]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def check(found):
        shown = runs(*(p.text for b in found for p in b.pieces))
        if suffix in (".json", ".csv"):
            shown += runs(plain(found[0]))  # its lead is there twice
        if suffix == ".md":
            shown += Counter({"13": sum(b.kind == "ol" for b in found), "9": sum(b.kind == "caption" for b in found)})
        if suffix == ".pdf":
            shown += runs("4 2026 1", "4 2026 2")
        drafts = list(document_reader(suffix)(render(found)))
        if suffix == ".epub" and not drafts:
            return  # so few letters are a cover
        [draft] = drafts
        account = seen.reading(draft.seen, draft.title, draft.paragraphs)
        handed = runs(*draft.paragraphs) + (runs(draft.title) if counted(draft, found) else Counter())
        assert account.formed == account.lost == ()
        assert handed + runs(*(one.text for one in account.left_out)) == shown

    check()


def counted(draft, found) -> bool:
    """Whether the title is one of the blocks, and no data about them."""
    shown = sum(draft.title.split() == plain(b).split() for b in found)
    return bool(draft.title) and shown > list(draft.paragraphs).count(draft.title)


@pytest.mark.parametrize("last", ["0", "10"])
def test_a_title_that_is_a_paragraph_as_well_stands_once_in_the_text(last):
    aside, heading = (Block(kind, tuple(map(Piece, f"{name} Pegel Pegel {last}".split())))
                      for kind, name in (("aside", "Meldungb"), ("h2", "Meldungc")))  # fmt: skip
    [draft] = document_reader(".html")(as_html([Block("row", (Piece("Meldunga"), Piece("Pegel"))), aside, heading]))
    account = seen.reading(draft.seen, draft.title, draft.paragraphs)
    assert [one.text for one in account.left_out] == [plain(aside)] and account.lost == account.formed == ()


def test_every_reader_is_held_to_it():
    same = {".text", ".markdown", ".htm", ".xhtml", ".atom", ".xml", ".mbox", ".mhtml", ".mht", ".vtt", ".tsv"}
    assert {*DOCUMENTS, *BINARY} == {*FORMATS, *same}, "a reader that no document is drawn for"


TEXT = blocks("p", raised=False).map(lambda found: [plain(b) for b in found])


@given(TEXT, st.data())
def test_a_paragraph_that_is_not_handed_over_is_named_whole(shown, data):
    gone = data.draw(st.integers(0, len(shown) - 1))
    kept = [text for n, text in enumerate(shown) if n != gone]
    account = seen.reading([Seen(text) for text in shown], "", kept)
    assert [one.text for one in account.left_out] == [shown[gone]]
    assert account.left_out[0].reason is Reason.OTHER and account.lost == account.formed == ()
    assert account.missing == account.left_out[0].letters / sum(map(letters, shown))


@given(TEXT, st.data())
def test_order_is_nothing_that_is_lost(shown, data):
    assert seen.reading([Seen(text) for text in shown], "", data.draw(st.permutations(shown))).left_out == ()


@given(TEXT, st.data(), st.integers(100_000, 999_999).map(str))
def test_a_number_that_vanishes_grows_or_changes_is_a_doubt(shown, data, number):
    at = data.draw(st.integers(0, len(shown) - 1))
    words = shown[at].split()
    place = data.draw(st.integers(0, len(words)))
    whole = [*shown[:at], " ".join([*words[:place], number, *words[place:]]), *shown[at + 1 :]]
    account = partial(seen.reading, [Seen(text) for text in whole], "")
    assert account(whole).lost == account(whole).formed == ()
    if letters(shown[at]) > seen.GRAM * 2:
        assert account(shown).lost == (number,)
    grown = [text.replace(number, number + "3") for text in whole]
    assert number + "3" in account(grown).formed and account(grown).in_doubt
    glued = [*shown[:at], " ".join([*words[:place], number + "".join(words[place:])]), *shown[at + 1 :]]
    followed = place < len(words) and words[place][0].isdigit()
    assert bool(account(glued).formed) >= followed


def letters(text: str) -> int:
    return sum(map(str.isalnum, text.casefold()))


@given(TEXT, st.data())
def test_a_word_with_bytes_that_no_encoding_fits_is_left_out_by_name(shown, data):
    at = data.draw(st.integers(0, len(shown) - 1))
    place = data.draw(st.integers(0, len(shown[at])))
    broken = [*shown[:at], f"{shown[at][:place]}\ufffd{shown[at][place:]}", *shown[at + 1 :]]
    account = seen.reading([Seen(text) for text in broken], "", broken)
    [one] = account.left_out
    assert "\ufffd" in one.text and (one.reason, one.letters) == (Reason.OTHER, 1)
    assert account.letters == seen.reading([Seen(text) for text in shown], "", shown).letters
    assert account.lost == account.formed == ()


@given(
    st.lists(st.sampled_from(["&#8364;", "&#x20AC;", "&euro;", "<h1>", "a", "5"]), min_size=1, max_size=6), st.data()
)
def test_code_in_markdown_is_seen_as_it_is(parts, data):
    code = "".join(parts)
    shape = data.draw(
        st.sampled_from(
            ["Ein `{}` Text.", "Ein ``{} `` Text", "```html\n{}\n\n{}\n```", "~~~\n{}", "    {}", "> ```\n> {}\n> ```"]
        )
    )
    text = f"Der Anfang &#8364; 7.\n\n{shape.replace('{}', code)}\n\n* Das `{code}`\n  Ende."
    [draft] = document_reader(".md")(text.encode())
    account = seen.reading(draft.seen, draft.title, draft.paragraphs)
    assert account.lost == account.formed == () and not account.missing
    assert any(code in p for p in draft.paragraphs)


@given(TEXT, st.data())
def test_blocks_without_letters_are_nothing_that_is_lost(shown, data):
    rules = data.draw(st.lists(st.sampled_from(["***", "", "—", "\u200b"]), min_size=1, max_size=3))
    blocks = data.draw(st.permutations([*shown, *rules]))
    account = seen.reading([Seen(text) for text in blocks], shown[0], shown[1:])
    assert account.left_out == account.lost == account.formed == ()


def test_what_only_a_terminal_reads_is_left_out_by_name():
    [draft] = document_reader(".txt")(b"Der \x1b[31mPegel\x1b[0m stieg auf 7 Meter.\x1b]0;Titel\x07")
    account = seen.reading(draft.seen, draft.title, draft.paragraphs)
    assert draft.paragraphs == ["Der Pegel stieg auf 7 Meter."] and not account.in_doubt
    assert [(one.reason, one.letters) for one in account.left_out] == [(Reason.MARKUP, 3 + 2 + 6)]


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<p>{}</p><nav><a href=x>Start</a></nav>", [(Reason.NAVIGATION, "Start")]),
        ("<article><p>{}</p></article><footer>Impressum</footer>", [(Reason.BOILERPLATE, "Impressum")]),
        ("<article><p>{} Im Jahr 2019<sup>3</sup> auch.</p></article>", [(Reason.NOTE, "³")]),
    ],
)
def test_a_page_gives_the_reason(markup, left):
    body = "Die Stadt hat am Dienstag die Brücke über den Fluss für Lastwagen gesperrt, weil Prüfer Risse fanden. " * 3
    [draft] = document_reader(".html")(f"<html><body>{markup.format(body)}</body></html>".encode())
    account = seen.reading(draft.seen, draft.title, draft.paragraphs)
    assert [(one.reason, one.text) for one in account.left_out] == left and account.missing == 0


@pytest.mark.parametrize("order", ["same", "mixed", "gone"])
def test_it_takes_linear_time(order):
    """Whether it is there, elsewhere or missing."""
    draw = Random(1)
    words = ["".join(draw.choices("abcdefghijklmnoprstu", k=draw.randint(2, 11))) for _ in range(3000)]

    def read(many: int) -> None:
        shown = [f"{' '.join(draw.choices(words, k=50))} {n}" for n in range(many)]
        handed = {"same": shown[:-1], "mixed": draw.sample(shown, many), "gone": shown[:5]}[order]
        seen.reading([Seen(text) for text in shown], "", handed)

    assert is_linear(read, 8000)
