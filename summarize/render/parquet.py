"""Results as a Parquet file: a row an article, with the fields of its JSON; of one that failed `failure` alone.

Rows go to the disk group by group, so that a run of any length needs the memory of one. The file takes its place when
the last is written; until then, and if that never comes, an old one stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from ..errors import ConfigError, SummarizeError
from ..files import replacing
from ..types import Failure, Json, ModelNote, Reading, Sentence, Status, Summary

GROUP = 10_000  # sentences, and articles, of a group of rows
MAPS = ("meta", "unasked")


class Rows:
    """Takes the records of `records.result_json`, and {"failure": …}."""

    def __init__(self, writer: Any, path: Path):
        self._writer, self._path = writer, path
        self._waiting: list[dict[str, Json]] = []
        self._weight = 0

    def write(self, record: Mapping[str, Json]) -> None:
        self._waiting.append({**record, **{name: list(record.get(name, {}).items()) for name in MAPS}})
        self._weight += 1 + len(record.get("sentences", ()))
        if self._weight >= GROUP:
            self.flush()

    def flush(self) -> None:
        import pyarrow

        if not self._waiting:
            return
        waiting, self._waiting, self._weight = self._waiting, [], 0
        with _told(self._path):
            self._writer.write_table(pyarrow.Table.from_pylist(waiting, schema=schema()))


@contextmanager
def rows(path: Path) -> Iterator[Rows]:
    """Where to put the rows of a new file. Raises ConfigError where pyarrow is not installed, SummarizeError where the
    file cannot be written."""
    try:
        from pyarrow import parquet
    except ImportError:
        raise ConfigError("--parquet needs pyarrow", "pip install 'summarize[parquet]'") from None
    with ExitStack() as opened:
        with _told(path):
            file = opened.enter_context(replacing(path))
            writer = opened.enter_context(parquet.ParquetWriter(file, schema(), compression="zstd"))
        made = Rows(writer, path)
        yield made
        made.flush()
        with _told(path):
            opened.close()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot write {path}: {error.strerror or error}"
        raise SummarizeError(what, "give --parquet another file; the results are kept") from error


@cache
def schema() -> Any:
    """The columns, as `types` has them."""
    import pyarrow

    text, truth = pyarrow.string(), pyarrow.bool_()
    return pyarrow.schema(
        {
            **dict.fromkeys(("schema", "id", "version", "source", "source_hash", "title", "title_en"), text),
            "made_title": truth,
            **dict.fromkeys(("date", "language", "target"), text),
            "meta": pyarrow.map_(text, text),
            "draft": truth,
            "summary": _type(Summary, text=text),
            "ledger": pyarrow.struct({str(status): pyarrow.int64() for status in Status}),
            "unasked": pyarrow.map_(text, pyarrow.list_(text)),
            "sentences": pyarrow.list_(_type(Sentence, confidence=text)),
            "models": pyarrow.list_(_type(ModelNote)),
            "reading": _type(Reading, missing=pyarrow.float64()),
            "failure": _type(Failure),
        }
    )


def _type(kind: Any, **more: Any) -> Any:
    """The Arrow type of an annotation; of a dataclass with `more` fields."""
    import pyarrow

    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return pyarrow.struct({**{f.name: _type(hints[f.name]) for f in fields(kind)}, **more})
    if inner := get_args(kind):  # of a tuple, or of what may be None
        return pyarrow.list_(_type(inner[0])) if get_origin(kind) is tuple else _type(inner[0])
    if issubclass(kind, StrEnum):
        return pyarrow.string()
    return {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}[kind]
