"""A cluster computes what one machine computes, whatever dies meanwhile. Without Ray: what a worker refuses, and that
batches that are spread are those of one engine."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from benchmarks.campaigns.aftermath import unlike, unsound
from summarize import catalog
from summarize.backends import neural
from summarize.config import load
from summarize.doctor import airgap
from summarize.engines import choice
from summarize.engines.decoding import Decoding
from summarize.engines.spread import Spread
from summarize.engines.worker import Refused, Trial, Worker
from summarize.errors import ClusterError, ConfigError, revived

TEXTS = [f"Am Montag waren {n} Menschen in {place}{' bei gutem Wetter' * (n % 5)}." for n in range(2, 40)
         for place in ("Berlin", "der alten Stadt")]  # fmt: skip
DE = ROOT / "models" / "de-en"


class Here:
    """A pool whose one worker is in this process: what is sent is what Ray would send."""

    def __init__(self):
        self.worker, self.sent = Worker(), []

    def done(self, jobs):
        self.sent += jobs
        answers = [self.worker.work(*job) for job in jobs]
        for answer in answers:
            if isinstance(answer, Refused):
                raise revived(answer.name, answer.message, answer.hint)
        return answers


@pytest.fixture(scope="module")
def opened(converted):
    """(the recipe of the shipped model, its engine, ids of TEXTS)"""
    model = neural.load(catalog.resolve("de-en", cache=converted), cache=converted, threads=1)._model
    recipes = []

    class Noted(choice.Recipe):
        def open(self):
            recipes.append(self)
            return super().open()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "Recipe", Noted)
        engine = model.engine
    return recipes[0], engine, [model.tokens.encode(text) for text in TEXTS]


def test_batches_that_are_spread_are_those_of_one_engine(opened):
    recipe, engine, sources = opened
    decoding, pool = Decoding(), Here()
    caps = [decoding.cap(len(source)) for source in sources]
    spread = Spread(recipe, pool)
    assert spread.nbest(sources, decoding, caps, 4) == engine.nbest(sources, decoding, caps, 4)
    assert len(pool.sent) > 3 and pool.sent[0][2] is None, "the first batch goes alone"
    assert all(sent[2] == pool.sent[1][2] and sent[2].passed(engine) for sent in pool.sent[1:])
    assert spread.generate([], decoding, []) == []


def test_a_worker_that_is_not_what_the_driver_is_refuses(opened, tmp_path):
    recipe, engine, sources = opened
    files = Spread(recipe, Here())._files
    job = ("nbest", (sources[:2], Decoding(beams=1), [32, 32], 1))
    work = lambda recipe, files, trial=None: Worker().work(recipe, files, trial, job)
    assert not isinstance(work(recipe, files), Refused)
    other = work(replace(recipe, runtime=replace(recipe.runtime, version="ctranslate2 4.0")), files)
    assert other.name == "ClusterError" and "4.0" in other.message and "constraints.txt" in other.hint
    moved = replace(recipe, path=tmp_path / "elsewhere")
    assert "has no" in work(moved, files).message and "--cache /shared" in work(moved, files).hint
    shutil.copytree(recipe.path, moved.path)
    assert not isinstance(work(moved, files), Refused)
    weights = moved.path / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert "another file" in work(moved, files).message
    said = [[h.ids for h in found] for found in engine.nbest(*job[1])]
    assert not isinstance(work(recipe, files, Trial(*job[1], said=said)), Refused)
    strange = work(recipe, files, Trial(*job[1], said=[said[1], said[0]]))
    assert "something else" in strange.message and isinstance(revived(strange.name, strange.message), ClusterError)


def test_a_cluster_is_typed(cli, tmp_path, monkeypatch):
    for wrong in ("local:0", "local", "ray://", "two", "local:2:3"):
        with pytest.raises(ConfigError, match="cluster"):
            load({"cluster": wrong}, {}, tmp_path)
    for right in ("local:2", "ray://head", "ray://head:10001", "head:6379", ""):
        assert load({"cluster": right}, {}, tmp_path).cluster == right
    (tmp_path / "summarize.toml").write_text('cluster = "ray://elsewhere"')
    with pytest.raises(ConfigError, match="cannot be set in a file"):
        load({}, {}, tmp_path)
    with pytest.raises(ConfigError, match="leave this machine"):
        airgap.refuse_cluster(load({"cluster": "ray://head"}, {}, Path("work")))
    airgap.refuse_cluster(load({"cluster": "local:2"}, {}, Path("work")))


def test_what_is_missing_is_named(cli, monkeypatch):
    Path("a.txt").write_text("Die Stadt hat eine neue Brücke.", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "ray", None)
    code, _, err = cli("run", "a.txt", "--cluster", "local:2")
    assert code != 0 and "pip install 'summarize[cluster]'" in err
    code, _, err = cli("run", "a.txt", "--cluster", "local:2", "--device", "cuda")
    assert code != 0 and "processors" in err


# -- with Ray ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(converted, tmp_path, monkeypatch):
    """Starts runs over twelve articles in a folder of their own, and waits for them."""
    pytest.importorskip("ray", reason="pip install 'summarize[cluster]'")
    drop = tmp_path / "drop"
    drop.mkdir()
    for n in range(12):
        (drop / f"{n:02}.txt").write_text("\n\n".join(TEXTS[n * 6 : n * 6 + 6] + TEXTS[:3]), encoding="utf-8")
    monkeypatch.setenv("SUMMARIZE_WINDOW", "3")
    return Runs(tmp_path, converted)


class Runs:
    def __init__(self, root: Path, converted: Path):
        self.root, self.converted = root, converted

    def start(self, name: str, *more: str, before: tuple[str, ...] = ()) -> subprocess.Popen:
        folder = self.root / name
        if not folder.exists():
            (folder / "cache").mkdir(parents=True)
            (folder / "drop").symlink_to(self.root / "drop")
            (folder / "cache" / "models").symlink_to(self.converted / "models")
        command = [*before, sys.executable, "-m", "summarize", "run", "drop", *more]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "SUMMARIZE_CACHE": "cache"}
        return subprocess.Popen(
            command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def end(self, process: subprocess.Popen, code: int = 0) -> str:
        out, said = process.communicate(timeout=200)
        assert process.returncode == code, said
        assert "raylet" not in out, "data goes to stdout, and nothing else"
        return said

    def written(self, name: str) -> int:
        return len(list((self.root / name / "out").glob("*.json")))

    def until_written(self, name: str, process: subprocess.Popen, files: int) -> None:
        while self.written(name) < files and process.poll() is None:
            time.sleep(0.02)

    def compare(self, name: str) -> None:
        self.end(self.start("calm"))
        assert unlike(self.root / "calm", self.root / name) == [] and unsound(self.root / name) == []


def workers(driver: int, name: str = "ray::Worker") -> list[int]:
    """The processes of Ray that compute for a driver on this machine: children of its raylet. Or those of another
    `name`."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    family, found = [driver], []
    while family:
        process = family.pop()
        family += children.get(process, [])
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{process}/cmdline").read_text().partition("\0")[0]
            found += [process] * (command.startswith(name) or command.endswith(f"/{name}"))
    return found


