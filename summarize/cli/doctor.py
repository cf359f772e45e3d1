"""`summarize doctor`: is this machine fit, and does nothing leave it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, option, settings

Opt = typer.Option


def doctor(
    airgap: Annotated[bool, Opt("--airgap", help="Prove that a run uses no network.")] = False,
    cache: Cache = None,
    out: option("out", "Where results would go (out).") = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Check this machine, its models and its cache.

    \b
    summarize doctor                a line each, with the next step
    summarize doctor --airgap       translate a text without a network

    Nothing is changed. --airgap runs the main job in a process whose sockets are refused and counted and, where Linux
    allows it, in a network namespace without a way out. Exit status 1 if anything is bad or not proven.
    """
    from dataclasses import asdict

    from ..config import DEFAULTS
    from ..doctor import airgap as gap
    from ..doctor import examination
    from ..errors import ConfigError
    from ..render import checkup, terminal

    try:
        chosen, broken = settings(cache=cache, out=out, config=config), []
    except ConfigError as error:  # to say what is wrong is this command's work
        chosen, broken = DEFAULTS, [examination.Finding("settings", examination.BAD, error.message, error.hint)]
    console = terminal.console()
    width = console.width if console.is_terminal else 0
    if not airgap:
        found = [*broken, *examination.examine(chosen)]
        fit = examination.sound(found)
        read = lambda: console.print(checkup.findings(found, width=width), soft_wrap=True)
        answer({"sound": fit, "findings": [asdict(f) for f in found]}, read, as_json=as_json)
        return 0 if fit else 1
    if broken:
        raise ConfigError(broken[0].says, broken[0].hint)
    gap.refuse_cluster(chosen)
    models = examination.examine(chosen, (examination.models,))
    seen = gap.prove(Path(chosen.cache), ["--config", config] if config else [], gap.model_servers(chosen))
    body = {"proven": seen.proven, **asdict(seen), "may_connect": gap.SPEAKERS}
    body["models"] = [{"name": f.name, **f.facts} for f in models if f.facts]
    answer(body, lambda: console.print(checkup.proof(seen, models, width=width), soft_wrap=True), as_json=as_json)
    return 0 if seen.proven else 1
