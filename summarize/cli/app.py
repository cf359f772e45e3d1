"""The Typer application: one line a command."""

from __future__ import annotations

from typing import Annotated

import typer

from . import (
    cache,
    diff,
    digest,
    doctor,
    eval,
    fix,
    glossary,
    memory,
    models,
    prompts,
    report,
    run,
    runs,
    search,
    watch,
)
from .options import Commands

app = typer.Typer(
    cls=Commands,
    name="summarize",
    rich_markup_mode=None,  # plain help starts in half the time
    pretty_exceptions_enable=False,
    help="""Translate drops of foreign-language articles to English and summarize them, on this machine, offline.

\b
  summarize run seeds/                     the main job; results in out/
  summarize run drop/ --kind bullets       another kind of summary
  summarize watch drop/                    the same, of articles as they arrive
  summarize show 000_4fa7a94abecd2504      original beside translation
  summarize runs                           what ran before
  summarize diff --why                     what changed since, and why
  summarize fix 4fa7 3                     correct a sentence, for good
  summarize models list                    what models there are

Only what is new or changed is translated: run it as often as you like. Settings come from flags, SUMMARIZE_*
variables and summarize.toml, in that order.

\b
Exit status: 0 all well, 1 something failed or fell short, 2 usage,
3 a model is not available, 130 interrupted (run again to go on), 70 a bug.""",
)


def _version(wanted: bool) -> None:
    if wanted:
        from . import about

        typer.echo(f"summarize {about.of('summarize')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        from . import about

        typer.echo(about.FIRST, nl=False)


app.command("run")(run.run)
app.command("watch")(watch.watch)
app.command("show")(runs.show)
app.command("runs")(runs.runs)
app.command("report")(report.report)
app.command("digest")(digest.digest)
app.command("search")(search.search)
app.command("diff")(diff.diff)
app.command("fix")(fix.fix)
app.command("stats")(runs.stats)
app.command("doctor")(doctor.doctor)
app.command("eval")(eval.evaluate)
app.add_typer(models.app, name="models")
app.add_typer(glossary.app, name="glossary")
app.add_typer(memory.app, name="memory")
app.add_typer(prompts.app, name="prompts")
app.add_typer(cache.app, name="cache")
