"""Draws docs/table.svg and docs/diff.svg from real runs: `python docs/pictures.py [FOLDER]`.

The folder holds txt files (seeds/ if none is given). Needs the shipped model only; its conversion is taken
from ./cache if it was made there. Nothing of the runs is kept.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from summarize import api, compare
from summarize.render import diffs, terminal
from summarize.store import Store
from summarize.types import Result

DOCS = Path(__file__).resolve().parent
ADDED = "Die Stadt will im Herbst über die Zukunft des Projekts entscheiden."
COLUMNS = 88


def draw(name: str, title: str, blocks: Iterable[Any]) -> None:
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, markup=False, highlight=False
    )
    for block in blocks:
        console.print(block)
    svg = console.export_svg(title=title, unique_id=name)
    # rich links its font from a content network; a picture should load nothing
    (DOCS / f"{name}.svg").write_text(re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


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
        report = api.run([str(drop)], **settings)
        rows = [terminal.summary_row(r) for r in report.results]
        line = terminal.closing(report.totals, seconds=report.seconds, folder="out", run=report.run)
        draft = any(r.draft for r in report.results)
        draw("table", f"summarize run {folder.name}/", [terminal.table(rows, draft=draft), line])
        for result in report.results:
            edit(Path(result.source), result)
        api.run([str(drop)], summarizer="textrank", **settings)
        with Store.open(cache) as store:
            found = compare.choose(store, [])
        body = diffs.articles(found.deltas, colour=True, side_by_side=False, why=True)
        draw("diff", "summarize diff --why", [diffs.head(found), *body])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS.parent / "seeds")
