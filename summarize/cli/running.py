"""Where the items of a run go as they finish: rows for the table, lines of jsonl, JSON at the end."""

from __future__ import annotations

import json
import sys
from typing import IO

import typer

from .. import api, records
from ..errors import UsageError
from ..render import terminal
from ..types import Failure, Result


class Sink:
    """Takes results one by one and keeps only what it will print: rows and failures, not whole results."""

    def __init__(self, *, as_json: bool, jsonl: str | None, quiet: bool):
        if as_json and jsonl == "-":
            raise UsageError("--json and --jsonl - both want stdout", "give --jsonl a file name")
        self.as_json = as_json
        self.quiet = quiet
        self.rows: list[tuple] = []
        self.failures: list[Failure] = []
        self.items: list[dict] = []
        self.draft = False
        self.lines: IO[str] | None = None
        if jsonl == "-":
            self.lines = sys.stdout
        elif jsonl:
            try:
                self.lines = open(jsonl, "w", encoding="utf-8")  # noqa: SIM115  closed by `flush`
            except OSError as e:
                raise UsageError(f"cannot write {jsonl}: {e.strerror}", "give --jsonl another file name") from e

    def take(self, item: Result | Failure) -> None:
        if isinstance(item, Failure):
            self.failures.append(item)
            record = {"failure": records.failure_json(item)}
        else:
            self.draft |= item.draft
            record = records.result_json(item)
            if not self.as_json and not self.quiet:
                self.rows.append(terminal.summary_row(item))
        if self.as_json:
            self.items.append(record)
        if self.lines:
            self.lines.write(json.dumps(record, ensure_ascii=False) + "\n")

    def flush(self) -> None:
        """Shows what there is, also when the run was cut short."""
        if self.lines and self.lines is not sys.stdout:
            self.lines.close()
        if self.rows:
            terminal.console().print(terminal.table(self.rows, draft=self.draft))
        if self.failures and not self.as_json:
            terminal.console(stderr=True).print(terminal.failures(self.failures), soft_wrap=True)

    def close(self, report: api.Report) -> None:
        if self.as_json:
            body = {
                "run": report.run,
                "exit_code": report.exit_code,
                "seconds": round(report.seconds, 3),
                "totals": report.totals.as_json(),
                "items": self.items,
            }
            typer.echo(json.dumps(body, ensure_ascii=False, indent=1))
        if not self.quiet:
            folder = str(report.folder)
            line = terminal.closing(report.totals, seconds=report.seconds, folder=folder, run=report.run)
            typer.echo(line, err=True)
