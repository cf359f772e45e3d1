"""Segmentation loses no character, and knows German."""

from __future__ import annotations

from itertools import pairwise

import pytest
from growth import is_linear
from hypothesis import example, given, settings
from hypothesis import strategies as st

from summarize.chunk import END, WINDOW, Span, _segment, divide, join, pack, sentences, split

# Arbitrary Unicode, lone surrogates and all kinds of white space included, and text that looks like sentences.
UNICODE = st.text(st.characters(exclude_categories=()))
TOKENS = ["Er", "kam", "Dr", "FC", "Köln", "19", "http://a.de/b.c", "👩\u200d🚒", *"zB1...!?…,;:-–„“»«‚‘()[]\"'’。"]
SPACES = [*" " * 9, "  ", "\n", "\t", "\u00a0", "\u2003", "\u2028", "\x85", "\x1c"]
ODD = ["\u200b", "\ufeff", "e\u0301", "\u0301", "\U0001f3fd", "\x00"]
PROSE = st.lists(st.sampled_from([*TOKENS, *SPACES, *ODD]), max_size=60).map("".join)
TEXT = st.one_of(UNICODE, PROSE)
LANGUAGE = st.sampled_from(["de", "en", "fr", "ja", "und", ""])


def lossless(spans: list[Span], text: str) -> bool:
    bare = all(s.text == s.text.strip() and not s.separator.strip() for s in spans)
    return bare and all(s.text for s in spans[1:]) and join(spans) == text


@given(TEXT, LANGUAGE)
@example("A\u2003.", "de")
@example("z.\u00a0B\u00a0.", "fr")
@settings(max_examples=400, deadline=None)
def test_sentences_are_lossless(text, language):
    assert lossless(sentences(text, language), text)


