"""The command line as a user meets it: real model, real files, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import tiny_models
from conftest import ROOT

SEED = ROOT / "seeds" / "000_4fa7a94abecd2504.txt"
FRENCH = (
    "Le président de la République a reçu la chancelière allemande lundi soir à Paris pour un long entretien. "
    "Les deux dirigeants ont parlé de la situation économique en Europe et des prochaines élections."
)


@pytest.fixture
def seeds(isolated):
    folder = isolated / "seeds"
    folder.mkdir()
    shutil.copy(SEED, folder)
    return folder


# -- run --------------------------------------------------------------------------------------------------------------


def test_the_main_job(cli, seeds, isolated):
    code, out, err = cli("run", seeds)
    assert code == 0
    assert "2026-02-05" in out and "20 sentences" in out and "DRAFT MODEL: do not rely on this text" in out
    assert "1 article" in err and "run 1" in err
    result = json.loads((isolated / "out" / "000_4fa7a94abecd2504.json").read_text(encoding="utf-8"))
    assert result["date"] == "2026-02-05" and result["language"] == "de"
    assert result["sentences"][0]["source"].startswith("Seit Herbst 2021")
    assert sum(result["ledger"].values()) == len(result["sentences"]) == 20
    assert 1 <= len(result["summary"]["claims"]) <= 3
    for claim in result["summary"]["claims"]:
        assert claim["evidence"], "every summary sentence names its source sentences"
    page = (isolated / "out" / "000_4fa7a94abecd2504.md").read_text(encoding="utf-8")
    assert "DRAFT MODEL" in page and "## Summary" in page and "## Evidence" in page
    assert json.loads((isolated / "out" / "run-manifest.json").read_text())["exit_code"] == 0
    assert "\x1b" not in out + err, "no colour in a pipe"


def run_and_modules():
    """Exit status of a run in a process of its own, and the modules that it has imported."""
    code = (
        "import sys, json\nfrom summarize.cli import main\n"
        "try: main(['run', 'seeds', '-q'])\nexcept SystemExit as e: print(json.dumps([e.code, sorted(sys.modules)]))"
    )
    return json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def test_the_second_run_loads_no_model_and_is_the_same(cli, seeds, isolated, cache):
    cli("run", "seeds", "-q")
    before = {p.name: p.read_bytes() for p in (isolated / "out").glob("000*")}
    exit_code, modules = run_and_modules()
    assert exit_code == 0
    heavy = {"torch", "transformers", "ctranslate2", "sentencepiece", "tokenizers", "py3langid", "sentencex", "numpy"}
    assert not heavy & set(modules)
    assert {p.name: p.read_bytes() for p in (isolated / "out").glob("000*")} == before


def test_the_first_run_of_a_converted_model_needs_no_torch(cli, seeds, isolated, cache):
    exit_code, modules = run_and_modules()
    assert exit_code == 0 and "ctranslate2" in modules
    assert not {"torch", "transformers"} & set(modules)


def test_what_cannot_be_read_is_named_and_the_rest_is_done(cli, seeds, isolated):
    (seeds / "empty.txt").write_text("")
    (seeds / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    code, out, err = cli("run", seeds, "missing.txt")
    assert (code == 1 and "000_4fa7a94abecd2504" in out.replace("\n", "")) or "20 sentences" in out
    for name in ("empty.txt", "picture.txt", "missing.txt"):
        assert name in err
    assert "3 inputs failed" in err and (isolated / "out" / "000_4fa7a94abecd2504.md").exists()


def test_a_language_without_a_model(cli, isolated):
    (isolated / "f.txt").write_text(FRENCH)
    code, _, err = cli("run", "f.txt")
    assert code == 3
    assert "French" in err and "summarize models pull Helsinki-NLP/opus-mt-fr-en" in err


def test_a_second_model_serves_a_second_language(cli, isolated, tmp_path):
    """A second small Marian checkpoint, which says that it reads French, beside the shipped one; one article is mixed.

    It is the shipped one under another name: what it makes of French is nonsense, but words, which the checks let pass.
    """
    model = tmp_path / "fr-en"
    shutil.copytree(ROOT / "models" / "de-en", model)
    for name, change in (("tokenizer_config.json", {"source_lang": "fr"}), ("card.json", {"source": ["fr"]})):
        facts = json.loads((model / name).read_text())
        (model / name).write_text(json.dumps({**facts, **change}))
    shutil.copy(SEED, isolated / "de.txt")
    (isolated / "fr.txt").write_text(FRENCH)
    (isolated / "mixed.txt").write_text(SEED.read_text(encoding="utf-8") + "\n\n" + FRENCH)
    _, out, _ = cli("run", "de.txt", "fr.txt", "mixed.txt", "--mt", f"fr={model}", "--json")
    items = {i["id"]: i for i in json.loads(out)["items"] if "id" in i}
    assert items["fr"]["language"] == "fr" and items["mixed"]["language"] == items["de"]["language"] == "de"
    roles = {m["role"] for m in items["mixed"]["models"]}
    assert roles == {"translate:de", "translate:fr", "summarize"}
    by_language = {s["language"] for s in items["mixed"]["sentences"]}
    assert by_language == {"de", "fr"}
    reached = [s["status"] for s in items["mixed"]["sentences"] if s["language"] == "fr"]
    assert len(reached) == 2 and not any("no model" in s["reason"] for s in items["mixed"]["sentences"])
    bare_code, bare_out, _ = cli("run", "fr.txt", "--mt", model, "--json")
    assert json.loads(bare_out)["items"][0].get("language", "fr") == "fr" and bare_code in (0, 1)


def test_json_and_jsonl_are_data_on_stdout(cli, seeds):
    code, out, _ = cli("run", seeds, "--json")
    body = json.loads(out)
    assert code == body["exit_code"] == 0 and body["items"][0]["ledger"]["failed"] == 0
    code, out, _ = cli("run", seeds, "nowhere.txt", "--jsonl", "-")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1 and [("failure" in line) for line in lines] == [False, True]


def test_standard_input(cli, monkeypatch, isolated):
    import io

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SEED.read_bytes())))
    code, out, _ = cli("run", "-", "--json")
    assert code == 0 and json.loads(out)["items"][0]["language"] == "de"


def test_a_dry_run_does_nothing(cli, seeds, isolated, cache):
    code, out, _ = cli("run", seeds, "--dry-run")
    assert code == 0 and "1 article" in out and "20 to translate" in out and not (isolated / "out").exists()
    cli("run", seeds, "-q")
    assert cli("run", seeds, "--dry-run")[1] == "1 article, 1 unchanged\nnothing to translate\n"
    code, out, _ = cli("run", seeds, "--dry-run", "--json")
    assert json.loads(out)["unchanged"] == 1 and json.loads(out)["seconds"] == 0.0
    code, out, _ = cli("run", seeds, "--dry-run", "--json", "--kind", "bullets")
    estimate = json.loads(out)
    assert estimate["cached"] == estimate["sentences"] == 20


def test_a_file_goes_into_a_new_folder_but_not_into_a_new_one_in_a_new_one(cli, isolated):
    path = "new/deep/x.jsonl"
    (isolated / "e.txt").write_text("It rains in Berlin today, and it will rain tomorrow.", encoding="utf-8")
    code, _, err = cli("run", "e.txt", "-q", "--jsonl", path)
    assert code == 2 and f"no folder {isolated / 'new'}\n" in err and "mkdir -p new/deep" in err
    assert not (isolated / "new").exists()
    (isolated / "new").mkdir()
    assert cli("run", "e.txt", "-q", "--jsonl", path)[0] == 0 and list((isolated / "new" / "deep").iterdir())
    assert cli("run", "e.txt", "-q", "--out", "out/of/today")[0] == 0 and list((isolated / "out/of/today").iterdir())


def test_a_dry_run_ends_as_the_run_would(cli, seeds, isolated):
    def both(*paths):
        dry, out, _ = cli("run", *paths, "--dry-run")
        assert cli("run", *paths, "-q")[0] == dry
        return dry, " ".join(out.split()), json.loads(cli("run", *paths, "--dry-run", "--json")[1])["exit_code"]

    (isolated / "f.txt").write_text(FRENCH, encoding="utf-8")
    (isolated / "f2.txt").write_text(FRENCH, encoding="utf-8")
    code, out, again = both("f.txt", "f2.txt")
    assert code == again == 3 and "2 sentences would fail: no model translates French" in out
    assert "summarize models pull Helsinki-NLP/opus-mt-fr-en" in out
    assert both("f.txt", seeds)[::2] == (1, 1)
    (isolated / "mixed.txt").write_text(f"{SEED.read_text(encoding='utf-8')}\n\n{FRENCH}", encoding="utf-8")
    assert both("mixed.txt")[::2] == (1, 1), "one of its paragraphs"
    code, out, again = both(seeds)
    assert code == again == 0 and "fail" not in out
    assert both(seeds, "gone.txt")[::2] == (1, 1)
    (isolated / "empty.jsonl").write_text("")
    assert both("empty.jsonl")[0] == 1
    assert cli("run", "--mt", "no/such-model", "gone.txt", "--dry-run")[0] == 3


@pytest.mark.parametrize("kind, most", [("headline", 1), ("short", 3), ("bullets", 5), ("long", 12)])
def test_kinds_of_summary(cli, seeds, kind, most):
    code, out, _ = cli("run", seeds, "--kind", kind, "--json")
    claims = json.loads(out)["items"][0]["summary"]["claims"]
    assert code == 0 and 1 <= len(claims) <= most


# -- usage and exit codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["run"], 2, "PATH"),
        (["run", "x.txt", "--knid", "short"], 2, "--kind"),
        (["run", "x.txt", "--kind", "brief"], 2, "headline"),
        (["run", "x.txt", "--beams", "0"], 2, "beams"),
        (["run", "x.txt", "--mt", "de=no/such-model"], 3, "summarize models pull no/such-model"),
        (["run", "x.txt", "--summarizer", "smallm2"], 3, "smollm2"),
        (["run", "x.txt", "--json", "--jsonl", "-"], 2, "--jsonl"),
        (["diff", "--html", "--stat"], 2, "--html FILE --stat"),
        (["run", "x.txt", "-o", "--json"], 2, "-o DIR --json"),
        (["models", "list", "--cache", "--json"], 2, "--cache DIR --json"),
        (["nonsense"], 2, "nonsense"),
        (["show", "nothing"], 2, "nothing"),
        (["models", "info", "nothing"], 3, "models list"),
        (["prompts", "show", "nothing"], 2, "short"),
    ],
)
def test_errors_say_what_to_do(cli, arguments, code, words, seeds, isolated):
    shutil.copy(SEED, "x.txt")
    got, _, err = cli(*arguments)
    assert got == code and words in err and "Traceback" not in err
    assert not [path for path in isolated.iterdir() if path.name.startswith("-")]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--lang", "xx"], 3, "no model translates xx"),
        (["--out", "taken"], 2, "is a file"),
        (["--out", "taken/below/it"], 2, "is a file"),
        (["--prompt", "nope"], 2, "there is no prompt 'nope'"),
        (["--prompt", "short"], 2, "--prompt short has no use: the summarizer central takes no prompt"),
        (["https://example.org/a?b=1&c=2"], 2, "curl -L -o page.html 'https://example.org/a?b=1&c=2'"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_what_is_wrong_for_every_article_is_said_once_and_before_the_work(cli, isolated, arguments, code, words, more):
    for n in range(3):
        (isolated / f"{n}.txt").write_text(f"Das Wetter ist heute zum {n}. Mal schön. Die Stadt feiert.")
    (isolated / "taken").write_text("a file in the way")
    got, out, err = cli("run", "0.txt", "1.txt", "2.txt", *arguments, *more)
    assert got == code and words in err and len(err.splitlines()) == 2 and not out
    assert not (isolated / "out").exists() and json.loads(cli("runs", "--json")[1]) == []


def test_a_prompt_that_stands_in_the_settings_may_wait_for_a_model(cli, seeds, monkeypatch):
    monkeypatch.setenv("SUMMARIZE_PROMPT", "short")
    assert cli("run", seeds, "-q")[0] == 0
    monkeypatch.setenv("SUMMARIZE_PROMPT", "nope")
    assert cli("run", seeds, "-q")[0] == 2


def test_unknown_settings_are_errors(cli, isolated, monkeypatch):
    (isolated / "summarize.toml").write_text('kin = "short"\n')
    code, _, err = cli("run", "x.txt")
    assert code == 2 and "kin" in err and "kind" in err
    (isolated / "summarize.toml").unlink()
    monkeypatch.setenv("SUMMARIZE_BEAM", "2")
    code, _, err = cli("run", "x.txt")
    assert code == 2 and "SUMMARIZE_BEAMS" in err


def test_a_bug_leaves_a_log(cli, monkeypatch, isolated, seeds):
    monkeypatch.setattr("summarize.api.run", lambda *a, **k: 1 / 0)
    code, _, err = cli("run", seeds)
    (log,) = isolated.glob("summarize-bug-*.log")
    assert code == 70 and log.name in err and "ZeroDivisionError" in log.read_text()


def test_ctrl_c_before_anything(cli, monkeypatch, seeds):
    def interrupted(*a, **k):
        raise KeyboardInterrupt

    monkeypatch.setattr("summarize.api.run", interrupted)
    code, _, err = cli("run", seeds)
    assert code == 130 and "goes on from there" in err


def test_ctrl_c_in_another_command_promises_nothing(cli, monkeypatch):
    def interrupted(*a, **k):
        raise KeyboardInterrupt

    monkeypatch.setattr("summarize.doctor.examination.examine", interrupted)
    code, _, err = cli("doctor")
    assert code == 130 and "start it again" in err and "goes on" not in err


def test_every_command_speaks_json():
    import typer

    from summarize.cli.app import app

    def commands(group, path=()):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name)) if hasattr(command, "commands") else [((*path, name), command)]

    found = dict(commands(typer.main.get_command(app)))
    assert len(found) >= 18
    for path, command in found.items():
        assert any("--json" in p.opts for p in command.params), " ".join(path)


def test_help_has_examples(cli):
    code, out, _ = cli("--help")
    assert code == 0 and "summarize run seeds/" in out and "Exit status" in out
    code, out, _ = cli("run", "--help")
    assert code == 0 and "cat article.txt | summarize run -" in out
    assert all(len(line) <= 80 for line in out.splitlines())


# -- history, cache, models, prompts ----------------------------------------------------------------------------------


def test_history(cli, seeds, monkeypatch):
    monkeypatch.setenv("COLUMNS", "240")
    cli("run", seeds, "-q")
    code, out, _ = cli("runs")
    assert code == 0 and "done" in out and "20 sentences" in " ".join(out.split())
    assert "seeds" in out and "short by extractive:central, de-en" in out
    code, out, _ = cli("runs", "--json")
    assert json.loads(out)[0]["totals"]["articles"] == 1
    assert cli("show")[1] == cli("show", "000_4fa7a94abecd2504")[1]
    code, out, _ = cli("show", "000_4fa7a94abecd2504")
    assert code == 0 and "Kontinuierlicher Kontakt geplant" in " ".join(out.split()) and "Summary" in out
    code, out, _ = cli("show", "000_4fa7a94abecd2504", "--left-out")
    assert code == 0 and "Left out of the text" in out and "metadata, 12 letters" in out and "date 2026-02-05" in out
    code, out, _ = cli("show", "000_4fa7a94abecd2504", "--summary")
    assert "Kontinuierlicher" not in out
    code, out, _ = cli("show", "000_4fa7a94abecd2504", "--json", "--run", "1")
    assert json.loads(out)["id"] == "000_4fa7a94abecd2504"
    assert cli("show", "000_4fa7a94abecd2504", "--run", "9")[0] == 2


def test_cache_commands(cli, seeds, cache):
    cli("run", seeds, "-q")
    code, out, _ = cli("cache", "stats", "--json")
    stats = json.loads(out)
    assert stats["outputs"] == 21 and stats["results"] == 1
    code, out, _ = cli("cache", "stats")
    assert "de-en" in out and "21 outputs, 1 result, 1 run" in out and "extractive:central" in out
    assert "summarize short" in out
    assert cli("cache", "verify")[0] == 0
    import sqlite3

    with sqlite3.connect(cache / "store.db") as db:
        db.execute("UPDATE outputs SET body = body || ' ' WHERE key = (SELECT min(key) FROM outputs)")
    code, out, err = cli("cache", "verify")
    assert code == 1 and "damaged: output" in out and "--repair" in err
    assert cli("cache", "verify", "--repair")[0] == 0 and cli("cache", "verify")[0] == 0
    code, out, _ = cli("cache", "prune", "--older-than", "0", "--keep-runs", "0", "--json")
    assert json.loads(out)["runs"] == 1


def test_model_commands(cli, tmp_path):
    code, out, _ = cli("models", "list", "--json")
    models = {m["id"]: m for m in json.loads(out)}
    assert models["de-en"]["source"] == ["de"] and models["de-en"]["quality"] == "draft"
    assert {"minilm", "smollm2"} <= set(models)
    code, out, err = cli("models", "list")
    assert "not here" in out and err.splitlines()[1] == "  summarize models pull minilm"
    code, out, _ = cli("models", "info", "de-en")
    assert code == 0 and "marian" in out and "licence" in out
    facts = json.loads(cli("models", "info", "de-en", "--json")[1])
    assert (facts["family"], facts["card"]["quality"]) == ("marian", "draft")
    assert cli("models", "verify", "de-en")[0] == 0
    model = tiny_models.make("marian", tmp_path)
    assert cli("models", "add", model.path, "--name", "mine")[0] == 0
    code, out, _ = cli("models", "verify", "mine", "--json")
    assert code == 0 and {f["state"] for f in json.loads(out)["mine"]} <= {"ok", "unrecorded"}
    weights = model.path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    code, out, err = cli("models", "verify", "mine")
    assert code == 3 and "changed" in out and "mine" in err
    code, out, _ = cli("models", "rm", "mine", "--json")
    assert code == 0 and json.loads(out)["id"] == "mine" and weights.exists()
    assert cli("models", "info", "mine")[0] == 3


def test_pull_offline_is_refused(cli):
    code, _, err = cli("models", "pull", "Helsinki-NLP/opus-mt-de-en", "--offline")
    assert code == 3 and "--offline" in err


def test_prompt_commands(cli, isolated):
    code, out, _ = cli("prompts", "list", "--json")
    assert {p["name"] for p in json.loads(out)} >= {"headline", "short", "bullets", "long"}
    lines = cli("prompts", "list")[1].splitlines()
    assert len({line.index("/") for line in lines}) == 1, "columns"
    (isolated / "prompts").mkdir()
    head = "---\nname: short\nkind: short\nvariables: text\n---\n"
    (isolated / "prompts" / "short.md").write_text(head + "Mine: {{ text }}\n")
    assert "Mine:" in cli("prompts", "show", "short")[1]
    assert json.loads(cli("prompts", "show", "short", "--json")[1])["variables"] == ["text"]
    (isolated / "prompts" / "short.md").write_text(head + "{{ txet }}\n")
    code, _, err = cli("prompts", "show", "short")
    assert code == 2 and "txet" in err


# -- processes --------------------------------------------------------------------------------------------------------


def drop(folder, n):
    """n different articles of some twenty sentences each."""
    folder.mkdir()
    text = SEED.read_text(encoding="utf-8")
    for i in range(n):
        words = text.replace("2021", str(1000 + i)).replace("Militärs", f"Militärs Nr. {i}").replace(". ", f" ({i}). ")
        (folder / f"a{i:03}.txt").write_text(words, encoding="utf-8")


def outputs(folder) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.glob("a*")}


@pytest.mark.slow
@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_a_run_that_is_cut_short_goes_on_where_it_stopped(cli, cache, isolated, number, code, tmp_path):
    drop(isolated / "drop", 30)
    command = [sys.executable, "-m", "summarize", "run", "drop", "-q", "--config", "few.toml"]
    (isolated / "few.toml").write_text("window = 4\n")
    process = subprocess.Popen(command, cwd=isolated, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list((isolated / "out").glob("a*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in err) == (code, False), err
    done = len(list((isolated / "out").glob("a*.json")))
    assert (0 < done < 30 and not list((isolated / "out").glob(".*.part"))) or number == signal.SIGKILL
    again = subprocess.run([*command, "--json"], cwd=isolated, capture_output=True, text=True)
    body = json.loads(again.stdout)
    assert body["totals"]["articles"] == 30 and body["totals"]["unchanged"] >= done - 4
    resumed = outputs(isolated / "out")
    clean = tmp_path / "clean"
    clean.mkdir()
    (clean / "models").symlink_to(cache / "models", target_is_directory=True)
    subprocess.run([*command, "--cache", str(clean), "--out", "fresh"], cwd=isolated)
    assert outputs(isolated / "fresh") == resumed


def test_a_reader_that_leaves_is_no_bug(cli, seeds, isolated):
    cli("run", seeds, "-q")
    shell = f"{sys.executable} -m summarize run seeds --json | head -c 10; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], cwd=isolated, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "bug" not in done.stderr


@pytest.mark.slow
def test_two_runs_at_once_share_a_cache(cli, isolated, cache):
    drop(isolated / "drop", 8)
    command = [sys.executable, "-m", "summarize", "run", "drop", "-q"]
    both = [subprocess.Popen([*command, "--out", f"out{i}"], cwd=isolated) for i in range(2)]
    codes = [p.wait(300) for p in both]
    assert codes[0] == codes[1] and codes[0] in (0, 1)
    assert outputs(isolated / "out0") == outputs(isolated / "out1") and len(outputs(isolated / "out0")) == 16
    assert cli("cache", "verify")[0] == 0


def test_a_folder_that_cannot_be_written(cli, seeds, isolated):
    (isolated / "out").write_text("a file in the way")
    code, _, err = cli("run", seeds)
    assert code == 2 and "--out" in err and "Traceback" not in err


def test_colour_only_where_it_is_wanted(seeds, isolated, cache, cli):
    cli("run", seeds, "-q")
    environ = {**os.environ, "FORCE_COLOR": "1"}
    command = [sys.executable, "-m", "summarize", "run", "seeds"]
    shown = lambda env: subprocess.run(command, cwd=isolated, capture_output=True, text=True, env=env).stdout
    colour, plain = shown(environ), shown({**environ, "NO_COLOR": "1"})
    assert "\x1b[" in colour and "\x1b[3" not in plain


def test_a_changed_prompt_is_a_miss_and_keeps_the_translation(cli, seeds, isolated, tmp_path):
    """A chat model with random weights: what it says is useless, what is asked of it is what counts."""
    model = tiny_models.make("causal", tmp_path)
    asked = lambda: {
        s["parts"].get("prompt"): s["outputs"]
        for s in json.loads(cli("cache", "stats", "--json")[1])["signatures"]
        if s["parts"]["task"] == "summarize"
    }
    cli("run", seeds, "-q", "--no-canary", "--summarizer", model.path)
    (first,) = asked()
    (isolated / "prompts").mkdir()
    head = "---\nname: short\nkind: short\nvariables: text, sentences\n---\n"
    (isolated / "prompts" / "short.md").write_text(head + "Say it in {{ sentences }}: {{ text }}\n")
    _, out, _ = cli("run", seeds, "--no-canary", "--summarizer", model.path, "--dry-run", "--json")
    assert json.loads(out)["unchanged"] == 0 and json.loads(out)["to_translate"] == 0
    cli("run", seeds, "-q", "--no-canary", "--summarizer", model.path)
    assert asked() == {first: 1, **{p: 1 for p in asked() if p != first}} and len(asked()) == 2
