"""Long output on a terminal goes through a pager; everywhere else it is printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

NoPager = Annotated[bool, typer.Option("--no-pager", help="Never page; print.")]


def show(blocks: Iterable[Any], *, no_pager: bool = False) -> None:
    """Prints renderables; through $PAGER when stdout is a terminal and they do not fit on it."""
    from ..render import terminal

    console = terminal.console()
    if console.is_terminal and no_pager:
        for block in blocks:
            console.print(block)
        return
    with console.capture() as captured:
        for block in blocks:
            console.print(block)
    text = captured.get()
    if not sys.stdout.isatty():
        # Columns are filled up with spaces, which a file or a pipe has no use for.
        text = "".join(line.rstrip() + "\n" for line in text.splitlines())
    if sys.stdout.isatty() and text.count("\n") >= console.size.height:
        _page(text)
    else:
        typer.echo(text, nl=False, color=True)


def _page(text: str) -> None:
    import pydoc

    os.environ.setdefault("LESS", "-R")  # let colours through
    pydoc.pager(text)
