"""Imports point one way (docs/architecture.md), no room is too large, and nothing heavy is imported before its use."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import summarize

PACKAGE = Path(summarize.__file__).parent
LAYERS = [
    {"types", "errors"},
    {"files", "frontmatter", "keys", "resources", "text"},
    {"languages"},
    {"chunk", "prompts", "config", "glossary", "families", "facts", "memory"},
    {"catalog", "checks", "evidence"},
    {"engines"},
    {"backends"},
    {"summarizers"},
    {"store", "articles"},
    {"job"},
    {"quality", "compare", "doctor"},
    {"digest"},
    {"render"},
    {"batch"},
    {"api", "corrections", "watching"},
    {"cli", "__init__", "__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
SISTERS = {("__main__", "cli")}  # the one import between rooms of a layer
HEAVY = ("torch", "transformers", "ctranslate2", "sentencepiece", "tokenizers", "numpy", "rich", "trafilatura",
         "py3langid", "sentencex", "jinja2", "markdown_it", "brotli",
         "babel", "yaml", "ftfy", "feedparser", "mammoth", "pypdfium2", "huggingface_hub", "safetensors",
         "fxtranslate", "sacremoses", "lxml", "rapidfuzz", "watchfiles", "ray",
         "fsspec", "s3fs", "pyarrow")  # fmt: skip


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)
MODULES = {".".join(("summarize", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): p
           for p in FILES}  # fmt: skip


def imported(path: Path) -> set[str]:
    """Modules of the package, or names in them, that a file imports anywhere in it, functions included."""
    here = ("summarize", *path.relative_to(PACKAGE).with_suffix("").parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else ()
            found |= {".".join((*base, *filter(None, [node.module]), a.name)) for a in node.names}
    return {name for name in found if name.startswith("summarize.")}


def imported_modules(path: Path) -> set[str]:
    return {name if name in MODULES else name.rpartition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path):
    room = room_of(path)
    assert room in LEVEL, f"{room} has no layer: give it one here and in docs/architecture.md"
    for other in {name.split(".")[1] for name in imported(path)} - {room}:
        if room == "__init__" and other not in LEVEL:
            continue
        lower = LEVEL[other] < LEVEL[room] or (room, other) in SISTERS
        assert lower, f"{path.name} (layer {LEVEL[room]}) imports {other} (layer {LEVEL[other]})"


def test_no_modules_import_each_other_in_a_circle():
    """An import in a function counts as any other. Taken away, again and again, is what imports nothing that is left
    and what nothing that is left imports; circles stay."""
    left = {name: imported_modules(path) for name, path in MODULES.items()}
    while ends := {name for name in left if not left[name] or not any(name in others for others in left.values())}:
        left = {name: others - ends for name, others in left.items() if name not in ends}
    assert not left


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|VACUUM)\b.*|.*\bsqlite3\b")


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) != "store"], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_sql_stays_in_the_store(path):
    """Neither statements nor the connection: another room asks the store."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SQL.match(node.value), f"{path.name}:{node.lineno} is SQL"
        if isinstance(node, ast.Attribute):
            assert node.attr != "db", f"{path.name}:{node.lineno} takes the store's connection"


# Words that English does not have; "und" alone is what ISO 639 calls undetermined.
GERMAN = set("aber auch bzw das dem deutsch eine für ist nicht oder sind über uhr und".split())  # noqa: SIM905


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if room_of(p) != "languages" and p.name != "airgap.py"],  # which brings an article to translate
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_german_stays_in_languages(path):
    """Neither its words (in strings that are no docstrings) nor its rules: another room asks for what is known of a
    language by its code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {n.value for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            words = GERMAN.intersection(re.findall(r"\w+", node.value.casefold()))
            assert not words, f"{path.name}:{node.lineno} has the words {words}"
        if isinstance(node, ast.ImportFrom):
            assert "german" not in {*(node.module or "").split("."), *(a.name for a in node.names)}
        if isinstance(node, ast.If | ast.IfExp):
            told = {n.value for n in ast.walk(node.test) if isinstance(n, ast.Constant)}
            assert "de" not in told, f"{path.name}:{node.lineno} makes a difference for German"


def test_no_module_hides_behind_anothers_name():
    """Only the module of a command is called like what it calls."""
    names = [p.stem for p in PACKAGE.rglob("*.py") if p.parent.name != "cli" and p.stem != "__init__"]
    assert not {name for name in names if names.count(name) > 1}


def test_the_map_names_every_room():
    text = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    for room in LEVEL:
        if not room.startswith("__"):
            assert f"`{room}`" in text or f"`{room}/`" in text, f"docs/architecture.md does not name {room}"


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nimport json; print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(json.loads(out.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import summarize",
        "from summarize.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from summarize.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass",
        "from summarize.cli import main\ntry: main(['run', '--help'])\nexcept SystemExit: pass",
    ],
    ids=["import", "help", "version", "run-help"],
)
def test_start_is_light(code):
    assert not loaded_after(code) & set(HEAVY)


def test_every_module_imports_nothing_heavy():
    """All of them at once: heavy imports belong in the functions that need them."""
    skip = {"__main__"}
    names = [
        ".".join(("summarize", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for p in FILES
        if p.stem not in skip
    ]
    assert not loaded_after("\n".join(f"import {n}" for n in names)) & set(HEAVY)


def test_a_class_name_means_one_thing():
    """What a reader finds by a name is what was meant: no two rooms have a public class of one name."""
    found: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
