"""Translation packages as others publish them, made of models that are here."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from summarize import catalog
from summarize.engines.convert import prepared

TOP = "translate-de_en-1_9"
README = (
    "# German - English version 1.9\n\nTrained by Argos.\n\n## License\nCC0\n\n## Data\nlicences of the data vary\n"
)
METADATA = {
    "package_version": "1.9",
    "argos_version": "1.9.0",
    "from_code": "de",
    "from_name": "German",
    "to_code": "en",
    "to_name": "English",
}


def argos(cache: Path, old: bool = False, **metadata: object) -> dict[str, bytes]:
    """The members of a package that holds the shipped translator, whose sources end in </s>: so says its config.json.
    `old`: as OpenNMT's models were converted: vocabularies as text, one a side, no config.json, no end of a source."""
    folder = prepared(catalog.resolve("de-en", cache=cache), "int8", cache)
    model = {"model.bin": (folder / "model.bin").read_bytes()}
    words = json.loads((folder / "shared_vocabulary.json").read_text("utf-8"))
    if old:
        lines = ("\n".join(words) + "\n").encode()
        model |= {"source_vocabulary.txt": lines, "target_vocabulary.txt": lines}
    else:
        settings = json.loads((folder / "config.json").read_text("utf-8"))
        model["config.json"] = json.dumps({**settings, "add_source_eos": True}).encode()
        model["shared_vocabulary.json"] = json.dumps(words).encode()
    pieces = (catalog.look_up("de-en", cache=cache).path / "source.spm").read_bytes()
    facts = json.dumps({**METADATA, **metadata}).encode()
    inside = {"metadata.json": facts, "sentencepiece.model": pieces, "README.md": README.encode()}
    inside |= {f"model/{name}": data for name, data in model.items()} | {"stanza/de/tokenize.pt": b"a pickle"}
    return {f"{TOP}/{name}": data for name, data in inside.items()}


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name) if name.endswith("/") else name, data)
    return path


def laid(folder: Path, members: dict[str, bytes]) -> Path:
    """The package as Argos Translate unpacks it; returns the folder with the metadata."""
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / TOP