@given(TEXT, st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_split_is_lossless_and_fits(text, limit):
    pieces = split(text, lambda t: len(t) <= limit)
    assert lossless(pieces, text)
    assert all(len(piece.text) <= limit for piece in pieces)


@given(st.lists(TEXT, max_size=8), st.integers(1, 40))
@settings(max_examples=300, deadline=None)
def test_packed_chunks_fit_are_maximal_and_lossless(texts, limit):
    spans = [Span(text.strip(), " ") for text in texts]
    chunks = pack(spans, lambda t: len(t) <= limit)
    assert join(span for chunk in chunks for span in chunk) == join(spans)
    assert all(chunk and len(join(chunk).strip()) <= limit for chunk in chunks)
    for chunk, following in pairwise(chunks):
        assert len(join([*chunk, following[0]]).strip()) > limit


# A bar marks where a sentence ends.
GERMAN = [
    "Der 1. FC Köln verlor. | Der 2. Weltkrieg endete 1945. | Es war am 3. März kalt.",
    "DER 1. FC KÖLN VERLOR.",
    "Im 19. Jahrhundert war das so. | Volleyball: 3. Liga Frauen.",
    "In der 43. Minute traf er. | Er landete an der 17. Stelle.",
    "Das sagte er am 5. | Dann kam sie.",
    "Der Schüler kam auf Platz 2. | Die anderen folgten.",
    "Es staut sich auf der Autobahn 52. | Von dort geht es weiter.",
    "1. Das ist der erste Punkt.",
    "Die Sitzung am 7.10. (Mittwoch) um 15 Uhr fällt aus. | Die stv. Vorsitzende Anna Berg sagte ab.",
    "Der Termin ist am 7.10. | Die Stadt lädt ein. | Am 3.4. und 5.6. spielen sie.",
    "Der österr. Kanzler und der dt. Botschafter kamen. | Bgm. Huber und Hptm. Krause fehlten.",
    "Das Museum ist Mo. bis Sa. geöffnet, So. Ruhetag. | Der Bischof der röm.-kath. Kirche kam.",
    "Gem. Art. 5 gilt das für alle. | Rund 5 Mill. Menschen sahen zu.",
    "Papst Johannes Paul II. starb 2005. | Am 24.12.2023 war es.",
    "Am 12.2. und am 13.2. spielten sie. | Dann war Schluss.",
    "Das kostet ca. 5 Euro bzw. mehr, z. B. hier, d. h. dort. | Danach ging er.",
    "Er ist u. a. in Köln, z.\u00a0B. am Dom. | Dort wohnt er.",
    "Er kaufte Äpfel, Birnen usw. | Danach ging er. | Er kaufte Äpfel usw. ein.",
    "Dr. Müller und Prof. Dr. h. c. Meier kamen. | Dipl.-Ing. Schmidt auch.",
    "Siehe Nr. 5 und Abs. 3 S. 2. | Das war's.",
    "Die Abt. Forschung zahlt inkl. Versand. | Die Fa. Meyer GmbH & Co. KG liefert.",
    "Die St. Pauli Fans jubelten. | Sie kennen J. R. R. Tolkien.",
    "Das Spiel beginnt um 19.30 Uhr. | Es kostet 1.234,56 Euro.",
    "Mail an max.muster@example.de oder www.example.de/a.b.html. | Danke.",
    "Mehr steht auf http://www.example.de/a.b?c=1.2. | Das war alles.",
    "„Das ist gut“, sagte er. | „Ja.“ | Er ging. | „Wirklich? Nein!“, rief sie.",
    "»Das ist gut.« | Er ging. | »Wirklich? Nein!«, rief sie. | Er sagte: »Ja.«. | Dann ging er.",
    '"Das ist gut." | Er ging. | "Wirklich?" fragte sie. | "Nein!", rief er.',
    '„Wir kommen." | „Gut", sagte sie. | ‚Ja.‘ | Er ging.',
    '"Ich hätte mich gefreut, wenn Özil weiter gespielt hätte. | Ich bin auch davon ausgegangen", sagte Grindel.',
    'Alle kamen zum Fest. | " D ein Lied" ist der Titel.',
    '"Warum sind sie zum Protestieren hierher gekommen? ", fragte der Demonstrant Manel Perez.',
    "Er kam gestern (und ging wieder.) | Dann war Ruhe.",
    "Ist das so?! | Ja... | Doch.",
    "Das gilt.[1] | Er ging.",
]
ENGLISH = [
    "Mr. Smith met Ms. Miller. | He paid $3.50 to Dr. Jones at 5 p.m. on Jan. 5.",
    '"It is good." | He left. | “It is good.” | He left.',
    "The U.S. Government said no. | Apple Inc. said so. | J. K. Rowling wrote it.",
    "The U.S. is big. | It covers 3.8 million square miles.",
]
FRENCH = [
    "M. Dupont est venu. | Mme. Curie et le Dr. Martin aussi.",
    "« Bonjour. » | Il partit. | « Vraiment ? » demanda-t-il.",
    "L'art. 5 du code est clair. | J. Chirac a dit oui.",
]


@pytest.mark.parametrize("marked", GERMAN)
def test_german(marked):
    assert _cut(marked, "de") == marked


@pytest.mark.parametrize("marked", ENGLISH)
def test_english(marked):
    assert _cut(marked, "en") == marked


@pytest.mark.parametrize("marked", FRENCH)
def test_french(marked):
    assert _cut(marked, "fr") == marked


def _cut(marked: str, language: str) -> str:
    return " | ".join(span.text for span in sentences(marked.replace(" | ", " "), language))


def test_white_space_is_data():
    assert sentences(" \n Ja.\u2003 Nein.\t", "de") == [Span("", " \n "), Span("Ja.", "\u2003 "), Span("Nein.", "\t")]
    assert sentences("", "de") == []
    assert sentences(" ", "de") == [Span("", " ")]


def test_text_on_which_sentencex_panics_stays_whole():
    assert list(_segment("Plan A\u2003. Ende.", "de")) == [len("Plan A\u2003. Ende.")]
    assert [s.text for s in sentences("Das war Plan A\u2003. Dann kam Plan B.", "de")][-1].endswith("Plan B.")


def test_a_line_break_is_no_sentence_end():
    assert [s.text for s in sentences("Eine Zeile\ngeht weiter. Die zweite.", "de")] == [
        "Eine Zeile\ngeht weiter.",
        "Die zweite.",
    ]


def test_a_sentence_across_the_window_is_whole():
    text = "Das ist ein Satz mit Köln. " * (WINDOW // 10)
    assert {s.text for s in sentences(text, "de")} == {"Das ist ein Satz mit Köln."}


def test_endless_text_is_cut_at_white_space():
    text = "wort " * WINDOW
    spans = sentences(text, "de")
    assert join(spans) == text
    assert all(len(s.text) <= WINDOW and s.text.startswith("wort") and s.text.endswith("wort") for s in spans)


@pytest.mark.parametrize("unit", ["a", "wort ", "„", "Das ist ein Satz. ", "der 1. FC "])
def test_time_grows_with_length_not_its_square(unit):
    sentences(unit * 10, "de")  # loads sentencex

    def cut(length: int) -> None:
        text = unit * (length // len(unit))
        assert join(sentences(text, "de")) == text

    assert is_linear(cut, 400_000)


def test_split_prefers_the_best_boundary():
    def pieces(text: str, limit: int) -> list[str]:
        return [span.text for span in split(text, lambda t: len(t) <= limit)]

    assert pieces("Er kam, sah und siegte; sie ging, blieb und verlor", 30) == [
        "Er kam, sah und siegte;",
        "sie ging, blieb und verlor",
    ]
    assert pieces("Er kam gestern an, sie ging erst heute", 22) == ["Er kam gestern an,", "sie ging erst heute"]
    assert pieces("Er kam gestern – sie ging heute weg", 22) == ["Er kam gestern", "– sie ging heute weg"]
    assert pieces("eins zwei drei vier", 10) == ["eins zwei", "drei vier"]
    assert pieces("1.234,56 und 7.890,12", 12) == ["1.234,56 und", "7.890,12"]
    assert pieces("abcdefgh", 5) == ["abcd", "efgh"]


def test_split_keeps_characters_whole():
    text = "e\u0301" * 10
    assert [s.text for s in split(text, lambda t: len(t) <= 7)] == ["e\u0301" * n for n in (3, 3, 2, 2)]
    assert [s.text for s in split("👩\u200d🚒👩\u200d🚒", lambda t: len(t) <= 4)] == ["👩\u200d🚒", "👩\u200d🚒"]


def test_split_asks_seldom():
    words = "wort " * 20_000
    asked = []
    pieces = split(words, lambda t: asked.append(len(t)) or len(t) <= 1_000)
    assert 100 <= len(pieces) <= 110
    assert len(asked) <= len(pieces) * 17  # log2 of the length
    assert sum(asked) < 40 * len(words)  # so the characters looked at grow with the text, not with its square


def test_split_is_even():
    lengths = [len(s.text) for s in split("wort " * 21, lambda t: len(t) <= 100)]
    assert len(lengths) == 2
    assert max(lengths) - min(lengths) <= 10


def test_a_character_that_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match="'ü'"):
        split("aaü", lambda t: "ü" not in t)
    with pytest.raises(ValueError, match="does not fit"):
        pack([Span("ab")], lambda t: False)


def test_pack_cuts_what_does_not_fit_by_itself():
    spans = [Span("Kurz.", " "), Span("Sehr lang, wirklich lang.", "  "), Span("Ende.")]
    chunks = pack(spans, lambda t: len(t) <= 16)
    assert [join(chunk) for chunk in chunks] == ["Kurz. Sehr lang, ", "wirklich lang.  ", "Ende."]


def test_sentences_that_are_known_are_not_looked_for():
    known = ["1. FC Altdorf remains last of the 2. Bundesliga.", "He came with Bgm. Huber."]
    text = "".join(sentence + END for sentence in known) + "\n\nThird one." + END
    assert divide(text, "en") == [*known, "Third one."]
    assert divide(f"A title. Of two\n\n{text}", "en") == ["A title. Of two", *known, "Third one."]
    assert divide("He came. She  went.\n\nThird\none.", "en") == ["He came.", "She went.", "Third one."]
