"""Folders of parallel text: NAME.tsv (German<TAB>English[<TAB>tag]) or all of them in pairs.tar.xz, and tiers.tsv.

tiers.tsv has a line a source: its name, how often its pairs are used in an epoch of the main phase, and how often in
one of the last phase (news). 0 leaves it out, a fraction samples, 2 uses every pair twice. What
`training.prepare` writes is such a folder again, with prepared.json beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from summarize.errors import SummarizeError, UsageError
from summarize.keys import hash_file

PACKED = "pairs.tar.xz"
TIERS = "tiers.tsv"
PREPARED = "prepared.json"
BACK = "back"  # the tag of pairs whose German was made by a model from natural English


class Pair(NamedTuple):
    source: str
    target: str
    tag: str = ""


class Tier(NamedTuple):
    """Uses of a source's pairs per epoch, in each of the two phases."""

    main: float
    last: float


def read_tiers(folder: Path) -> dict[str, Tier]:
    """Source name -> its weights. Raises UsageError if the folder has no readable tiers.tsv."""
    try:
        rows = [line.split() for line in (folder / TIERS).read_text(encoding="utf-8").splitlines() if line.strip()]
        return {name: Tier(float(main), float(last)) for name, main, last, *_ in rows}
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder / TIERS} cannot be read: {error}", "name a folder as training/README.md describes"
        ) from error


def write_tiers(folder: Path, tiers: dict[str, Tier]) -> None:
    lines = (f"{name}\t{tier.main:g}\t{tier.last:g}\n" for name, tier in tiers.items())
    (folder / TIERS).write_text("".join(lines), encoding="utf-8")


def read_sources(folder: Path) -> Iterator[tuple[str, list[Pair]]]:
    """(name, pairs) of every source with a weight above 0, by name; lines without two columns are skipped.

    Raises UsageError if there is no source at all.
    """
    tiers = read_tiers(folder)
    wanted = {name for name, tier in tiers.items() if tier != (0, 0)}
    found = 0
    for name, lines in _files(folder):
        if name in wanted:
            found += 1
            yield name, [Pair(*row[:3]) for line in lines if len(row := line.rstrip("\n").split("\t")) >= 2]
    if not found:
        raise UsageError(
            f"{folder} has neither {PACKED} nor NAME.tsv of a source in {TIERS}", "look at training/README.md"
        )


def _files(folder: Path) -> Iterator[tuple[str, Iterator[str]]]:
    if (folder / PACKED).exists():
        with tarfile.open(folder / PACKED) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is not None and member.name.endswith(".tsv"):
                    # newline="\n": a line ends nowhere else, and U+2028 is text
                    yield Path(member.name).stem, io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        return
    for path in sorted(folder.glob("*.tsv")):
        if path.name != TIERS:
            with open(path, encoding="utf-8", newline="\n") as lines:
                yield path.stem, lines


def write_source(folder: Path, name: str, pairs: list[Pair]) -> str:
    """Writes NAME.tsv and returns the SHA-256 of its bytes; the third column only where there is a tag."""
    data = "".join("\t".join(pair if pair.tag else pair[:2]) + "\n" for pair in pairs).encode()
    (folder / f"{name}.tsv").write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def pack(folder: Path) -> None:
    """Replaces the NAME.tsv of a folder by one pairs.tar.xz, a fifth of their size."""
    paths = [path for path in sorted(folder.glob("*.tsv")) if path.name != TIERS]
    with tarfile.open(folder / (PACKED + ".part"), "w:xz") as tar:
        for path in paths:
            tar.add(path, path.name)
    (folder / (PACKED + ".part")).replace(folder / PACKED)
    for path in paths:
        path.unlink()


def data_hash(folder: Path) -> str:
    """The hash that `prepare` recorded, or "" for a folder that it did not write."""
    path = folder / PREPARED
    return json.loads(path.read_text(encoding="utf-8"))["hash"] if path.exists() else ""


def lines_of(path: Path) -> list[str]:
    """The lines of a text file, one sentence each, stripped. Raises UsageError if it cannot be read."""
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "name a text file with one sentence per line") from error


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Of Python and of every library that can change what comes out."""
    names = ("torch", "transformers", "sentencepiece", "numpy", "ctranslate2", "sacrebleu")
    found = {name: metadata.version(name) for name in names if find_spec(name)}
    return {"python": platform.python_version(), **found}


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """File name -> hash of its bytes."""
    return {path.name: hash_file(path) for path in paths}


def command(main: Callable[[], Any]) -> None:
    """Runs a script's `main`: its return value is the exit status, an expected error is two lines on stderr."""
    try:
        sys.exit(main())
    except SummarizeError as error:
        print(f"{error.message}\n  {error.hint}", file=sys.stderr)
        sys.exit(error.code)
    except KeyboardInterrupt:
        sys.exit(130)
