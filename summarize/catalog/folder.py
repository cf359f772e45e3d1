"""What lies in a checkpoint's folder: its files, whether they are whole, and their family.

Only safetensors are served: a pickle is code. Nothing here loads weights; a check reads a safetensors header.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from .. import families
from ..errors import ModelCorrupt, ModelUnsupported
from ..families import Family

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json")
CONFIGS = ("config.json", "generation_config.json")
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "source.spm",
    "target.spm",
    "spiece.model",
    "tokenizer.model",
    "sentencepiece.bpe.model",
    "target_vocab.json",
)
LFS_POINTER = b"version https://git-lfs"


def read_config(folder: Path, name: str = "config.json") -> dict:
    """A JSON object file of the checkpoint. Raises ModelCorrupt if it is absent or not JSON."""
    path = folder / name
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelCorrupt(
            f"{folder} has no {name}: not a Hugging Face checkpoint, or not a whole one", _again(folder)
        ) from None
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"{path} cannot be read: {error}", _again(folder)) from error
    if not isinstance(value, dict):
        raise ModelCorrupt(f"{path} is not a JSON object", _again(folder))
    return value


def family_of(folder: Path) -> Family:
    """Raises ModelUnsupported, naming what is served."""
    if package := families.packed(folder):
        return package
    config = read_config(folder)
    if family := families.find(config):
        return family.narrowed(folder)
    kind = config.get("model_type") or ", ".join(map(str, config.get("architectures") or ())) or "nameless"
    raise ModelUnsupported(
        f"{folder} is a {kind} model, which is not served",
        f"choose one of these: {', '.join(sorted(families.MODEL_TYPES))}",
    )


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files, shards in name order; of a package what its family says.

    Raises ModelUnsupported (a pickle only) or ModelCorrupt (none, or not all).
    """
    if package := _package(folder):
        return package[0]
    if (folder / WEIGHTS).exists():
        return [folder / WEIGHTS]
    if (folder / INDEX).exists():
        return _shards(folder)
    if any((folder / name).exists() for name in PICKLES):
        raise ModelUnsupported(
            f"{folder} has its weights as a pickle ({PICKLES[0]}), which is never loaded",
            f"summarize models convert {folder}",
        )
    raise ModelCorrupt(f"{folder} has no weights ({WEIGHTS})", _again(folder))


def _shards(folder: Path) -> list[Path]:
    table = read_config(folder, INDEX).get("weight_map")
    names = sorted({str(name) for name in table.values()}) if isinstance(table, dict) else []
    if not names:
        raise ModelCorrupt(f"{folder / INDEX} lists no files", _again(folder))
    for name in names:
        if Path(name).name != name:
            raise ModelCorrupt(f"{folder / INDEX} names {name!r}, outside the folder", _again(folder))
        if not (folder / name).exists():
            raise ModelCorrupt(f"{folder} lacks {name}, which {INDEX} lists", _again(folder))
    return [folder / name for name in names]


def tokenizer_files(folder: Path) -> list[Path]:
    """Tokenizer, config and generation config: what beside the weights decides an output."""
    if package := _package(folder):
        return package[1]
    return [folder / name for name in sorted((*CONFIGS, *TOKENIZER_FILES)) if (folder / name).is_file()]


def _package(folder: Path) -> tuple[list[Path], list[Path]] | None:
    family = families.packed(folder)
    return family.package(folder) if family else None


def check_whole(folder: Path, family: Family) -> None:
    """Raise ModelCorrupt if weights or tokenizer are missing, empty or cut short (header and sizes; not hashes)."""
    for path in weight_files(folder):
        (check_something if family.engine else check_safetensors)(path)
    if not family.engine and not any(all((folder / n).is_file() for n in names) for names in family.tokenizers):
        wanted = " or ".join(" + ".join(names) for names in family.tokenizers)
        raise ModelCorrupt(f"{folder} has no tokenizer ({wanted})", _again(folder))
    for path in tokenizer_files(folder):
        check_something(path)


def check_something(path: Path) -> None:
    """Raise ModelCorrupt if there is nothing in a file, or only where it is to be had."""
    with open(path, "rb") as f:
        start = f.read(len(LFS_POINTER))
    if not start:
        raise ModelCorrupt(f"{path} is empty", _again(path.parent))
    if start == LFS_POINTER:
        raise ModelCorrupt(f"{path} is a Git LFS pointer, not the weights", f"git -C {path.parent} lfs pull")


def check_safetensors(path: Path) -> None:
    """Raise ModelCorrupt unless the header is JSON and its offsets end where the file ends."""
    try:
        size = path.stat().st_size
        with open(path, "rb") as f:
            start = f.read(8)
            length = int.from_bytes(start, "little")
            header = f.read(length) if 8 + length <= size else b""
    except OSError as error:
        raise ModelCorrupt(f"{path} cannot be read: {error.strerror}", _again(path.parent)) from error
    if size == 0:
        raise ModelCorrupt(f"{path} is empty", _again(path.parent))
    if start == LFS_POINTER[:8]:
        raise ModelCorrupt(f"{path} is a Git LFS pointer, not the weights", f"git -C {path.parent} lfs pull")
    try:
        tensors = json.loads(header)
        end = max((t["data_offsets"][1] for n, t in tensors.items() if n != "__metadata__"), default=0)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise ModelCorrupt(f"{path} has a broken safetensors header", _again(path.parent)) from None
    if 8 + length + end != size:
        raise ModelCorrupt(
            f"{path} has {size:,} bytes where its header promises {8 + length + end:,}", _again(path.parent)
        )


def folder_size(folder: Path) -> int:
    """Bytes in the folder, links followed."""
    return sum(os.path.getsize(f) for f in folder.rglob("*") if f.is_file())


def _again(folder: Path) -> str:
    return f"fetch or copy {folder} again; `summarize models verify` tells which files differ"
