"""Hostile and broken input for everything that reads: no crash, no hang, no broken promise.

    python benchmarks/fuzz.py --inputs 100000 --guided 100000 --seed 1 --seeds DIR --out docs/faults.md

Mutated articles (fuzz_inputs.py) go to every target (fuzz_targets.py) by its share. A finding is an exception that is
not one of the program's own, a broken promise, or more than 2 seconds of CPU for one input; it is printed with the
number that makes it again (--target NAME --only NUMBER) and kept in --keep. --guided inputs more come from libFuzzer,
which keeps what reaches new code (fuzz_guided.py; needs atheris). Then every target gets texts of 10,000, 20,000 and
40,000 characters made of one unit each (a quarter of that where a sentence is all it gets): time that grows faster than
length is a finding too. The part of the page between the marks of this campaign is written anew.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import process_time

import fuzz_guided
import fuzz_inputs
import fuzz_targets
from pages import put_section, table

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
    """What came of one target in one slice: inputs given, how it was driven, and the longest CPU time of one input.

    Of a guided one also the features of the code (libFuzzer's count) that the seeds reached, and that were reached."""

    target: str
    how: str
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
        fuzz_targets.run(target, data)
    except (Exception, Hung) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return process_time() - start, f"{type(error).__name__}: {str(error)[:200]} ({where.filename}:{where.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = process_time() - start
    return seconds, f"{seconds:.1f} s of CPU" if seconds > SLOW else ""


def made(target: str, number: int, seed: int, corpus: dict[str, list[bytes]]) -> bytes:
    rng = random.Random(f"{seed} {target} {number}")
    return fuzz_inputs.mutated(rng, corpus[fuzz_targets.FORMATS.get(target, "txt")], corpus["txt"] + corpus["html"])


def mutations(target: str, inputs: int, seed: int, corpus: dict[str, list[bytes]], keep: Path) -> Tally:
    start, slowest, findings = process_time(), 0.0, Counter()
    for number in range(inputs):
        data = made(target, number, seed, corpus)
        seconds, wrong = tried(target, data)
        slowest = max(slowest, seconds)
        if wrong:
            place = wrong.rpartition("(")[2] or wrong
            findings[place] += 1
            if findings[place] <= 3:
                found(target, f"input {number} of seed {seed}: {wrong}", data, keep)
    return Tally(target, "mutated", inputs, slowest, findings.total(), process_time() - start)


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
    return Tally(target, "doubled", len(UNITS) * len(LENGTHS), slowest, findings, process_time() - start)


def guided(target: str, inputs: int, seed: int, seeds: list[Path], keep: Path) -> Tally:
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    told = fuzz_guided.campaign(target, inputs, seed, seeds, keep)
    if told.finding:
        print(f"FINDING {target}, guided; its input is in {keep}\n{told.finding}", file=sys.stderr)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
    return Tally(target, "guided", told.inputs, 0, bool(told.finding), seconds, told.before, told.after)


def page(tallies: list[Tally], peak: int) -> str:
    total = Counter()
    rows = []
    for target in dict.fromkeys(t.target for t in tallies):
        own = {t.how: t for t in tallies if t.target == target}
        by = {how: own[how].inputs if how in own else 0 for how in ("mutated", "guided", "doubled")}
        total.update(by)
        reached = f"{own['guided'].before:,} → {own['guided'].after:,}" if "guided" in own else ""
        slowest = 1000 * max(t.slowest for t in own.values())
        findings = sum(t.findings for t in own.values())
        rows.append((target, *(f"{n:,}" for n in by.values()), reached, f"{slowest:,.0f}", findings))
    return f"""{total.total():,} inputs: {total["mutated"]:,} mutated, {total["guided"]:,} guided by coverage (atheris),
{total["doubled"]:,} of one repeated unit at three lengths.
Findings: {sum(t.findings for t in tallies)} (what was mended stands below).
Peak memory: {peak} MB.

{table("target | mutated | guided | doubled | code reached | slowest, ms of CPU | findings", rows)}

*Code reached*: features (edges and how often each is passed, as libFuzzer counts them) of the program that the real
articles reached, and that the guided inputs reached in the end. *Slowest* is of the others: guided code is slowed down.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="mutated inputs over all targets")
    parser.add_argument("--seed", type=int, default=1, help="from 1 on")
    parser.add_argument("--seeds", type=Path, nargs="*", default=[Path("seeds")], help="folders of real articles (txt)")
    parser.add_argument("--target", action="append", choices=fuzz_targets.TARGETS, help="only this one; repeatable")
    parser.add_argument("--only", type=int, help="only the input of this number")
    parser.add_argument("--guided", type=int, default=0, help="inputs guided by coverage over all; needs atheris")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()), help="folder for inputs that are findings"
    )
    parser.add_argument("--out", type=Path, help="the page to write into")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    corpus = fuzz_inputs.corpus(options.seeds)
    targets = options.target or list(fuzz_targets.TARGETS)
    signal.signal(signal.SIGALRM, _ring)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, resource.RLIM_INFINITY))
    if options.only is not None:
        print(tried(targets[0], made(targets[0], options.only, options.seed, corpus)))
        return 0
    shares = sum(fuzz_targets.TARGETS[t][1] for t in targets)
    tallies = []
    for target in targets:
        share = fuzz_targets.TARGETS[target][1] / shares
        if inputs := ceil(options.inputs * share):
            tallies.append(mutations(target, inputs, options.seed, corpus, options.keep))
        if inputs := ceil(options.guided * share):
            tallies.append(guided(target, inputs, options.seed, options.seeds, options.keep))
        tallies.append(doubled(target, options.keep))
        print(*(t for t in tallies if t.target == target), sep="\n", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    text = page(tallies, peak)
    print(text)
    if options.out:
        put_section(options.out, "fuzz", text)
    return 1 if any(t.findings for t in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