@pytest.mark.slow
def test_what_it_writes_is_what_one_machine_writes(place):
    namespace = airgap.namespace()  # where there is no way out but, once it is up, the loopback
    up = (*namespace, "sh", "-c", 'ip link set lo up && exec "$@"', "-") if namespace and shutil.which("ip") else ()
    place.end(place.start("spread", "--cluster", "local:2", before=up))
    place.compare("spread")


@pytest.mark.slow
def test_the_work_of_a_worker_that_dies_goes_to_another(place):
    run = place.start("killed", "--cluster", "local:2")
    for files in (2, 6):
        place.until_written("killed", run, files)
        os.kill(workers(run.pid)[0], signal.SIGKILL)
    assert "a worker on" in place.end(run)
    place.compare("killed")


@pytest.mark.slow
def test_without_rays_head_the_workers_that_are_there_finish(place):
    run = place.start("headless", "--cluster", "local:2")
    place.until_written("headless", run, 2)
    (head,) = workers(run.pid, "gcs_server")
    os.kill(head, signal.SIGKILL)
    os.kill(workers(run.pid)[0], signal.SIGKILL)  # nobody can start another one now
    assert "a worker on" in place.end(run)
    place.compare("headless")


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_worker_and_goes_on(place, by):
    run = place.start("ended", "--cluster", "local:2")
    place.until_written("ended", run, 3)
    computing = workers(run.pid)
    assert computing
    run.send_signal(by)
    said = place.end(run, -by if by == signal.SIGKILL else 130)
    assert by == signal.SIGKILL or "goes on from there" in said
    until = time.monotonic() + 30
    while any(Path(f"/proc/{process}/cwd").exists() for process in computing) and time.monotonic() < until:
        time.sleep(0.2)
    assert time.monotonic() < until
    assert 3 <= place.written("ended") < 12
    place.end(place.start("ended", "--cluster", "local:2"))
    place.compare("ended")


@pytest.fixture(scope="module")
def head(tmp_path_factory):
    """A cluster of one machine with two processors, its processes apart from any run: (process, port of Ray's head,
    port of its server for clients, what a run needs in its environment)."""
    pytest.importorskip("ray", reason="pip install 'summarize[cluster]'")
    with contextlib.ExitStack() as taken:
        sockets = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        gcs, clients = (str(one.getsockname()[1]) for one in sockets)
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    folder = tempfile.mkdtemp(prefix="ray-")  # names of sockets are short
    started = subprocess.Popen(
        [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--num-cpus=2", f"--port={gcs}",
         f"--ray-client-server-port={clients}", "--node-ip-address=127.0.0.1", "--include-dashboard=false",
         f"--temp-dir={folder}", "--object-store-memory=80000000"],
        env={**os.environ, **token, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    for port in (gcs, clients):
        while not _listens(port):
            assert started.poll() is None and time.monotonic() < until
            time.sleep(0.2)
    yield started, gcs, clients, token
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _listens(port: str) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", int(port)), 1).close()
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("by", ["ray://127.0.0.1:{clients}", "127.0.0.1:{gcs}"])
def test_a_cluster_that_is_there_computes_for_who_names_it(place, head, by, monkeypatch):
    process, gcs, clients, token = head
    for name, value in token.items():
        monkeypatch.setenv(name, value)
    run = place.start("there", "--cluster", by.format(gcs=gcs, clients=clients))
    place.until_written("there", run, 2)
    os.kill(workers(process.pid)[0], signal.SIGKILL)
    assert "a worker on" in place.end(run)
    place.compare("there")


@pytest.mark.slow
def test_who_has_no_token_is_told_where_it_goes(place, head):
    said = place.end(place.start("closed", "--cluster", f"ray://127.0.0.1:{head[2]}"), 3)
    assert "no cluster answers" in said and "RAY_AUTH_TOKEN" in said


@pytest.mark.slow
def test_no_cluster_says_what_to_do(place):
    said = place.end(place.start("none", "--cluster", "127.0.0.1:9"), 3)
    assert "no cluster answers at 127.0.0.1:9" in said and "ray status" in said
