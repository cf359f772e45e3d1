"""`summarize prompts`: the prompts that chat models are given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Commands, Config, answer, display, settings

app = typer.Typer(cls=Commands, help="List and show prompts.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_prompts(config: Config = None, as_json: AsJson = False) -> None:
    """List the prompts; your own ./prompts/NAME.md wins over the shipped one of that name."""
    from .. import prompts

    folders = prompts.folders(settings(config=config).prompts)
    found = [prompts.load(name, folders) for name in sorted(prompts.available(folders))]
    rows = [(p.name, p.kind, ", ".join(p.variables), p.path) for p in found]
    widths = [*[max(map(len, column)) for column in zip(*rows, strict=True)][:-1], 0]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    data = [{"name": p.name, "kind": p.kind, "variables": list(p.variables), "path": p.path} for p in found]
    answer(data, lambda: display(*lines), as_json=as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A prompt's name, or a file.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Print a prompt file."""
    from dataclasses import asdict

    from .. import prompts

    prompt = prompts.load(name, prompts.folders(settings(config=config).prompts))
    read = lambda: typer.echo(Path(prompt.path).read_text(encoding="utf-8"), nl=False)
    answer({**asdict(prompt), "digest": prompt.digest}, read, as_json=as_json)
