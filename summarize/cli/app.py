"""The Typer application: one line a command."""

from __future__ import annotations

from typing import Annotated

import typer

from . import cache, diff, doctor, eval, glossary, history, models, prompts, report, run

app = typer.Typer(
    name="summarize",
    rich_markup_mode=None,  # plain help starts in half the time
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="""Translate drops of foreign-language articles to English and summarize them, on this machine, offline.

\b
  summarize run seeds/                     the main job; results in out/
  summarize run drop/ --kind bullets       another kind of summary
  summarize show 000_4fa7a94abecd2504      original beside translation
  summarize runs                           what ran before
  summarize diff --why                     what changed since, and why
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


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


app.command("run")(run.run)
app.command("show")(history.show)
app.command("runs")(history.runs)
app.command("report")(report.report)
app.command("diff")(diff.diff)
app.command("stats")(history.stats)
app.command("doctor")(doctor.doctor)
app.command("eval")(eval.evaluate)
app.add_typer(models.app, name="models")
app.add_typer(glossary.app, name="glossary")
app.add_typer(prompts.app, name="prompts")
app.add_typer(cache.app, name="cache")
