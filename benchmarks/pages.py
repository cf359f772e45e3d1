"""The pages that measurements write: a script computes figures, plain data, and a template makes Markdown of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("templates")
Figures = Mapping[str, Any]
PAGE = ("out", "figures", "render")  # options of every script
OPTIONS: dict[str, dict[str, Any]] = {
    "eval": {"type": Path, "help": "folder of the development and test sets"},
    "drops": {"type": Path, "help": "folder of articles (txt)"},
    "cache": {"type": Path, "default": Path("cache"), "help": "where models and what they wrote are kept"},
    "seed": {"type": int, "default": 1, "help": "from 1 on"},
    "seeds": {"type": Path, "nargs": "*", "default": [Path("seeds")], "help": "folders of real articles (txt)"},
    "fast": {"action": "store_true", "help": "without what takes longest"},
    "out": {"type": Path, "help": "the page to write, or to write into between this script's marks"},
    "figures": {"type": Path, "help": "a file (JSON) that keeps the figures"},
    "render": {"action": "store_true", "help": "measure nothing, make the page of --figures"},
}


def command(
    doc: str,
    name: str,
    measure: Callable[[argparse.Namespace], Figures],
    options: str,
    own: Mapping[str, dict[str, Any]] | None = None,
    view: Callable[[Figures], Figures] = lambda figures: figures,
) -> tuple[argparse.Namespace, Figures]:
    """The whole of a script: from its command line to its page, which is template `name`. Returns what was asked, and
    the figures.

    `options`: those of OPTIONS that it takes, by space, with a ! behind what it cannot measure without; `own` describes
    its own (the same mark), and `view` makes of the figures what the template shows.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    given = {option: OPTIONS[option.rstrip("!")] for option in [*options.split(), *PAGE]} | (own or {})
    for option, how in given.items():
        parser.add_argument(f"--{option.rstrip('!')}", **how)
    asked = parser.parse_args()
    needed = ["figures"] if asked.render else [option[:-1] for option in given if option.endswith("!")]
    if missing := [f"--{option}" for option in needed if getattr(asked, option) is None]:
        parser.error(f"needed: {', '.join(missing)}")
    figures = json.loads(asked.figures.read_text("utf-8")) if asked.render else measure(asked)
    if asked.figures and not asked.render:
        asked.figures.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    text = rendered(name, view(figures))
    print(text)
    if asked.out:
        put(asked.out, text)
    return asked, figures


def rendered(name: str, figures: Figures) -> str:
    """The page of a template: plain figures only, as they are after a round through JSON."""
    return environment().get_template(f"{name}.md").render(json.loads(json.dumps(figures)))


def environment() -> Environment:
    """What templates know beside Jinja: `to`, which is Python's format (– for None), and `cells`, a table's row."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {"to": to, "cells": cells}
    return made


def to(value: Any, spec: str, unit: str = "", missing: str = "–") -> str:
    return missing if value is None else format(value, spec) + unit


def cells(row: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, row))} |"


def put(path: Path, text: str) -> None:
    """Writes a page. Text that stands in marks, `<!-- name -->` to `<!-- /name -->`, takes the place of what stands in
    them, and the rest of the page stays; a page without them gets it at its end."""
    first, last = text.strip().splitlines()[0], text.strip().splitlines()[-1]
    if first.startswith("<!--"):
        whole = path.read_text("utf-8") if path.exists() else ""
        head, _, rest = whole.partition(first)
        text = head + text.strip() + (rest.partition(last)[2] or "\n")
    path.write_text(text, encoding="utf-8")


def files(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder, sorted. Raises SystemExit where there are none, of which a page of zeros would be made."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise SystemExit(f"{folder} has no {pattern}: is it the right folder?")
    return found


def pairs(folder: Path, name: str) -> list[tuple[str, str]]:
    """German sentences and their translations: the lines of NAME.de and NAME.en."""
    sides = [(folder / f"{name}.{code}").read_text(encoding="utf-8").splitlines() for code in ("de", "en")]
    return list(zip(*sides, strict=True))


def share(part: int, whole: int) -> float | None:
    """In percent; of nothing there is none."""
    return 100 * part / whole if whole else None
