"""Exit statuses tell the truth: whatever is lost or fails, the status says so; docs/safety.md has the table."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from test_renderings import RESULT

from summarize.job.pipeline import Done, Totals
from summarize.types import Summary

GERMAN = "Die Stadt hat eine neue Brücke. Am Montag war die Brücke zum ersten Mal offen."
FRENCH = (
    "Le président de la République a reçu la chancelière allemande lundi soir à Paris pour un long entretien. "
    "Les deux dirigeants ont parlé de la situation économique en Europe et des prochaines élections."
)
COMMAND = [sys.executable, "-m", "summarize"]


@pytest.fixture
def environ(cache):
    # Unbuffered, Python itself passes over a write that a pipe took only in part.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**inherited, "SUMMARIZE_CACHE": str(cache), "COLUMNS": "80"}


@pytest.fixture
def status(isolated, environ):
    """Runs a command as a process of its own; returns its exit status, with its streams in `status.last`."""

    def call(*arguments):
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=isolated, env=environ, capture_output=True, text=True, timeout=300
        )
        call.last = done
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode

    (isolated / "german.txt").write_text(GERMAN, encoding="utf-8")
    (isolated / "french.txt").write_text(FRENCH, encoding="utf-8")
    return call


def test_zero_means_every_sentence_is_accounted_for_and_none_failed(status):
    assert status("run", "german.txt", "--json") == 0
    body = json.loads(status.last.stdout)
    (item,) = body["items"]
    assert body["totals"]["failures"] == 0 == item["ledger"]["failed"]
    assert sum(item["ledger"].values()) == len(item["sentences"]) == 2
    assert not any(claim["problems"] for claim in item["summary"]["claims"])


@pytest.mark.parametrize(
    "name, content",
    [("bad.txt", b""), ("bad.txt", b"12 : 34"), ("bad.txt", b"%PDF-1.7"), ("bad.txt", b"\0" * 99), ("bad.jsonl", b"")],
)
def test_an_input_that_cannot_be_read(status, isolated, name, content):
    (isolated / name).write_bytes(content)
    assert status("run", "german.txt", name) == 1 and name in status.last.stderr
    assert (isolated / "out" / "german.md").exists(), "the rest is done"


def test_an_input_that_is_not_there(status):
    assert status("run", "gone.txt") == 1 and status("run", "german.txt", "gone.txt") == 1


def test_two_inputs_with_one_id(status, isolated):
    (isolated / "other").mkdir()
    (isolated / "other" / "german.txt").write_text(GERMAN, encoding="utf-8")
    assert status("run", "german.txt", "other/german.txt") == 1 and "is claimed by" in status.last.stderr


def test_a_language_that_nobody_serves(status):
    assert status("run", "french.txt") == 3, "nothing could be done for want of a model"
    assert status("run", "german.txt", "french.txt") == 1


def test_sentences_without_a_translation_and_again_from_the_cache(status, isolated):
    (isolated / "mixed.txt").write_text(f"{GERMAN}\n\n{GERMAN} Heute.\n\n{FRENCH}\n", encoding="utf-8")
    for _ in range(2):
        assert status("run", "mixed.txt", "--json") == 1
        assert json.loads(status.last.stdout)["items"][0]["ledger"]["failed"] == 2


@pytest.mark.parametrize("more", [(), ("-q",)])
def test_a_status_of_1_says_why_and_where(status, isolated, more):
    """Also where nothing else is said, and whether it is made or found in the cache."""
    for name in ("mixed.txt", "too.txt"):
        (isolated / name).write_text(f"{GERMAN}\n\n{GERMAN} Heute.\n\n{FRENCH}\n", encoding="utf-8")
    for _ in range(2):
        assert status("run", "german.txt", "mixed.txt", "too.txt", *more) == 1
        assert "status 1: 4 sentences without a translation\n  summarize show mixed   (and 1 other article)\n" in (
            status.last.stderr
        )
    assert status("run", "german.txt", *more) == 0 and "status" not in status.last.stderr


@pytest.mark.parametrize(
    "faults, code, says",
    [
        ("failed", 0, ""),
        ("doubt", 0, ""),
        ("draft", 1, "status 1: 1 article by a draft or unproven model (--fail-on draft)"),
        ("doubt,draft,failed", 1, "(--fail-on draft)"),
    ],
)
def test_what_else_is_to_count_as_a_fault(status, faults, code, says):
    """The shipped model is a draft. What a dry run foretells is what comes, and again from the cache."""
    assert status("run", "german.txt", "--dry-run", "--fail-on", faults) == code
    for _ in range(2):
        assert status("run", "german.txt", "--fail-on", faults) == code and says in status.last.stderr
        assert ("status 1" in status.last.stderr) == bool(code)


@pytest.mark.parametrize("fail_on, code", [((), 0), (("failed",), 0), (("doubt",), 1), (("draft", "doubt"), 1)])
def test_doubts_can_count_as_a_fault(fail_on, code):
    doubtful = replace(RESULT, models=(), sentences=RESULT.sentences[:2], summary=Summary("short", ()))
    totals = Totals(fail_on=fail_on)
    totals.count(Done(doubtful))
    foreseen = Totals(fail_on=fail_on)
    foreseen.foresee(list(doubtful.sentences), draft=False)
    assert totals.exit_code == foreseen.exit_code == code and totals.doubts == 1


def test_an_output_that_cannot_be_written(status, isolated):
    (isolated / "out" / "german.md").mkdir(parents=True)
    assert status("run", "german.txt") == 1 and "--out" in status.last.stderr


def test_a_manifest_that_cannot_be_written(status, isolated):
    (isolated / "out" / "run-manifest.json").mkdir(parents=True)
    assert status("run", "german.txt") == 1 and "run-manifest" in status.last.stderr
    assert "input failed" not in status.last.stderr and "written to out/" in status.last.stderr


def test_a_run_without_an_article_writes_none(status, isolated):
    (isolated / "empty.txt").write_text("")
    assert status("run", "empty.txt") == 1
    assert "1 input failed" in status.last.stderr and "nothing written" in status.last.stderr


def test_a_cache_that_cannot_be_used(status, isolated):
    (isolated / "broken").mkdir()
    (isolated / "broken" / "store.db").write_bytes(b"no database" * 500)
    assert status("run", "german.txt", "--cache", "broken") == 1 and "cache" in status.last.stderr


def test_a_model_that_was_named_and_is_not_there(status):
    assert status("run", "german.txt", "--mt", "no/such-model") == 3
    assert status("run", "german.txt", "--summarizer", "no/such-model") == 3


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "german.txt", "--kind", "brief"], ["nonsense"], ["show", "gone"]]
)
def test_usage(status, arguments):
    assert status(*arguments) == 2


def test_differences(status, isolated):
    (isolated / "other.txt").write_text("Etwas anderes.\n", encoding="utf-8")
    assert status("diff", "german.txt", "other.txt") == 0
    assert status("diff", "german.txt", "other.txt", "--exit-code") == 1
    assert status("diff", "german.txt", "german.txt", "--exit-code") == 0


def test_damaged_rows(status, cache):
    assert status("run", "german.txt", "-q") == 0
    with sqlite3.connect(cache / "store.db") as db:
        db.execute("UPDATE results SET body = body || ' '")
    assert status("cache", "verify") == 1 and status("doctor") == 1
    assert status("show", "german") == 1
    assert status("report") in (1, 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(isolated, environ, number):
    """The process waits for an article on standard input that does not come."""
    process = subprocess.Popen(
        [*COMMAND, "run", "-", "-q"],
        cwd=isolated,
        env=environ,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    cache = isolated.parent / "cache" / "store.db"
    while time.monotonic() < deadline:
        if cache.exists() and cache.stat().st_size:
            with sqlite3.connect(cache) as db, contextlib.suppress(sqlite3.Error):
                if db.execute("SELECT count(*) FROM runs WHERE state = 'running'").fetchone()[0]:
                    break
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130 and "goes on from there" in err and "Traceback" not in err, err
    with sqlite3.connect(cache) as db:
        assert db.execute("SELECT state FROM runs").fetchall() == [("interrupted",)]


def test_a_reader_that_leaves(isolated, environ):
    """`| head`: what is written is larger than a pipe holds."""
    english = "\n\n".join(f"The city has a new bridge, and it is number {n} of the country." for n in range(400))
    (isolated / "long.txt").write_text(english)
    subprocess.run([*COMMAND, "run", "long.txt", "-q"], cwd=isolated, env=environ, check=True)
    shell = f"{' '.join(COMMAND)} report -o - | head -c 10 >&2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], cwd=isolated, env=environ, capture_output=True, text=True)
    assert done.stdout == "0\n"
    assert "Traceback" not in done.stderr and "bug" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.parametrize("inputs, code", [("german.txt", 0), ("german.txt none.txt", 1)])
@pytest.mark.parametrize("reader", ["head -1", "true"])
@pytest.mark.parametrize("streams", ["2>&1", "", "--json 2>&1"])
def test_a_run_ends_the_same_whether_it_is_read_or_not(status, isolated, environ, inputs, code, reader, streams):
    """What it writes in which order, and when the reader leaves, is chance: its files are written all the same."""
    shell = f"{' '.join(COMMAND)} run {inputs} {streams} | {reader} >&2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], cwd=isolated, env=environ, capture_output=True, text=True)
    assert done.stdout == f"{code}\n", done.stderr
    assert (isolated / "out" / "german.md").exists() and "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a Linux device")
def test_a_redirection_to_a_full_disk(isolated, environ):
    with open("/dev/full", "w") as full:
        command = [*COMMAND, "prompts", "list"]
        done = subprocess.run(command, cwd=isolated, env=environ, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "cannot be written" in done.stderr and "bug" not in done.stderr
    assert not list(isolated.glob("summarize-bug*"))


def test_a_closed_standard_output(isolated, environ):
    shell = f"{' '.join(COMMAND)} prompts list >&-"
    done = subprocess.run(["bash", "-c", shell], cwd=isolated, env=environ, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 and not done.stderr


def test_the_table_names_tests_that_exist():
    """Every line of the tables in docs/safety.md names its test as `tests/FILE.py::NAME`."""
    text = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    rows = [row for row in re.findall(r"^\|(.+)\|$", text, re.M) if not set(row) <= set("-| ")]
    heads = [row for row in rows if row.strip().endswith("test")]
    assert len(rows) - len(heads) > 40
    for row in rows:
        if row in heads:
            continue
        named = re.findall(r"`(test_\w+)\.py::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            source = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
            assert f"def {name}(" in source, f"{file}::{name}"


def ready(code: str, folder: Path, environ: dict[str, str]) -> subprocess.Popen[str]:
    """A process that runs the code, once it has said that it is ready."""
    given = {"cwd": folder, "env": environ, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", code], **given)
    assert process.stdout.readline() == "ready\n"
    return process


def test_an_interrupt_is_answered_while_a_library_hears_nothing(isolated, environ):
    """As a model does, the hash function lets other threads work but not the interpreter's handlers of signals. The
    second interrupt ends it."""
    code = (
        "import hashlib, sys\nfrom summarize.cli import interrupts\n"
        "with interrupts.heard(lambda word: print(word, flush=True)):\n"
        "    print('ready', flush=True); hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)\n"
    )
    process = ready(code, isolated, environ)
    time.sleep(1)  # it is with the hash function by then
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline().startswith("stopping after the sentences at work") and process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 130


def test_an_interrupt_that_is_obeyed_needs_no_word(isolated, environ):
    code = (
        "import time\nfrom summarize.cli import interrupts\ntry:\n"
        "    with interrupts.heard(print):\n        print('ready', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt: print('obeyed')\n"
    )
    process = ready(code, isolated, environ)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=120)[0] == "obeyed\n" and process.returncode == 0
