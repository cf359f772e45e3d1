"""`summarize prompts`: the prompts that chat models are given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Config, print_json, settings

app = typer.Typer(help="List and show prompts.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_prompts(config: Config = None, as_json: AsJson = False) -> None:
    """List the prompts; your own ./prompts/NAME.md wins over the shipped one of that name."""
    from .. import prompts

    folders = prompts.folders(settings(config=config).prompts)
    found = [prompts.load(name, folders) for name in sorted(prompts.available(folders))]
    if as_json:
        print_json([{"name": p.name, "kind": p.kind, "variables": list(p.variables), "path": p.path} for p in found])
        return
    for p in found:
        typer.echo(f"{p.name:<12} {p.kind:<9} {', '.join(p.variables):<20} {p.path}")


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
    if as_json:
        print_json({**asdict(prompt), "digest": prompt.digest})
        return
    typer.echo(Path(prompt.path).read_text(encoding="utf-8"), nl=False)
