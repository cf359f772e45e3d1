"""`run --parquet` writes what `--jsonl` writes, as a table, whole or not at all."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_renderings import RESULT

from summarize.render import parquet
from summarize.store import records
from summarize.types import Failure, LeftOut, Reading, Reason, Result

pq = pytest.importorskip("pyarrow.parquet", reason="pip install 'summarize[parquet]'")

TEXT = "Die Stadt hat eine neue Brücke. Am {n}. Mai war die Brücke zum ersten Mal offen.\n"


def rows(path: str | Path) -> list[dict]:
    """The rows, as the lines of jsonl are: without what there is nothing of."""
    found = pq.read_table(path).to_pylist(maps_as_pydicts="strict")
    for row in found:
        if row["failure"]:
            assert all(not value for name, value in row.items() if name != "failure")
    return [{"failure": row["failure"]} if row["failure"] else _without(row, "failure", "made_title") for row in found]


def _without(row: dict, *optional: str) -> dict:
    return {name: value for name, value in row.items() if name not in optional or value is not None}


def lines(path: str | Path) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_the_table_is_what_jsonl_is(cli, tmp_path):
    Path("drop").mkdir()
    for n in range(5):
        Path(f"drop/{n}.txt").write_text(TEXT.format(n=n + 1), encoding="utf-8")
    Path("drop/empty.txt").write_text("")
    Path("drop/titled.md").write_text(f"---\ndate: 2026-01-02\nautor: Ä\n---\n# Die Brücke\n\n{TEXT.format(n=1)}")
    code, _, err = cli("run", "drop", "-q", "--jsonl", "all.jsonl", "--parquet", "new/all.parquet")
    assert code == 1, err  # one is empty
    assert rows("new/all.parquet") == lines("all.jsonl") and len(lines("all.jsonl")) == 7
    code, _, err = cli("run", "drop/0.txt", "-q", "--parquet", "new/all.parquet")
    assert code == 0 and len(rows("new/all.parquet")) == 1, "the file is that of the last run"
    assert [path.name for path in Path("new").iterdir()] == ["all.parquet"]


@pytest.fixture
def result() -> Result:
    return RESULT


def test_every_field_has_its_column(result, tmp_path):
    """Of a result of which nothing is empty, and of one of which all is."""
    full = replace(
        result,
        meta={"autor": "Ä"},
        reading=Reading(9, (LeftOut("x", Reason.CAPTION, 1),), ("12",), ("3",), 0.1),
        models=tuple(replace(model, confidence=(-1.5, -0.5)) for model in result.models),
    )
    bare = replace(
        result, sentences=(), models=(), reading=None, title_en="", summary=replace(result.summary, claims=())
    )
    failure = Failure("x", "x.txt", "read", "EmptyArticle", "no letters in it", "delete it")
    told = [records.result_json(full), records.result_json(bare), {"failure": records.failure_json(failure)}]
    with parquet.rows(tmp_path / "a.parquet") as file:
        for record in told:
            file.write(record)
    assert rows(tmp_path / "a.parquet") == [json.loads(json.dumps(record)) for record in told]


def test_no_more_than_a_group_of_rows_is_held(result, tmp_path):
    record = records.result_json(replace(result, sentences=result.sentences[:1] * 99))
    held = 0
    with parquet.rows(tmp_path / "a.parquet") as file:
        for _ in range(350):
            file.write(record)
            held = max(held, len(file._waiting))
    made = pq.ParquetFile(tmp_path / "a.parquet")
    sizes = [made.metadata.row_group(n).num_rows for n in range(made.num_row_groups)]
    assert sizes == [100, 100, 100, 50] and held < 100


def test_a_run_that_is_cut_short_leaves_the_old_table(result, tmp_path):
    path = tmp_path / "a.parquet"
    with parquet.rows(path) as file:
        file.write(records.result_json(result))
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt), parquet.rows(path) as file:
        file.write(records.result_json(result))
        raise KeyboardInterrupt
    assert path.read_bytes() == before and [one.name for one in tmp_path.glob("*.p*")] == [path.name]


def test_what_is_wrong_is_told(cli, tmp_path, monkeypatch):
    Path("a.txt").write_text(TEXT.format(n=1), encoding="utf-8")
    code, _, err = cli("run", "a.txt", "--parquet", "a.txt")
    assert code == 2 and "--parquet a.txt is among the inputs" in err
    code, _, err = cli("run", "a.txt", "--parquet", "no/such/a.parquet")
    assert code == 2 and "mkdir -p" in err
    Path("folder").mkdir()
    code, _, err = cli("run", "a.txt", "--parquet", "folder")
    assert code == 2 and "cannot write folder" in err
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        code, _, err = cli("run", "a.txt", "--parquet", "a.parquet")
    assert code == 2 and "pip install 'summarize[parquet]'" in err
