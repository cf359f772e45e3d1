"""A run on a cluster of two nodes, and kill -9 of workers, nodes and the driver: its output is that of one machine.

    python benchmarks/campaigns/clustered.py --drops DIR --kills 30 --out docs/faults.md

Ray's head and two nodes of one processor each are processes of their own on this machine (`ray.cluster_utils`). A run
over the drop is disturbed at random moments: one of its workers is killed, or the raylet of a node and with it all that
the node does (another takes its place), or the run itself, which is started again. When it has ended, outputs and store
must be those of a run without a cluster. Then the next one begins, until there were enough kills. With `--shape` the
speed of one worker, of two and of one thread without a cluster is measured, in turns.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.campaigns.aftermath import unlike, unsound
from benchmarks.campaigns.watched import made_ready

LONGEST = 300  # seconds of a run
TEXTS = 384  # of the drops, for the speed
SPEED = """
import sys, time
from pathlib import Path
from summarize import catalog
from summarize.backends import neural
from summarize.engines.decoding import Decoding
model, cache, cluster, texts = sys.argv[1:]
texts = Path(texts).read_text().splitlines()
decoding = Decoding(min_new=30, max_new=30)
backend = neural.load(catalog.resolve(model, cache=Path(cache)), cache=Path(cache), threads=1, cluster=cluster,
                      decoding=decoding)
backend.run(texts[:8])
time.sleep(1)
began = time.monotonic()
backend.run(texts)
print(len(texts) / (time.monotonic() - began))
"""


class Nodes:
    """A head without processors, and two nodes that have one each."""

    def __init__(self) -> None:
        os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
        from ray.cluster_utils import Cluster

        quiet = {"include_dashboard": False, "object_store_memory": 80 << 20}
        self.cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **quiet})
        self.quiet = {"object_store_memory": 80 << 20}
        self.nodes = [self.add(), self.add()]

    def add(self) -> Any:
        return self.cluster.add_node(num_cpus=1, wait=True, **self.quiet)

    def raylet(self, node: Any) -> int:
        return node.all_processes["raylet"][0].process.pid

    def workers(self) -> list[int]:
        """Processes that compute, on either node."""
        parents = {self.raylet(node) for node in self.nodes}
        return [
            process for process, parent, name in processes() if parent in parents and name.startswith("ray::Worker")
        ]

    def kill(self, chance: random.Random) -> None:
        node = chance.choice(self.nodes)
        os.kill(self.raylet(node), signal.SIGKILL)
        self.nodes.remove(node)
        self.nodes.append(self.add())


def processes() -> list[tuple[int, int, str]]:
    """(process, parent, command line) of this machine (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            found.append((int(folder.name), parent, (folder / "cmdline").read_text()))
        except OSError:  # it has ended
            continue
    return found


def campaign(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    chance, kills, faults, rounds = random.Random(asked.seed), Counter(), [], 0
    drop = root / "drop"
    drop.mkdir(parents=True)
    for path in pages.files(asked.drops, "*.txt")[: asked.articles]:
        shutil.copy(path, drop)
    os.environ.update(SUMMARIZE_WINDOW="8", SUMMARIZE_CACHE="cache", SUMMARIZE_OUT="out")
    command = [sys.executable, "-m", "summarize", "run", "drop", "-q"]

    def place(name: str) -> Path:
        folder = made_ready(root / name, None).folder
        (folder / "drop").symlink_to(drop, target_is_directory=True)
        (folder / "cache" / "models").symlink_to(asked.cache.resolve() / "models", target_is_directory=True)
        return folder

    calm = place("calm")
    status = subprocess.run(command, cwd=calm, timeout=LONGEST).returncode  # 1: what the model makes falls short
    nodes = Nodes()
    begin = lambda folder: subprocess.Popen([*command, "--cluster", nodes.cluster.address], cwd=folder)
    while kills.total() < asked.kills:
        rounds += 1
        folder = place(f"round{rounds}")
        run, began = begin(folder), time.monotonic()
        while run.poll() is None:
            try:
                run.wait(chance.uniform(1, 8))
                break
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() - began > LONGEST:
                faults.append(f"round {rounds} hung")
                run.kill()
            if kills.total() >= asked.kills:
                continue
            what = min(("worker", "node", "driver"), key=lambda kind: (kills[kind], chance.random()))
            computing = nodes.workers()
            if what == "worker" and computing:
                os.kill(chance.choice(computing), signal.SIGKILL)
            elif what == "node" and computing:
                nodes.kill(chance)
            elif what == "driver":
                run.kill()
                run.wait()
                run = begin(folder)
            else:
                continue
            kills[what] += 1
            print(f"{kills.total()} kills, round {rounds}: a {what}", file=sys.stderr)
        faults += [f"round {rounds}: exit status {run.returncode}, not {status}"] * (run.returncode != status)
        faults += [f"round {rounds}: {fault}" for fault in (*unlike(calm, folder), *unsound(folder))]
    nodes.cluster.shutdown()
    return {"kills": kills.most_common(), "rounds": rounds, "articles": asked.articles, "faults": faults}


def speed(root: Path, asked: argparse.Namespace) -> dict[str, list[float]]:
    """Sentences a second of the engine alone, by how it is run, round by round."""
    from benchmarks.timing.models import shaped

    model = shaped(asked.shape, root)
    lines = [line for path in pages.files(asked.drops, "*.txt") for line in path.read_text("utf-8").splitlines()]
    chosen = random.Random(asked.seed).sample([line[:150] for line in lines if len(line) > 60], TEXTS)
    (root / "texts").write_text("\n".join(chosen), encoding="utf-8")
    ways = {"one thread, no cluster": "", "one worker": "local:1", "two workers": "local:2"}
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(asked.rounds):
        for way, cluster in ways.items():
            call = [sys.executable, "-c", SPEED, str(model), str(root / "cache"), cluster, str(root / "texts")]
            done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=LONGEST)
            found[way].append(float(done.stdout.split()[-1]))
            print(way, found[way][-1], file=sys.stderr)
    return found


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="clustered-") as folder:
        figures = campaign(Path(folder), asked) if asked.kills else {"faults": [], "kills": [], "rounds": 0}
        for fault in figures["faults"]:
            print(f"FAULT {fault}", file=sys.stderr)
        return {**figures, "articles": asked.articles, "speed": speed(Path(folder), asked) if asked.shape else {}}


def view(figures: pages.Figures) -> dict[str, Any]:
    return {**figures, "total": sum(count for _, count in figures["kills"])}


if __name__ == "__main__":
    number = lambda default, text: {"type": type(default), "default": default, "help": text}
    own = {
        "kills": number(30, "of workers, nodes and the driver together"),
        "articles": number(60, "of the drops, in each run"),
        "rounds": number(3, "of the speed"),
        "shape": {"type": Path, "help": "folder with the config and vocabulary of opus-mt: measures the speed, too"},
    }
    _, figures = pages.command(__doc__, "clustered", measure, "drops! cache seed", own, view)
    sys.exit(bool(figures["faults"]))
