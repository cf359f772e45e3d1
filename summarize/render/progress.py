"""Progress bars on stderr while a run works."""

from __future__ import annotations

from typing import Any

from ..pipeline import Event
from .terminal import console

NAMES = {"translate": "translating", "summarize": "summarizing", "articles": "done"}
UNITS = {"translate": "sentences", "summarize": "articles", "articles": "articles"}


class Progress:
    """A bar a stage; nothing at all when stderr is no terminal or when `quiet`. `say` prints above the bars."""

    def __init__(self, *, quiet: bool):
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self.console = console(stderr=True)
        self.bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}", markup=False),
            TimeElapsedColumn(),
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
        if event.stage not in self.tasks:
            unit = UNITS.get(event.stage, "")
            self.tasks[event.stage] = self.bars.add_task(NAMES.get(event.stage, event.stage), total=None, unit=unit)
        self.bars.update(self.tasks[event.stage], completed=event.done, total=event.total or None)


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
