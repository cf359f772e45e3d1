"""The store: what goes in comes out, damage is noticed, processes share it, history and pruning."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from summarize.errors import StoreError
from summarize.store import FILE, Item, Store, schema, upkeep
from summarize.types import InContext, Outcome, Output, Signature

SIG = Signature({"model": "m", "beams": 4})


def test_outputs_come_back_as_they_went_in(store):
    outputs = {
        "Guten Tag.": Output("Good day."),
        "böse\x00\ud800": Output("bad", Outcome.FAILED, "", ("loop",), (), 3),
        "": Output("", Outcome.REPAIRED, "re-case", ("loop",), ("numbers", "names"), 2),
    }
    outputs = {t.encode("utf-8", "replace").decode(): o for t, o in outputs.items()}
    store.put(SIG, outputs)
    assert store.get(SIG, [*outputs, "unknown"]) == outputs


def test_a_changed_signature_is_a_miss(store):
    store.put(SIG, {"a": Output("b")})
    assert store.get(SIG.extended(beams=1), ["a"]) == {}
    assert store.get(Signature({"beams": 4, "model": "m"}), ["a"]) == {"a": Output("b")}, "order of parts is no matter"


def test_more_texts_than_a_statement_takes(store):
    outputs = {f"text {i}": Output(f"{i}") for i in range(2500)}
    store.put(SIG, outputs)
    assert store.get(SIG, outputs) == outputs


def test_a_damaged_row_is_a_miss_and_named(store):
    store.put(SIG, {"a": Output("right"), "b": Output("fine")})
    store.db.execute("UPDATE outputs SET body = replace(body, 'right', 'wrong')")
    assert store.get(SIG, ["a", "b"]) == {"b": Output("fine")}
    faults = upkeep.verify(store)
    assert len(faults) == 1 and faults[0].startswith("output ")
    upkeep.drop_faults(store, faults)
    assert upkeep.verify(store) == []


def test_what_was_made_with_more_in_view_is_no_damage(store):
    texts = [InContext("a", ("b",)), InContext("a", (), ("c → d",)), InContext("a", ("b",), ("c → d",)), "a"]
    store.put(SIG, {text: Output(f"{n}") for n, text in enumerate(texts)})
    assert upkeep.verify(store) == []
    assert [store.get(SIG, [text])[text].text for text in texts] == ["0", "1", "2", "3"]
    store.db.execute("UPDATE outputs SET source = 'b'")
    assert len(upkeep.verify(store)) == 4


def test_a_file_that_is_no_database_says_what_to_do(tmp_path):
    (tmp_path / FILE).write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path)
    assert "move" in caught.value.hint and FILE in caught.value.hint


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot open"):
        Store.open(tmp_path / "file" / "cache")


def test_a_locked_store_says_so(tmp_path):
    with Store.open(tmp_path, busy_seconds=0.1) as store:
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            store.put(SIG, {"a": Output("b")})
        other.execute("ROLLBACK")
        assert "another run" in caught.value.hint
        store.put(SIG, {"a": Output("b")})
        assert store.get(SIG, ["a"])


def test_a_full_disk_loses_nothing_that_was_kept(store):
    store.put(SIG, {"a": Output("b")})
    (pages,) = store.db.execute("PRAGMA page_count").fetchone()
    store.db.execute(f"PRAGMA max_page_count = {pages + 2}")  # the database may not grow: SQLITE_FULL
    with pytest.raises(StoreError) as caught:
        store.put(SIG, {f"{i}": Output("x" * 4000) for i in range(100)})
    assert "prune" in caught.value.hint
    assert store.get(SIG, ["a"]) == {"a": Output("b")}
    assert upkeep.verify(store) == []


def test_migrations_apply_once_and_a_newer_store_is_refused(tmp_path, monkeypatch):
    with Store.open(tmp_path) as store:
        store.put(SIG, {"a": Output("b")})
    ran = []

    def m99_later(db):
        ran.append(1)
        db.execute("CREATE TABLE later (x)")

    with monkeypatch.context() as patch:
        patch.setattr("summarize.store.database.MIGRATIONS", [*schema.MIGRATIONS, m99_later])
        for _ in range(2):
            with Store.open(tmp_path) as store:
                assert store.get(SIG, ["a"]) == {"a": Output("b")}
    assert ran == [1]
    with pytest.raises(StoreError, match="newer version"):
        Store.open(tmp_path)


def test_a_failed_migration_changes_nothing(tmp_path, monkeypatch):
    def m99_broken(db):
        db.execute("CREATE TABLE half (x)")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("summarize.store.database.MIGRATIONS", [*schema.MIGRATIONS, m99_broken])
    with pytest.raises(StoreError):
        Store.open(tmp_path)
    db = sqlite3.connect(tmp_path / FILE)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('half', 'outputs')").fetchone() == (0,)


WRITER = """
import sys
from pathlib import Path
from summarize.store import Store
from summarize.types import Output, Signature
who = int(sys.argv[2])
with Store.open(Path(sys.argv[1])) as store:
    for i in range(60):
        store.put(Signature({"model": "m"}), {f"shared {i}": Output(f"{i}"), f"own {who} {i}": Output("x")})
