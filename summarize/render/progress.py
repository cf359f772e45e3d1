"""How far a run or a download is, on stderr while it works."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..job.pipeline import Event
from .phrases import left_over, plural
from .terminal import console

NAMES = {"translate": "translating", "summarize": "summarizing"}


class Progress:
    """A bar a stage; nothing at all when stderr is no terminal or when `quiet`. `say` prints above the bars."""

    def __init__(self, *, quiet: bool):
        from rich.progress import BarColumn, SpinnerColumn, TextColumn
        from rich.progress import Progress as Bars

        self.console = console(stderr=True)
        self.bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}", markup=False),
            console=self.console,
            transient=True,
            disable=quiet or not self.console.is_terminal,
        )
        self.quiet = quiet
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.bars.stop()

    def say(self, message: str) -> None:
        if not self.quiet:
            self.console.print(message, style="dim")

    def __call__(self, event: Event) -> None:
        self.show(event.stage, event.done, event.total, f"{event.done:,} of {event.total:,}")

    def show(self, stage: str, done: float, total: int, count: str, **more: str) -> None:
        """Puts the bar of a stage to where it stands."""
        if stage not in self.tasks:
            self.tasks[stage] = self.bars.add_task(stage, total=None, count="")
        self.bars.update(self.tasks[stage], completed=done, total=total or None, count=count, **more)


class RunProgress(Progress):
    """One bar for the whole run.

    It counts inputs: those that are settled, and of the `window` that is being worked at the share of its sentences
    that is translated.
    """

    def __init__(self, *, quiet: bool, window: int, clock: Callable[[], float] = time.monotonic):
        super().__init__(quiet=quiet)
        self.window = window
        self.settled = self.inputs = 0
        self.done = 0.0  # of the inputs
        self.clock, self.started = clock, clock()
        self.free: int | None = None  # inputs that were settled before a model had work

    def __call__(self, event: Event) -> None:
        if event.stage == "translate" and self.free is None:
            self.free = self.settled
        if event.stage == "articles":
            self.settled, self.inputs = event.done, max(event.total, event.done) if event.total else 0
        share = event.done / event.total if event.stage == "translate" and event.total else event.stage == "summarize"
        at_work = min(self.window, self.inputs - self.settled) if self.inputs else 0
        self.done = max(self.done, self.settled + share * at_work)
        more = {"description": NAMES[event.stage]} if event.stage in NAMES else {}
        self.show("reading", self.done, self.inputs, self._count(event), **more)

    def _count(self, event: Event) -> str:
        """How far it is: of the run where its size is known, else what is settled and how far the batch is."""
        if not self.inputs:
            batch = f", {event.done:,} of {event.total:,} of a batch" if event.stage in NAMES else ""
            return f"{plural(self.settled, 'article')} done{batch}"
        made = self.done - (self.free or 0)
        left = (self.inputs - self.done) * (self.clock() - self.started) / made if self.free is not None and made else 0
        return f"{int(self.done):,} of {plural(self.inputs, 'input')}" + (f", {left_over(left)} left" if left else "")


class Watching:
    """One line, kept up to date, for what goes on without end; nothing where stderr is no terminal or when `quiet`.
    Whatever is printed beside it comes between `stop` and `show`."""

    def __init__(self, *, quiet: bool):
        from rich.status import Status

        self.console = console(stderr=True)
        self.live = self.console.is_terminal and not quiet
        self.line = Status("", console=self.console)
        self.quiet = quiet
        self.totals = ""

    def show(self, totals: str, doing: str = "") -> None:
        """Puts the line to how things stand, and what is being done."""
        from rich.text import Text

        self.totals = totals
        if self.live:
            self.line.update(Text(" · ".join(filter(None, (doing, totals)))))
            self.line.start()

    def stop(self) -> None:
        self.line.stop()

    def say(self, message: str) -> None:
        if not self.quiet:
            self.console.print(message, style="dim")

    def __call__(self, event: Event) -> None:
        if event.stage in NAMES:
            self.show(self.totals, f"{NAMES[event.stage]} {event.done:,} of {event.total:,}")


class Download:
    """A bar for `models pull`: call it with (message, bytes done, bytes in all); 0 in all is a message alone."""

    def __init__(self, name: str):
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
        from rich.progress import Progress as Bars

        self.console = console(stderr=True)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self.bars = Bars(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.name = name
        self.task: Any = None

    def __enter__(self) -> Download:
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def __call__(self, message: str, done: int, total: int) -> None:
        if not total:
            self.console.print(message, style="dim")
            return
        if self.task is None:
            self.task = self.bars.add_task(self.name, total=total)
        self.bars.update(self.task, completed=done, total=total)
