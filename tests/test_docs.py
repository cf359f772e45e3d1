"""The documents tell the truth: generated pages are fresh, doctests pass, the README's commands and links exist."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from test_layers import FILES, PACKAGE

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["modules.md", "commands.md"])
def test_generated_pages_are_fresh(page):
    code = f"import sys; sys.path.insert(0, 'docs'); import generate; sys.stdout.write(generate.PAGES[{page!r}]())"
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    committed = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert fresh == committed, "stale; run: python docs/generate.py"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_examples_in_docstrings(path):
    if path.stem == "__main__":
        return
    name = ".".join(("summarize", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


def test_the_first_two_code_blocks_are_one_line_each():
    blocks = re.findall(r"^```.*?\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert all(len(b.strip().splitlines()) == 1 for b in blocks[:2])
    assert "summarize run seeds/" in blocks[0] and "pytest" in blocks[1]


def test_links_and_commands_of_the_readme_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert "://" in target or (ROOT / target).exists(), target
    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for option in set(re.findall(r"`(?:summarize [^`]*)?(--[a-z-]+)", README)):
        assert option in commands, option
