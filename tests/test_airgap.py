"""Nothing leaves the machine: every command with its sockets refused and recorded, and the proof for users."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from conftest import ROOT
from model_server import serving

from summarize.cli.app import app
from summarize.doctor import airgap

TEXT = "Die Stadt hat eine neue Brücke. Am Montag war die Brücke zum ersten Mal offen.\n"
OLD = "The bridge was open on Monday."

# How each command is run below, and its exit status; "{model}" is a checkpoint folder. A new command needs a line here.
COMMANDS = {
    "run": (["drop", "--kind", "headline"], 0),
    "show": (["text"], 0),
    "runs": ([], 0),
    "report": ([], 0),
    "diff": (["1", "2", "--why"], 0),
    "stats": ([], 0),
    "doctor": ([], 0),
    "eval": (["{pairs}"], 0),
    "models list": ([], 0),
    "models info": (["de-en"], 0),
    "models pull": (["Helsinki-NLP/opus-mt-de-en", "--offline"], 3),
    "models suggest": (["drop"], 0),
    "models add": (["{model}", "--name", "mine"], 0),
    "models convert": (["de-en"], 0),
    "models verify": ([], 0),
    "models rm": (["theirs"], 0),
    "prompts list": ([], 0),
    "prompts show": (["short"], 0),
    "cache stats": ([], 0),
    "glossary check": (["terms.tsv", "drop"], 0),
    "fix": (["text", "1", "--text", "By hand."], 0),
    "memory import": (["pairs.tsv", "--lang", "de", "--replace"], 0),
    "memory export": (["memory.tmx"], 0),
    "memory search": (["stadt"], 0),
    "memory stats": ([], 0),
    "memory forget": (["nothing.tsv"], 2),
    "digest": ([], 0),
    "search": (["brücke"], 0),
    "watch": (["drop", "--once"], 0),
    "cache verify": ([], 0),
    "cache prune": ([], 0),
}


def commands(group=None, path=()):
    group = group or typer.main.get_command(app)
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


class Place:
    """A folder with two runs in its history, in which commands run as processes whose sockets are watched."""

    def __init__(self, folder: Path, converted: Path):
        self.folder = folder
        (folder / "cache").mkdir(parents=True)
        shutil.copytree(converted / "models", folder / "cache" / "models")
        (folder / "drop").mkdir()
        (folder / "drop" / "text.txt").write_text(TEXT, encoding="utf-8")
        (folder / "pairs.tsv").write_text(f"{TEXT.split('.')[0]}.\t{OLD}\n", encoding="utf-8")
        (folder / "terms.tsv").write_text("Brücke\tbridge\n", encoding="utf-8")
        self.names = {"model": str(ROOT / "models" / "de-en"), "pairs": "pairs.tsv"}
        self.environ = {k: v for k, v in os.environ.items() if not k.startswith("SUMMARIZE_")}
        self.environ |= {"HF_HOME": str(folder / "hf"), "COLUMNS": "80"}

    def run(self, *arguments: str) -> tuple[subprocess.CompletedProcess[str], tuple[str, ...], list[str]]:
        """(the finished process, its socket events, the programs that it started)."""
        log = self.folder / "sockets.log"
        log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "summarize", *(a.format(**self.names) for a in arguments)]
        environ = airgap.environment(log, self.environ)
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=300)
        events = airgap.read_log(log)
        assert events and events[0][0] == "armed", "the process was watched"
        return done, airgap.socket_events(log), [what for event, what in events if event == "process"]


@pytest.fixture(scope="module")
def place(converted, tmp_path_factory):
    made = Place(tmp_path_factory.mktemp("airgap") / "place", converted)
    for kind in ("short", "headline"):
        assert made.run("run", "drop", "-q", "--kind", kind)[0].returncode == 0
    assert made.run("models", "add", "{model}", "--name", "theirs")[0].returncode == 0
    return made


@pytest.mark.parametrize("command", list(commands()))
def test_no_command_opens_a_socket(place, command):
    assert command in COMMANDS, f"a new command: say in COMMANDS how `summarize {command}` is run"
    arguments, code = COMMANDS[command]
    done, attempts, processes = place.run(*command.split(), *arguments)
    assert attempts == () and done.returncode == code, done.stderr
    assert all(os.path.realpath(p) == os.path.realpath(sys.executable) for p in processes)
    if command == "models pull":
        assert "--offline forbids" in done.stderr


def test_pull_without_offline_is_the_one_that_tries(place):
    """Also the proof that the tests above can fail: here there are socket events, and they are refused."""
    done, attempts, _ = place.run("models", "pull", "Helsinki-NLP/opus-mt-de-en")
    assert done.returncode == 3 and attempts
    assert "Helsinki-NLP/opus-mt-de-en" in done.stderr and "Traceback" not in done.stderr
    done, attempts, _ = place.run("models", "pull", "minilm")
    assert done.returncode == 3 and "check the network" in done.stderr


@pytest.mark.parametrize("more", [[], ["--offline"]])
@pytest.mark.parametrize("name", ["minilm", "smollm2"])
def test_a_run_never_fetches_what_it_lacks(place, name, more):
    done, attempts, processes = place.run("run", "drop", "--summarizer", name, *more)
    assert done.returncode == 3 and f"summarize models pull {name}" in done.stderr
    assert not attempts and not processes


@pytest.mark.parametrize("more", [[], ["minilm"]])
def test_offline_forbids_pulling(place, more):
    done, attempts, processes = place.run("models", "pull", *(more or ["Helsinki-NLP/opus-mt-fr-en"]), "--offline")
    assert done.returncode == 3 and "--offline forbids" in done.stderr
    assert not attempts and not processes


def test_a_page_and_its_libraries_open_no_socket(place):
    (place.folder / "page.html").write_text(airgap.PAGE, encoding="utf-8")
    done, attempts, _ = place.run("run", "page.html", "-q")
    assert done.returncode == 0 and attempts == ()


def test_an_address_elsewhere_is_asked_only_where_it_is_typed(place):
    """Without s3fs it is refused before that; with it there is an attempt, as there must be."""
    drop = place.folder / "addresses"
    drop.mkdir()
    (drop / "a.txt").write_text("s3://bucket/drop/a.txt\n" + TEXT, encoding="utf-8")
    (drop / "b.jsonl").write_text(json.dumps({"text": TEXT, "url": "s3://bucket/b.txt"}) + "\n", encoding="utf-8")
    done, attempts, _ = place.run("run", "addresses", "-q")
    assert done.returncode == 0 and attempts == ()
    done, attempts, _ = place.run("run", "s3://bucket/drop/", "-q", "--offline")
    assert done.returncode == 2 and attempts == () and "--offline forbids" in done.stderr
    done, attempts, _ = place.run("run", "s3://bucket/drop/", "-q")
    assert "Traceback" not in done.stderr
    assert (done.returncode, bool(attempts)) in ((1, True), (2, False)), done.stderr


@pytest.mark.slow
def test_conversion_and_the_other_engine_open_no_socket(place):
    done, attempts, processes = place.run("run", "drop", "-q", "--engine", "transformers")
    assert done.returncode == 0 and attempts == ()
    done, attempts, processes = place.run("run", "drop", "-q", "--cache", "empty")
    assert done.returncode == 0 and attempts == () and processes, "it was converted in a process of its own"


# -- the proof that users can ask for ---------------------------------------------------------------------------------


def test_the_proof(place):
    done, _, _ = place.run("doctor", "--airgap", "--json")
    seen = json.loads(done.stdout)
    assert done.returncode == 0 and seen["proven"] and not seen["doubts"] and not seen["attempts"]
    assert seen["means"][0] == "audit hook" and seen["sentences"]["translated"] >= 5
    assert ("network namespace" in seen["means"]) == bool(airgap.namespace())
    (model,) = [m for m in seen["models"] if m["name"] == "model de-en"]
    assert model["weights"]["model.safetensors"].startswith("sha256:") and model["licence"] and model["origin"]
    assert set(seen["may_connect"]) == set(airgap.SPEAKERS)
    assert list((place.folder / "out").rglob("text.md")), "the user's own results are still there"


def test_the_proof_reads_well(place):
    done, _, _ = place.run("doctor", "--airgap")
    assert done.stdout.startswith("proven\n") and "audit hook" in done.stdout and "sha256:" in done.stdout
    assert "summarize models pull" in done.stdout and "MIT" in done.stdout


def test_a_library_that_calls_home_is_caught(converted, tmp_path):
    """Another trafilatura, found before the installed one, that asks for an address when it is imported."""
    place = Place(tmp_path / "place", converted)
    library = tmp_path / "library" / "trafilatura"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(
        "import socket\ntry: socket.getaddrinfo('telemetry.invalid', 443)\nexcept OSError: pass\n"
        "def bare_extraction(text, **options): return None\n"
    )
    place.environ["PYTHONPATH"] = str(library.parent)
    done, _, _ = place.run("doctor", "--airgap", "--json")
    seen = json.loads(done.stdout)
    assert done.returncode == 1 and not seen["proven"]
    assert "telemetry.invalid" in seen["attempts"][0] and "tried to use the network" in seen["doubts"][0]


def test_a_job_that_does_nothing_proves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMARIZE_MT", "de=no/such-model")
    seen = airgap.prove(tmp_path / "cache")
    assert not seen.proven and "proves nothing" in seen.doubts[0] and "no/such-model" in seen.doubts[0]


def test_without_a_namespace_the_proof_says_so(tmp_path, converted, monkeypatch):
    monkeypatch.setattr(airgap, "_UNSHARE", ())
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models").symlink_to(converted / "models", target_is_directory=True)
    seen = airgap.prove(tmp_path / "cache")
    assert seen.proven and seen.means == (airgap.HOOK,)


def test_a_cache_that_cannot_be_written_is_an_error_and_no_proof(place):
    (place.folder / "file").write_text("in the way")
    done, _, _ = place.run("doctor", "--airgap", "--cache", "file")
    assert done.returncode == 1 and "--cache DIR" in done.stderr


@pytest.mark.parametrize(
    "code, event",
    [
        ("socket.socket()", "socket.__new__"),
        ("socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo"),
        ("socket.getaddrinfo('localhost', 9)", "socket.getaddrinfo"),
        ("socket.gethostbyname('localhost')", "socket.gethostbyname"),
        ("socket.socket(socket.AF_UNIX).connect('/tmp/x')", "socket.connect"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')", "socket.getaddrinfo"),
        (
            "import subprocess; subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'])",
            "socket.__new__",
        ),
    ],
)
def test_the_hook_refuses_and_records(tmp_path, code, event):
    log = tmp_path / "log"
    done = subprocess.run(
        [sys.executable, "-c", f"import socket, sys\n{code}"],
        env=airgap.environment(log, os.environ), capture_output=True, text=True,
    )  # fmt: skip
    assert "the network is closed" in done.stderr and airgap.socket_events(log)[0].startswith(event)


def test_what_stays_in_the_machine_is_let_be(tmp_path):
    code = "import socket, asyncio; socket.socketpair(); socket.gethostname(); asyncio.new_event_loop().close()"
    log = tmp_path / "log"
    done = subprocess.run([sys.executable, "-c", code], env=airgap.environment(log, os.environ), capture_output=True)
    assert done.returncode == 0 and airgap.socket_events(log) == ()


# -- model servers ----------------------------------------------------------------------------------------------------


def test_a_model_server_on_this_machine_is_allowed_and_told(place):
    with serving() as server:
        address = server.base.removeprefix("http://").removesuffix("/v1")
        (place.folder / "served.toml").write_text(f'[mt]\nde = "{server.spec}"\n')
        done, attempts, _ = place.run("doctor", "--airgap", "--json", "--config", "served.toml")
        seen = json.loads(done.stdout)
        assert done.returncode == 0 and seen["proven"] and not attempts, done.stderr
        assert (seen["servers"], seen["attempts"], seen["means"]) == ([address], [], ["audit hook"])
        asked = len(server.asked)
        done, _, _ = place.run("doctor", "--airgap", "--config", "served.toml")
        assert f"a model server on this machine was asked ({address})" in " ".join(done.stdout.split())
        assert len(server.asked) > asked > 0


def test_a_model_server_elsewhere_is_no_airgap(place):
    (place.folder / "served.toml").write_text('[mt]\nde = "server:http://192.0.2.1/v1#m"\n')
    done, attempts, _ = place.run("doctor", "--airgap", "--config", "served.toml")
    assert done.returncode == 2 and "not on this machine" in done.stderr and not attempts


def test_only_the_named_server_may_be_asked(tmp_path):
    with serving() as server, serving() as other:
        place = server.base.removeprefix("http://").removesuffix("/v1")
        ask = "import urllib.request as u, sys; print(u.build_opener(u.ProxyHandler({})).open(sys.argv[1]).status)"
        done = {}
        for url in (f"{server.base}/models", f"{other.base}/models", "http://192.0.2.1/"):
            log = tmp_path / "log"
            environ = airgap.environment(log, os.environ, [place])
            done[url] = subprocess.run([sys.executable, "-c", ask, url], env=environ, capture_output=True, text=True)
        codes = [d.returncode for d in done.values()]
        assert codes == [0, 1, 1] and "the network is closed" in done["http://192.0.2.1/"].stderr
        assert airgap.socket_events(log)


# -- the sources ------------------------------------------------------------------------------------------------------

NETWORK = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib",
           "telnetlib", "xmlrpc", "socketserver", "huggingface_hub", "pip", "ray", "fsspec"}  # fmt: skip
# These close the network; they do not use it.
CLOSERS = {"summarize/catalog/unpickle.py", "summarize/articles/webpage.py"}


def test_only_the_named_sources_speak_to_a_network():
    speaking = set()
    for path in (ROOT / "summarize").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += ["pip"] if isinstance(node, ast.Constant) and node.value == "pip" else []
            if {n.split(".")[0] for n in names if n != "urllib.parse"} & NETWORK:  # that one only reads addresses
                speaking.add(path.relative_to(ROOT).as_posix())
    assert speaking - CLOSERS == set(airgap.SPEAKERS)
