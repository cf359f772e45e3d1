"""What commands share: options, settings as options, and the one way in which an answer reaches a program or a person.

An option that was not given is None: the environment, summarize.toml and defaults decide.
"""

from __future__ import annotations

import functools
import inspect
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise, takewhile
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ..config import DEFAULTS, FIELDS
from ..errors import UsageError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Config = Annotated[str | None, typer.Option("--config", metavar="FILE", help="Settings file (else ./summarize.toml).")]


def option(key: str, help: str = "", *, repeatable: bool = False) -> Any:
    """The option of the setting `key`, as it is declared in `config.Settings`; `help` says otherwise what it does."""
    about, default = FIELDS[key].metadata, getattr(DEFAULTS, key)
    kind: Any = type(default) if isinstance(default, str | int) else list[str]
    kind = list[kind] if repeatable else kind
    return Annotated[kind | None, typer.Option(*about["flags"], metavar=about["metavar"], help=help or about["help"])]


class Commands(TyperGroup):
    """A group of commands none of whose options takes another option for its value: `diff --html --stat` would write a
    page called "--stat". Raises UsageError."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        options = [p for p in getattr(command, "params", ()) if p.param_type_name == "option"]
        known = {flag for p in options for flag in (*p.opts, *p.secondary_opts)}
        takes = {flag: p for p in options if not (p.is_flag or p.count) for flag in p.opts}
        for flag, value in pairwise(takewhile(lambda word: word != "--", rest)):
            if flag in takes and value in known:
                about = takes[flag].metavar or "VALUE"
                raise UsageError(f"{flag} needs its {about}, and {value} is another option", f"{flag} {about} {value}")
        return name, command, rest


Cache = option("cache")
Offline = option("offline")


def with_settings(command: Callable) -> Callable:
    """The command with an option for every setting that has one; what they and `config` resolve to is its first
    argument. Other options follow them in its help."""
    _, *taken = inspect.signature(command, eval_str=True).parameters.values()
    types = {key: option(key) for key, f in FIELDS.items() if f.metadata["metavar"] or f.metadata["flags"]}
    types["config"] = Config
    tables = [key for key in types if isinstance(getattr(DEFAULTS, key, None), Mapping)]
    new = [inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=types[key]) for key in types]

    @functools.wraps(command)
    def with_options(**typed: Any) -> object:
        given = {key: typed.pop(key) for key in types}
        given |= {key: ",".join(given[key]) for key in tables if given[key]}
        return command(settings(**given), **typed)

    arguments = [p for p in taken if p.default is p.empty]
    options = [p.replace(kind=p.KEYWORD_ONLY) for p in taken if p.default is not p.empty]
    with_options.__signature__ = inspect.Signature([*arguments, *new, *options])  # type: ignore[attr-defined]
    with_options.__annotations__ = {p.name: p.annotation for p in [*arguments, *new, *options]}
    return with_options


def settings(**options: object):
    """Settings from the given options, then environment, file, defaults. Raises ConfigError."""
    from .. import api

    return api.settings(**options)


def answer(data: object, read: Callable[[], object], *, as_json: bool) -> None:
    """Ends a command: prints `data` for a program, or calls `read`, which prints or says it for a person. Where data
    is much work, it may be a function that makes it."""
    print_json(data() if callable(data) else data) if as_json else read()


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def display(*blocks: object) -> None:
    """Prints text as it is, and tables as wide as the terminal."""
    from ..render import terminal

    for block in blocks:
        typer.echo(block) if isinstance(block, str) else terminal.console().print(block)


def say(message: str) -> None:
    """Talk, as opposed to data: goes to stderr."""
    typer.echo("\n".join(map(wrapped, message.split("\n"))), err=True)


def wrapped(line: str) -> str:
    """The line as a terminal shows it, if there is one."""
    if not sys.stderr.isatty():
        return line
    from ..render.phrases import broken

    return broken(line, shutil.get_terminal_size().columns)
