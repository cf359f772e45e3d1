"""Whole files of the kinds that once lost or tore text: what of each must be read, in this order, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from summarize.articles import read
from summarize.languages.detection import detect_paragraphs
from summarize.types import Article

FILES = Path(__file__).parent / "data" / "reading"

# name: texts that must follow one another, texts that must not be there
CASES = {
    "01-latin1-mojibake.txt": (
        ["große Brücke", "„Wir hatten keine andere Wahl", "gerissen“, sagte", "„Das Land zahlt die Hälfte“"],
        ["Ã", "â"],
    ),
    "04-superscripts.html": (
        ["Im Jahr 2019", "10⁶ Tonnen", "bei 51,3", "400"],
        ["20193", "106 ", "51,31", "4002"],
    ),
    "05-liveblog.html": (
        [
            *("Stadtverwaltung", "21.14 Uhr", "Pegel steigt weiter", "20.02 Uhr", "Schulen bleiben", "18.30 Uhr"),
            *("Zwei Menschen vermisst", "17.05 Uhr", "Krisenstab tagt", "16.40 Uhr", "Züge fahren öfter"),
        ],
        [],
    ),
    "06-hyphenated-wrap.txt": (
        [
            "Lastwagen",
            "beschädigt",
            "Bus- und Schulverkehr",
            "Nord- und Südseite",
            "SPD-Fraktion",
            "Baden-Württemberger",
        ],
        ["Last-", "be-", "SPD- "],
    ),
    "08-wide-wrap.txt": (["Die Stadtverwaltung", "Lastwagen gesperrt. Nach Angaben", "Unterlagen stützt."], []),
    "10-wire-with-header.txt": (["Brücke bleibt gesperrt\n", "\nKöln (dpa)", "gesperrt. Nach Angaben"], []),
    "12-capitals.txt": (["STURM LEGT", "GROẞE STRAẞE GESPERRT"], ["\ufffd"]),
    "20-dos-codepage.txt": (["Brücke gesperrt", "größere Fahrzeuge", "nötig", "Özlem Krüger"], ["\ufffd"]),
    "21-inline-quote.html": (["Sie sagte: „Das reicht nicht aus.“ Danach ging sie in die „Villa“ zurück."], []),
    "23-layout-table.html": (["Die Stadtverwaltung", "6,50 Metern", "Die Umleitung", "Der Gemeinderat"], ["|"]),
    "32-two-articles.html": (["Die Stadtverwaltung", "Zweiter Artikel\n", "Die Umleitung"], []),
}
PARAGRAPHS = {
    "03-ordinal-paragraphs.md": (
        "13. August 1961: In Berlin beginnt der Bau der Mauer.",
        "9. November 1989: Die Grenze wird geöffnet.",
        "3. Oktober 1990: Die beiden Staaten vereinigen sich.",
        "1. FC Neustadt steigt am selben Tag ab.",
        "2. Bundesliga bleibt bei 18 Vereinen.",
        "1990. Dieses Jahr vergisst niemand.",
    ),
    "09-list-of-headlines.txt": (
        "Bundestag beschließt das Rentenpaket nach langer Debatte im Plenum",
        "Bayern gewinnt das Topspiel gegen Dortmund mit drei Toren Abstand",
        "Erdbeben erschüttert die Küste vor Chile, keine Tsunamiwarnung",
        "Bahn streicht an Ostern viele Züge zwischen Hamburg und Bremen",
        "Kanzlerin a. D. stellt ihre Memoiren in Leipzig vor Publikum vor",
    ),
    "11-gender-star.md": (
        "Am Dienstag demonstrierten Lehrer*innen und Erzieher*innen vor dem Senat. Jede*r Zweite trug ein Plakat. "
        "Die Rechnung lautet 5*3*2 Euro je Kind.",
    ),
    "24-md-structure.md": (
        "Der Pegel stieg am Dienstag auf 6,50 Meter. Die Stadt rät zur Vorsicht.",
        "Ort Pegel",
        "Köln 8,10 m",
        "Bonn 7,90 m",
        'print("Nicht übersetzen")',
        "Die Messung stammt vom Landesamt und gilt bis Freitag.",
    ),
}


def articles(name: str) -> list[Article]:
    found = list(read([str(FILES / name)]))
    assert found and all(isinstance(item, Article) for item in found), found
    return found


@pytest.mark.parametrize(("name", "paragraphs"), [("08-wide-wrap.txt", 1), ("10-wire-with-header.txt", 17)])
def test_no_paragraph_is_torn(name, paragraphs):
    [article] = articles(name)
    assert sum("Stadtverwaltung" in p and "beschädigt" in p for p in article.paragraphs) == 1
    assert len(article.paragraphs) == paragraphs


@pytest.mark.parametrize("name", CASES)
def test_text_is_there_in_order(name):
    [article] = articles(name)
    text = "\n".join((article.title, *article.paragraphs))
    there, absent = CASES[name]
    at = 0
    for part in there:
        assert part in text[at:], (part, text)
        at = text.index(part, at) + len(part)
    assert not [part for part in absent if part in text], text


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_paragraphs(name):
    [article] = articles(name)
    assert tuple(article.paragraphs) == PARAGRAPHS[name]


def test_front_matter_and_code():
    [article] = articles("24-md-structure.md")
    assert (article.title, article.date) == ("Hochwasser", "2026-02-03")
    assert 'print("Nicht übersetzen")' in article.code


def test_entities_and_tags_in_json():
    found = articles("18-json-markup.jsonl")
    assert [a.title for a in found] == ["Brücke gesperrt – „Risse“", *["Brücke gesperrt"] * 3]
    text = "\n".join(p for a in found for p in a.paragraphs)
    assert "größere Fahrzeuge. Das kostet 5" in text and "Millionen €." in text
    assert not {"<", ">", "&"} & set(text)
    assert found[2].paragraphs == found[3].paragraphs


def test_a_language_tag_that_the_text_contradicts_does_not_win():
    [article] = articles("28-wrong-language-tag.jsonl")
    assert article.language == "en"
    assert set(detect_paragraphs(article.title, article.paragraphs, hint=article.language)) == {"de"}