"""


def test_two_processes_write_at_once(tmp_path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(who)]) for who in range(2)]
    assert [w.wait(60) for w in writers] == [0, 0]
    with Store.open(tmp_path) as store:
        assert upkeep.stats(store)["outputs"] == 60 + 2 * 60
        assert upkeep.verify(store) == []


KILLED = """
import sys, time
from pathlib import Path
from summarize.store import Store
Store.open(Path(sys.argv[1])).begin_run(["drop"], {})
print("begun", flush=True)
time.sleep(60)
"""


def test_a_run_that_was_killed_is_told_by_its_process(store):
    """Its process is gone, or another one has its number by now."""
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(store.path.parent)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "begun\n"
    assert [r.state for r in store.runs()] == ["running"]
    child.kill()
    child.wait()
    child.stdout.close()
    assert [r.state for r in store.runs()] == ["killed"], "without another run"
    store.db.execute("UPDATE runs SET process = ?, started_at = ?", (os.getpid(), time.time() - 1e6))
    if Path("/proc/uptime").exists():
        assert [r.state for r in store.runs()] == ["killed"], "this process is younger than that run"
    store.db.execute("UPDATE runs SET started_at = ?", (time.time(),))
    assert [r.state for r in store.runs()] == ["running"]
    store.db.execute("UPDATE runs SET process = 999999999, host = 'elsewhere'")
    assert [r.state for r in store.runs()] == ["running"], "another machine's processes cannot be asked for"


def test_history_and_what_prune_keeps(store):
    ids = []
    for n in range(3):
        run = store.begin_run([f"drop{n}"], {"fingerprint": "p"})
        ids.append(store.put_answer("key", "a/b", "v", f'{{"n":{n}}}'))
        store.add_items([Item(run, 0, "a/b", ids[n], False, None), Item(run, 1, "c", None, False, {"error": "X"})])
        store.end_run(run, "done", {"articles": 1})
    assert [r.id for r in store.runs()] == [3, 2, 1]
    assert [r.inputs for r in store.runs(1)] == [["drop2"]]
    assert [store.result(i) for i in ids] == ['{"n":0}', '{"n":1}', '{"n":2}'], "what was current stays for history"
    assert store.answer("key") == (ids[2], '{"n":2}')
    assert [i.failure for i in store.items(2)] == [None, {"error": "X"}]
    assert [i.run for i in store.latest("a/b")] == [3, 2, 1] and [i.run for i in store.latest("a/b", 2)] == [2]
    assert store.latest("b") == [] and store.latest("%") == []
    assert store.articles() == store.articles(1) == ["a/b", "c"] and store.articles(9) == []
    store.put(SIG, {"a": Output("b")})
    gone = upkeep.prune(store, older_than=-10, keep_runs=1)
    assert gone == {"runs": 2, "results": 2, "outputs": 1}
    assert store.result(ids[2]) == '{"n":2}' and store.result(ids[1]) is None
    assert upkeep.stats(store)["signatures"] == []


def test_prune_keeps_what_was_used_of_late(store):
    store.put(SIG, {"a": Output("b")})
    assert upkeep.prune(store, older_than=3600, keep_runs=1)["outputs"] == 0
    assert store.get(SIG, ["a"])


def test_what_one_process_uses_for_long_stays_in_use(store):
    """As `watch` does for months: its first batch is long ago, its last one is not."""
    store.put(SIG, {"a": Output("b")})
    store.db.execute("UPDATE outputs SET created_at = 0")
    store.db.execute("UPDATE signatures SET used_at = 0")
    store.touch([SIG])
    assert upkeep.prune(store, older_than=3600, keep_runs=1)["outputs"] == 0 and store.get(SIG, ["a"])


def test_a_signature_that_another_process_pruned_is_noted_again(store):
    store.put(SIG, {"a": Output("b")})
    with Store.open(store.path.parent) as other:
        assert upkeep.prune(other, older_than=-10, keep_runs=1)["outputs"] == 1
        store.put(SIG, {"c": Output("d")})
        assert [s["outputs"] for s in upkeep.stats(other)["signatures"]] == [1]
        assert upkeep.prune(other, older_than=-10, keep_runs=1)["outputs"] == 1, "else it could never go"


def test_a_store_on_a_read_only_file(tmp_path):
    with Store.open(tmp_path) as store:
        store.put(SIG, {"a": Output("b")})
        store.db.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError) as caught:
            store.put(SIG, {"c": Output("d")})
        assert "--cache" in caught.value.hint
    assert os.path.exists(tmp_path / FILE)


def test_an_interrupt_at_any_moment_of_writing_leaves_a_store_that_can_be_written(store):
    """Python may raise it between any two steps, also where `with` has not got hold of the transaction yet."""

    def interrupted(after: int) -> bool:
        steps = 0

        def step(frame, event, argument):
            nonlocal steps
            frame.f_trace_opcodes = True
            if frame.f_code.co_filename.endswith(("database.py", "contextlib.py")):
                steps += event in ("opcode", "return")
                if steps == after:
                    sys.settrace(None)
                    raise KeyboardInterrupt
            return step

        sys.settrace(step)
        try:
            with store.transaction() as db:
                db.execute("INSERT INTO signatures VALUES (?, '{}', 0)", (f"{after}",))
        except KeyboardInterrupt:  # what it left is held by its traceback here, as in a run that ends
            with store.transaction() as db:
                db.execute("INSERT INTO signatures VALUES (?, '{}', 0)", (f"later {after}",))
            return True
        finally:
            sys.settrace(None)
        return False

    after = 1
    while interrupted(after):
        after += 1
    kept = {name for (name,) in store.db.execute("SELECT key FROM signatures")}
    assert after > 100 and {f"later {n}" for n in range(1, after)} <= kept
