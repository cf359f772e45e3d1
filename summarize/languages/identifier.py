"""py3langid's model, unpacked once: its tables are kept beside the other things that are made once, and mapped.

Unpacking takes the library half a second and more, at every start; mapping what was unpacked takes some milliseconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..files import locked, new_folder

VERSION = 1  # raised by hand when other tables are kept
TABLES = ("ptc", "pc", "classes", "nextmove", "row", "output")  # one .npy file each, as LanguageIdentifier takes them

_cache: Path | None = None


def keep_in(cache: Path) -> None:
    """From now on tables are kept in, and taken from, `cache`/language. Without this call nothing is kept."""
    global _cache
    _cache = cache


def load(languages: Collection[str]) -> Any:
    """A py3langid identifier for these ISO 639-1 codes, those of them that it knows; its confidences are 0 to 1."""
    folder = _folder(languages)
    if folder:
        try:
            return _mapped(folder)
        except (OSError, ValueError):  # not there, or damaged
            pass
    found = _unpacked(languages)
    if folder:
        with contextlib.suppress(OSError, ModelError):  # a cache that cannot be written costs the half second, no more
            _keep(found, folder)
    return found


def _folder(languages: Collection[str]) -> Path | None:
    made_of = " ".join([str(VERSION), version("py3langid"), *sorted(languages)])
    return _cache / "language" / hashlib.sha256(made_of.encode()).hexdigest()[:16] if _cache else None


def _unpacked(languages: Collection[str]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages({label for label in found.labels if label in languages})
    return found


def _mapped(folder: Path) -> Any:
    import numpy as np
    from py3langid.langid import LanguageIdentifier

    table = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in TABLES}
    return LanguageIdentifier(
        table["ptc"],
        np.asarray(table["pc"]),
        table["classes"].tolist(),
        memoryview(table["nextmove"]),  # looked up for every byte of a text: a plain buffer is the quickest
        table["output"].tolist(),
        norm_probs=True,
        tk_row=table["row"].tolist(),
    )


def _keep(found: Any, folder: Path) -> None:
    """Writes the tables of `found` to `folder`, whole or not at all."""
    import numpy as np

    tables = (found.nb_ptc, found.nb_pc, found.nb_classes, found.tk_nextmove, found.tk_row, found.tk_output)
    with locked(folder.parent.parent / ".language.lock"), new_folder(folder) as unfinished:
        for name, table in zip(TABLES, tables, strict=True):
            np.save(unfinished / f"{name}.npy", np.ascontiguousarray(table), allow_pickle=False)
        shutil.rmtree(folder, ignore_errors=True)  # damaged, or it would have been taken
