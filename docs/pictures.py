"""Draws docs/session.svg and docs/diff.svg from real runs: `python docs/pictures.py [FOLDER]`.

The folder holds txt files (seeds/ if none is given). Needs the shipped model only; its conversion is taken
from ./cache if it was made there. Nothing of the runs is kept.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from summarize import api, compare
from summarize.render import bilingual, diffs, terminal
from summarize.store import Store
from summarize.types import Result

DOCS = Path(__file__).resolve().parent
PARTS = ("summary", "sentences")
ADDED = "Die Stadt will im Herbst über die Zukunft des Projekts entscheiden."
COLUMNS, LINES = 88, 26


def terminal_of(columns: int = COLUMNS) -> Console:
    return Console(record=True, width=columns, file=io.StringIO(), force_terminal=True, markup=False, highlight=False)


def draw(name: str, title: str, scenes: Iterable[tuple[float, Iterable[Any]]]) -> None:
    """A picture of a terminal; what is printed in each of the `scenes` appears after so many seconds."""
    console = terminal_of()
    lines, rules = 0, []
    for seconds, blocks in scenes:
        for block in blocks:
            console.print(block)
        after = console.file.getvalue().count("\n")
        if seconds:
            shown = ",".join(f'[clip-path="url(#{name}-line-{n})"]' for n in range(lines, after))
            rules.append(f"{shown}{{animation:appear 1ms {seconds}s backwards}}")
        lines = after
    svg = console.export_svg(title=title, unique_id=name)
    if rules:
        moving = "@keyframes appear{from{opacity:0}} @media (prefers-reduced-motion:no-preference){" + "".join(rules)
        svg = svg.replace("</style>", f"{moving}}}</style>", 1)
    # rich links its font from a content network; a picture should load nothing
    (DOCS / f"{name}.svg").write_text(re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


def session(report: api.Report, folder: str) -> Iterator[tuple[float, list[Any]]]:
    """What a person sees who types two commands, the second one up to the end of a screen."""
    where = terminal_of()
    rows = [terminal.summary_row(r) for r in report.results]
    draft = any(r.draft for r in report.results)
    line = terminal.closing(report.totals, seconds=report.seconds, folder="out", run=report.run)
    first = report.results[0]
    yield 0, [prompt(f"summarize run {folder}/")]
    yield 1.5, [*terminal.articles(rows, where, draft=draft), line, Text()]
    yield 4, [prompt(f"summarize show {first.id[:8]}")]
    for block in bilingual.article(replace(first, source=f"{folder}/{first.id}.txt"), parts=PARTS, width=COLUMNS):
        where.print(block)
    screen = Text.from_ansi("\n".join(where.file.getvalue().split("\n")[:LINES]))
    yield 5.5, [screen, Text(":")]


def prompt(command: str) -> Text:
    return Text("$ ", style="green").append(command, style="bold white")


def edit(path: Path, result: Result) -> None:
    """An update as a news desk makes it: what the summary began with goes, what it ends with loses a word, and there
    is a new last paragraph."""
    first, *_, last = [result.sentences[i].source for c in result.summary.claims for i in c.evidence[:1]] * 2
    text = path.read_text(encoding="utf-8").replace(first, "").replace(last, " ".join(last.split()[1:]))
    path.write_text(f"{text.strip()}\n\n{ADDED}\n", encoding="utf-8")


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        cache, drop = Path(home) / "cache", Path(home) / "drop"
        cache.mkdir()
        shutil.copytree(folder, drop)
        if (models := DOCS.parent / "cache" / "models").is_dir():
            (cache / "models").symlink_to(models, target_is_directory=True)
        settings = {"cache": str(cache), "out": str(Path(home) / "out")}
        api.translate(["Guten Morgen."], language="de", **settings)  # converts the model, which a second run finds done
        report = api.run([str(drop)], **settings)
        draw("session", "summarize", list(session(report, folder.name)))
        for result in report.results:
            edit(Path(result.source), result)
        api.run([str(drop)], summarizer="textrank", **settings)
        with Store.open(cache) as store:
            found = compare.choose(store, [])
        body = diffs.articles(found.deltas, colour=True, side_by_side=False, why=True)
        draw("diff", "summarize diff --why", [(0, [diffs.head(found), *body])])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS.parent / "seeds")
