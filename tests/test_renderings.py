"""Files of unchanged results: made once, checked by their bytes, made again when they are not what was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

import summarize
from summarize.keys import fingerprint
from summarize.render import bilingual, outputs
from summarize.store import records
from summarize.types import Claim, ModelNote, Outcome, Result, Sentence, Status, Summary

# What this outputs.VERSION makes of RESULT. Another digest with the same VERSION leaves old files in people's folders.
MADE = (4, "bc134ad28c05c42db878cc46d89a2a4c")
RESULT = Result(
    id="news/a",
    version="v" * 32,
    source="drop/news/a.txt",
    source_hash="sha256:00",
    title="Brücke <offen>",
    title_en="Bridge *open*",
    date="2026-02-05",
    language="de",
    sentences=(
        Sentence(0, "Brücke <offen>", "", "de", "Bridge *open*", Status.TRANSLATED),
        Sentence(1, "Sie kostete 5 Mio. Euro.", " ", "de", "It cost 5 euros.", Status.TRANSLATED, "", ("numbers?",)),
        Sentence(1, "# Nein", "", "de", "[not translated: # Nein]", Status.FAILED, "", ("copy",)),
        Sentence(2, "***", "", "de", "***", Status.COPIED),
        Sentence(3, "Am Ende.", "", "de", "In the end.", Status.REPAIRED, "n-best", ("length",)),
    ),
    summary=Summary(
        "short",
        (Claim("It cost 5 euros.", (1,), 0.9, (), ("numbers",)), Claim("Nobody paid.", (), 0.1, ("Nobody",))),
        Outcome.REPAIRED,
        "extractive",
        0.5,
        2,
    ),
    models=(ModelNote("translate:de", "de-en", "draft", "ab"), ModelNote("summarize", "central", "verbatim", "cd")),
    meta={"author": "A. B."},
)


def test_what_the_files_look_like_is_what_their_version_says(tmp_path):
    made = fingerprint("made", [outputs.markdown(RESULT), outputs.write_result(RESULT, tmp_path)])
    assert (outputs.VERSION, made) == MADE, "the files look different: raise outputs.VERSION, then put this in MADE"


@pytest.fixture
def drop(isolated):
    (isolated / "drop").mkdir()
    for name, text in {"a": "The ferry sailed at noon.", "b": "The town was asleep."}.items():
        (isolated / "drop" / f"{name}.txt").write_text(f"{text} Nobody saw it leave the harbour that day.\n")
    summarize.run(["drop"], language="en")
    return isolated


def rendered(monkeypatch) -> list[str]:
    """The ids of the results that are rendered from now on."""
    seen: list[str] = []
    markdown = outputs.markdown
    monkeypatch.setattr(outputs, "markdown", lambda result: seen.append(result.id) or markdown(result))
    return seen


def test_an_unchanged_article_is_not_rendered_again(drop, monkeypatch):
    seen = rendered(monkeypatch)
    assert summarize.run(["drop"], language="en").totals.unchanged == 2
    assert seen == []


def test_a_file_that_was_edited_or_removed_comes_back(drop, monkeypatch):
    before = {path: path.read_bytes() for path in (drop / "out").glob("?.*")}
    (drop / "out" / "a.md").write_text("mine")
    (drop / "out" / "b.json").unlink()
    seen = rendered(monkeypatch)
    summarize.run(["drop"], language="en")
    assert seen == ["a", "b"]
    assert {path: path.read_bytes() for path in (drop / "out").glob("?.*")} == before


def test_another_place_of_the_source_is_another_rendering(drop, monkeypatch):
    (drop / "drop").rename(drop / "moved")
    seen = rendered(monkeypatch)
    assert summarize.run(["moved"], language="en").totals.unchanged == 2
    assert seen == ["a", "b"] and '"moved/a.txt"' in (drop / "out" / "a.json").read_text()


def test_another_folder_is_filled_as_well(drop):
    summarize.run(["drop"], language="en", out="other")
    assert (drop / "other" / "a.md").read_bytes() == (drop / "out" / "a.md").read_bytes()


def test_checks_that_could_not_be_asked_are_told():
    """In json by language, in Markdown in words; of a language that is read nothing is told."""
    greek = replace(RESULT, sentences=tuple(replace(s, language="el") for s in RESULT.sentences))
    assert "negation" in records.result_json(greek)["unasked"]["el"] and records.result_json(RESULT)["unasked"] == {}
    assert "* not checked in Greek: number words, times" in outputs.markdown(greek)
    assert "not checked" not in outputs.markdown(RESULT)
    shown = [str(block) for block in bilingual.article(greek, parts=("summary",))]
    assert any(line.startswith("not checked in Greek: number words, times") for line in shown)
