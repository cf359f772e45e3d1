"""Atomic writes: whenever they are interrupted, nothing half-written stays behind."""

from __future__ import annotations

import sys

import pytest

from summarize import files

NEVER = 10_000


def interrupted_write(path, data, at):
    """The number of lines of `files` that ran before the interrupt, which came at the line number `at` of them."""
    seen = 0

    def trace(frame, event, _argument):
        nonlocal seen
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line":
            seen += 1
            if seen == at:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        files.write_bytes(path, data)
    finally:
        sys.settrace(before)
    return seen


def test_an_interrupt_at_any_line_leaves_the_old_file_or_the_new_one_and_no_other(tmp_path):
    folder = tmp_path / "out"
    path = folder / "a.json"
    lines = interrupted_write(path, b"old", NEVER)
    assert lines > 10
    for at in range(1, lines + 1):
        files.write_bytes(path, b"old")
        with pytest.raises(KeyboardInterrupt):
            interrupted_write(path, b"new", at)
        assert path.read_bytes() in (b"old", b"new")
        assert [p.name for p in folder.iterdir()] == ["a.json"], at


def test_an_interrupt_leaves_what_another_process_is_writing(tmp_path):
    with files._opened(tmp_path / ".a.json.part") as theirs:
        theirs.write(b"theirs")
        theirs.flush()
        with pytest.raises(KeyboardInterrupt):
            interrupted_write(tmp_path / "a.json", b"ours", 3)
        assert (tmp_path / ".a.json.part").read_bytes() == b"theirs"
