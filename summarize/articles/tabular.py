"""Tables of articles (.csv, .tsv): one a row, columns named in the first as the fields of JSON records are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from ..errors import ArticleError, UnreadableArticle
from . import json_records
from .charset import decode
from .drafts import BadRecord, Draft

DELIMITERS = ",;\t|"
LONGEST_FIELD = 100_000_000  # characters; Python's own limit is that of a spreadsheet


def parse(data: bytes) -> Iterator[Draft | BadRecord]:
    """The articles of a table. The delimiter is the one that parts the first row into most columns.

    A row with more fields than there are columns is a BadRecord: its text may have been cut. Raises UnreadableArticle
    if no column is one that holds text.
    """
    csv.field_size_limit(LONGEST_FIELD)
    text = decode(data).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    first, _, _ = text.partition("\n")
    rows = csv.reader(io.StringIO(text), delimiter=max(DELIMITERS, key=first.count))
    columns = [name.strip().casefold() for name in _next(rows) or []]
    if not set(columns) & set(json_records.TEXT):
        raise UnreadableArticle(
            f"no column is called one of {', '.join(json_records.TEXT)}; there are: {', '.join(columns)[:200]}",
            "name the columns in the first line: title,date,text",
        )
    number = 0
    while (row := _next(rows)) is not None:
        if not any(field.strip() for field in row):
            continue
        number += 1
        try:
            if len(row) > len(columns):
                many = f"{len(row)} fields for {len(columns)} columns"
                raise UnreadableArticle(many, 'put quotation marks around fields that hold a comma: "text, more text"')
            yield replace(json_records.draft(dict(zip(columns, row, strict=False))), record=number)
        except ArticleError as error:
            yield BadRecord(number, type(error)(f"row {number}: {error.message}", error.hint))


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise UnreadableArticle(f"no table: {error}", "save it again as CSV, in UTF-8") from error
