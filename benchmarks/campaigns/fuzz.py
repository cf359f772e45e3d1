"""Hostile and broken input for everything that reads: no crash, no hang, no broken promise.

    python benchmarks/campaigns/fuzz.py --inputs 100000 --guided 100000 --seed 1 --seeds DIR --out docs/faults.md

Mutated articles (inputs.py) go to every target (targets.py) by its share. A finding is an exception that is not one of
the program's own, a broken promise, or more than 2 seconds of CPU for one input; it is printed with the number that
makes it again (--target NAME --only NUMBER) and kept in --keep. --guided inputs more come from libFuzzer, which keeps
what reaches new code (guided.py; needs atheris). Then every target gets texts of 10,000, 20,000 and 40,000 characters
made of one unit each (a quarter of that where a sentence is all it gets): time that grows faster than length is a
finding too. The part of the page between the marks of this campaign is written anew: from --figures, where what was
measured of other targets before stays.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import pages
from benchmarks.campaigns import guided, inputs, targets

SLOW = 2.0  # seconds of CPU that one input may take
HUNG = 20  # seconds after which one is given up
MEMORY = 3 << 30  # bytes of address space over what the process has at the start; more is a MemoryError
GROWTH = 3.0  # times the time for twice the length; 2 is linear, 4 is quadratic
FAST = 0.15  # seconds below which growth is not looked at
LENGTHS = (10_000, 20_000, 40_000)
A_SENTENCE = (2_500, 5_000, 10_000)  # for what sees one sentence at a time (chunk.WINDOW bounds it)
OF_SENTENCES = ("checks", "settings")
UNITS = [
    "a", "A", "1", " ", "\n", ".", "1.", "1. ", "Wort ", "Ein Satz. ",
    '"', "„", "»a« ", "(", "[", "[a](", "*a ", "_", "`",
    "<", "<p>", "<div>", "&#", "{", '{"a":', "[[", "| ", "> ", "- ",
    "\\", "@", "a@", "a.b/", "http://", "-", "a-", "1,",
    "1.000 ", "neun", "Mrd. ", "12:30 ", "12 Uhr ", "zwei bis ", "é", "e\u0301", "日", "\u200d",
    "\x1b[", "ß", "A. ", "nicht ", "Paris ", "=", "\t",
    "<term>", "a\tb\n", "a = 1\n", "{{ a }}", "---\n"
]  # fmt: skip


@dataclass
class Tally:
    """What came of one target driven in one way: inputs given, the longest CPU seconds of one, and CPU seconds in all.

    Of a guided one also the features of the code (libFuzzer's count) that the seeds reached, and that were reached."""

    inputs: int
    slowest: float
    findings: int
    seconds: float
    before: int = 0
    after: int = 0


class Hung(BaseException):
    """Raised by the timer: no target catches it."""


def _ring(*_: object) -> None:
    raise Hung(f"no end after {HUNG} s")


def tried(target: str, data: bytes) -> tuple[float, str]:
    """Seconds of CPU, and what is wrong ("" if nothing is)."""
    start = process_time()
    signal.setitimer(signal.ITIMER_REAL, HUNG)
    try:
        targets.run(target, data)
    except (Exception, Hung) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return process_time() - start, f"{type(error).__name__}: {str(error)[:200]} ({where.filename}:{where.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = process_time() - start
    return seconds, f"{seconds:.1f} s of CPU" if seconds > SLOW else ""


def made(target: str, number: int, seed: int, corpus: dict[str, list[bytes]]) -> bytes:
    rng = random.Random(f"{seed} {target} {number}")
    return inputs.mutated(rng, corpus[targets.FORMATS.get(target, "txt")], corpus["txt"] + corpus["html"])


def mutations(
    target: str, count: int, seed: int, corpus: dict[str, list[bytes]], keep: Path, most: float = inf
) -> Tally:
    """`count` inputs, or as many as `most` seconds of CPU are enough for."""
    start, slowest, findings, number = process_time(), 0.0, Counter(), -1
    for number in range(count):
        if process_time() - start > most:
            number -= 1
            break
        data = made(target, number, seed, corpus)
        seconds, wrong = tried(target, data)
        slowest = max(slowest, seconds)
        if wrong:
            place = wrong.rpartition("(")[2] or wrong
            findings[place] += 1
            if findings[place] <= 3:
                found(target, f"input {number} of seed {seed}: {wrong}", data, keep)
    return Tally(number + 1, slowest, findings.total(), process_time() - start)


def found(target: str, what: str, data: bytes, keep: Path) -> None:
    path = keep / f"{target.replace(' ', '-').replace('.', '')}-{abs(hash(data)) % 10**8:08}"
    path.write_bytes(data)
    print(f"FINDING {target}: {what}\n  kept in {path}", file=sys.stderr)


def doubled(target: str, keep: Path) -> Tally:
    """Each unit at three lengths; what takes no time at the longest is not looked at further."""
    start, slowest, findings = process_time(), 0.0, 0
    for unit in UNITS:
        lengths = A_SENTENCE if target in OF_SENTENCES else LENGTHS
        texts = [(unit * (length // len(unit) + 1))[:length].encode() for length in lengths]
        last, wrong = tried(target, texts[2])
        slowest = max(slowest, last)
        if last > FAST and not wrong:
            rounds = [(tried(target, texts[1])[0], tried(target, texts[2])[0]) for _ in range(5)]
            middle, last = map(min, zip(*rounds, strict=True))
            if last > GROWTH * middle and last > FAST:
                wrong = f"{middle:.2f} s for {lengths[1]:,} characters of {unit!r}, {last:.2f} s for {lengths[2]:,}"
        if wrong:
            findings += 1
            found(target, f"unit {unit!r}: {wrong}", texts[2], keep)
    return Tally(len(UNITS) * len(LENGTHS), slowest, findings, process_time() - start)


def steered(target: str, count: int, seed: int, seeds: list[Path], keep: Path) -> Tally:
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    told = guided.campaign(target, count, seed, seeds, keep)
    if told.finding:
        print(f"FINDING {target}, guided; its input is in {keep}\n{told.finding}", file=sys.stderr)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
    return Tally(told.inputs, 0, bool(told.finding), seconds, told.before, told.after)


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    asked.keep.mkdir(parents=True, exist_ok=True)
    corpus = inputs.corpus(asked.seeds)
    names = asked.target or list(targets.TARGETS)
    signal.signal(signal.SIGALRM, _ring)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, resource.RLIM_INFINITY))
    if asked.only is not None:
        print(tried(names[0], made(names[0], asked.only, asked.seed, corpus)))
        sys.exit()
    shares = sum(targets.TARGETS[name][1] for name in names)
    before = json.loads(asked.figures.read_text("utf-8")) if asked.figures and asked.figures.exists() else {}
    rows = {row["name"]: row for row in before.get("targets", ())}
    for name in names:
        share = targets.TARGETS[name][1] / shares
        own: dict[str, Tally] = {}
        if count := asked.each or ceil(asked.inputs * share):
            own["mutated"] = mutations(name, count, asked.seed, corpus, asked.keep, asked.seconds)
        if count := ceil(asked.guided * share):
            own["guided"] = steered(name, count, asked.seed, asked.seeds, asked.keep)
        own["doubled"] = doubled(name, asked.keep)
        print(name, own, file=sys.stderr)
        rows[name] = as_row(name, own)
    peak = max(before.get("peak", 0), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    return {"targets": [rows[name] for name in targets.TARGETS if name in rows], "peak": peak}


def as_row(name: str, own: Mapping[str, Tally]) -> dict[str, Any]:
    """A target's figures: inputs by how it was driven, features reached, milliseconds of the slowest input."""
    given = {how: own[how].inputs if how in own else 0 for how in ("mutated", "guided", "doubled")}
    reached = (own["guided"].before, own["guided"].after) if "guided" in own else None
    findings = sum(tally.findings for tally in own.values())
    slowest = 1000 * max(tally.slowest for tally in own.values())
    return {"name": name, **given, "reached": reached, "slowest": slowest, "findings": findings}


if __name__ == "__main__":
    keep = Path(tempfile.gettempdir())
    own = {
        "inputs": {"type": int, "default": 100_000, "help": "mutated inputs over all targets"},
        "each": {"type": int, "default": 0, "help": "mutated inputs for each target, in place of these"},
        "seconds": {"type": float, "default": inf, "help": "of CPU for the mutated inputs of one target at most"},
        "target": {"action": "append", "choices": targets.TARGETS, "help": "only this one; repeatable"},
        "only": {"type": int, "help": "only the input of this number"},
        "guided": {"type": int, "default": 0, "help": "inputs guided by coverage over all; needs atheris"},
        "keep": {"type": Path, "default": keep, "help": "folder for inputs that are findings"},
    }
    _, figures = pages.command(__doc__, "fuzz", measure, "seed seeds", own)
    sys.exit(any(target["findings"] for target in figures["targets"]))
