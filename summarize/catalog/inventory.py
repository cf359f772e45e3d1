"""What there is, and whether it is still what it was: `models list` and `models verify`."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError
from ..files import read_json
from ..keys import hash_file
from .cards import CARD
from .checkpoint import Description
from .embedded import EMBEDDED, embedded_folder
from .folder import folder_size
from .hubcache import cached_repos, hub_roots
from .registry import registered, shipped_models
from .resolve import locate, look_up


@dataclass(frozen=True)
class Entry:
    """One line of `models list`. `kind` is shipped, added, pulled, embedded or hub; `size` in bytes, 0 if not here."""

    id: str
    kind: str
    present: bool
    task: str
    description: Description | None = None
    size: int = 0
    problem: str = ""  # why it cannot be used


@dataclass(frozen=True)
class FileCheck:
    """`state` is ok, changed, missing, or unrecorded (nobody wrote down what the file should be)."""

    name: str
    state: str


def listing(cache: Path) -> list[Entry]:
    """All models known here: shipped, added, pulled, embedded (fetched or not), and translators of the hub's cache."""
    entries = [_entry(name, "shipped", cache) for name in shipped_models()]
    own = registered(cache)
    entries += [_entry(name, own[name].kind, cache) for name in own]
    for name, asset in EMBEDDED.items():
        here = embedded_folder(name, cache).is_dir()
        entries.append(_entry(name, "embedded", cache) if here else Entry(name, "embedded", False, asset.task))
    seen = {name.split("@")[0] for name in own}
    for repo in sorted(set(cached_repos(hub_roots(cache))) - seen):
        entry = _entry(repo, "hub", cache)
        if entry.task == "translate":
            entries.append(entry)
    return entries


def _entry(name: str, kind: str, cache: Path) -> Entry:
    try:
        description = look_up(name, cache=cache, task=None)
    except ModelError as error:
        return Entry(name, kind, False, "", problem=error.message)
    return Entry(name, kind, True, description.task, description, folder_size(description.path))


def verify(model: Description | str, *, cache: Path) -> list[FileCheck]:
    """Read and hash every file again, and compare with what was recorded when the model was made, fetched or added.

    Records: card.json beside the files, the registry, and the hub cache's own (its blobs are named by their hash). Give
    the spec of a model that is too damaged for `look_up` to describe. Raises ModelNotFound.
    """
    spec, folder = (model, locate(model, cache)[0]) if isinstance(model, str) else (model.id, model.path)
    recorded = _recorded(spec, folder, cache)
    names = {p.name for p in folder.iterdir() if p.is_file() and p.name != CARD}
    return [FileCheck(name, _state(folder / name, recorded.get(name, ""))) for name in sorted(names | set(recorded))]


def _recorded(spec: str, folder: Path, cache: Path) -> dict[str, str]:
    entry = registered(cache).get(spec)
    if entry and Path(entry.path) == folder:
        return dict(entry.files)
    files = read_json(folder / CARD).get("files")
    return dict(files) if isinstance(files, dict) else {}


def _state(path: Path, recorded: str) -> str:
    if not path.is_file():
        return "missing"
    if recorded:
        return "ok" if hash_file(path) == recorded else "changed"
    blob = Path(os.path.realpath(path)) if path.is_symlink() else None
    if blob is None or blob.parent.name != "blobs":
        return "unrecorded"
    if re.fullmatch(r"[0-9a-f]{64}", blob.name):
        return "ok" if hash_file(blob) == f"sha256:{blob.name}" else "changed"
    data = blob.read_bytes()
    return "ok" if hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest() == blob.name else "changed"
