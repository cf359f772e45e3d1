"""What is handed over of a drop, look by look: whatever happens in it, all that is whole, and nothing that is not."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize.articles.arrivals import LONGEST, RESTED, Arrivals
from summarize.types import Failure

EVERY = 30.0


class Drop:
    """A folder with a clock of its own, and what a reader of it was given."""

    def __init__(self, folder: Path, **choice):
        self.folder, self.now, self.size = folder, 0.0, 0
        self.arrivals = Arrivals([str(folder)], EVERY, clock=lambda: self.now, **choice)
        self.read: dict[str, str] = {}  # name -> the text that was handed over last
        self.gone: list[str] = []

    def text(self) -> str:
        """Another one each time, of a size of its own: file systems tell times in steps."""
        self.size += 1
        return f"{self.size} ".ljust(2 * self.size, "x")

    def write(self, name: str, text: str | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.text() if text is None else text)
        return path

    def look(self, wait: float = EVERY, *, fails: bool = False) -> list[str]:
        """The names that a look hands over, `wait` seconds after the one before; all of them are read."""
        self.now += wait
        look = self.arrivals.look()
        found = [os.path.relpath(path, self.folder) for path in look.ready]
        for name, (path, item) in zip(found, look.ready.items(), strict=True):
            failed = fails or isinstance(item, Failure)
            if self.arrivals.unchanged(path):
                self.read[name] = "" if failed else (self.folder / name).read_text()
                self.arrivals.settle(path, [] if failed else [name], failed=failed, disputed=False)
        self.gone += [id for ids in look.gone.values() for id in ids]
        return found


@pytest.fixture
def drop(tmp_path):
    (tmp_path / "drop").mkdir()
    return Drop(tmp_path / "drop")


def test_a_file_that_is_written_slowly_is_handed_over_once_and_whole(drop):
    path = drop.write("a.txt", "")
    for _ in range(5):
        with open(path, "a") as file:
            file.write(drop.text())
        assert drop.look() == []
    assert drop.look() == ["a.txt"] and drop.read["a.txt"] == path.read_text()
    assert drop.look() == []


def test_two_looks_in_a_hurry_are_not_enough(drop):
    drop.write("a.txt")
    assert drop.look(0) == drop.look(1) == drop.look(28.9) == []
    assert drop.look(0.2) == ["a.txt"]


@pytest.mark.parametrize("before", ["a.txt.part", ".a.txt", "a.tmp", "../staged"])
def test_what_is_moved_into_its_place_is_whole_at_once(drop, before):
    path = drop.write(before)
    os.utime(path, (path.stat().st_mtime - 1,) * 2)  # the move comes after the last write, as clocks can tell
    assert drop.look() == []
    path.rename(drop.folder / "a.txt")
    assert drop.look(0) == ["a.txt"]


def test_what_nobody_wrote_to_for_long_is_whole_at_once(drop, monkeypatch):
    mtime = drop.write("a.txt").stat().st_mtime
    monkeypatch.setattr("time.time", lambda: mtime + RESTED - 1)
    assert drop.look(0) == []
    drop.write("b.txt", "b")
    monkeypatch.setattr("time.time", lambda: mtime + RESTED + 60)
    assert drop.look(0) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("name", [".hidden.txt", "a.part", "a.tmp", "a.txt.part", "a.crdownload", ".dir/a.txt"])
def test_unfinished_and_hidden_files_are_never_handed_over(drop, name):
    drop.write(name)
    assert drop.look() == drop.look() == []


def test_changed_and_replaced_files_come_again(drop):
    path = drop.write("a.txt")
    assert drop.look(0) == [] and drop.look() == ["a.txt"]
    path.write_text(drop.text())
    assert drop.look() == [] and drop.look() == ["a.txt"] and drop.read["a.txt"] == path.read_text()
    drop.write("b.txt").replace(path)
    drop.look(), drop.look()
    assert drop.read["a.txt"] == path.read_text() and drop.look() == []


def test_a_file_is_gone_when_it_stays_away(drop):
    path = drop.write("a.txt")
    drop.write("b.txt")
    drop.look(), drop.look()
    text = path.read_text()
    path.unlink()
    assert drop.look() == drop.gone == []
    path.write_text(text)
    drop.look(1), drop.look()
    assert drop.gone == []
    path.unlink()
    drop.look(), drop.look()
    assert drop.gone == ["a.txt"] and drop.look() == []


def test_in_a_folder_that_is_empty_or_away_nothing_is_gone(drop):
    """As a disk is that was unmounted."""
    path = drop.write("a.txt")
    drop.look(), drop.look()
    away = path.rename(drop.folder.parent / "a.txt")
    drop.look(), drop.look(), drop.look()
    drop.folder.rmdir()
    drop.look(), drop.look(), drop.look()
    assert drop.gone == []
    drop.folder.mkdir()
    away.rename(path)
    drop.look(), drop.look()
    drop.write("b.txt")
    path.unlink()
    drop.look(), drop.look()
    assert drop.gone == ["a.txt"]


def test_a_file_that_fails_comes_again_ever_more_seldom_and_at_once_when_it_changes(drop):
    drop.write("a.txt")
    drop.write("b.txt")
    drop.look()
    tries = [drop.now for _ in range(400) if "a.txt" in drop.look(fails=True)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert gaps[:5] == [60, 120, 240, 480, 960] and max(gaps) == LONGEST
    drop.write("a.txt")
    assert drop.look() == [] and "a.txt" in drop.look()


def test_what_cannot_be_looked_into_is_told_and_hides_nothing(drop):
    drop.write("inner/a.txt")
    drop.write("b.txt")
    drop.look(), drop.look()
    (drop.folder / "inner").rename(drop.folder.parent / "inner")
    (drop.folder / "inner").symlink_to(drop.folder.parent / "inner")  # leads out of the drop
    assert drop.look() == [] and drop.look() == ["inner"] and drop.look() == []
    assert drop.gone == [], "nobody knows what is behind it"


def test_what_was_made_before_is_remembered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("drop/a.txt", "drop/n.jsonl", "drop/x.zip", "other.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    now = 0.0
    arrivals = Arrivals(["drop"], EVERY, clock=lambda: now)
    arrivals.look()
    made = {"a": "drop/a.txt", "n#1": "./drop/n.jsonl", "in": f"{tmp_path}/drop/x.zip/in.txt", "left": "drop/left.txt",
            "unzipped": "drop/gone.zip/b.txt", "not ours": "other.txt", "nor this": "elsewhere/c.txt"}  # fmt: skip
    assert arrivals.remember(made.items())
    known = {path: known.ids for path, known in arrivals.there()}
    assert known == {"drop/a.txt": ("a",), "drop/n.jsonl": ("n#1",), "drop/x.zip": ("in",)}
    now = EVERY
    assert arrivals.look().gone == {"drop/left.txt": ("left",), "drop/gone.zip/b.txt": ("unzipped",)}


# -- whatever happens -------------------------------------------------------------------------------------------------

NAMES = ("a.txt", "b.txt", "c/d.txt", "a.txt.part", ".e.txt")
name = st.sampled_from(NAMES)
operations = st.one_of(
    st.tuples(st.just("write"), name),
    st.tuples(st.just("grow"), name),
    st.tuples(st.just("delete"), name),
    st.tuples(st.just("rename"), name, name),
    st.tuples(st.just("replace"), name),
    st.tuples(st.just("look"), st.sampled_from([0.0, 1.0, 29.0, 30.0, 31.0, 100.0])),
)


@given(st.lists(operations, max_size=40))
def test_all_that_is_whole_is_handed_over_and_nothing_that_changes(steps):
    with tempfile.TemporaryDirectory() as folder:
        drop = Drop(Path(folder))
        changed: dict[str, float] = {}  # name -> when it was last written in place; nothing if it was moved there
        had: set[str] = set()
        drop.write("always.txt")  # an empty folder tells of nothing that it is gone
        for what, *names in steps:
            if what == "look":
                ready = drop.look(*names)
                for one in ready:
                    assert changed.get(one, -EVERY) <= drop.now - EVERY, f"{one} changed between two looks"
                had.update(ready)
                continue
            path = drop.folder / names[0]
            path.parent.mkdir(exist_ok=True)
            if what == "rename" and path.exists():
                (drop.folder / names[1]).parent.mkdir(exist_ok=True)
                path.rename(drop.folder / names[1])
                changed.pop(names[1], None)
            elif what == "delete":
                path.unlink(missing_ok=True)
            elif what == "replace":
                drop.write(".new").replace(path)
                changed.pop(names[0], None)
            elif what in ("write", "grow"):
                with open(path, "w" if what == "write" else "a") as file:
                    file.write(drop.text())
                changed[names[0]] = drop.now
        for _ in range(3):
            had.update(drop.look())
        there = {one: (drop.folder / one).read_text() for one in NAMES[:3] if (drop.folder / one).exists()}
        assert {one: drop.read.get(one) for one in there} == there
        assert had <= {*NAMES[:3], "always.txt"}
        assert {one for one in had - there.keys() if one != "always.txt"} <= {*drop.gone}
        assert {id for _, known in drop.arrivals.there() for id in known.ids} == {*there, "always.txt"}
        assert drop.look() == []
