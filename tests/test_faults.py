"""What goes wrong around the program: kills in the middle of a write, full disks, folders that vanish, odd clocks."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT

from benchmarks.campaigns.faults import Campaign
from summarize import api
from summarize.files import locked, new_folder
from summarize.render.outputs import write_atomically
from summarize.store import Store, upkeep

ENGLISH = "The chancellor travelled to Paris on Monday. There she met the president, and both spoke about number {}."


def python(code: str, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def drop(isolated):
    """Three articles in English, which need no model."""
    folder = isolated / "drop"
    folder.mkdir()
    for n in range(3):
        (folder / f"a{n}.txt").write_text(ENGLISH.format(n))
    return folder


# -- kills ------------------------------------------------------------------------------------------------------------

KILLED_BEFORE_RENAMING = """
import os, signal, sys
from pathlib import Path
from summarize.render import outputs
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
outputs.write_atomically(Path(sys.argv[1]), "the first try")
"""


def test_what_a_killed_writer_leaves_is_taken_over_by_the_next(isolated):
    path = isolated / "a.json"
    assert python(KILLED_BEFORE_RENAMING, path).returncode == -signal.SIGKILL
    assert [p.name for p in isolated.iterdir()] == [".a.json.part"]
    write_atomically(path, "the second")
    assert [p.name for p in isolated.iterdir()] == ["a.json"] and path.read_text() == "the second"


def test_two_writers_of_one_file_do_not_share_a_scratch_file(tmp_path):
    scratch = tmp_path / ".a.json.part"
    with open(scratch, "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"half of it")
        other.flush()
        write_atomically(tmp_path / "a.json", "ours")
        assert scratch.read_bytes() == b"half of it" and (tmp_path / "a.json").read_text() == "ours"


def test_a_link_in_the_place_of_the_scratch_file_is_not_followed(isolated):
    victim = isolated / "victim"
    victim.write_text("precious")
    (isolated / ".a.json.part").symlink_to(victim)
    write_atomically(isolated / "a.json", "ours")
    assert victim.read_text() == "precious" and (isolated / "a.json").read_text() == "ours"


HOLDER = """
import subprocess, sys, time
from pathlib import Path
from summarize.files import locked
with locked(Path(sys.argv[1])) as lock:
    print(subprocess.Popen(["sleep", "60"], pass_fds=[lock.fileno()], stdout=subprocess.DEVNULL).pid, flush=True)
    time.sleep(60)
"""


def test_a_child_holds_the_lock_when_its_parent_is_killed(tmp_path):
    path = tmp_path / ".lock"
    parent = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    with open(path, "w") as handle:
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(child, signal.SIGKILL)
        fcntl.flock(handle, fcntl.LOCK_EX)  # comes as soon as the child is gone


def test_what_a_kill_left_of_a_new_folder_goes_with_the_next(isolated):
    left = isolated / ".model.abcd1234.unfinished"
    left.mkdir()
    (left / "weights").write_bytes(b"half")
    with locked(isolated / ".model.lock"), new_folder(isolated / "model") as folder:
        (folder / "weights").write_bytes(b"whole")
    assert sorted(p.name for p in isolated.iterdir()) == [".model.lock", "model"]


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(tmp_path, cache):
    drops = tmp_path / "drops"
    drops.mkdir()
    text = (ROOT / "seeds" / "000_4fa7a94abecd2504.txt").read_text(encoding="utf-8")
    for n in range(6):
        (drops / f"a{n}.txt").write_text(text.replace("2021", str(1900 + n)).replace(". ", f" ({n}). "))
    campaign = Campaign(tmp_path / "root", drops, cache / "models", articles=6, window=1, seed=random.randrange(10**6))
    assert campaign.run_until_done("campaign", 6) > 0
    assert campaign.faults == [] and campaign.figures["sent twice"] <= campaign.figures["in flight"]


# -- disks ------------------------------------------------------------------------------------------------------------

ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from summarize.errors import SummarizeError
from summarize.render.outputs import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), "x" * 5000)
except SummarizeError as e:
    print(e.message, "|", e.hint)
"""


def test_a_full_disk_leaves_the_old_file_and_nothing_else(isolated):
    path = isolated / "a.json"
    path.write_text("the old one")
    done = python(ON_A_FULL_DISK, path)
    assert "cannot write" in done.stdout and "--out" in done.stdout, done.stderr
    assert [p.name for p in isolated.iterdir()] == ["a.json"] and path.read_text() == "the old one"


def test_an_output_folder_that_vanishes_is_made_again(drop, isolated):
    taken = []

    def take(item):
        taken.append(item.id)
        shutil.rmtree(isolated / "out")

    report = api.run(["drop"], on_item=take, window=1)
    assert taken == ["a0", "a1", "a2"] and report.exit_code == 0
    assert (isolated / "out" / "run-manifest.json").exists()
    again = api.run(["drop"])
    assert again.totals.unchanged == 3 and len(list((isolated / "out").glob("a*.json"))) == 3, "all is written again"


def test_an_article_that_changes_while_the_run_goes_on_is_read_as_it_is_then(drop):
    (drop / "a2.txt").write_text(ENGLISH.format("seven"))
    changed = lambda item: item.id == "a0" and (drop / "a2.txt").write_text(ENGLISH.format("eight"))
    api.run(["drop"], on_item=changed, window=1)
    report = api.run(["drop"])
    assert report.totals.unchanged == 3 and "eight" in report.results[2].sentences[-1].source


def test_a_store_whose_disk_fills_up_mid_run_ends_it_with_the_next_step(drop, isolated):
    """What SQLite says of a disk that is full, made by a limit on the size of files."""
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); "
    code += "from summarize.cli import main; main(['run', 'drop', '-q'])"
    for n in range(60):
        (drop / f"b{n:02}.txt").write_text(" ".join(ENGLISH.format(f"{n}-{i}") for i in range(20)))
    done = python(code)
    assert done.returncode == 1 and "Traceback" not in done.stderr and "cache" in done.stderr, done.stderr
    assert python("from summarize.cli import main; main(['run', 'drop', '-q'])").returncode == 0


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_changes_no_result_and_no_order(drop, monkeypatch):
    now = time.time()
    first = api.run(["drop"])
    monkeypatch.setattr(time, "time", lambda: now - 86_400)
    second = api.run(["drop"])
    assert second.results == first.results and second.seconds >= 0
    with Store.open(Path("cache")) as store:
        assert [r.id for r in store.runs()] == [second.run, first.run]
        assert {r.state for r in store.runs()} == {"done"}
        assert upkeep.prune(store, older_than=3600, keep_runs=5) == {"runs": 0, "results": 0, "outputs": 0}
        assert upkeep.verify(store) == []
