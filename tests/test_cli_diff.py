"""`diff`, `show` and `stats` as a user meets them: runs of the shipped model over a small drop that changes."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from summarize import api

SEED = (ROOT / "seeds" / "000_4fa7a94abecd2504.txt").read_text(encoding="utf-8")
WEATHER = (
    "Das Wetter in Bayern bleibt auch in der nächsten Woche schön. Am Montag scheint die Sonne den ganzen Tag. "
    "Am Dienstag kommt ein wenig Regen. Die Menschen freuen sich auf das Wochenende."
)
MARKUP = (
    "The council met on [bold]Monday[/bold] evening in the old town hall of the city. "
    "It spoke about <script>alert(1)</script> and the new [/] bridge over the river for two hours. "
    "The mayor said that the town would not pay for the bridge alone."
)


@pytest.fixture(scope="module")
def history(converted, tmp_path_factory):
    """A cache with three runs: a drop, the drop after some edits, the same with another summarizer."""
    home = tmp_path_factory.mktemp("home")
    cache, drop = home / "cache", home / "drop"
    cache.mkdir()
    drop.mkdir()
    (cache / "models").symlink_to(converted / "models", target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HOME", str(home / "hf"))
        patch.chdir(home)
        run = lambda summarizer: api.run(["drop"], cache=str(cache), out=str(home / "out"), summarizer=summarizer)
        (drop / "seed.txt").write_text(SEED, encoding="utf-8")
        (drop / "weather.txt").write_text(WEATHER, encoding="utf-8")
        (drop / "council.txt").write_text(MARKUP, encoding="utf-8")
        run("lead")
        (drop / "seed.txt").write_text(SEED.replace("Herbst 2021", "Winter 2021"), encoding="utf-8")
        (drop / "council.txt").write_text(MARKUP.replace("evening", "night"), encoding="utf-8")
        (drop / "seed-again.txt").write_text(SEED + "\n\nDie Stadt feiert im Sommer ein großes Fest.", encoding="utf-8")
        run("lead")
        run("textrank")
    return home


@pytest.fixture
def cli(cli, history, monkeypatch):
    """The same on the cache with the three runs."""
    monkeypatch.setenv("SUMMARIZE_CACHE", str(history / "cache"))
    return cli


# -- diff -------------------------------------------------------------------------------------------------------------


def test_two_runs(cli):
    code, out, _ = cli("diff", "1", "2", "--why")
    text = " ".join(out.split())
    assert code == 0 and "4 articles: 2 changed, 1 added, 1 unchanged" in text
    assert "- run 1:" in out and "+ run 2:" in out and "extractive:lead" in out
    assert "[bold]Monday[/bold] [-evening-]{+night+} in" in text, "markup in an article is text"
    assert "the article changed: 1 sentence changed" in text and "[-Herbst-]{+Winter+} 2021" in text
    assert "same story as seed:" in text
    assert all(len(line) <= 80 and line == line.rstrip() for line in out.splitlines())
    assert "\x1b" not in out


def test_the_last_two_runs_differ_by_model(cli):
    code, out, _ = cli("diff", "--why")
    assert code == 0 and "run 2" in out and "run 3" in out
    assert "summarizer: extractive:lead → extractive:textrank" in " ".join(out.split())
    again = cli("diff", "--why", "--models", "lead", "textrank")[1]
    assert again == out


def test_why_tells_also_of_a_source_that_changed_alone(cli, isolated, cache):
    (isolated / "w.txt").write_text(WEATHER, encoding="utf-8")
    run = ("run", "w.txt", "-q", "--summarizer", "lead", "--kind", "headline", "--cache", cache)
    cli(*run)
    (isolated / "w.txt").write_text(WEATHER.replace("ein wenig Regen", "etwas Regen"), encoding="utf-8")
    cli(*run)
    for options in ((), ("--stat",)):
        text = " ".join(cli("diff", "--why", "--cache", cache, *options)[1].split())
        assert "1 unchanged (1 of them with a changed source)" in text
        assert "w unchanged" in text and "the summary is as it was" in text
        assert "why the article changed: 1 sentence changed" in text and "[-ein wenig-]{+etwas+} Regen" in text
    assert "as it was" not in cli("diff", "--cache", cache)[1], "only who asks why is told"
    assert "as it was" not in cli("diff", "--why", "--only", "changed", "--cache", cache)[1]
    cli("diff", "--html", "changes.html", "--cache", cache)
    assert "the summary is as it was" in (isolated / "changes.html").read_text(encoding="utf-8")


def test_json_tells_the_same(cli):
    code, out, _ = cli("diff", "1", "2", "--json", "--exit-code")
    body = json.loads(out)
    assert code == 1 and body["counts"] == {"changed": 2, "renamed": 0, "added": 1, "removed": 0, "unchanged": 1}
    (council,) = [a for a in body["articles"] if a["id"] == "council"]
    spans = council["changes"][0]["spans"]
    assert {"kind": "removed", "text": "evening"} in spans and council["causes"][0]["kind"] == "article"
    assert cli("diff", "1", "1", "--exit-code")[0] == 0
    assert cli("diff", "1", "2", "--only", "removed", "--exit-code")[0] == 0


def test_stat(cli):
    _, out, _ = cli("diff", "1", "2", "--stat")
    (line,) = [x for x in out.splitlines() if x.startswith(" council")]
    assert re.fullmatch(r" council +\| +2 \+-", line)
    assert re.search(r"^ \d+ words added, \d+ removed$", out, re.MULTILINE)


def test_only(cli):
    _, out, _ = cli("diff", "1", "2", "--only", "added")
    assert "seed-again" in out and "\ncouncil" not in out
    code, _, err = cli("diff", "--only", "new")
    assert code == 2 and "changed, renamed, added, removed" in err


def test_side_by_side(cli):
    _, out, _ = cli("diff", "council", "--side-by-side")
    (line,) = [x for x in out.splitlines() if "[-evening-]" in x or "{+night+}" in x][:1]
    assert "council in run 1" in out and line.count("│") == 3
    assert all(len(line) <= 80 for line in out.splitlines())


def test_translation(cli):
    _, out, _ = cli("diff", "1", "2", "--translation")
    assert "sentences unchanged" in out and "[-evening-]{+night+}" in out
    assert "[-" not in cli("diff", "2", "3", "--translation")[1], "another summarizer translates nothing anew"


def test_a_page(cli, isolated):
    code, out, err = cli("diff", "1", "2", "--html", "changes.html")
    page = (isolated / "changes.html").read_text(encoding="utf-8")
    assert code == 0 and out == "" and "changes.html" in err
    assert "&lt;script&gt;" in page and "<script" not in page and "default-src 'none'" in page.replace("&#x27;", "'")
    assert "<del>evening</del><ins>night</ins>" in page
    assert "Why: the article changed" in page and "<small>Seit <del>Herbst</del><ins>Winter</ins> 2021" in page
    assert "[-" not in page and "{+" not in page
    for other in ("--side-by-side", "--stat", "--json"):
        code, out, err = cli("diff", "1", "2", "--html", "never.html", other)
        assert code == 2 and f"--html and {other}" in err and not (isolated / "never.html").exists()
    code, _, err = cli("diff", "1", "2", "--html", "nope/deep/changes.html")
    assert code == 2 and "nope" in err and not (isolated / "nope").exists()


def test_two_files(cli, isolated):
    (isolated / "a.txt").write_text(WEATHER, encoding="utf-8")
    (isolated / "b.txt").write_text(WEATHER.replace("Montag", "Freitag"), encoding="utf-8")
    code, out, _ = cli("diff", "a.txt", "b.txt", "--exit-code")
    assert code == 1 and "[-Montag-]{+Freitag+}" in out
    code, out, _ = cli("diff", "a.txt", "a.txt", "--exit-code")
    assert code == 0 and "1 unchanged" in out
    for names in (("a.txt", "none.txt"), ("none.txt", "a.txt")):
        code, out, err = cli("diff", *names)
        assert code == 2 and "'none.txt'" in err and "'a.txt'" not in err and not out
    code, _, err = cli("diff", "a.txt", "council")
    assert code == 2 and "'a.txt'" in err, "which is a file, but no article of a run"


@pytest.mark.parametrize("arguments", [["1", "99"], ["nothing"], ["1", "2", "3"], ["--models", "lead"]])
def test_errors_say_what_to_do(cli, arguments):
    code, out, err = cli("diff", *arguments)
    assert code == 2 and out == "" and len(err.splitlines()) == 2


def in_terminal(history, *arguments, rows=24, **environ) -> str:
    """What a command writes to a terminal of 80 columns."""
    parent, child = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
    drop = ("NO_COLOR", "COLUMNS", "LINES", "FORCE_COLOR")
    env = {k: v for k, v in os.environ.items() if k not in drop}
    env |= {"TERM": "xterm-256color", "SUMMARIZE_CACHE": str(history / "cache"), **environ}
    command = [sys.executable, "-m", "summarize", *arguments]
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env, cwd=history)
    os.close(child)
    written = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        written += piece
    process.wait(60)
    os.close(parent)
    return written.decode()


def test_a_terminal_gets_colour_and_long_output_a_pager(history, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text('#!/bin/sh\necho PAGED\ncat "$@"\n')
    pager.chmod(0o755)
    environ = {"PAGER": str(pager)}
    short = in_terminal(history, "diff", "council", **environ)
    assert "PAGED" not in short and "\x1b[32mnight" in short and "[-" not in short
    assert "{+night+}" in in_terminal(history, "diff", "council", NO_COLOR="1", **environ)
    assert "PAGED" in in_terminal(history, "show", "seed", **environ)
    assert "PAGED" not in in_terminal(history, "show", "seed", "--no-pager", **environ)
    assert "PAGED" not in in_terminal(history, "show", "seed", rows=500, **environ)


# -- show and stats ---------------------------------------------------------------------------------------------------


def test_show_side_by_side(cli):
    code, out, _ = cli("show", "seed")
    assert code == 0 and "Winter 2021" in " ".join(out.split()) and "◂ 1" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_parts_of_an_article(cli):
    originals = cli("show", "seed", "--original", "--run", "1")[1]
    assert " ".join(SEED.split()[2:12]) in " ".join(originals.split()) and "◂" not in originals
    translation = cli("show", "council", "--translation")[1]
    assert "<script>alert(1)</script>" in translation and "Summary" not in translation
    summary = cli("show", "seed", "--summary")[1]
    assert "1. " in summary and "Original" not in summary
    evidence = cli("show", "weather", "--evidence")[1]
    assert "Am Montag scheint die Sonne den ganzen Tag." in evidence and "quoted from the translation" in evidence
    both = cli("show", "weather", "--original", "--translation")[1]
    assert "Original (de)" in both and "Translation (en)" in both


def test_stats(cli):
    code, out, _ = cli("stats")
    assert code == 0 and "reused" in out and "length of translation / source" in out
    assert all(len(line) <= 80 for line in out.splitlines())
    body = json.loads(cli("stats", "--json")[1])
    assert [r["run"] for r in body["runs"]] == [1, 2, 3] and body["runs"][2]["reused"] == 1.0
    assert body["run"] == 3 and sum(b["sentences"] for b in body["ratios"]) > 0
    assert [r["run"] for r in json.loads(cli("stats", "--json", "-n", "1")[1])["runs"]] == [3]


@pytest.mark.parametrize("width", [80, 120])
def test_stats_cut_no_number_short(width):
    from rich.console import Console

    from summarize.render import stats

    counts = {"translated": 123456, "failed": 3}
    some = {"articles": 10234, "failures": 12, "unchanged": 9876, "sentences": counts, "reused": 0.95, "speed": 1234.5}
    runs = [
        {"run": n, "started_at": 1.7e9, "state": state, "seconds": 3599.0, **some}
        for n, state in ((1234, "interrupted"), (10, "done"))
    ]
    console = Console(width=width, record=True, file=io.StringIO())
    for block in stats.stats({"runs": runs, "run": None}, width=width):
        console.print(block)
    text = console.export_text()
    assert "…" not in text and all(len(line) <= width for line in text.splitlines())
    assert all(figure in text for figure in ("1234 ", "10 ", "1,234.5", "59 min 59 s", "95%", "10,234", "interrupted"))
    assert ("123,459" in text) == (width >= 100)


def test_stats_before_any_run(cli, tmp_path):
    code, out, err = cli("stats", "--cache", tmp_path / "empty")
    assert code == 0 and out == "" and "summarize run" in err


# -- what a run says of its own -------------------------------------------------------------------------------------


def test_the_closing_lines_of_a_run(cli, history, isolated, cache):
    shutil.copytree(history / "drop", "drop")
    code, out, err = cli("run", "drop", "--summarizer", "lead", "--cache", cache)
    assert code in (0, 1) and "updated" not in err
    assert re.search(r"seed-again .* same story as seed: \d+ % shared, \d sentences new", " ".join(out.split()))
    weather = Path("drop/weather.txt")
    weather.write_text(WEATHER.replace("Montag", "Freitag") + " Danach wird es kalt.", encoding="utf-8")
    _, out, err = cli("run", "drop", "--summarizer", "lead", "--cache", cache)
    assert "updated  weather: 1 sentence new, 1 changed, summary" in err
    _, out, err = cli("run", "drop", "--summarizer", "textrank", "--cache", cache)
    assert "updated" not in err and "made anew by other models, settings or people" in err
    _, out, err = cli("run", "drop", "--summarizer", "textrank", "--cache", cache, "--json")
    body = json.loads(out)
    assert body["updates"] == [] and body["stories"][0]["articles"] == ["seed", "seed-again"]
