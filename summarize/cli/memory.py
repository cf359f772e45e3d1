"""`summarize memory`: the translations by people, there and back in the formats of translators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Commands, Config, answer, display, option, say, settings

app = typer.Typer(
    cls=Commands,
    help="Translations by people: import, export, look up, forget.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Opt = typer.Option
Lang = option("language", "Of the originals (any; a table's, where it does not say).")
Into = option("target", "Of the translations (import: en; else any).")


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TMX, XLIFF (1.2, 2.x) or TSV files.")],
    lang: Lang = None,
    target: Into = None,
    replace: Annotated[bool, Opt("--replace", help="Where two differ, take the file's.")] = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Take in translations by people; from then on they win over every model.

    \b
    summarize memory import archive.tmx corrected.xlf
    summarize memory import words.tsv --lang de

    Drafts are passed over: what a file says a machine made, or nobody has approved. Where another translation is there
    already, that one stays, both are shown, and the exit status is 1.
    """
    from dataclasses import asdict

    from ..errors import UsageError
    from ..memory import exchange
    from ..render import memories
    from ..store import Store

    chosen = settings(cache=cache, config=config, language=lang, target=target)
    told, faults = [], []
    with Store.open(Path(chosen.cache)) as store:
        for path in files:
            source = exchange.Counted(path, chosen.target, chosen.language)
            try:
                kept = store.keep(source, replace=replace)
            except UsageError as e:
                faults.append(e)
                told.append({"file": str(path), "error": e.message, "hint": e.hint, "units": source.finished})
                say(memories.broken(e, source))
                continue
            told.append({"file": str(path), "drafts": source.drafts, **asdict(kept)})
            if not as_json:
                display(*map(memories.conflict, kept.conflicts[: memories.SHOWN]))
                say(memories.imported(path, source, kept))
    answer({"files": told}, lambda: None, as_json=as_json)
    return faults[0].code if faults else int(any(one["left"] for one in told))


@app.command("export")
def export_file(
    file: Annotated[str, typer.Argument(metavar="FILE", help="NAME.tmx, .xlf or .tsv; - for stdout.")],
    form: Annotated[str, Opt("--format", metavar="FORMAT", help="tmx, xliff, xliff2 or tsv (by name).")] = "",
    lang: Lang = None,
    target: Into = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write the translations by people; what models made is not among them.

    \b
    summarize memory export mine.tmx
    summarize memory export - --format xliff2 --lang de
    """
    from ..memory import exchange
    from ..render import memories, outputs
    from ..store import Store

    chosen = settings(cache=cache, config=config, language=lang, target=target)
    format = exchange.format_of(file, form or ("tmx" if file == "-" else ""))
    with Store.open(Path(chosen.cache)) as store:
        units = memories.Counting(store.units(chosen.language, chosen.target if target else ""))
        if file == "-":
            for piece in exchange.written(units, format):
                typer.echo(piece, nl=False)
            return
        path = outputs.write_pieces(Path(file), exchange.written(units, format))
    told = {"file": str(path), "format": format, "units": units.count}
    answer(told, lambda: say(memories.exported(told)), as_json=as_json)


@app.command()
def forget(
    origin: Annotated[str, typer.Argument(metavar="NAME", help="Of a file that was imported, as `stats` has it.")],
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take back all that came from one file; models translate again.

    \b
    summarize memory forget archive.tmx
    """
    from ..errors import UsageError
    from ..render.phrases import plural
    from ..store import Store

    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        gone = store.forget_origin(Path(origin).name)
    if not gone:
        raise UsageError(
            f"nothing in the memory came from {Path(origin).name}", "summarize memory stats lists the names"
        )
    answer(
        {"origin": Path(origin).name, "forgotten": gone},
        lambda: say(f"forgot {plural(gone, 'segment')}"),
        as_json=as_json,
    )


@app.command()
def stats(cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """Count what there is, by language and by where it came from."""
    from ..render import memories
    from ..store import Store

    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        found = store.memory_stats()
    read = lambda: display(memories.table(found)) if found else say(memories.EMPTY)
    answer(found, read, as_json=as_json)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="All of them, in the original or in English.")],
    limit: Annotated[int, Opt("--limit", "-n", metavar="N", help="How many.")] = 20,
    lang: Lang = None,
    target: Into = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Look up translations by people. Exit status 1 if there is none."""
    from itertools import islice

    from ..memory.unit import with_words
    from ..render import memories
    from ..store import Store

    chosen = settings(cache=cache, config=config, language=lang, target=target)
    with Store.open(Path(chosen.cache)) as store:
        found = list(islice(with_words(store.units(chosen.language, chosen.target if target else ""), words), limit))
    read = lambda: display(*map(memories.unit, found)) if found else say("nothing found")
    answer([memories.unit_json(u) for u in found], read, as_json=as_json)
    return 0 if found else 1
