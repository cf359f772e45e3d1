"""Where the items of a run go as they finish: rows for the table, lines of jsonl, JSON at the end; then the news."""

from __future__ import annotations

import glob
import json
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from .. import api, catalog, compare
from ..compare.stories import Index
from ..config import Settings
from ..errors import BUG, UsageError
from ..job.pipeline import Done, Totals
from ..render import outputs, terminal
from ..render.phrases import plural
from ..store import Store, records
from ..types import Failure, Json, Result, Status
from .options import print_json, say

NEWS = 5  # updated articles that get a line of their own
CHUNK = 1 << 16


class Lines:
    """Records as lines of JSON, to stdout (-) or a file, which is begun anew with the first of them or, if they are to
    be `added`, goes on. `inputs` are what is read: the file is none of that."""

    def __init__(self, jsonl: str, inputs: Sequence[str], *, added: bool = False):
        self.file, self.fresh = sys.stdout, False
        if jsonl == "-":
            return
        make_way("--jsonl", jsonl, inputs)
        try:
            if added:
                _untorn(jsonl)
            self.file = open(jsonl, "a", encoding="utf-8")  # noqa: SIM115  closed by `close`
        except OSError as e:
            raise UsageError(f"cannot write {jsonl}: {e.strerror}", "give --jsonl another file name") from e
        self.fresh = not added

    def write(self, record: Json) -> None:
        if self.fresh:
            self.file.truncate(0)  # only now: a run that cannot start leaves the old file alone
        self.fresh = False
        self.file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self.file.flush()

    def close(self) -> None:
        if self.file is not sys.stdout:
            self.file.close()


def make_way(option: str, file: str, inputs: Sequence[str]) -> None:
    """Makes the folder of a file that is to be written. Raises UsageError where that cannot be, and where the file is
    among the inputs."""
    inputs = [path for given in inputs for path in glob.glob(given, recursive=True) or [given]]
    if any(Path(file).resolve().is_relative_to(Path(p).resolve()) for p in inputs):
        raise UsageError(f"{option} {file} is among the inputs and would be overwritten", "write it elsewhere")
    if Path(file).is_dir():
        raise UsageError(f"cannot write {file}: Is a directory", f"give {option} another file name")
    folder = Path(file).parent
    outputs.check_folder(folder)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as e:
        raise UsageError(f"cannot write {file}: {e.strerror}", f"give {option} another file name") from e


def _untorn(path: str) -> None:
    """Takes off a last line without an end, which a kill left: what it began to tell is told again."""
    with open(path, "ab+") as file:
        end = place = file.tell()
        found = -1
        while place and found < 0:
            start = max(0, place - CHUNK)
            file.seek(start)
            found = file.read(place - start).rfind(b"\n")
            place = start + found + 1 if found >= 0 else start
        if place < end:
            file.truncate(place)


class Writer(Protocol):
    """Takes the record of each result and failure."""

    def write(self, record: Json) -> None: ...


class Sink:
    """Takes results one by one and keeps only what it will print: rows and failures, not whole results."""

    def __init__(self, *, as_json: bool, quiet: bool, brief: bool | None = None, lines: Sequence[Writer] = ()):
        self.as_json = as_json
        self.quiet = quiet
        self.brief = brief
        self.rows: list[terminal.ArticleLine] = []
        self.failures: list[Failure] = []
        self.items: list[dict] = []
        self.index = Index()
        self.draft = False
        self.drafts: dict[str, None] = {}  # languages that a draft model translated
        self.reasons: Counter[str] = Counter()  # why sentences failed, where it was not the text's own fault
        self.bugs: Counter[str] = Counter()  # why summaries did
        self.short: list[str] = []  # articles whose translation or summary fell short
        self.lines = lines

    def take(self, item: Result | Failure) -> None:
        if isinstance(item, Failure):
            self.failures.append(item)
        else:
            self.draft |= item.draft
            roles = (m.role.split(":") for m in item.models if m.quality == "draft")
            self.drafts |= dict.fromkeys(role[1] for role in roles if role[0] == "translate")
            self.reasons.update(s.reason for s in item.sentences if s.status is Status.FAILED and not s.faults)
            self.bugs.update([item.summary.reason] * item.summary.reason.startswith(BUG))
            alone = Totals()
            alone.count(Done(item))
            self.short += [item.id] * bool(alone.faults)
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
        for writer in self.lines:
            writer.write(record)

    def flush(self) -> None:
        """Shows what there is, also when the run was cut short."""
        if self.rows:
            stories = self.index.stories()
            rows = terminal.grouped(self.rows, stories)
            notes = {e.article: compare.echo_words(e) for s in stories for e in s.echoes}
            console = terminal.console()
            if self.brief is None:
                self.brief = console.is_terminal and terminal.beyond_a_screen(rows, console)
            for block in terminal.articles(rows, console, draft=self.draft, brief=self.brief, notes=notes):
                console.print(block, soft_wrap=True)
        if self.as_json:
            return
        if self.failures:
            console = terminal.console(stderr=True)
            for line in terminal.failures(self.failures, console):
                console.print(line, soft_wrap=True)
        told = {f"{f.message}: {f.hint}": f.message for f in self.failures}  # what to type is told above
        for reason, count in self.reasons.items():
            say(f"not translated: {plural(count, 'sentence')}: {told.get(reason, reason)}")
        for reason, count in self.bugs.items():
            say(f"not summarized: {plural(count, 'article')}: {reason}")

    def close(self, report: api.Report, settings: Settings) -> None:
        """The JSON, or the closing lines with what is new in articles that were known before."""
        for missing in report.documents.lines(short=True):
            say(missing)
        if self.quiet and not self.as_json:
            return self._blame(report.totals)
        with Store.open(Path(settings.cache)) as store:
            updates, count, remade = compare.updates(store, report.run)
            if self.as_json:
                body = {
                    "run": report.run,
                    "exit_code": report.exit_code,
                    "seconds": round(report.seconds, 3),
                    "totals": report.totals.as_json(),
                    "items": self.items,
                    "documents": report.documents.as_json(),
                    "stories": [asdict(s) for s in self.index.stories()],
                    "updates": [{**asdict(u), "line": u.line} for u in updates],
                }
                print_json(body)
            if not self.quiet:
                folder = str(report.folder)
                line = terminal.closing(report.totals, seconds=report.seconds, folder=folder, run=report.run)
                say(line)
                for made in report.documents.lines(short=False):
                    say(made)
                self._blame(report.totals)
                if not self.as_json:
                    if self.brief:
                        say(terminal.MORE)
                    for news in terminal.news(updates, count, remade, most=NEWS):
                        say(news)
                    for served in catalog.coverage(self.drafts, Path(settings.cache), settings.mt, settings.target):
                        if served.model and served.step:
                            found = "another is here" if served.better else "for a real model"
                            say(f"{served.model.id} is a draft; {found}: {served.step}")

    def _blame(self, totals: Totals) -> None:
        """Why the status is 1, beside the failures, which are told one by one."""
        if told := ", ".join(terminal.fault(name, count) for name, count in totals.faults.items()):
            say(f"status {totals.exit_code}: {told}")
        if self.short:
            more = len(self.short) - 1
            say(
                f"  summarize show {shlex.quote(self.short[0])}"
                + f"   (and {plural(more, 'other article')})" * (more > 0)
            )
