"""Watching a drop: what it makes is what one run over the drop as it is would make, whatever happened in between."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.campaigns import watched
from summarize import api, config
from summarize.errors import UsageError
from summarize.store import Store
from summarize.types import Failure
from summarize.watching import Turn, watch

EVERY = 0.02
ENGLISH = "The chancellor travelled to Paris on Monday. There she met the president, and both spoke about number {}."


class Watched:
    """A drop that is watched in this process, look by look; its articles are in English, which needs no model."""

    def __init__(self, home: Path, **given):
        self.home, self.drop, self.out = home, home / "drop", home / "out"
        self.drop.mkdir(exist_ok=True)
        self.told: list = []
        self.left: list[tuple[str, str]] = []
        places = {"out": str(self.out), "cache": str(home / "cache")}
        self.settings = config.load({**places, **given.pop("settings", {})}, {}, home)
        self.given = {"every": EVERY, "on_item": self.told.append, "on_gone": lambda *gone: self.left.append(gone)}
        self.given |= given
        self.start()

    def start(self) -> None:
        self.turns = watch([str(self.drop)], self.settings, **self.given)

    def write(self, name: str, number: object) -> Path:
        return self.put(name, ENGLISH.format(number))

    def put(self, name: str, text: str) -> Path:
        path = self.drop / name
        path.write_text(text)
        return path

    def until(self, wanted, looks: int = 100) -> Turn:
        """The first turn that is as `wanted`."""
        return next(turn for turn, _ in zip(self.turns, range(looks), strict=False) if wanted(turn))

    def settled(self) -> Turn:
        """The turn after which nothing is left to do."""
        calm = 0
        for turn in self.turns:
            busy = turn.changing or turn.gone or turn.report
            calm = 0 if busy else calm + 1
            if calm > 2:
                return turn
        raise AssertionError

    def ids(self) -> list[str]:
        return sorted(str(p.relative_to(self.out).with_suffix("")) for p in self.out.rglob("*.md"))

    def runs(self) -> list[list[str]]:
        """The articles of each run in the history, the first run first."""
        with Store.open(self.home / "cache") as store:
            return [[item.article for item in store.items(run.id)] for run in reversed(store.runs())]


@pytest.fixture
def place(tmp_path):
    return Watched(tmp_path)


def test_what_comes_changes_and_goes_is_told_and_recorded_batch_by_batch(place):
    place.write("a.txt", 1), place.write("b.txt", 2)
    assert place.until(lambda turn: turn.report).counts == {"new": 2}
    place.write("a.txt", 10)
    assert place.until(lambda turn: turn.report).counts["changed"] == 1
    (place.drop / "b.txt").unlink()
    turn = place.until(lambda turn: turn.gone)
    assert turn.counts["gone"] == 1 and turn.articles == 1 and place.left == [("b", str(place.drop / "b.txt"))]
    assert [item.id for item in place.told] == ["a", "b", "a"] and place.ids() == ["a", "b"]
    assert place.runs() == [["a", "b"], ["a"]]


def test_what_was_done_before_is_no_news(place):
    place.write("a.txt", 1), place.put("bad.json", "{")
    assert place.until(lambda turn: turn.report).counts["failed"] == 1
    place.write("b.txt", 2)
    place.start()
    turn = place.settled()
    assert turn.counts == {"new": 1} and (turn.articles, turn.failing) == (2, 1)
    assert [getattr(item, "error", item.id) for item in place.told] == ["a", "UnreadableArticle", "b"]
    assert place.runs() == [["a", "bad"], ["b"]]


def test_outputs_of_what_is_gone_are_moved_with_mirror_also_of_what_went_meanwhile(tmp_path):
    place = Watched(tmp_path, mirror=True)
    records = [json.dumps({"id": f"n/{n}", "text": ENGLISH.format(n)}) for n in range(3)]
    for name in ("a.txt", "b.txt"):
        place.write(name, name)
    news, keep = place.put("news.jsonl", "\n".join(records)), place.write("keep.txt", 9)
    place.settled()
    (place.out / "a.en.docx").write_text("a copy of its document")
    assert place.ids() == ["a", "b", "keep", "n/0", "n/1", "n/2"]
    (place.drop / "a.txt").unlink()
    news.write_text(records[1])
    assert place.settled().counts["gone"] == 3
    assert place.ids() == [".gone/a", ".gone/n/0", ".gone/n/2", "b", "keep", "n/1"]
    assert (place.out / ".gone" / "a.en.docx").exists() and not (place.out / "a.en.docx").exists()
    place.turns.close()
    (place.drop / "b.txt").unlink(), news.unlink()
    place.start()
    assert place.settled().counts["gone"] == 2 and keep.exists()
    assert place.ids() == [".gone/a", ".gone/b", ".gone/n/0", ".gone/n/1", ".gone/n/2", "keep"]
    place.write("a.txt", "a.txt")
    place.settled()
    assert "a" in place.ids() and place.until(lambda turn: True).counts["gone"] == 2


def test_a_file_that_fails_blocks_no_other_and_is_told_once(place):
    place.write("a.txt", 1), place.put("bad.json", "{")
    place.settled()
    for n in range(3):
        place.write(f"b{n}.txt", n)
        assert place.settled().failing == 1
    place.put("bad.json", json.dumps({"text": ENGLISH.format("seven")}))
    assert place.settled().failing == 0
    assert [isinstance(item, Failure) for item in place.told].count(True) == 1 and "bad" in place.ids()


def test_what_cannot_be_written_is_tried_again_though_the_file_is_the_same(place):
    place.write("a.txt", 1)
    place.out.mkdir()
    (place.out / "a.md").mkdir()
    assert place.until(lambda turn: turn.report).failing == 1
    (place.out / "a.md").rmdir()
    assert place.until(lambda turn: not turn.failing).counts["new"] == 1 and place.ids() == ["a"]


def test_two_files_of_one_stem_are_named_as_a_run_would_name_them(place):
    place.write("a.txt", "one"), place.settled()
    assert "one" in (place.out / "a.md").read_text()
    place.write("a.md", "two"), place.settled()
    assert "two" in (place.out / "a.md").read_text() and "one" in (place.out / "a.txt.md").read_text()
    place.write("a.txt", "three"), place.settled()
    assert "two" in (place.out / "a.md").read_text() and "three" in (place.out / "a.txt.md").read_text()
    (place.drop / "a.md").unlink()
    place.settled()
    assert "three" in (place.out / "a.md").read_text()
    assert [item.id for item in place.told] == ["a", "a", "a.txt", "a.txt", "a"]
    assert [id for id, _ in place.left] == ["a.txt"]


def test_a_file_that_changes_again_before_its_turn_is_left_for_later(tmp_path):
    take = lambda item: place.write("b.txt", 3) if item.id == "a" else place.told.append(item)
    place = Watched(tmp_path, settings={"window": 1}, on_item=take)
    place.write("a.txt", 1), place.write("b.txt", 2)
    place.settled()
    assert [item.sentences[-1].source[-9:] for item in place.told] == ["number 3."]


def test_events_wake_it(tmp_path):
    pytest.importorskip("watchfiles")
    place = Watched(tmp_path, every=3600.0)
    place.until(lambda turn: True)

    def move() -> None:
        (tmp_path / "a.txt").write_text(ENGLISH.format(1))
        os.utime(tmp_path / "a.txt", (1e9, 1e9))
        for n in range(600):  # the listener needs a moment to begin
            (tmp_path / "a.txt").exists() and (tmp_path / "a.txt").rename(place.drop / "a.txt")
            (place.drop / f".{n}").touch()
            time.sleep(0.1)
            if place.told:
                break

    mover = threading.Thread(target=move)
    mover.start()
    assert place.until(lambda turn: turn.report).counts["new"] == 1
    mover.join()


# -- the oracle -------------------------------------------------------------------------------------------------------

NAMES = ("a.txt", "a.md", "b.txt", "A.txt", "c.jsonl", "d.jsonl", "e.json")
IDS = ("a", "b", "c#1", "x", "y")
TEXTS = {
    "article": lambda n, ids: ENGLISH.format(n),
    "records": lambda n, ids: "\n".join(json.dumps({"id": id, "text": ENGLISH.format(n)}) for id in ids),
    "nameless": lambda n, ids: "\n".join(json.dumps({"text": ENGLISH.format(n + i)}) for i, _ in enumerate(ids)),
    "garbage": lambda n, ids: "{" * n,
    "nothing": lambda n, ids: "",
}
contents = st.tuples(st.sampled_from(sorted(TEXTS)), st.lists(st.sampled_from(IDS), min_size=1, max_size=3))
operations = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), contents),
    st.tuples(st.just("move in"), st.sampled_from(NAMES), contents),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES)),
    st.tuples(st.just("look"), st.integers(1, 3)),
    st.tuples(st.just("restart")),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(operations, min_size=3, max_size=14))
def test_it_ends_where_one_run_would(steps):
    with tempfile.TemporaryDirectory() as folder:
        place = Watched(Path(folder), mirror=True)
        place.write("zz.txt", 0)  # an empty folder tells of nothing that it is gone
        for n, (what, *more) in enumerate(steps, 1):
            if what == "look":
                place.until(lambda turn, left=iter(range(more[0])): next(left, None) is None)
            elif what == "restart":
                place.turns.close()
                place.start()
            elif what in ("write", "move in"):
                kind, ids = more[1]
                target = place.drop / more[0]
                path = target if what == "write" else place.home / "staged"
                path.write_text(TEXTS[kind](n, ids))
                path.replace(target)
            elif (place.drop / more[0]).exists():
                path = place.drop / more[0]
                path.rename(place.drop / more[1]) if what == "rename" else path.unlink()
        place.settled()
        place.turns.close()
        calm = Path(folder) / "calm"
        api.run([str(place.drop)], cache=str(place.home / "cache"), out=str(calm))
        assert watched.outputs(place.out) == watched.outputs(calm)


# -- the command ------------------------------------------------------------------------------------------------------


def test_once_does_what_there_is_to_do_and_tells_programs(cli, isolated):
    (isolated / "drop").mkdir()
    (isolated / "drop" / "a.txt").write_text(ENGLISH.format(1))
    (isolated / "drop" / "bad.json").write_text("{")
    code, out, err = cli("watch", "drop", "--once", "--every", "0.05s")
    assert code == 1 and "drop: 1 article · 1 new, 1 failed · 1 input fails" in err and "bad.json" in err
    assert "chancellor" in out and (isolated / "out" / "a.md").exists()
    assert cli("watch", "drop", "--once", "--every", "0.05s", "-q")[:2] == (0, ""), "it was told before"
    (isolated / "drop" / "b.txt").write_text(ENGLISH.format(2))
    (isolated / "drop" / "a.txt").unlink()
    code, out, _ = cli("watch", "drop", "--once", "--every", "0.05s", "--json", "--mirror")
    told = json.loads(out)
    assert code == 0 and [item["id"] for item in told["items"]] == ["b"] and told["articles"] == 1
    assert told["gone"] == [{"id": "a", "source": "drop/a.txt"}] and (isolated / "out" / ".gone" / "a.json").exists()
    code, out, _ = cli("watch", "drop", "--once", "--every", "0.05s", "--json")
    assert json.loads(out)["run"] == 0 and len(json.loads(cli("runs", "--json")[1])) == 2


def test_jsonl_is_added_to(cli, isolated):
    (isolated / "drop").mkdir()
    (isolated / "drop" / "zz.txt").write_text(ENGLISH.format(0))
    for n in range(2):
        (isolated / "drop" / "a.txt").write_text(ENGLISH.format(n))
        assert cli("watch", "drop", "--once", "--every", "0.05s", "--jsonl", "news.jsonl")[0] == 0
    (isolated / "drop" / "a.txt").unlink()
    _, out, _ = cli("watch", "drop", "--once", "--every", "0.05s", "--jsonl", "-")
    assert json.loads(out) == {"gone": {"id": "a", "source": "drop/a.txt"}}
    lines = (isolated / "news.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "zz", "a"]


def test_a_line_that_a_kill_tore_is_taken_off(cli, isolated):
    (isolated / "drop").mkdir()
    (isolated / "drop" / "a.txt").write_text(ENGLISH.format(1))
    long = json.dumps({"id": "b", "text": "x" * 200_000})
    for n, torn in enumerate((long, "", long[:-9])):
        (isolated / f"{n}.jsonl").write_text('{"id": "c"}\n' * (n > 1) + torn + "\n" * (n == 0))
        cli("watch", "drop", "--once", "--every", "0.05s", "--out", f"{n}", "--jsonl", f"{n}.jsonl", "--cache", f"c{n}")
        lines = (isolated / f"{n}.jsonl").read_text().splitlines()
        assert [json.loads(line)["id"] for line in lines] == [["b", "a"], ["a"], ["c", "a"]][n]


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["watch", "-"], "summarize run -"),
        (["watch", "nowhere"], "mkdir nowhere"),
        (["watch", ".", "--every", "soon"], "30s"),
        (["watch", ".", "--every", "0"], "30s"),
        (["watch", ".", "--json"], "--once"),
        (["watch", ".", "--once", "--json", "--jsonl", "-"], "--jsonl"),
        (["watch", ".", "--once", "--jsonl", "inside.jsonl"], "write it elsewhere"),
    ],
)
def test_what_cannot_be_is_said_with_the_next_step(cli, arguments, said):
    code, _, err = cli(*arguments)
    assert code == 2 and said in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupt_ends_it_with_status_130(isolated, number):
    (isolated / "drop").mkdir()
    (isolated / "drop" / "a.txt").write_text(ENGLISH.format(1))
    call = [sys.executable, "-m", "summarize", "watch", "drop", "--every", "0.05s", "--jsonl", "-"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ,
    ) as process:  # fmt: skip
        assert json.loads(process.stdout.readline())["id"] == "a"
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130 and "the same command goes on" in err and "Traceback" not in err


def test_killed_again_and_again_it_ends_as_if_it_never_was(tmp_path, cache):
    figures = watched.campaign(tmp_path, kills=3, arrivals=60, seed=1, longest=2.0, cache=cache)
    assert figures["faults"] == [] and figures["kills"] == 3 and figures["arrivals"] >= 60


def test_standard_input_is_refused_by_the_api_too(tmp_path):
    with pytest.raises(UsageError, match="standard input"):
        next(watch(["-"], config.load({}, {}, tmp_path), every=1))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_units_of_the_documents_are_sound(tmp_path):
    page = (ROOT / "docs" / "uses" / "watch.md").read_text(encoding="utf-8")
    units = dict(zip(re.findall(r"`(?:/etc/systemd/system/)?(summarize-\w+\.\w+)`", page), blocks(page), strict=True))
    assert sorted(units) == ["summarize-drop.service", "summarize-drop.timer", "summarize-watch.service"]
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("/srv/news/.venv/bin/summarize", sys.executable))
    call = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)]
    done = subprocess.run(call, capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if "summarize-" in line]
    assert done.returncode == 0 and not said, done.stderr


def blocks(page: str) -> list[str]:
    return re.findall(r"^```ini\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
