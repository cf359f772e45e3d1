"""A drop that is watched while articles arrive, and kill -9 at random moments: nothing lost, nothing half.

    python benchmarks/campaigns/watched.py --drops DIR --kills 100 --arrivals 10000 --out docs/faults.md

Files come as programs write them: slowly in pieces, under another name first, at once; they are replaced, added to,
renamed, spoilt, mended and removed. `summarize watch --mirror` is killed and started again all the while, and then
left in peace until its outputs are, byte for byte, those of one run over the drop as it is in the end. What was told
(--jsonl) must be whole, and the store sound. Half of the articles are in German; most of their sentences were
translated by the shipped model before, so that what is tried is the watching. Then `--memory` articles arrive in one
process, twice: in a drop that keeps them, and in one that keeps the newest thousand.
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.campaigns.aftermath import unsound
from benchmarks.campaigns.faults import Place

WATCH = ("watch", "drop", "--every", "0.4s", "--mirror", "--jsonl", "told.jsonl", "-q")
PATIENCE = 1800  # seconds in which the outputs must have become what they should be
KEPT = 1000  # files of the drop that forgets
ENGLISH = (
    "The chancellor travelled to {} on Monday with {} ministers.",
    "In {} the council decided to spend {} million euros on schools.",
    "A storm over {} left {} households without power until the evening.",
    "The team from {} won its match with {} goals in the second half.",
)
TOWNS = ("Paris", "Warsaw", "Lisbon", "Oslo", "Vienna", "Madrid")


class Writer:
    """What writes into the drop, step by step; by its own account `texts` are whole there in the end."""

    def __init__(self, drop: Path, chance: random.Random, german: Sequence[str] = (), longest: int = 4):
        self.drop, self.chance, self.german, self.longest = drop, chance, german, longest
        self.made: Counter[str] = Counter()
        self.open: dict[Path, list[str]] = {}  # what is still to be written, in pieces
        self.names: list[Path] = []
        self.ways: list[tuple[int, Callable[[], None]]] = [
            (50, self.slowly), (20, self.moved), (10, self.at_once), (15, self.replaced), (8, self.rewritten),
            (5, self.renamed), (5, self.removed), (4, self.added), (2, self.spoilt), (3, self.mended),
        ]  # fmt: skip

    @property
    def arrivals(self) -> int:
        return self.made.total() - self.made["renamed"] - self.made["removed"]

    def step(self) -> None:
        """Something arrives or goes, and what is being written grows."""
        ways, weights = zip(*((way, weight) for weight, way in self.ways), strict=True)
        way = self.chance.choices(ways, weights)[0]
        self.made[way.__name__.replace("_", " ")] += 1
        way()
        for path in self.chance.sample(sorted(self.open), min(3, len(self.open))):
            self.grow(path)

    def finish(self) -> None:
        while self.open:
            self.grow(next(iter(self.open)))

    def grow(self, path: Path) -> None:
        pieces = self.open[path]
        with open(path, "a", encoding="utf-8") as file:
            file.write(pieces.pop(0))
        if not pieces:
            del self.open[path]

    def text(self) -> str:
        sentence = lambda: self.chance.choice(ENGLISH).format(self.chance.choice(TOWNS), self.chance.randint(2, 900))
        if self.german and self.chance.random() < 0.5:
            sentence = lambda: self.chance.choice(self.german)
        return "\n\n".join(" ".join(sentence() for _ in range(3)) for _ in range(self.chance.randint(1, self.longest)))

    def new(self) -> Path:
        path = self.drop / f"{self.chance.randint(0, 9)}" / f"{len(self.names):05}.txt"
        path.parent.mkdir(exist_ok=True)
        self.names.append(path)
        return path

    def old(self) -> Path:
        """One that is there and whole, else a new one."""
        for path in self.chance.choices(self.names, k=8) if self.names else ():
            if path.exists() and path not in self.open:
                return path
        return self.new()

    # -- the ways in which a file comes, changes and goes --------------------------------------------------------------

    def slowly(self, path: Path | None = None) -> None:
        text = self.text()
        size = len(text) // self.chance.randint(2, 6) + 1
        path = path or self.new()
        path.write_text("", encoding="utf-8")
        self.open[path] = [text[i : i + size] for i in range(0, len(text), size)]

    def moved(self, path: Path | None = None) -> None:
        path = path or self.new()
        before = path.with_name(self.chance.choice((f".{path.name}.x1", f"{path.name}.part", f"{path.stem}.tmp")))
        before.write_text(self.text(), encoding="utf-8")
        before.replace(path)

    def at_once(self) -> None:
        self.new().write_text(self.text(), encoding="utf-8")

    def replaced(self) -> None:
        self.moved(self.old())

    def rewritten(self) -> None:
        self.slowly(self.old())

    def renamed(self) -> None:
        path = self.old()
        if path.exists():
            path.replace(self.new())

    def removed(self) -> None:
        self.old().unlink(missing_ok=True)

    def added(self) -> None:
        with open(self.drop / f"feed{self.chance.randint(0, 4)}.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"id": f"feed/{len(self.names)}", "text": self.text()}) + "\n")

    def spoilt(self) -> None:
        (self.drop / f"bad{self.chance.randint(0, 9)}.json").write_text('{"text": "')

    def mended(self) -> None:
        path = self.drop / f"bad{self.chance.randint(0, 9)}.json"
        path.write_text(json.dumps({"text": self.text()}), encoding="utf-8")


def outputs(out: Path) -> dict[str, bytes]:
    """What every file holds, but for the manifest, which tells of one batch, and what was set aside."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != "run-manifest.json")
    return {name: path.read_bytes() for path in files if not (name := str(path.relative_to(out))).startswith(".gone/")}


