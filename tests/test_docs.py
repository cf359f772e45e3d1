"""The documents tell the truth: generated pages are fresh, doctests pass, the README's commands and links exist."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shutil
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


USES = sorted((ROOT / "docs" / "uses").glob("*.md"))
STATUS = re.compile(r"\s+# status (\d)(?: or (\d))?$")


@pytest.fixture
def shell(isolated, cache):
    """Runs a command line as a reader would type it, in a new folder with the README's article in seeds/."""
    shutil.copytree(ROOT / "seeds", isolated / "seeds")
    (isolated / "bin").mkdir()
    program = isolated / "bin" / "summarize"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m summarize "$@"\n')
    program.chmod(0o755)
    environ = {**os.environ, "PATH": f"{isolated / 'bin'}:{os.environ['PATH']}", "SUMMARIZE_CACHE": str(cache)}
    return lambda line: subprocess.run(
        ["bash", "-c", line], cwd=isolated, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def typed(page) -> list[str]:
    """The commands of a page, each with all its lines."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for b in blocks for line in ([b.strip()] if "<<" in b else b.strip().splitlines())]


def works(shell, line: str) -> None:
    wanted = {int(n) for n in STATUS.search(line).groups() if n} if STATUS.search(line) else {0}
    done = shell(line)
    assert done.returncode in wanted, f"{line}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("page", USES, ids=lambda p: p.stem)
def test_the_commands_of_a_use_work_as_typed(page, shell):
    for line in typed(page):
        works(shell, line)


def test_the_commands_of_the_readme_work_as_typed(shell):
    """But for those that install."""
    lines = [line for line in typed(ROOT / "README.md") if "pip install" not in line]
    assert len(lines) >= 6
    for line in ["summarize run seeds/ # status 0 or 1", *lines]:
        works(shell, line)


def test_every_use_has_commands_and_stands_in_the_readme():
    assert len(USES) >= 4
    for page in USES:
        assert len(typed(page)) >= 4 and f"docs/uses/{page.name}" in README, page.name
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), target


def test_without_arguments_it_says_what_people_do(shell):
    """On a screen of 80 by 24; every command that it names is one."""
    said = shell("summarize")
    lines = said.stdout.splitlines()
    assert said.returncode == 0 and not said.stderr and len(lines) < 24 and max(map(len, lines)) <= 80
    commands = re.findall(r"^ {7}.*?summarize (\w+)", said.stdout, re.MULTILINE)
    assert commands == ["run", "run", "show", "report", "diff"]
    for line in re.findall(r"^ {7}(summarize [\w/ -]+?)(?: {2,}|$)", said.stdout, re.MULTILINE):
        if not line.startswith("summarize diff"):
            assert shell(line).returncode in (0, 1), line
