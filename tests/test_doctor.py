"""`summarize doctor`: a sound machine is called sound, and each fault is a line with the next step."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest
from conftest import ROOT

from summarize import config
from summarize.doctor import examination


@pytest.fixture
def findings(cli):
    """The findings of `summarize doctor --json` by name, with the exit status under ""."""

    def call(*arguments):
        code, out, _ = cli("doctor", "--json", *arguments)
        body = json.loads(out)
        assert body["sound"] == (code == 0)
        return {"": code, **{f["name"]: f for f in body["findings"]}}

    return call


def test_a_sound_machine(findings, cache):
    found = findings()
    assert found[""] == 0
    assert {"python", "packages", "engine", "processor", "cache", "out", "settings", "store", "hub cache"} <= set(found)
    assert "int8" in found["engine"]["facts"]["compute_types"] and found["gpu"]["state"] == "ok"
    assert found["store"]["says"].startswith("none yet") and not (cache / "store.db").exists(), "nothing is made"
    shipped = found["model de-en"]
    assert "as recorded" in shipped["says"] and shipped["facts"]["weights"]["model.safetensors"].startswith("sha256:")
    assert "models pull minilm" in found["model minilm"]["hint"]
    assert found["settings"]["facts"]["cache"] == {"value": str(cache), "origin": "environment SUMMARIZE_CACHE"}


def test_an_empty_folder_stays_empty(cli, isolated):
    code, _, _ = cli("doctor", "--cache", "new/cache")
    assert code == 0 and not list(isolated.glob("new*"))


def test_a_draft_is_a_warning_with_the_way_to_a_better_one(findings):
    model = findings()["model de-en"]
    assert model["facts"]["quality"] != "draft" or (model["state"] == "warn" and "models pull" in model["hint"])


def test_lines_for_people(cli):
    code, out, _ = cli("doctor")
    assert code == 0 and "Traceback" not in out
    for line in out.splitlines():
        assert line[:5] in ("ok   ", "warn ", "bad  ", "     ")
    assert any(line.startswith("ok   python") for line in out.splitlines())


def test_lines_on_a_terminal_break_between_words_and_never_in_a_command():
    from summarize.doctor.examination import Finding
    from summarize.render import checkup

    packages = ", ".join(f"package-{n} {n}.0.1" for n in range(12))
    command = "summarize models pull Helsinki-NLP/opus-mt-tc-big-de-en"
    found = [Finding("packages", "ok", packages), Finding("model", "warn", "a draft", f"better and slower: {command}")]
    text = str(checkup.findings(found, width=80))
    lines = text.splitlines()
    assert len(lines) > 4 and all(len(line) <= 80 for line in lines) and command in text
    assert set(packages.replace(",", "").split()) <= set(text.replace(",", "").split())
    assert all(line.startswith(" " * 15) for line in lines[1:3])
    assert packages in str(checkup.findings(found))


def test_settings_and_where_they_come_from(findings, isolated):
    (isolated / "summarize.toml").write_text('kind = "long"\n')
    says = findings()["settings"]["says"]
    assert "kind = long" in says and "summarize.toml" in says


def test_broken_settings_are_a_finding_and_the_rest_is_looked_at(findings, isolated):
    (isolated / "summarize.toml").write_text("beems = 4\n")
    found = findings()
    assert found[""] == 1 and "engine" in found


def test_more_threads_than_cores(findings, monkeypatch):
    monkeypatch.setenv("SUMMARIZE_THREADS", "4096")
    found = findings()["processor"]
    assert found["state"] == "warn" and "--threads" in found["hint"]


def test_a_store_with_a_damaged_row(findings, cli, isolated, cache):
    (isolated / "a.txt").write_text("Die Stadt hat eine neue Brücke. Am Montag war sie offen.\n", encoding="utf-8")
    cli("run", "a.txt", "-q")
    assert findings()["store"]["says"].endswith("every row sound")
    with sqlite3.connect(cache / "store.db") as db:
        db.execute("UPDATE outputs SET body = body || ' '")
    found = findings()
    assert found[""] == 1 and found["store"]["state"] == "bad" and "--repair" in found["store"]["hint"]
    cli("cache", "verify", "--repair")
    assert findings()[""] == 0


def test_a_store_that_is_none(findings, cache):
    (cache / "store.db").write_bytes(b"this is no database" * 100)
    found = findings()
    assert found[""] == 1 and found["store"]["state"] == "bad" and found["store"]["hint"]


def test_a_file_where_a_folder_is_needed(findings, isolated):
    (isolated / "out").write_text("in the way")
    found = findings()
    assert found[""] == 1 and "--out" in found["out"]["hint"]


def test_a_disk_that_is_nearly_full(findings, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 0, 10**8))
    assert findings()["cache"]["state"] == "warn"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 0, 10**6))
    found = findings()
    assert found[""] == 1 and found["out"]["state"] == "bad" and "free some space" in found["out"]["hint"]


def test_a_folder_that_may_not_be_written(findings, monkeypatch):
    def refused(**options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(examination.tempfile, "TemporaryFile", refused)
    found = findings()
    assert found[""] == 1 and "Permission denied" in found["cache"]["says"] and "--cache" in found["cache"]["hint"]


def test_a_model_that_changed(findings, cli, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "models" / "de-en", folder)
    assert cli("models", "add", folder, "--name", "mine")[0] == 0
    assert findings()["model mine"]["state"] != "bad"
    with open(folder / "model.safetensors", "r+b") as f:
        f.seek(-1, 2)
        last = f.read(1)
        f.seek(-1, 2)
        f.write(bytes([last[0] ^ 1]))
    found = findings()
    assert found[""] == 1 and "model.safetensors is changed" in found["model mine"]["says"]
    shutil.rmtree(folder)
    found = findings()
    assert found[""] == 1 and "gone" in found["model mine"]["says"]
    assert cli("models", "rm", "mine")[0] == 0


def test_an_engine_that_does_not_load(findings, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ctranslate2", None)
    found = findings()
    assert found[""] == 1 and found["engine"]["state"] == "bad" and "pip install" in found["engine"]["hint"]


def test_a_check_that_breaks_is_a_finding():
    def weather(settings):
        raise ZeroDivisionError("clouds")

    settings = config.load({}, {}, Path.cwd())
    (found,) = examination.examine(settings, (weather,))
    assert (found.name, found.state) == ("weather", "bad") and "clouds" in found.says and found.hint


def test_it_imports_no_torch(cache):
    import subprocess
    import sys

    code = (
        "import sys\nfrom summarize import config\nfrom summarize.doctor import examination\nfrom pathlib import Path\n"
        f"examination.examine(config.load({{'cache': {str(cache)!r}}}, {{}}, Path.cwd()))\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
