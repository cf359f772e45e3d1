"""What a terminal shows of a run: lists that break between words, the margin explained, how far it is and how sure."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from test_renderings import RESULT, listed, report_page, text_of

from summarize.job import pipeline
from summarize.render import bilingual, explain, phrases, progress, terminal
from summarize.types import Claim, Result, Summary

# -- lists on a terminal ----------------------------------------------------------------------------------------------

WORDS = st.text("abcdefgäöü-/", min_size=1, max_size=18)
PROSE = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


@settings(deadline=None)
@given(PROSE, st.lists(PROSE, max_size=4), PROSE, st.integers(20, 130), st.booleans())
def test_nothing_in_a_list_breaks_within_a_word(title, claims, id, width, brief):
    """Every word of a line is one of the text; lines are as wide as the terminal at most; a whole list has it all."""
    claims = [claim for claim in claims if claim.split() != title[:150].split()]  # the title says it
    summary = Summary("short", tuple(Claim(text) for text in claims), reason="" if claims else "no sentence")
    made = replace(RESULT, id=id.replace(" ", "")[:18], title_en=title[:150].strip() or "x", summary=summary)
    text = listed(made, brief=brief, width=width)
    known = {*listed(made, brief=False, width=10_000).split(), *listed(made, brief=True, width=10_000).split(), "…"}
    assert {word for word in text.split() if word not in known} == set()
    assert all(len(line) <= width for line in text.splitlines() if not line.startswith("DRAFT"))
    if brief:
        title, *rest = text.splitlines()[1:-1]
        assert sum(line.startswith("  ") for line in rest) == len(rest) and not title.startswith(" ")
    else:
        assert " ".join(" ".join(claims).split()) in " ".join(text.replace("•", "").split())


@given(PROSE, PROSE, st.integers(20, 130), st.sampled_from(["", "        "]))
def test_what_is_to_be_typed_stays_whole_where_there_is_room(said, typed, width, margin):
    typed = f"summarize run {typed}"
    lines = phrases.broken(f"{margin}{said}: {typed}", width).split("\n")
    assert " ".join(lines).split() == f"{said}: {typed}".split(), "between words"
    assert all(len(line) <= width or " " not in line.strip() for line in lines)
    if len(margin or "  ") + len(typed) <= width:
        assert lines[-1].endswith(typed)


def test_a_list_begins_and_ends_with_its_warning():
    for brief in (True, False):
        lines = listed(RESULT, replace(RESULT, id="b"), brief=brief).strip().splitlines()
        assert lines[0] == lines[-1] == "DRAFT MODEL: do not rely on this text"


def test_a_short_list_is_two_lines_of_summary_and_what_to_mind():
    long = replace(RESULT, summary=Summary("short", (Claim("word " * 60), Claim("No.", (), 0.1, ("No",)))))
    _, title, first, second, *facts, _ = listed(long, brief=True, width=80).splitlines()
    assert title == "Bridge *open*" and first.startswith("  word") and second.endswith("word …")
    marks = "1 failed · 1 repaired · 1 in doubt · 1 of the summary in doubt"
    assert " ".join(" ".join(facts).split()) == f"news/a · 2026-02-05 · de · {marks}"


def on_a_terminal(command: list[str], folder, environ: dict, columns: int) -> str:
    """What stands there at the end where both streams of a command are a terminal of 24 lines."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(command, cwd=folder, env=environ, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    said = b""
    with contextlib.suppress(OSError):  # Linux's end of a terminal
        while piece := os.read(master, 65536):
            said += piece
    os.close(master)
    process.wait(60)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode().replace("\r\n", "\n"))
    return "\n".join(line.rpartition("\r")[2] for line in plain.split("\n"))  # a bar is drawn over, time and again


@pytest.mark.parametrize("columns", [80, 120])
def test_a_run_on_a_terminal(isolated, cache, columns):
    """Beyond a screenful it is short and says so; no line is wider than the terminal, which would break words."""
    said = (
        "The city has a new bridge over the river, and it is number {n} of this kind in the country.",
        "Engineers from four countries had quarrelled for years about the height of its arches.",
        "Ships that used to wait for the tide can now pass below it at any hour of the day.",
        "Shopkeepers on the left bank fear that their customers will drive to the market instead.",
        "The mayor praised the workers, of whom nobody was hurt, in a speech of two minutes.",
        "Cyclists have a lane of their own, which is heated when frost is forecast.",
        "A toll is not planned before the debts of the harbour are paid.",
        "Schools were closed so that children could walk across before the first lorry did.",
        "The old ferry is for sale.",
    )
    text = " ".join(said)
    (isolated / "drop").mkdir()
    for n in range(12):
        (isolated / "drop" / f"{n}.txt").write_text(text.replace("{n}", str(n)))
    environ = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    environ |= {"SUMMARIZE_CACHE": str(cache), "TERM": "xterm"}
    run = lambda *more: on_a_terminal(
        [sys.executable, "-m", "summarize", "run", "drop", "no-such-file-in-a-folder-of-this-name.txt", *more],
        isolated, environ, columns,
    )  # fmt: skip
    short, whole, one = run(), run("--full"), run("--include", "1.txt")
    assert "--full prints it" in " ".join(short.split()) and "--full" not in whole and "•" not in short
    assert "•" in whole and "•" in one and len(short.splitlines()) < len(whole.splitlines())
    for said in (short, whole):
        assert len(widest := max(said.splitlines(), key=len)) <= columns, widest


