"""One target driven by coverage: libFuzzer keeps what reaches new code of the program and mutates that further.

    python benchmarks/campaigns/guided.py "reader .md" --inputs 20000 --seeds DIR

Needs atheris (pip install atheris). libFuzzer ends its process, so a campaign (fuzz.py --guided) starts one for every
target and reads what it says. Exit status 0: no finding.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import process_time

SECONDS = 6.0  # of CPU that one input may take; instrumented code is slower
HUNG = 20  # seconds after which libFuzzer gives one up
LENGTH = 6_000  # bytes of an input at most
SEEDS = 40  # articles to begin with, of 3,000 bytes at most


@dataclass
class Guided:
    """What libFuzzer said: inputs run, features of the code reached by the seeds and in the end, and a finding."""

    inputs: int
    before: int
    after: int
    finding: str


def campaign(target: str, count: int, seed: int, seeds: list[Path], keep: Path) -> Guided:
    """Drives the target in a process of its own."""
    command = [sys.executable, __file__, target, "--inputs", str(count), "--seed", str(seed), "--keep", str(keep)]
    ended = subprocess.run([*command, "--seeds", *map(str, seeds)], capture_output=True, text=True, errors="replace")
    said = ended.stderr + ended.stdout
    run = re.search(r"number_of_executed_units: (\d+)", said)
    reached = [int(n) for n in re.findall(r"\bft: (\d+)", said)]
    if not reached:
        raise SystemExit(f"{target} did not start; is atheris installed? The end of what it said:\n{said[-2000:]}")
    return Guided(int(run[1]) if run else 0, reached[0], reached[-1], said[-3000:] if ended.returncode else "")


def drive(target: str, count: int, seed: int, seeds: list[Path], keep: Path) -> None:
    """Does not return: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["summarize"]):  # the program's own code, before anything imports it
        from benchmarks.campaigns import inputs, targets

    corpus = inputs.corpus(seeds)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, data in enumerate(corpus[targets.FORMATS.get(target, "txt")][:SEEDS]):
        (folder / f"{number}").write_bytes(data[:3000])
    dictionary = folder.parent / f"{folder.name}.dict"
    quoted = ("".join(f"\\x{byte:02x}" for byte in piece[:60]) for piece in inputs.PIECES if piece)
    dictionary.write_text("".join(f'"{piece}"\n' for piece in dict.fromkeys(quoted)))
    flags = [f"-runs={count}", f"-seed={seed}", f"-max_len={LENGTH}", f"-timeout={HUNG}", f"-dict={dictionary}"]
    flags += [f"-artifact_prefix={keep}/", "-print_final_stats=1", "-rss_limit_mb=3000"]

    def one(data: bytes) -> None:
        start = process_time()
        targets.run(target, data)
        if (seconds := process_time() - start) > SECONDS:
            raise TimeoutError(f"{seconds:.1f} s of CPU")

    atheris.Setup([sys.argv[0], *flags, str(folder)], one)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", help="as fuzz.py names it")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=Path, nargs="*", default=[Path("seeds")], help="folders of real articles (txt)")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()), help="folder for a finding's input")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    drive(options.target, options.inputs, options.seed, options.seeds, options.keep)


if __name__ == "__main__":
    main()
