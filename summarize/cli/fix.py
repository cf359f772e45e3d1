"""`summarize fix`: a reader's corrections, which stay."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, answer, display, say, settings

Opt = typer.Option


def fix(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article's id, a part of it, or its file.")],
    sentence: Annotated[int | None, typer.Argument(metavar="[SENTENCE]", help="Its number in `show` (all).")] = None,
    text: Annotated[str | None, Opt("--text", metavar="TEXT", help="The translation, in place of an editor.")] = None,
    source: Annotated[Path | None, Opt("--from", metavar="FILE", help="Take corrections from TSV, XLIFF, TMX.")] = None,
    to: Annotated[Path | None, Opt("--to", metavar="FILE", help="Write the sentences as TSV or XLIFF.")] = None,
    undo: Annotated[bool, Opt("--undo", help="Take corrections back; models translate again.")] = False,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Correct the translation of an article, for good.

    \b
    summarize fix 4fa7                      all sentences, in $VISUAL or $EDITOR
    summarize fix 4fa7 3                    one
    summarize fix 4fa7 3 --text "The level rises."
    summarize fix 4fa7 --to draft.xlf       to be corrected in another program
    summarize fix 4fa7 --from draft.xlf     what was changed in it
    summarize fix 4fa7 3 --undo

    From the next run on, that sentence is translated so in every article, whatever the model; it is marked as human,
    and what the checks doubt of it is shown. `summarize memory` takes corrections elsewhere and brings them back.
    """
    from dataclasses import asdict

    from .. import corrections
    from ..errors import UsageError
    from ..memory import sheet
    from ..render import memories, outputs
    from ..store import Store

    given = [name for name, value in (("--text", text), ("--from", source), ("--to", to), ("--undo", undo)) if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other", "summarize fix --help has examples")
    if text is not None and sentence is None:
        raise UsageError("--text is the translation of which sentence?", 'summarize fix ARTICLE 3 --text "…"')
    if sentence is not None and (source or to):
        raise UsageError("a file is for the whole article", "leave the number of the sentence out")
    with Store.open(Path(settings(cache=cache, config=config).cache)) as store:
        chosen = corrections.open_article(store, article)
        if to:
            written = outputs.write_atomically(to, memories.file(chosen.units(), to))
            say(f"written to {written}; when it is corrected: summarize fix {article} --from {shlex.quote(str(to))}")
            return
        others = 0
        if undo:
            made = corrections.undo(store, chosen, sentence)
        elif source:
            made, others = corrections.keep_file(store, chosen, source)
        elif text is not None:
            made = corrections.keep(store, chosen, {sentence or 0: text})
        else:
            rows = chosen.rows(sentence)
            made = edited(sheet.text(chosen.result.title or chosen.result.id, rows), rows, chosen, store)
    body = {"article": chosen.result.id, "corrections": [asdict(c) for c in made], "not_in_it": others,
            "next": chosen.next_step}  # fmt: skip

    def read() -> None:
        display(*map(memories.correction, made))
        say(memories.kept(made, others, chosen.next_step))

    answer(body, read, as_json=as_json)


def edited(text: str, rows: Sequence, chosen, store) -> list:
    """What was corrected in the user's editor, kept. If that fails the text is left where it is, and the error says
    where."""
    from .. import corrections
    from ..errors import UsageError
    from ..memory import sheet

    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not editor:
        if not sys.stdin.isatty():
            raise UsageError("there is no terminal for an editor", 'summarize fix ARTICLE 3 --text "…"; or set EDITOR')
        editor = ["vi"]
    folder = Path(tempfile.mkdtemp(prefix="summarize-fix-"))
    path = folder / "sentences.txt"
    path.write_text(text, encoding="utf-8")
    try:
        status = subprocess.run([*editor, str(path)]).returncode
    except OSError as e:
        raise UsageError(f"the editor {editor[0]} does not start: {e.strerror}", "set VISUAL or EDITOR") from e
    if status:
        raise UsageError(
            f"the editor {editor[0]} ended with status {status}: nothing was kept", f"the text is in {path}"
        )
    try:
        made = corrections.keep(store, chosen, sheet.corrected(path.read_text("utf-8", "replace"), rows))
    except UsageError as e:
        raise UsageError(f"{e.message}: nothing was kept", f"your text is in {path}") from e
    path.unlink()
    folder.rmdir()
    return made
