"""Hostile and broken input for everything that reads: no crash, no hang, no broken promise.

    python benchmarks/fuzz.py --inputs 100000 --seed 1 --seeds DIR --out docs/faults.md
    python benchmarks/fuzz.py --guided --target "reader .md" --inputs 20000 --seeds DIR      (needs atheris)

Mutated articles (fuzz_inputs.py) go to every target (fuzz_targets.py) by its share. A finding is an exception that is
not one of the program's own, a broken promise, or more than 2 seconds of CPU for one input; it is printed with the
number that makes it again (--target NAME --only NUMBER) and kept in --keep. Then every target gets texts of 10,000,
20,000 and 40,000 characters made of one unit each (a quarter of that where a sentence is all it gets): time that grows
faster than length is a finding too. The part of the page between the marks of this campaign is written anew; --log adds
the figures of several slices up.
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
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

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
    "1.000 ", "neun", "Mrd. ", "12:30 ", "é", "e\u0301", "日", "\u200d",
    "\x1b[", "ß", "A. ", "nicht ", "Paris ", "=", "\t",
    "<term>", "a\tb\n", "a = 1\n", "{{ a }}", "---\n"
]  # fmt: skip


@dataclass
class Tally:
    """What came of one target in one slice: inputs given, how it was driven, and the longest CPU time of one input."""

    target: str
    how: str
    inputs: int
    slowest: float
    findings: int
    seconds: float


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
            middle, last = (min(tried(target, text)[0] for _ in range(2)) for text in texts[1:])
            if last > GROWTH * middle and last > FAST:
                wrong = f"{middle:.2f} s for {lengths[1]:,} characters of {unit!r}, {last:.2f} s for {lengths[2]:,}"
        if wrong:
            findings += 1
            found(target, f"unit {unit!r}: {wrong}", texts[2], keep)
    return Tally(target, "doubled", len(UNITS) * len(LENGTHS), slowest, findings, process_time() - start)


def guided(target: str, inputs: int, seed: int, corpus: dict[str, list[bytes]], keep: Path) -> None:
    """Coverage-guided by libFuzzer, which ends the process: exit status 0 if there was no finding."""
    import atheris

    atheris.instrument_all()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, data in enumerate(corpus[fuzz_targets.FORMATS.get(target, "txt")][:40]):
        (folder / f"{number}").write_bytes(data[:3000])
    dictionary = folder.parent / f"{folder.name}.dict"
    quoted = ("".join(f"\\x{byte:02x}" for byte in piece[:60]) for piece in fuzz_inputs.PIECES if piece)
    dictionary.write_text("".join(f'"{piece}"\n' for piece in dict.fromkeys(quoted)))
    flags = [f"-runs={inputs}", f"-seed={seed}", "-max_len=6000", f"-timeout={HUNG}", f"-dict={dictionary}"]
    flags += [f"-artifact_prefix={keep}/", "-print_final_stats=1", "-verbosity=0", "-rss_limit_mb=3000"]

    def one(data: bytes) -> None:
        start = process_time()
        fuzz_targets.run(target, data)
        if (seconds := process_time() - start) > 3 * SLOW:  # instrumented code is slower
            raise TimeoutError(f"{seconds:.1f} s of CPU")

    atheris.Setup([sys.argv[0], *flags, str(folder)], one)
    atheris.Fuzz()


def page(tallies: list[dict]) -> str:
    targets = dict.fromkeys(t["target"] for t in tallies)
    total = Counter()
    rows = []
    for target in targets:
        own = [t for t in tallies if t["target"] == target]
        by = {how: sum(t["inputs"] for t in own if t["how"] == how) for how in ("mutated", "guided", "doubled")}
        total.update(by)
        found = sum(t["findings"] for t in own)
        slowest = max(t["slowest"] for t in own if t["how"] != "guided")
        rows.append((target, *(f"{n:,}" for n in by.values()), f"{1000 * slowest:,.0f}", found))
    all_in_all = sum(total.values())
    return f"""{all_in_all:,} inputs: {total["mutated"]:,} mutated, {total["guided"]:,} guided by coverage (atheris),
{total["doubled"]:,} of one repeated unit at three lengths.
Findings: {sum(t["findings"] for t in tallies)} (what was mended stands below).
Peak memory of the slices: {max(t["peak"] for t in tallies)} MB.

{table("target | mutated | guided | doubled | slowest, ms of CPU | findings", rows)}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="mutated inputs over all targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=Path, nargs="*", default=[Path("seeds")], help="folders of real articles (txt)")
    parser.add_argument("--target", action="append", choices=fuzz_targets.TARGETS, help="only this one; repeatable")
    parser.add_argument("--only", type=int, help="only the input of this number")
    parser.add_argument("--guided", action="store_true", help="coverage-guided, of one --target; needs atheris")
    parser.add_argument("--doubling", action="store_true", help="only the texts of one unit")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()), help="folder for inputs that are findings"
    )
    parser.add_argument("--log", type=Path, help="adds the figures to this file; the page is made of all of it")
    parser.add_argument("--out", type=Path, help="the page to write into")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    corpus = fuzz_inputs.corpus(options.seeds)
    targets = options.target or list(fuzz_targets.TARGETS)
    if options.only is not None:
        print(tried(targets[0], made(targets[0], options.only, options.seed, corpus)))
        return 0
    if options.guided:
        guided(targets[0], options.inputs, options.seed, corpus, options.keep)
    signal.signal(signal.SIGALRM, _ring)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, resource.RLIM_INFINITY))
    shares = sum(fuzz_targets.TARGETS[t][1] for t in targets)
    tallies = []
    for target in targets:
        if not options.doubling and options.inputs:
            inputs = -(-options.inputs * fuzz_targets.TARGETS[target][1] // shares)
            tallies.append(mutations(target, inputs, options.seed, corpus, options.keep))
        if options.doubling or not options.log:
            tallies.append(doubled(target, options.keep))
        print(f"{tallies[-1]}", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = [{**asdict(t), "peak": peak} for t in tallies]
    if options.log:
        with options.log.open("a") as log:
            log.writelines(json.dumps(t) + "\n" for t in found)
        found = [json.loads(line) for line in options.log.read_text().splitlines()]
    text = page(found)
    print(text)
    if options.out:
        put_section(options.out, "fuzz", text)
    return 1 if any(t["findings"] for t in found) else 0


if __name__ == "__main__":
    sys.exit(main())
