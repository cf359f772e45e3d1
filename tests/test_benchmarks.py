"""The suite of speed measures what it says: turns, memory, samples, and texts made to any size."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from summarize import chunk

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
from timing import measure, page, plot, texts

ROOT = Path(__file__).resolve().parent.parent

GERMAN = "Es regnet seit gestern. Warum? Er sagte: „Das ist so.“"


def test_contestants_take_turns_and_one_that_fails_is_left_out():
    turns = []

    def contestant(name):
        def run(n):
            turns.append(f"{name}{n}")
            if name == "B" and n == 1:
                raise measure.ChildFailed(b"first line\nno memory left")
            return {"seconds": 1.0}

        return run

    found = measure.interleaved({"A": contestant("A"), "B": contestant("B")}, rounds=3)
    assert turns == ["A0", "B0", "A1", "B1", "A2"]
    assert len(found["A"]) == 3
    assert found["B"] == [{"seconds": 1.0}, {"error": "no memory left"}]


def test_memory_is_that_of_a_process_with_its_children():
    hold = "import time; held = bytearray(60_000_000); time.sleep(0.4)"
    parent = f"import subprocess, sys; {hold.split(';')[1]}; subprocess.run([sys.executable, '-c', {hold!r}])"
    usage = measure.timed([sys.executable, "-c", parent])
    assert usage.mb > 120
    assert usage.wall >= 0.4


def test_a_process_that_fails_is_no_measurement(capfd):
    with pytest.raises(measure.ChildFailed, match="all is wrong"):
        measure.timed([sys.executable, "-c", "import sys; print('all is wrong', file=sys.stderr); sys.exit(7)"])


def test_a_small_sample_has_the_lengths_of_the_whole():
    whole = ["x" * n for n in range(1, 1001)]
    sample = texts.spread(whole, 10)
    assert len(sample) == 10
    assert sum(map(len, sample)) / 10 == pytest.approx(500, abs=10)
    parts = texts.slices(whole, 5)
    assert sorted(t for part in parts for t in part) == sorted(whole)
    assert max(sum(map(len, part)) for part in parts) - min(sum(map(len, part)) for part in parts) == 800


def test_numbering_makes_new_sentences_of_the_same_number():
    numbered = texts.numbered(GERMAN, 7)
    assert numbered == "Es regnet seit gestern (7). Warum (7)? Er sagte: „Das ist so (7).“"
    assert len(list(chunk.sentences(numbered, "de"))) == len(list(chunk.sentences(GERMAN, "de")))


def test_references_answer_numbered_sentences_too(tmp_path):
    (tmp_path / "set.de").write_text("Es regnet.\nWarum?\n", encoding="utf-8")
    (tmp_path / "set.en").write_text("It is raining.\nWhy?\n", encoding="utf-8")
    answer = texts.References(tmp_path, "set")
    assert [answer(t) for t in ("Es regnet.", "Es regnet (12).", "Warum (3)?")] == [
        "It is raining.",
        "It is raining (12).",
        "Why (3)?",
    ]


def test_the_plot_shows_every_contestant_and_escapes_its_name():
    svg = plot.bars("a < b", [("model", [("slow & small", 0.5, False), ("ours", 80.0, True)])])
    assert svg.count("<rect") == 2
    assert "slow &amp; small" in svg and "a &lt; b" in svg


def test_the_page_is_what_the_figures_say(tmp_path):
    figures = json.loads((ROOT / "benchmarks" / "speed.json").read_text(encoding="utf-8"))
    (docs := tmp_path / "docs").mkdir()
    page.write(figures, docs / "performance.md")
    assert sorted(made.name for made in docs.iterdir()) == ["performance.md", "performance.svg"]
    for made in docs.iterdir():
        assert made.read_text(encoding="utf-8") == (ROOT / "docs" / made.name).read_text(encoding="utf-8")
