"""Writes docs/modules.md and docs/commands.md from the code: `python docs/generate.py`. A test tells if stale."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PACKAGE = DOCS.parent / "summarize"
COMMANDS = [
    "",
    *("run", "watch", "show", "diff", "fix", "runs", "stats", "report", "digest", "search", "doctor", "eval"),
    *(
        "models list",
        "models info",
        "models pull",
        "models suggest",
        "models add",
        "models convert",
        "models verify",
        "models rm",
    ),
    "glossary check",
    *("memory import", "memory export", "memory stats", "memory search", "memory forget"),
    *("prompts list", "prompts show"),
    *("cache stats", "cache verify", "cache prune"),
]


def modules() -> str:
    """One line a file: the first sentence of its docstring."""
    lines = ["# Modules", "", "One line a file; [architecture.md](architecture.md) draws how they hang together.", ""]
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda p: (len(p.relative_to(PACKAGE).parts) > 1, p)):
        if "_data" not in path.parts:
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            first = re.split(r"(?<=[.:])\s(?=[A-Z`])|;\s", " ".join(doc.split("\n\n")[0].split()), maxsplit=1)[0]
            lines.append(f"* `{path.relative_to(PACKAGE.parent)}`: {first.rstrip(':.')}.")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """The help of every command, as it is printed in 80 columns."""
    os.environ |= {"COLUMNS": "80", "NO_COLOR": "1"}
    from typer.testing import CliRunner

    from summarize.cli.app import app

    parts = ["# Commands", ""]
    for command in COMMANDS:
        text = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="summarize").output
        parts += [f"## summarize {command}".rstrip(), "", "```", text.strip(), "```", ""]
    return "\n".join(line.rstrip() for line in "\n".join(parts).split("\n"))


PAGES = {"modules.md": modules, "commands.md": commands}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
