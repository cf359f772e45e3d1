"""Where the items of a run go as they finish: rows for the table, lines of jsonl, JSON at the end; then the news."""

from __future__ import annotations

import glob
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

import typer

from .. import api, compare
from ..compare.stories import Index
from ..config import Settings
from ..errors import BUG, UsageError
from ..render import outputs, terminal
from ..render.phrases import plural
from ..store import Store, records
from ..types import Failure, Result, Status
from .options import say

NEWS = 5  # updated articles that get a line of their own


class Sink:
    """Takes results one by one and keeps only what it will print: rows and failures, not whole results."""

    def __init__(self, *, as_json: bool, jsonl: str | None, quiet: bool, inputs: Sequence[str] = ()):
        if as_json and jsonl == "-":
            raise UsageError("--json and --jsonl - both want stdout", "give --jsonl a file name")
        inputs = [path for given in inputs for path in glob.glob(given, recursive=True) or [given]]
        if jsonl and jsonl != "-" and any(Path(jsonl).resolve().is_relative_to(Path(p).resolve()) for p in inputs):
            raise UsageError(f"--jsonl {jsonl} is among the inputs and would be overwritten", "write it elsewhere")
        self.as_json = as_json
        self.quiet = quiet
        self.rows: list[tuple] = []
        self.failures: list[Failure] = []
        self.items: list[dict] = []
        self.index = Index()
        self.draft = False
        self.reasons: Counter[str] = Counter()  # why sentences failed, where it was not the text's own fault
        self.bugs: Counter[str] = Counter()  # why summaries did
        self.lines: IO[str] | None = None
        self.fresh = True
        if jsonl == "-":
            self.lines = sys.stdout
        elif jsonl:
            folder = Path(jsonl).parent
            outputs.check_folder(folder)
            try:
                folder.mkdir(exist_ok=True)
                self.lines = open(jsonl, "a", encoding="utf-8")  # noqa: SIM115  closed by `flush`
            except OSError as e:
                raise UsageError(f"cannot write {jsonl}: {e.strerror}", "give --jsonl another file name") from e

    def take(self, item: Result | Failure) -> None:
        if isinstance(item, Failure):
            self.failures.append(item)
        else:
            self.draft |= item.draft
            self.reasons.update(s.reason for s in item.sentences if s.status is Status.FAILED and not s.flags)
            self.bugs.update([item.summary.reason] * item.summary.reason.startswith(BUG))
            if self.as_json or not self.quiet:
                self.index.add(item.id, [s.source for s in item.sentences], item.date)
            if not self.as_json and not self.quiet:
                self.rows.append(terminal.summary_row(item))
        if self.as_json or self.lines:
            self._record(item)

    def _record(self, item: Result | Failure) -> None:
        failed = isinstance(item, Failure)
        record = {"failure": records.failure_json(item)} if failed else records.result_json(item)
        if self.as_json:
            self.items.append(record)
        if self.lines:
            if self.fresh and self.lines is not sys.stdout:
                self.lines.truncate(0)  # only now: a run that cannot start leaves the old file alone
            self.fresh = False
            self.lines.write(json.dumps(record, ensure_ascii=False) + "\n")

    def flush(self) -> None:
        """Shows what there is, also when the run was cut short."""
        if self.lines and self.lines is not sys.stdout:
            self.lines.close()
        if self.rows:
            stories = self.index.stories()
            rows = terminal.grouped(self.rows, stories)
            notes = {e.article: compare.echo_words(e) for s in stories for e in s.echoes}
            terminal.console().print(terminal.table(rows, draft=self.draft, notes=notes))
        if self.as_json:
            return
        if self.failures:
            terminal.console(stderr=True).print(terminal.failures(self.failures), soft_wrap=True)
        for reason, count in self.reasons.items():
            say(f"not translated: {plural(count, 'sentence')}: {reason}")
        for reason, count in self.bugs.items():
            say(f"not summarized: {plural(count, 'article')}: {reason}")

    def close(self, report: api.Report, settings: Settings) -> None:
        """The JSON, or the closing lines with what is new in articles that were known before."""
        if self.quiet and not self.as_json:
            return
        with Store.open(Path(settings.cache)) as store:
            updates, count, remade = compare.updates(store, report.run)
            if self.as_json:
                body = {
                    "run": report.run,
                    "exit_code": report.exit_code,
                    "seconds": round(report.seconds, 3),
                    "totals": report.totals.as_json(),
                    "items": self.items,
                    "stories": [asdict(s) for s in self.index.stories()],
                    "updates": [{**asdict(u), "line": u.line} for u in updates],
                }
                typer.echo(json.dumps(body, ensure_ascii=False, indent=1))
            if not self.quiet:
                folder = str(report.folder)
                line = terminal.closing(report.totals, seconds=report.seconds, folder=folder, run=report.run)
                typer.echo(line, err=True)
                if not self.as_json:
                    for news in terminal.news(updates, count, remade, most=NEWS):
                        typer.echo(news, err=True)
