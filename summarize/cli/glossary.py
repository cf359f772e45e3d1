"""`summarize glossary`: whether a glossary is sound, and what it meets in a drop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Commands, Config, answer, display, option, say, settings

app = typer.Typer(cls=Commands, help="Look into glossaries.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    pass


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The glossary: TSV, CSV or TBX.")],
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Articles to search for them.")] = None,
    lang: option("language") = None,
    target: option("target") = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Say what is wrong in a glossary, line by line, and which of its terms a drop has, in which forms.

    \b
    summarize glossary check terms.tsv
    summarize glossary check terms.tbx drops/

    Nothing is translated. Exit status 1 if `run` would refuse the file or an article cannot be read.
    """
    from .. import articles, glossary
    from ..job import accounting
    from ..render import glossaries, terminal
    from ..types import Failure

    given = settings(language=lang, target=target, config=config)
    language = given.language
    terms, faults = glossary.read(Path(file), given.target)
    items = list(articles.read(paths, language=language)) if paths else []
    failures = [item for item in items if isinstance(item, Failure)]
    found = accounting.survey((a for a in items if not isinstance(a, Failure)), terms, language, given.target)

    def read() -> None:
        display(*(f"{file}:{fault.line}: {'' if fault.fatal else 'note: '}{fault.message}" for fault in faults))
        display(*[glossaries.table(found)] * bool(found))
        say(glossaries.head(terms, faults, found if paths else None))
        if failures:
            console = terminal.console(stderr=True)
            for line in terminal.failures(failures, console):
                console.print(line, soft_wrap=True)

    answer(glossaries.as_json(file, terms, faults, found if paths else None, failures), read, as_json=as_json)
    return 1 if failures or any(f.fatal for f in faults) else 0
