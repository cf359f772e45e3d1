"""The models a user added or pulled: `<cache>/models/registry.json`, name -> Registered."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from ..errors import ModelError, ModelNotFound
from ..files import locked, read_json, write_json
from ..keys import hash_file
from ..resources import shipped
from . import gguf, packages
from .checkpoint import Description, describe
from .embedded import EMBEDDED, embedded_folder
from .folder import tokenizer_files, weight_files
from .hashing import models_folder
from .hubcache import own_hub, repo_folder, split_hub_id

NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class Registered:
    """`kind` is added (a user's own folder), unpacked or pulled (ours to delete); `files` maps names to SHA-256."""

    path: str
    kind: str
    origin: str = ""  # "hub:org/name" of a pulled model
    revision: str = ""  # the commit it is pinned to
    files: Mapping[str, str] = field(default_factory=dict)


def shipped_models() -> dict[str, Path]:
    """Models that came with the program, by name."""
    folder = shipped("models")
    return {p.name: p for p in sorted(folder.glob("*")) if (p / "config.json").is_file()}


def registered(cache: Path) -> dict[str, Registered]:
    """All added and pulled models, by the name the user types."""
    models = read_json(_file(cache)).get("models", {})
    known = [field.name for field in fields(Registered)]
    return {
        name: Registered(**{key: entry[key] for key in known if key in entry})
        for name, entry in sorted(models.items())
        if "path" in entry and "kind" in entry
    }


def register(name: str, entry: Registered, cache: Path) -> None:
    """Add or replace one entry; other processes may do so at the same time."""
    _change(cache, lambda models: models.__setitem__(name, asdict(entry)))


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of all files of a checkpoint that decide its outputs, read now."""
    return {path.name: hash_file(path) for path in (*weight_files(folder), *tokenizer_files(folder))}


def add(path: Path, name: str, cache: Path) -> Description:
    """Give a checkpoint folder a name, or unpack a package of Argos Translate under one.

    Raises ModelError for a name that is taken or unfit, ModelCorrupt for a package that is damaged or hostile, else as
    `describe`."""
    if not NAME.fullmatch(name):
        raise ModelError(
            f"{name!r} cannot be a model's name: letters, digits, '.', '_' and '-' only",
            f"summarize models add {path} --name my-model",
        )
    if name in shipped_models() or name in EMBEDDED:
        raise ModelError(f"{name} is the name of a built-in model", f"summarize models add {path} --name my-{name}")
    path, kind = path.resolve(), "added"
    gguf.refuse(path)
    if packages.unpacks(path):
        path, kind = packages.unpack(path, name, cache), "unpacked"
    elif not path.is_dir():
        raise ModelNotFound(
            f"{path} is no folder and no package",
            "give the folder that holds config.json and model.safetensors, or a file that ends in .argosmodel",
        )
    description = describe(name, path)
    before = registered(cache).get(name)
    register(name, Registered(str(path), kind, files=file_hashes(path)), cache)
    if before and before.kind == "unpacked" and before.path != str(path):
        _delete([Path(before.path)])  # an older version of the package
    return description


def remove(name: str, cache: Path) -> list[Path]:
    """Forget a model, and delete what this program fetched or converted for it; a user's own folder stays.

    Returns the folders deleted. Raises ModelNotFound, or ModelError for a shipped model.
    """
    if name in EMBEDDED and embedded_folder(name, cache).exists():
        return _delete([embedded_folder(name, cache)])
    entries = registered(cache)
    if name not in entries:
        if name in shipped_models():
            raise ModelError(f"{name} came with the program", "pip uninstall summarize removes it")
        raise ModelNotFound(f"no model is called {name}", "summarize models list")
    entry = entries.pop(name)
    _change(cache, lambda models: models.pop(name, None))
    shared = {other.path for other in entries.values()} | {other.origin for other in entries.values() if other.origin}
    ours = entry.kind in ("pulled", "unpacked") and _below(Path(entry.path), models_folder(cache))
    doomed = [Path(entry.path)] if ours and entry.path not in shared else []
    if doomed and entry.origin not in shared:  # the last revision of the repository: its blobs go, too
        hub_id = split_hub_id(entry.origin.removeprefix("hub:"))
        doomed += [repo_folder(own_hub(cache), hub_id[0])] if hub_id else []
    return _delete(doomed)


def _delete(folders: list[Path]) -> list[Path]:
    present = [folder for folder in folders if folder.exists()]
    for folder in present:
        shutil.rmtree(folder, ignore_errors=True)
    return present


def _below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _file(cache: Path) -> Path:
    return models_folder(cache) / "registry.json"


def _change(cache: Path, change) -> None:
    with locked(_file(cache).with_suffix(".lock")):
        models = read_json(_file(cache)).get("models", {})
        change(models)
        write_json(_file(cache), {"schema": 1, "models": models})
