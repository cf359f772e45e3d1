"""The suite of speed measures what it says: turns, memory, samples, and texts made to any size."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from jinja2 import nodes

from benchmarks import checks as measured
from benchmarks import pages
from benchmarks.timing import measure, plot, texts
from summarize import checks, chunk

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
    (docs := tmp_path / "docs").mkdir()
    command = [sys.executable, ROOT / "benchmarks" / "speed.py", "--render", "--out", docs / "performance.md"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert sorted(made.name for made in docs.iterdir()) == ["performance.md", "performance.svg"]
    for made in docs.iterdir():
        assert made.read_text(encoding="utf-8") == (ROOT / "docs" / made.name).read_text(encoding="utf-8")


def said(found: nodes.Node | list[nodes.Node], macros: dict[str, str]) -> str:
    """A regular expression of all that a part of a template can render, whatever the figures are."""
    match found:
        case list():
            return "".join(said(node, macros) for node in found)
        case nodes.TemplateData():
            return re.escape(found.data)
        case nodes.Output():
            return said(found.nodes, macros)
        case nodes.Macro():
            macros[found.name] = said(found.body, macros)
            return ""
        case nodes.Call() if isinstance(found.node, nodes.Name) and found.node.name in macros:
            return macros[found.node.name]
        case nodes.Assign():
            return ""
        case nodes.If():
            return f"(?:{said(found.body, macros)}|{said(found.else_, macros)})"
        case nodes.For() if "\n" in (body := said(found.body, macros)):
            return f"(?:(?:{body})++|{said(found.else_, macros)})"
        case nodes.Filter(name="to"):
            return r"[^\n]+?"
        case nodes.Filter(name="cells"):
            return r"\| [^\n]+ \|"
    return r"[^\n]*?"


@pytest.mark.parametrize("name", sorted(path.stem for path in pages.TEMPLATES.iterdir()))
def test_a_page_says_what_its_template_says_and_nothing_else(name):
    """So that a word changed in one is changed in the other, though it takes hours to measure the figures again."""
    text = (pages.TEMPLATES / f"{name}.md").read_text(encoding="utf-8")
    pattern = said(pages.environment().parse(text).body, {})
    if mark := re.search("<!-- .+ -->", text):
        (page,) = (p for p in (ROOT / "docs").glob("*.md") if mark[0] in p.read_text(encoding="utf-8"))
        assert len(re.findall(pattern, page.read_text(encoding="utf-8"))) == 1
    else:
        assert re.fullmatch(pattern, (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"))


def test_a_folder_without_what_is_measured_makes_no_page_of_zeros(tmp_path):
    with pytest.raises(SystemExit, match="right folder"):
        pages.files(tmp_path, "*.txt")
    (tmp_path / "a.txt").touch()
    assert pages.files(tmp_path, "*.txt") == [tmp_path / "a.txt"]


def test_the_price_of_the_checks_is_that_of_asking_them(monkeypatch):
    asked = []
    monkeypatch.setitem(checks.CHECKS, "empty", lambda source, output: asked.append(output.text) or False)
    pairs = [("Das ist gut.", "That is good."), ("Er kam.", "He came.")]
    measured.microseconds(pairs)
    assert len(asked) == len(pairs) * measured.REPEATS, "an answer that is remembered costs nothing"


def test_a_text_in_marks_goes_between_the_marks_of_a_page(tmp_path):
    page = tmp_path / "page.md"
    for n in range(3):
        pages.put(page, f"<!-- a -->\n\n{n}\n\n<!-- /a -->\n")
        assert page.read_text() == f"<!-- a -->\n\n{n}\n\n<!-- /a -->\n"
    page.write_text("By hand.\n\n<!-- a -->\nold\n<!-- /a -->\n\nBy hand, too.\n")
    pages.put(page, "<!-- a -->\nnew\n<!-- /a -->\n")
    assert page.read_text() == "By hand.\n\n<!-- a -->\nnew\n<!-- /a -->\n\nBy hand, too.\n"
    pages.put(page, "the whole\n")
    assert page.read_text() == "the whole\n"


def test_figures_are_kept_and_make_the_page_without_measuring(tmp_path, monkeypatch, capsys):
    kept, out = tmp_path / "kept.json", tmp_path / "confidence.md"
    figures = {"model": "m", "set": "s", "n": 3, "alone": 0.7, "flags": 0.5, "both": 0.6, "length": None, "levels": []}
    run = lambda measure, *words: (
        monkeypatch.setattr(sys, "argv", ["x", *map(str, words)]),
        pages.command("", "confidence", measure, "eval!"),
    )
    run(lambda asked: {**figures, "set": asked.eval.name}, "--eval", "in/set", "--figures", kept)
    run(lambda asked: pytest.fail("measured"), "--figures", kept, "--render", "--out", out)
    assert "3 sentences of set, translated by `m`" in out.read_text() and "| – |" in out.read_text()
    with pytest.raises(SystemExit):
        run(lambda asked: figures)
    assert "needed: --eval" in capsys.readouterr().err
