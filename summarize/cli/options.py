"""Options that several commands share. None means "not given": the environment, summarize.toml and defaults decide."""

from __future__ import annotations

from typing import Annotated

import typer

Cache = Annotated[str | None, typer.Option("--cache", metavar="DIR", help="Where outputs and models are kept.")]
Config = Annotated[str | None, typer.Option("--config", metavar="FILE", help="Settings file (else ./summarize.toml).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Offline = Annotated[bool | None, typer.Option("--offline/--online", help="Forbid downloads.")]


def given(**options: object) -> dict[str, object]:
    """The options that were given on the command line."""
    return {name: value for name, value in options.items() if value is not None}


def settings(**options: object):
    """Settings from the given options, then environment, file, defaults. Raises ConfigError."""
    from .. import api

    return api.settings(**given(**options))


def print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def say(message: str) -> None:
    """Talk, as opposed to data: goes to stderr."""
    typer.echo(message, err=True)
