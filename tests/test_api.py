"""The Python API, on the shipped model."""

from __future__ import annotations

import pytest
import tiny_models
from conftest import ROOT

import summarize
from summarize import config

GERMAN = "Ich habe gestern ein Buch gekauft. Der Hund schläft.\n\nDas Haus ist alt."
ENGLISH = " ".join(f"Sentence number {i} tells of the new bridge over the river in town {i}." for i in range(1, 12))


@pytest.fixture(autouse=True)
def own_cache(cache, monkeypatch):
    monkeypatch.setenv("SUMMARIZE_CACHE", str(cache))


def test_translate_keeps_order_paragraphs_and_originals():
    first, second = summarize.translate([GERMAN, "Der Hund schläft."], language="de")
    assert [s.source for s in first.sentences] == [
        "Ich habe gestern ein Buch gekauft.",
        "Der Hund schläft.",
        "Das Haus ist alt.",
    ]
    assert first.text.count("\n\n") == 1 and "book" in first.text
    assert second.text == first.sentences[1].target


def test_translate_of_nothing_and_of_english():
    empty, english = summarize.translate(["", ENGLISH])
    assert empty.text == "" and empty.sentences == ()
    assert english.text == ENGLISH and {s.status for s in english.sentences} == {summarize.Status.COPIED}


def test_translate_without_a_model_raises_with_the_next_step():
    french = "Le président de la République a reçu la chancelière allemande lundi soir à Paris pour un long entretien."
    with pytest.raises(summarize.SummarizeError) as caught:
        summarize.translate([french])
    assert "models pull" in caught.value.hint


def test_summarize_english_text():
    (summary,) = summarize.summarize([ENGLISH], kind="headline")
    assert len(summary.claims) == 1 and summary.claims[0].text in ENGLISH and summary.claims[0].evidence


def test_what_a_draft_or_a_model_in_doubt_had_a_hand_in_says_so(tmp_path):
    german, english = summarize.summarize([GERMAN, ENGLISH])
    assert isinstance(german, summarize.Summary) and german.claims
    assert (german.draft, german.unproven) == (True, False), "the shipped model is a draft"
    assert (english.draft, english.unproven) == (False, False), "and had no hand in this"
    assert [(t.draft, t.unproven) for t in summarize.translate([GERMAN, ENGLISH])] == [(True, False), (False, False)]
    random = tiny_models.make("marian", tmp_path).path
    how = {"language": "de", "engine": "ct2", "mt": f"de={random}", "fallback": "de=de-en"}
    (doubted,) = summarize.summarize([GERMAN], **how)
    assert (doubted.draft, doubted.unproven) == (True, True)
    (doubted,) = summarize.translate([GERMAN], **how)
    assert (doubted.draft, doubted.unproven) == (True, True)


def test_run_reports_and_calls_back(tmp_path):
    events, items = [], []
    report = summarize.run([str(ROOT / "seeds")], out=str(tmp_path / "out"), on_event=events.append)
    assert report.exit_code == 0 and len(report.results) == 1 and not report.failures
    assert (events[-1].stage, events[-1].done) == ("articles", 1)
    again = summarize.run([str(ROOT / "seeds")], out=str(tmp_path / "out"), on_item=items.append)
    assert items == report.results and again.results == [] and again.totals.unchanged == 1


def test_a_setting_is_named_by_what_it_takes():
    for ask in (summarize.translate, summarize.summarize, summarize.run):
        with pytest.raises(summarize.SummarizeError, match="no setting 'model'") as caught:
            ask(["Guten Morgen."], model="de-en")
        assert caught.value.hint == "did you mean mt or fallback or summarizer?"


def test_the_settings_are_documented_with_their_types():
    for function in (summarize.translate, summarize.summarize, summarize.run, summarize.settings):
        for field in config.FIELDS.values():
            assert f"{field.name}: {field.type} = " in function.__doc__, function.__name__


def test_an_unknown_setting_is_an_error():
    with pytest.raises(summarize.SummarizeError, match="kinds"):
        summarize.translate(["Ja."], kinds="short")


def test_everything_exported_exists():
    assert all(getattr(summarize, name) is not None for name in summarize.__all__)
    with pytest.raises(AttributeError):
        summarize.nothing  # noqa: B018
