"""The article speaks for its short lines; a long paragraph may speak for itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from summarize.languages.detection import NAMES, Guess, detect, detect_paragraphs, name
from summarize.resources import PACKAGE

GERMAN = (
    "Die USA und Russland haben die Wiederaufnahme ihres seit 2021 unterbrochenen Dialogs der Militärs vereinbart.",
    "Die Gespräche waren im Herbst 2021 wegen der Spannungen zwischen Washington und Moskau auf Eis gelegt worden.",
)
FRENCH = (
    "Le gouvernement français a présenté mercredi un projet de loi sur l'énergie, que les syndicats critiquent déjà.",
    "Selon la ministre, le texte sera débattu à l'Assemblée nationale avant la fin du mois de novembre.",
)
ENGLISH = (
    "The government presented a bill on energy on Wednesday, which the unions have already criticised.",
    "According to the minister, parliament will debate it before the end of November.",
)


@pytest.mark.parametrize(("paragraphs", "language"), [(GERMAN, "de"), (FRENCH, "fr"), (ENGLISH, "en")])
def test_an_article_in_one_language(paragraphs, language):
    assert detect_paragraphs("", paragraphs) == [language, language]
    assert detect("\n".join(paragraphs)).confidence > 0.99


def test_a_french_paragraph_in_a_german_article():
    assert detect_paragraphs("Dialog der Militärs", [GERMAN[0], FRENCH[0], GERMAN[1]]) == ["de", "de", "fr", "de"]


def test_short_lines_inherit_the_articles_language():
    short = [
        "Kontinuierlicher Kontakt geplant",
        "Le Monde",
        "Angela Merkel, Emmanuel Macron",
        "Not Another Teen Movie",
        "(1:0)",
    ]
    assert detect_paragraphs("Abu Dhabi", [*GERMAN, *short]) == ["de"] * 8
    # taken alone, some of them would be something else
    assert {detect(line).language for line in short} != {"de"}


def test_names_in_a_long_line_are_not_another_language():
    line_up = "Albersloh: Spangenberg - Hecker, Adolph, Zur Mühlen - Kröger (87th minute Dia), Thale, Kortenjann"
    assert detect_paragraphs("", [*ENGLISH, line_up]) == ["en"] * 3


@pytest.mark.parametrize("headline", ["Zahl der Arbeitslosen sinkt erneut", "BUNDESTAG BESCHLIESST HAUSHALT"])
def test_a_headline_alone(headline):
    assert detect_paragraphs(headline, []) == ["de"]


def test_all_capitals():
    assert detect_paragraphs("", [p.upper() for p in FRENCH]) == ["fr", "fr"]


def test_without_letters_the_hint_decides():
    assert detect("12:30 – 14:45") == Guess("und", 0.0)
    assert detect("") == Guess("und", 0.0)
    assert detect_paragraphs("1:0", ["2021", "* * *"]) == ["und"] * 3
    assert detect_paragraphs("1:0", ["2021", "* * *"], hint="de") == ["de"] * 3


def test_too_little_to_tell_is_undetermined():
    assert detect_paragraphs("Angela Merkel", []) == ["und"]
    assert detect_paragraphs("Angela Merkel", [], hint="de") == ["de"]


def test_the_hint_does_not_hide_another_language():
    assert detect_paragraphs("Militärs", [GERMAN[0], FRENCH[0]], hint="de") == ["de", "de", "fr"]


def test_blocks_and_languages_are_as_many():
    assert detect_paragraphs("", []) == []
    assert len(detect_paragraphs("", ["", "a", "\ud800 Das ist ein Satz."])) == 3


def test_a_long_article_is_sampled_from_all_of_it():
    text = "Titel\n" + " ".join(FRENCH) * 10 + " ".join(GERMAN) * 10_000
    assert detect(text).language == "de"


def test_every_detected_language_has_a_name():
    assert name("de") == "German"
    assert name("tlh") == "tlh"
    assert all(len(code) == 2 and english[0].isupper() for code, english in NAMES.items())


def test_the_detector_is_loaded_on_first_use_only():
    code = "import summarize.languages.detection, sys; sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent).returncode == 0


def test_the_whole_text_beats_a_wrong_tag_when_it_is_clear():
    paragraphs = [
        "Die Brücke bleibt bis März zu.",
        "Das sagte Petra Lang am Montag.",
        "Ein Ersatz kostet 12 Millionen.",
    ]
    assert detect_paragraphs("Brücke gesperrt", paragraphs, "en") == ["de"] * 4
    assert detect_paragraphs("", ["OK, 12:30."], "sv") == ["sv"], "too little to tell otherwise"
    assert detect_paragraphs("", ["Die Kanzlerin reiste am Montag nach Paris zu einem Treffen."], "de") == ["de"]
