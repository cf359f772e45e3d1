"""Kill -9 at random moments, run again, and compare with a run that nobody disturbed.

    python benchmarks/campaigns/faults.py --drops DIR --kills 50 --out docs/faults.md

The first German articles of the drop are translated and summarized by the shipped model, each campaign in a cache of
its own (with the converted model borrowed), killed and started again until it ends by itself. Half of the kills come
from outside at a random time, half at a random step that the process is about to take (see tapped.py). Then
conversion, `cache prune`, `report` and one of two processes on one cache are killed. The part of the page between the
marks of this campaign is written anew; the exit status is 1 if anything was lost, done twice or left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.campaigns.aftermath import left_behind, tables, unlike, unsound

TAPPED = Path(__file__).with_name("tapped.py")
RUN = ("run", "drop", "-q")
FIGURES = ("articles", "sentences", "campaigns", "sent", "sent twice", "in flight", "largest batch")
LONGEST = 300  # seconds that a process may take before it counts as hung


@dataclass
class Process:
    """A finished process: its exit status, and the lines of its trace."""

    code: int
    trace: list[dict]

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def landing(self) -> str:
        return self.trace[-1]["step"] if self.trace else "starting"


@dataclass
class Place:
    """A working folder of one campaign: drop, cache with borrowed models, out; and the traces of its processes."""

    folder: Path
    done: list[Process] = field(default_factory=list)

    def start(self, *command: str, deadly: str = "-") -> tuple[subprocess.Popen, Path]:
        number = len(list(self.folder.glob("*.trace")))
        trace = self.folder / f"{number:03}.trace"
        trace.touch()
        call = [sys.executable, str(TAPPED), trace.name, deadly, *command]
        return subprocess.Popen(call, cwd=self.folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL), trace

    def run(self, *command: str, deadly: str = "-", after: str = "", delay: float | None = None) -> Process:
        """Runs to the end, to the step `deadly`, or for `delay` seconds (counted from the step `after` if given)."""
        process, trace = self.start(*command, deadly=deadly)
        if delay is not None:
            while after and process.poll() is None and not any(x["step"] == after for x in lines(trace)):
                time.sleep(0.002)
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
        self.done.append(Process(process.wait(LONGEST), lines(trace)))
        return self.done[-1]


def lines(trace: Path) -> list[dict]:
    """The steps so far; a last line that is not whole yet is left out."""
    return [json.loads(line) for line in trace.read_text().splitlines(keepends=True) if line.endswith("\n")]


class Campaign:
    def __init__(self, root: Path, drops: Path, models: Path, articles: int, window: int, seed: int):
        self.root, self.models, self.random = root, models, random.Random(seed)
        self.drop = root / "drop"
        self.drop.mkdir(parents=True)
        for path in pages.files(drops, "*.txt")[:articles]:
            shutil.copy(path, self.drop)
        os.environ.update(SUMMARIZE_WINDOW=str(window), SUMMARIZE_CACHE="cache", SUMMARIZE_OUT="out")
        self.kills: Counter[tuple[str, str, str]] = Counter()  # (what was killed, how, step it landed on)
        self.faults: list[str] = []
        self.figures: Counter[str] = Counter()
        started = time.monotonic()
        self.calm = self.place("calm")
        first = self.calm.run(*RUN)
        self.seconds = time.monotonic() - started
        self.figures["articles"] = len(list(self.drop.iterdir()))
        self.steps = Counter(x["step"] for x in first.trace)
        self.figures["sentences"] = sum(len(x.get("sent", ())) for x in first.trace)
        if first.code not in (0, 1):
            raise SystemExit(f"the undisturbed run ended with exit status {first.code}")

    def place(self, name: str, borrow: bool = True) -> Place:
        folder = self.root / name
        (folder / "cache").mkdir(parents=True)
        (folder / "drop").symlink_to(self.drop, target_is_directory=True)
        if borrow:
            (folder / "cache" / "models").symlink_to(self.models, target_is_directory=True)
        return Place(folder)

    def copy(self, place: Place, name: str) -> Place:
        shutil.copytree(place.folder, self.root / name, symlinks=True, ignore=shutil.ignore_patterns("*.trace"))
        return Place(self.root / name)

    def count(self, what: str, how: str, process: Process) -> bool:
        if process.killed:
            self.kills[what, how, process.landing] += 1
        return process.killed

    def check(self, what: str, *faults: object) -> None:
        """Notes the faults; what is false or empty is none."""
        found = [f"{what}: {fault}" for fault in faults if fault]
        self.faults += found
        for fault in found:
            print(f"FAULT {fault}", file=sys.stderr)

    # -- run -----------------------------------------------------------------------------------------------------------

    def run_until_done(self, name: str, most: int) -> int:
        """One campaign of a run: killed and started again until it ends, with at most `most` kills. Returns these."""
        place, kills = self.place(name), 0
        while True:
            by_clock = self.random.random() < 0.5
            moment = self.random.uniform(0, 0.7 * self.seconds)
            step = self.random.choice(sorted(self.steps))
            deadly = f"{step}:{self.random.randint(1, max(1, self.steps[step] // 4))}"
            if kills >= most:
                process = place.run(*RUN)
            else:
                process = place.run(*RUN, delay=moment) if by_clock else place.run(*RUN, deadly=deadly)
            if not self.count("run", "by the clock" if by_clock else "at a step", process):
                break
            kills += 1
        self.figures["campaigns"] += 1
        self.check(name, *unlike(self.calm.folder, place.folder), *self.repeated(place), *unsound(place.folder))
        self.check(name, process.code != self.calm.done[0].code and f"exit status {process.code}")
        return kills

    def repeated(self, place: Place) -> list[str]:
        """Segments that were sent again although an earlier process had kept them; counts those in flight at kills."""
        kept: set[str] = set()
        sent: Counter[str] = Counter()
        again = 0
        for process in place.done:
            flying = 0
            for line in process.trace:
                if "sent" in line:
                    flying = len(line["sent"])
                    again += len(kept.intersection(line["sent"]))
                    sent.update(line["sent"])
                elif "kept" in line:
                    flying = 0
                    kept.update(line["kept"])
                self.figures["largest batch"] = max(self.figures["largest batch"], flying)
            self.figures["in flight"] += flying if process.killed else 0
        self.figures["sent"] += sent.total()
        self.figures["sent twice"] += sent.total() - len(sent)
        return [f"{again} segments that were kept were sent again"] if again else []

    # -- the rest ------------------------------------------------------------------------------------------------------

    def two_at_once(self, name: str) -> None:
        """Two runs on one cache, one of them killed: the other ends well, and so does the killed one when resumed."""
        place = self.place(name)
        one, two = (*RUN, "--out", "out1"), (*RUN, "--out", "out2")
        other, _ = place.start(*two)
        killed = place.run(*one, delay=self.random.uniform(0.3, 1.5 * self.seconds))
        self.count("one of two runs", "by the clock", killed)
        codes = {other.wait(LONGEST), place.run(*one).code}
        self.check(name, codes != {self.calm.done[0].code} and f"exit statuses {codes}")
        self.check(name, *(fault for out in ("out1", "out2") for fault in unlike(self.calm.folder, place.folder, out)))
        self.check(name, *unsound(place.folder))

    def conversion(self, name: str, seconds: float) -> None:
        """The model's conversion is killed on the first run, which is started again at once."""
        place = self.place(name, borrow=False)
        (place.folder / "one").mkdir()
        shutil.copy(next(self.drop.iterdir()), place.folder / "one")
        killed = place.run("run", "one", "-q", after="converting", delay=self.random.uniform(0, seconds))
        self.count("conversion", "by the clock", killed)
        again = place.run("run", "one", "-q")
        made = place.folder / "cache" / "models" / "converted"
        left = sorted(p.name for p in made.iterdir() if p.suffix != ".lock")
        self.check(name, again.code not in (0, 1) and f"exit status {again.code}")
        self.check(name, (len(left) != 1 or left[0].startswith(".")) and f"left behind: {left}")

    def history(self) -> Place:
        """A finished place with three runs, to prune and to report on."""
        place = self.copy(self.calm, "history")
        for more in ((*RUN, "--kind", "headline", "--out", "headlines"), RUN):
            place.run(*more)
        return place

    def prune(self, name: str, base: Place, pruned: Mapping[str, list], step: str, delay: float | None) -> None:
        command = ("cache", "prune", "--older-than", "0", "--keep-runs", "1")
        place = self.copy(base, name)
        killed = place.run(*command, after=step, delay=delay) if delay is not None else place.run(*command, deadly=step)
        self.count("cache prune", "by the clock" if delay is not None else "at a step", killed)
        self.check(name, *unsound(place.folder))
        again = place.run(*command)
        self.check(name, again.code and f"exit status {again.code}")
        self.check(name, *(f"{t} differ" for t, rows in pruned.items() if tables(place.folder)[t] != rows))
        place.run(*RUN)
        self.check(name, *unlike(self.calm.folder, place.folder, store=False))

    def report(self, name: str, base: Place, whole: bytes, step: str, delay: float | None) -> None:
        place = self.copy(base, name)
        page = place.folder / "report.html"
        killed = place.run("report", after=step, delay=delay) if delay is not None else place.run("report", deadly=step)
        self.count("report", "by the clock" if delay is not None else "at a step", killed)
        self.check(name, page.exists() and page.read_bytes() != whole and "half a page")
        place.run("report")
        self.check(name, page.read_bytes() != whole and "the page differs", *left_behind(place.folder))

    def others(self, times: int) -> None:
        for n in range(times):
            self.two_at_once(f"two {n}")
            self.conversion(f"conversion {n}", 8.0)
        base = self.history()
        calm = self.copy(base, "prune calm")
        calm.run("cache", "prune", "--older-than", "0", "--keep-runs", "1")
        pruned = tables(calm.folder)
        moments = [("pruning: runs:1", None), ("pruning: outputs:1", None), ("committing:1", None)]
        moments += [("committing:2", None), ("pruning: vacuum:1", None)]
        moments += [("pruning: vacuum", self.random.uniform(0, 0.02)) for _ in range(3)]
        for n, (step, delay) in enumerate(moments):
            self.prune(f"prune {n}", base, pruned, step, delay)
        calm = self.copy(base, "report calm")
        calm.run("report")
        whole = (calm.folder / "report.html").read_bytes()
        moments = [("putting in place: .html:1", None)]
        moments += [("rendering the report", self.random.uniform(0, 0.5)) for _ in range(4)]
        for n, (step, delay) in enumerate(moments):
            self.report(f"report {n}", base, whole, step, delay)


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        models = asked.cache.resolve() / "models"
        campaign = Campaign(Path(folder), asked.drops, models, asked.articles, asked.window, asked.seed)
        left = asked.kills
        while left > 0:
            left -= campaign.run_until_done(f"campaign {campaign.figures['campaigns']}", min(left, 8))
            print(f"{asked.kills - left} kills of a run, {len(campaign.faults)} faults", file=sys.stderr)
        campaign.others(asked.others)
    total: Counter[str] = Counter()
    for (what, _, _), n in campaign.kills.items():
        total[what] += n
    kills = [(*landing, n) for landing, n in sorted(campaign.kills.items())]
    own = {"total": total.most_common(), "kills": kills, "faults": campaign.faults, "window": asked.window}
    return {**own, **{name.replace(" ", "_"): campaign.figures[name] for name in FIGURES}}


if __name__ == "__main__":
    number = lambda default, text: {"type": int, "default": default, "help": text}
    own = {
        "kills": number(50, "of a run; those of conversion, prune, … come on top"),
        "articles": number(20, "of the drop"),
        "window": number(3, "articles that a run has at hand"),
        "others": number(3, "kills of one of two runs, and as many of a conversion"),
    }
    _, figures = pages.command(__doc__, "kills", measure, "drops! cache seed", own)
    sys.exit(bool(figures["faults"]))