def unlike(ours: dict[str, bytes], theirs: dict[str, bytes]) -> list[str]:
    found = [f"{name} differs" for name in sorted(ours.keys() & theirs.keys()) if ours[name] != theirs[name]]
    found += [f"{name} is missing" for name in sorted(ours.keys() - theirs.keys())]
    return found + [f"{name} is left over" for name in sorted(theirs.keys() - ours.keys())]


def untold(place: Path, made: dict[str, bytes]) -> list[str]:
    """What the results that are there in the end lack in the lines that were told."""
    told: dict[str, dict] = {}
    torn = 0
    for line in (place / "told.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except ValueError:  # a kill within a line: it is told again whole
            torn += 1
            continue
        if "id" in record:
            told[record["id"]] = record
    ids = [name.removesuffix(".json") for name in made if name.endswith(".json")]
    lacking = [id for id in ids if id not in told or told[id]["version"] != json.loads(made[f"{id}.json"])["version"]]
    return [f"{id} was not told" for id in lacking] + [f"{torn} lines were torn"] * (torn > 0)


def campaign(
    root: Path,
    *,
    kills: int,
    arrivals: int,
    seed: int,
    longest: float,
    german: Sequence[str] = (),
    cache: Path | None = None,
) -> dict[str, Any]:
    """Kills and starts again while articles arrive; `longest` a process lives before its kill, in seconds. `cache` is
    where each process finds what the German sentences became."""
    chance = random.Random(seed)
    place, calm = (made_ready(root / name, cache) for name in ("watched", "calm"))
    writer = Writer(root / "drop", chance, german)
    writer.drop.mkdir()
    for folder in (place, calm):
        (folder.folder / "drop").symlink_to(writer.drop, target_is_directory=True)
    landed: Counter[str] = Counter()
    for n in range(kills):
        life = chance.uniform(0.2, longest)
        process, trace = place.start(*WATCH)
        for moment in paced(life, arrivals * (n + 1) // kills - writer.arrivals, writer):
            time.sleep(moment)
        process.kill()
        process.wait()
        landed[landing(trace)] += 1
        print(f"{n + 1} kills, {writer.arrivals} arrivals", file=sys.stderr)
        trace.unlink()
    began = time.monotonic()
    process, _ = place.start(*WATCH)
    while writer.arrivals < arrivals:
        writer.step()
    writer.finish()
    calm.start("run", "drop", "-q")[0].wait(PATIENCE)
    wanted = outputs(calm.folder / "out")
    while (made := outputs(place.folder / "out")) != wanted and time.monotonic() - began < PATIENCE:
        time.sleep(1)
    ended = time.monotonic() - began
    process.send_signal(signal.SIGTERM)
    code = process.wait()
    left = [fault for fault in unsound(place.folder) if not fault.startswith("out/.gone ")]
    faults = [*unlike(wanted, made), *untold(place.folder, made), *left]
    faults += [f"exit status {code}"] * (code != 130)
    files = sum(path.is_file() for path in writer.drop.rglob("*"))
    aside = len(list((place.folder / "out" / ".gone").rglob("*.json")))
    counts = {"kills": kills, "arrivals": writer.arrivals, "files": files, "articles": len(wanted) // 2, "aside": aside}
    ways = writer.made.most_common()
    return {
        **counts,
        "ways": ways,
        "landed": landed.most_common(),
        "settled": ended,
        "longest": longest,
        "faults": faults,
    }


def made_ready(folder: Path, cache: Path | None) -> Place:
    (folder / "cache").mkdir(parents=True)
    if cache:
        shutil.copytree(cache, folder / "cache", symlinks=True, dirs_exist_ok=True)
    return Place(folder)


def paced(seconds: float, steps: int, writer: Writer) -> Iterator[float]:
    """How long to wait after each step of the writer so that all take `seconds`."""
    end = time.monotonic() + seconds
    for left in range(steps, 0, -1):
        writer.step()
        yield max(0.0, (end - time.monotonic()) / left)
    yield max(0.0, end - time.monotonic())


def landing(trace: Path) -> str:
    whole = [line for line in trace.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return json.loads(whole[-1])["step"] if whole else "starting"


# -- memory -----------------------------------------------------------------------------------------------------------


def memory(root: Path, arrivals: int, keep: int | None) -> list[tuple[int, int, float]]:
    """(articles that arrived, main memory in MB, seconds since the start) of one process, now and then, in a drop that
    keeps the newest `keep` files (all)."""
    drop = root / "drop"
    drop.mkdir(parents=True)
    writer = Writer(drop, random.Random(0), longest=1)
    command = [sys.executable, "-m", "summarize", "watch", "drop", "--every", "0.5s", "-q", "--mirror"]
    process = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL)
    began, found, marks = time.monotonic(), [], iter(sorted({arrivals * n // 10 for n in range(1, 11)}))
    mark = next(marks)
    try:
        while mark and process.poll() is None:
            for _ in range(arrivals // 100):
                writer.moved()
            for path in writer.names[:-keep] if keep else ():
                path.unlink(missing_ok=True)
            newest = root / "out" / writer.names[-1].relative_to(drop).with_suffix(".json")
            while not newest.exists() and process.poll() is None:
                time.sleep(0.02)
            if len(writer.names) >= mark:
                found.append((len(writer.names), resident(process.pid), time.monotonic() - began))
                print(*found[-1], file=sys.stderr)
                mark = next(marks, 0)
    finally:
        process.terminate()
        process.wait()
    return found


def resident(process: int) -> int:
    """Main memory that a process holds, in MB (Linux)."""
    line = next(x for x in Path(f"/proc/{process}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024)


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="watched-") as folder:
        root = Path(folder)
        german, cache = warmed(root / "warm", asked)
        os.environ["SUMMARIZE_CACHE"] = "cache"
        plan = {"kills": asked.kills, "arrivals": asked.arrivals, "seed": asked.seed, "longest": asked.longest}
        figures = campaign(root / "campaign", german=german, cache=cache, **plan)
        for fault in figures["faults"]:
            print(f"FAULT {fault}", file=sys.stderr)
        if asked.memory:
            figures["kept"] = memory(root / "kept", asked.memory, None)
            figures["rotated"] = memory(root / "rotated", asked.memory, KEPT)
    return {"kept": [], "rotated": [], **figures, "sentences": len(german)}


def warmed(home: Path, asked: argparse.Namespace) -> tuple[list[str], Path]:
    """German sentences of the drops, and a cache that has their translations."""
    (home / "cache").mkdir(parents=True)
    (home / "cache" / "models").symlink_to(asked.cache.resolve() / "models", target_is_directory=True)
    (home / "drop").mkdir()
    for path in pages.files(asked.drops, "*.txt")[: asked.articles]:
        shutil.copy(path, home / "drop")
    place = Place(home)
    os.environ["SUMMARIZE_CACHE"] = "cache"
    place.run("run", "drop", "-q")
    results = [
        json.loads(path.read_text("utf-8")) for path in (home / "out").glob("*.json") if "manifest" not in path.name
    ]
    said = {s["source"] for r in results for s in r["sentences"] if s["status"] == "translated"}
    return sorted(said), home / "cache"


if __name__ == "__main__":
    number = lambda default, text: {"type": type(default), "default": default, "help": text}
    own = {
        "kills": number(100, "of the watching process"),
        "arrivals": number(10_000, "files that come or are replaced meanwhile"),
        "longest": number(8.0, "seconds that a process lives before its kill"),
        "articles": number(10, "of the drops, whose sentences are arrived with"),
        "memory": number(0, "articles that arrive in one process, to see how its memory grows"),
    }
    _, figures = pages.command(__doc__, "watched", measure, "drops! cache seed", own)
    sys.exit(bool(figures["faults"]))