@pytest.mark.parametrize("height, beyond", [(5, True), (12, True), (40, False)])
def test_a_list_is_beyond_a_screen_when_it_has_more_lines(height, beyond):
    rows = [terminal.summary_row(replace(RESULT, id=str(n))) for n in range(3)]
    console = Console(width=80, height=height, file=io.StringIO())
    assert terminal.beyond_a_screen(rows, console) == beyond


def test_the_margin_is_explained_as_far_as_it_is_used():
    text = text_of(*bilingual.article(RESULT, parts=["sentences"], width=100))
    table, legend = text.split("In the margin")
    assert "length" in table and "first attempt: far shorter" in legend and "perhaps a figure was lost" in legend
    assert "n-best" in legend and "another of the model's own suggestions" in " ".join(legend.split())
    assert "glossary" not in legend and "low confidence" not in legend
    plain = replace(RESULT, sentences=RESULT.sentences[:1], summary=Summary("short", ()))
    assert "In the margin" not in text_of(*bilingual.article(plain, parts=["sentences"], width=100))


def test_a_long_compound_breaks_at_its_hyphens():
    source = "vor dem Champions-League-Gruppenspiel gegen Belgrad"
    made = replace(RESULT, sentences=(replace(RESULT.sentences[1], source=source, faults=(), doubts=()),))
    blocks = bilingual.article(made, parts=["sentences"], width=60)
    assert {"Champions-League-", "Gruppenspiel"} <= set(text_of(*blocks, width=60).split())


# -- confidence -------------------------------------------------------------------------------------------------------

LEVELS = {"low": -2.0, "medium": -1.0, "high": -0.1}


@pytest.mark.parametrize(
    "levels, middle",
    [("", ""), ("low", "low"), ("low high", "low"), ("low medium high", "medium"), ("high high low", "high")],
)
def test_confidence_of_an_article_is_that_of_the_middle_one_of_its_sentences(levels, middle):
    made = sure(levels.split())
    assert phrases.confidence(made) == middle
    assert ("low confidence" in listed(made, brief=True)) == (middle == "low")
    page = report_page(made).page
    assert f'data-confidence="{middle or "unknown"}"' in page
    assert (f'title="{escape(explain.CONFIDENCE[middle])}"' in page) if middle else ('<p class="sure' not in page)


def sure(levels: list[str]) -> Result:
    note = replace(RESULT.models[0], confidence=(-1.5, -0.5))
    sentences = [replace(RESULT.sentences[4], logprob=LEVELS[level]) for level in levels]
    return replace(RESULT, sentences=(*sentences, RESULT.sentences[2]), models=(note,), summary=Summary("short", ()))


# -- how far a run is -------------------------------------------------------------------------------------------------


def told(*events: pipeline.Event, window: int = 64) -> list[tuple[str, float]]:
    """What the bar says after each event, and where it stands."""
    bar = progress.RunProgress(quiet=True, window=window)
    said = []
    for event in events:
        bar(event)
        said.append((bar.bars.tasks[0].fields["count"].split(",")[0], bar.bars.tasks[0].completed))
    return said


E = pipeline.Event


def test_progress_is_of_the_whole_run():
    """58 articles are left for a second window of 64."""
    events = [E("articles", 64, 122), E("translate", 29, 58), E("translate", 58, 58), E("summarize", 9, 58)]
    assert told(*events) == [
        ("64 of 122 inputs", 64), ("93 of 122 inputs", 93), ("122 of 122 inputs", 122), ("122 of 122 inputs", 122),
    ]  # fmt: skip


def test_the_time_left_is_that_of_the_work_and_not_of_what_was_unchanged():
    """60 of 100 inputs are unchanged; half of the other 40 took twenty seconds."""
    times = iter([0.0, 20.0])
    bar = progress.RunProgress(quiet=True, window=40, clock=lambda: next(times))
    for event in (E("articles", 60, 100), E("translate", 10, 20)):
        bar(event)
    assert bar.bars.tasks[0].fields["count"] == "80 of 100 inputs, 20 s left"


def test_progress_of_a_run_of_unknown_size_counts_what_is_settled():
    assert told(E("articles", 0, 0), E("translate", 5, 40), E("articles", 3, 0))[1:] == [
        ("0 articles done", 0), ("3 articles done", 3),
    ]  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 99), st.integers(1, 70), st.integers(1, 9))
def test_progress_never_goes_back(inputs, window, sentences):
    events = []
    for first in range(0, inputs, window):
        events += [E("articles", first, inputs), *(E("translate", n, sentences) for n in range(sentences + 1))]
        events += [
            E("summarize", 1, 2),
            *(E("articles", n + 1, inputs) for n in range(first, min(first + window, inputs))),
        ]
    stands = [at for _, at in told(*events, window=window)]
    assert stands[-1] == inputs
    assert stands == sorted(stands)
