"""What a browser shows of a page, and what it hides; pages of any size."""

from __future__ import annotations

import html
from random import Random

import pytest
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from summarize.articles import seen, webpage
from summarize.articles.formats import document_reader

BODY = "Die Stadt hat am Dienstag die Brücke über den Fluss für Lastwagen gesperrt, weil Prüfer 4711 Risse fanden. " * 3
TEXT = st.text("abcdeÄßx 0123456789.", min_size=1, max_size=60).filter(lambda s: any(map(str.isalnum, s)))
HIDING = st.sampled_from(
    [
        *("hidden", 'hidden="until-found"', 'style="display:none"', "style=visibility:hidden"),
        "style='color: red; DISPLAY : none'",
    ]
)


def read(body: str):
    [draft] = document_reader(".html")(f"<html><head><title>T</title></head><body>{body}</body></html>".encode())
    return draft, seen.reading(draft.seen, draft.title, draft.paragraphs)


@settings(deadline=None)
@given(st.sampled_from(["p", "div", "span", "section", "li"]), HIDING, TEXT, st.booleans())
def test_what_an_attribute_hides_is_neither_read_nor_missed(tag, hiding, secret, inside):
    secret = f"<{tag} {hiding}>Geheim <b>77{html.escape(secret)}</b></{tag}>"
    draft, account = read(f"<article><p>{BODY}{secret * inside} Ende.</p>{secret * (not inside)}</article>")
    assert " ".join(draft.paragraphs) == f"{BODY}Ende." and not account.left_out
    assert account.lost == account.formed == ()


@settings(deadline=None)
@given(st.sampled_from(["noscript", "template"]), st.integers(10, 10**6).map(str), st.booleans())
def test_text_for_browsers_without_scripts_is_no_doubt_whether_it_is_taken_or_not(tag, number, alone):
    spare = f"<{tag}><p>{BODY} Und {number} Euro.</p></{tag}>"
    for body in (
        spare,
        f"<article>{spare}</article>",
        f"<p>Kurz.</p>{spare}",
        f"<article><p>{BODY}</p>{spare}</article>",
    ):
        _, account = read(body)
        assert account.lost == account.formed == ()


@given(TEXT)
def test_a_page_that_hides_more_than_it_shows_is_shown_by_scripts(text):
    draft, _ = read(f"<p>Lädt</p><div hidden><article><p>{BODY}</p><p>{html.escape(text)}</p></article></div>")
    assert " ".join(BODY.split()) in draft.paragraphs


def test_what_is_hidden_from_reading_aloud_is_seen():
    draft, account = read(
        f"<article><p>{BODY}</p></article><p aria-hidden=true>Danach 5 Stunden Stau auf der Straße</p>"
    )
    assert "5" in " ".join((*draft.paragraphs, *(one.text for one in account.left_out)))


@given(st.lists(st.text("ab", max_size=4), max_size=20), st.text("ab", max_size=60))
def test_pieces_are_found_wherever_they_stand(pieces, whole):
    text = webpage._Text(whole)
    assert [text.has(piece) for piece in pieces] == [piece in whole for piece in pieces]


SHAPES = {
    "article": ("<article>{}</article>", "<p>{} {}</p>"),
    "labels": ("<article>{}</article>", "<div>{} {}</div><p>{} {}</p>"),
    "lists": ("<article><ol start=5>{}</ol></article>", "<li>{} {}"),
    "articles": ("{}", "<article><h2>{1}</h2><p>{0}</p></article>"),
    "hidden": ("<article>{}</article>", "<p>{} {} <span hidden>{}</span></p>"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_is_read_in_linear_time(shape):
    """Whatever stands in it."""
    draw = Random(1)
    words = ["".join(draw.choices("abcdefghijklmnoprstu", k=draw.randint(2, 11))) for _ in range(3000)]
    around, block = SHAPES[shape]

    def read(many: int) -> None:
        blocks = (block.format(" ".join(draw.choices(words, k=60)), n, words[n % 3000], n) for n in range(many))
        page = f"<html><body>{around.format(''.join(blocks))}</body></html>"
        text = webpage.visible.read(page)
        webpage._completed(webpage.Draft([b.text for b in text.blocks], ()), text)
        for draft in webpage.parse(page.encode()) if many < 1000 else ():
            assert len(draft.paragraphs) >= many

    assert is_linear(read, 16000)
