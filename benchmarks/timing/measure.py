"""How time, processor use and memory are measured: whole processes from outside, and contestants in turn.

Memory is the resident memory of a process and all its children together, sampled from /proc fifty times a second (and
never less than the kernel's own record of the first process's peak, at the last look). Linux only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 5
SAMPLE_SECONDS = 0.02
PAGE = os.sysconf("SC_PAGE_SIZE")
HERE = Path(__file__).resolve().parent


class ChildFailed(Exception):
    """A measured process ended with an error: the message is the last line that it said, and stderr gets all."""

    def __init__(self, said: bytes):
        text = said.decode(errors="replace").strip()
        print(text, file=sys.stderr, flush=True)
        super().__init__(text.rsplit("\n", 1)[-1])


@dataclass(frozen=True)
class Usage:
    """What one process, its children included, took. Seconds and MB (10^6 bytes)."""

    wall: float
    cpu: float
    mb: float

    @property
    def busy(self) -> float:
        """Share of the cores' time that was used."""
        return self.cpu / self.wall / cores()


def plain_python(work: Path) -> dict[str, str]:
    """Environment in which Python keeps what it compiled, as it does by default, but in a folder of the suite: a start
    must neither compile the program anew nor leave files in it."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str((work / "pycache").absolute())}


def cores() -> int:
    return len(os.sched_getaffinity(0))


def family(pid: int) -> list[int]:
    """A process and all its descendants that live now."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                found += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
        except OSError:  # it has just ended
            continue
    return found


def resident(pid: int) -> int:
    """Bytes in memory of a process and its descendants. Pages that they share count for each of them."""
    total = 0
    for one in family(pid):
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * PAGE
        except OSError:
            continue
    return max(total, _record(pid))


def _record(pid: int) -> int:
    """The most bytes that one process ever had in memory. (What wait4 tells includes the moment before exec, when it
    was a copy of its parent.)"""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


class Watch:
    """Samples the memory of a process until `stop`; `peak` is in bytes."""

    def __init__(self, pid: int):
        self.pid, self.peak = pid, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, resident(self.pid))

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.peak


def timed(command: Sequence[str]) -> Usage:
    """Runs a command to its end. Raises ChildFailed unless its exit status is 0, or 1 (an article fell short)."""
    return reported(command)[0]


def reported(command: Sequence[str], ok: Sequence[int] = (0, 1)) -> tuple[Usage, str]:
    """`timed`, with what the command wrote to stdout."""
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=answer, stderr=said)
        watch = Watch(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        sampled = watch.stop()
        child.returncode = code = os.waitstatus_to_exitcode(status)
        said.seek(0)
        answer.seek(0)
        if code not in ok:
            raise ChildFailed(said.read())
        usage = Usage(wall, used.ru_utime + used.ru_stime, sampled / 1e6)
        return usage, answer.read().decode(errors="replace")


class Worker:
    """A contestant in a process of its own (`worker.py`): it loads once, then waits, and is called again and again.

    `load` is the seconds from the start of the process until it could translate; `about` what it said of itself.
    """

    def __init__(self, contestant: str, options: Mapping[str, Any], python: str, first: Sequence[str] = ()):
        """`first`: what it is given once before anything counts."""
        started = time.perf_counter()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._process = subprocess.Popen(
            [python, str(HERE / "worker.py"), contestant, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1"},
        )
        self._watch = Watch(self._process.pid)
        self.contestant = contestant
        self.about = self._answer()
        self.load = time.perf_counter() - started
        if first:
            self.run(first)

    def run(self, texts: Sequence[str], beams: int = 4) -> dict[str, Any]:
        """Processes the texts. Returns what the worker measured (seconds, cpu, tokens) and the number of texts."""
        self._process.stdin.write(json.dumps({"texts": list(texts), "beams": beams}) + "\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        return {**self._answer(), "texts": len(texts)}

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            self._process.wait()
            self._watch.stop()
            self._said.seek(0)
            raise ChildFailed(self._said.read())
        return json.loads(line)

    @property
    def mb(self) -> float:
        return self._watch.peak / 1e6

    def close(self) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()
        self._watch.stop()
        self._said.close()


@contextmanager
def team(starts: Mapping[str, Callable[[], Worker]]) -> Iterator[tuple[dict[str, Worker], dict[str, str]]]:
    """The contestants that could be started, and why others could not take part; at the end they are closed."""
    workers: dict[str, Worker] = {}
    failed: dict[str, str] = {}
    try:
        for key, start in starts.items():
            try:
                workers[key] = start()
            except (ChildFailed, OSError, subprocess.CalledProcessError) as error:
                failed[key] = str(error)
        yield workers, failed
    finally:
        for worker in workers.values():
            worker.close()


def interleaved(
    contestants: Mapping[str, Callable[[int], dict[str, Any]]], rounds: int = ROUNDS
) -> dict[str, list[dict[str, Any]]]:
    """A B C A B C …: each contestant is called with the number of the round; its answers in order.

    One that raises ChildFailed is left out from then on, and its last answer is {"error": …}.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in contestants}
    for n in range(rounds):
        for name, run in contestants.items():
            if found[name] and "error" in found[name][-1]:
                continue
            try:
                found[name].append(run(n))
            except ChildFailed as error:
                found[name].append({"error": str(error)})
    return found


def middle(answers: Sequence[Mapping[str, Any]], key: str) -> float:
    return median(a[key] for a in answers)


def told(command: Sequence[str]) -> dict[str, Any]:
    """`timed` for a command whose last line is JSON: both in one dictionary. Raises ChildFailed."""
    usage, answer = reported(command, ok=(0,))
    return {**json.loads(answer.rstrip().rsplit("\n", 1)[-1]), **asdict(usage)}
