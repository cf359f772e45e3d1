"""Packages of Argos Translate, taken apart: their zip, or the folder that it was unpacked to elsewhere, becomes one
flat folder under `<cache>/models/packages`. Only the files that translate are taken, and by their names alone.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from ..errors import ModelCorrupt, ModelError, ModelUnsupported
from ..families import argos
from ..files import locked, new_folder
from ..keys import fingerprint, hash_file
from ..text import sanitise
from .cards import write_card
from .checkpoint import purpose
from .folder import tokenizer_files, weight_files
from .hashing import models_folder

SUFFIX = ".argosmodel"
MODEL = "model"  # the folder of the CTranslate2 model
BESIDE = (argos.METADATA, argos.PIECES, argos.MERGES, "README.md", "LICENSE")
MOST = 20_000_000_000  # bytes unpacked, and members: more is no model
MEMBERS = 10_000
MOST_METADATA = 1_000_000

Openers = Mapping[str, tuple[int, Callable[[], IO[bytes]]]]  # (size, how to open it) by flat name


def unpacks(path: Path) -> bool:
    """Whether `path` is a package that is still to be taken apart."""
    if path.suffix == SUFFIX and path.is_file():
        return True
    return (path / argos.METADATA).is_file() and (path / MODEL / argos.WEIGHTS).is_file()


def name_of(path: Path) -> str:
    """What a checkpoint or a package is called if nobody says otherwise."""
    return path.resolve().name.removesuffix(SUFFIX)


def unpack(path: Path, name: str, cache: Path) -> Path:
    """The folder of the package's files, made at the first call. Raises ModelCorrupt (damaged, hostile, not whole),
    ModelUnsupported (not a translator into English), and ModelError where the disk is in the way."""
    if path.is_dir():
        inside = {file.name: file for file in (*path.iterdir(), *(path / MODEL).iterdir()) if _wanted(file, path)}
        files = {n: (f.stat().st_size, partial(f.open, "rb")) for n, f in inside.items()}
        return _lay(path, files, name, fingerprint("package", {n: hash_file(f) for n, f in inside.items()}), cache)
    try:
        with zipfile.ZipFile(path) as archive:
            return _lay(path, _members(path, archive), name, hash_file(path).removeprefix("sha256:"), cache)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _corrupt(path, f"is damaged: {error}") from error
    except OSError as error:
        hint = "check its permissions and the free space"
        raise ModelError(f"{path.name} cannot be unpacked: {error.strerror}", hint) from error


def _wanted(file: Path, top: Path) -> bool:
    return file.is_file() and file.name in (BESIDE if file.parent == top else argos.FILES)


def _members(path: Path, archive: zipfile.ZipFile) -> Openers:
    """The wanted members by flat name. One name that leads out of the folder refuses the package as a whole."""
    entries = archive.infolist()
    if len(entries) > MEMBERS or sum(entry.file_size for entry in entries) > MOST:
        raise _corrupt(path, f"unpacks to more than {MEMBERS:,} files or {MOST / 1e9:g} GB, which no model does")
    files: dict[str, tuple[int, Callable[[], IO[bytes]]]] = {}
    tops = set()
    for entry in entries:
        place = PurePosixPath(entry.filename)
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if place.is_absolute() or ".." in place.parts or "\\" in entry.orig_filename or ":" in place.name or link:
            raise _corrupt(path, f"holds {sanitise(entry.filename)!r}, which leads out of its folder")
        top, *inner = place.parts or ("",)
        tops.add(top)
        names = BESIDE if len(inner) == 1 else argos.FILES if inner[:-1] == [MODEL] else ()
        if not inner or entry.is_dir() or inner[-1] not in names:
            continue
        if inner[-1] in files:
            raise _corrupt(path, f"holds two files {inner[-1]}")
        files[inner[-1]] = (entry.file_size, partial(archive.open, entry))
    if len(tops) > 1:
        raise _corrupt(path, f"holds {len(tops)} folders side by side where a package has one")
    return files


def _lay(path: Path, files: Openers, name: str, digest: str, cache: Path) -> Path:
    metadata = _metadata(path, files)
    needed = (argos.WEIGHTS, argos.PIECES if argos.PIECES in files else argos.MERGES)
    if lacking := [n for n in needed if not files.get(n, (0,))[0]]:
        raise _corrupt(path, f"has no {lacking[0]}, or an empty one")
    final = models_folder(cache) / "packages" / f"{name}-{digest[:12]}"
    with locked(final.parent / ".lock"):
        if not final.is_dir():
            with new_folder(final) as folder:
                for flat, (_, opened) in files.items():
                    with opened() as source, open(folder / flat, "wb") as out:
                        shutil.copyfileobj(source, out, 1 << 20)
                purpose(name, folder, task="translate")
                facts = {"id": name, "task": "translate", **_facts(folder, metadata), "revision": digest}
                write_card(folder, facts, [*weight_files(folder), *tokenizer_files(folder)])
    return final


def _metadata(path: Path, files: Openers) -> dict:
    if argos.METADATA not in files:
        raise _corrupt(path, f"has no {argos.METADATA} in a folder of its own: it is no package of Argos Translate")
    with files[argos.METADATA][1]() as f:
        try:
            facts = json.loads(f.read(MOST_METADATA))
        except ValueError as error:
            raise _corrupt(path, f"has a {argos.METADATA} that cannot be read: {error}") from error
    if not isinstance(facts, dict) or not all(isinstance(facts.get(k), str) for k in ("from_code", "to_code")):
        what = str(facts.get("type")) if isinstance(facts, dict) else "nothing"
        raise ModelUnsupported(
            f"{path.name} does not say from which language into which it translates (it is for {sanitise(what)})",
            "choose a package for one pair of languages, such as translate-de_en",
        )
    return facts


def _facts(folder: Path, metadata: Mapping) -> dict[str, str]:
    """What its card says."""
    version, made_for, source, target = (
        sanitise(str(metadata.get(key) or "?"))[:40]
        for key in ("package_version", "argos_version", "from_code", "to_code")
    )
    return {
        "licence": sanitise(_licence(folder / "README.md"))[:200] or "not stated in the package",
        "origin": f"argos:translate-{source}_{target}-{version}",
        "notes": f"a package of Argos Translate, version {version}, for its version {made_for}",
    }


def _licence(readme: Path) -> str:
    """The line that names a licence, or the one under a heading that only says so; "" without."""
    text = readme.read_text("utf-8", errors="replace") if readme.is_file() else ""
    lines = [line for line in (line.strip(" #*-\t\r") for line in text.split("\n")) if line]
    at = next((i for i, line in enumerate(lines) if re.search(r"\blicen[cs]", line, re.IGNORECASE)), len(lines))
    only = at < len(lines) and re.fullmatch(r"licen[cs]es?:?", lines[at], re.IGNORECASE)
    return next(iter(lines[at + bool(only) :]), "")


def _corrupt(path: Path, what: str) -> ModelCorrupt:
    return ModelCorrupt(f"{path.name} {what}", "download the package again, from argosopentech or LibreTranslate")
