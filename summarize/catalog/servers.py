"""A model behind a server on this machine: `server:ADDRESS#MODEL`, as llama.cpp, Ollama and vLLM serve one.

    server:http://127.0.0.1:11434/v1#gemma3:4b

There are no files to hash. What names the model is what the server tells of it, taken on trust: its quality is
`unverified`. What it told last is remembered, so that what is in the cache can be read while the server is off.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import ModelError, ModelNotFound, ModelUnsupported, ServerSilent
from ..families import SERVED
from ..files import read_json, write_json
from ..keys import fingerprint
from ..types import TARGET, Json
from .cards import Card
from .checkpoint import Checkpoint
from .hashing import models_folder
from .wire import Wire

PREFIX = "server:"
UNVERIFIED = "unverified"
# Of an entry of /models and of what the servers tell elsewhere: what names the model. The rest is made anew whenever
# it is asked for (`created`, `permission`), or tells of the load.
NAMING = ("id", "owned_by", "root", "parent", "max_model_len", "meta")


@dataclass(frozen=True)
class Served(Checkpoint):
    """`weights` is a fingerprint of what was `told`, `tokenizer` empty; `reads` are tokens, 0 if it does not say."""

    base: str
    remote: bool
    model: str  # as the server calls it
    reads: int
    told: Mapping[str, Json]

    @property
    def wire(self) -> Wire:
        return Wire(self.base, self.remote)


def is_served(spec: str) -> bool:
    return spec.startswith(PREFIX)


def address(spec: str) -> tuple[str, str]:
    """(up to /v1, model) of a spec; "" for the one that the server has."""
    base, _, model = spec.removeprefix(PREFIX).partition("#")
    return base.rstrip("/"), model


def local_places(spec: str) -> list[str]:
    """host:port under which a server on this machine is reached. Raises ConfigError for one elsewhere."""
    wire = Wire(address(spec)[0])
    hosts = ["localhost", "127.0.0.1", "::1"] if wire.host == "localhost" else [wire.host]
    return [f"{host}:{wire.port}" for host in hosts]


def served(spec: str, *, cache: Path, task: str | None, target: str = "", remote: bool = False) -> Served:
    """What the server tells of its model. Raises ConfigError for an address that is not to be asked, ServerSilent,
    ServerRefused, ModelNotFound if the model is not there, ModelUnsupported if the answer is another one."""
    base, model = address(spec)
    wire = Wire(base, remote)
    memory = models_folder(cache) / "servers" / f"{fingerprint('server', [wire.base, model])}.json"
    try:
        told = _told(wire, model)
        if read_json(memory).get("told") != told:
            with suppress(ModelError):  # a cache that cannot be written costs this memory alone
                write_json(memory, {"told": told})
    except ServerSilent:
        told = read_json(memory).get("told")
        if not told:
            raise
    card = Card(UNVERIFIED, origin=wire.base, notes="what the server tells of the model is taken on trust")
    return Served(
        id=spec,
        path=Path(),
        family=SERVED,
        task=task or SERVED.tasks[0],
        source=(),
        target=target or TARGET,
        targets=(),
        card=card,
        weights=fingerprint("served", told),
        tokenizer="",
        base=wire.base,
        remote=remote,
        model=str(told["model"]["id"]),
        reads=_reads(told),
        told=told,
    )


def _told(wire: Wire, model: str) -> dict[str, Any]:
    """{"model": …} and, by what serves it, "build", "file", "template" (llama.cpp), "digest" (Ollama), "version"."""
    once = replace(wire, tries=1)
    listed = wire.get("/models")
    entries = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(entries, list) or not all(isinstance(e, dict) and isinstance(e.get("id"), str) for e in entries):
        raise ModelUnsupported(
            f"the server at {wire.base} has no list of models: it is none for chat completions",
            "its address ends in /v1: server:http://127.0.0.1:11434/v1#MODEL",
        )
    entry = _entry(wire, entries, model)
    told: dict[str, Any] = {"model": {key: entry[key] for key in NAMING if key in entry}}
    props = _optional(once, "/props")
    if "build_info" in props:
        told["build"] = props["build_info"]
    if "chat_template" in props:
        told["template"] = fingerprint("template", props["chat_template"])
    if isinstance(props.get("model_path"), str):
        told["file"] = Path(props["model_path"]).name
    context = props.get("default_generation_settings")
    if isinstance(context, dict) and isinstance(context.get("n_ctx"), int):
        told["n_ctx"] = context["n_ctx"]
    tags = _optional(once, "/api/tags").get("models")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and entry["id"] in (tag.get("name"), tag.get("model")):
            told |= {key: tag[key] for key in ("digest", "details") if key in tag}
    for path in ("/version", "/api/version"):
        told |= {key: value for key, value in _optional(once, path).items() if key == "version"}
    return told


def _entry(wire: Wire, entries: list[dict], model: str) -> dict:
    names = [e["id"] for e in entries]
    if not model and len(names) == 1:
        return entries[0]
    for entry in entries:  # llama.cpp calls a model by its file's path, Ollama writes the usual tag out
        if model and model in (entry["id"], Path(entry["id"]).name, entry["id"].removesuffix(":latest")):
            return entry
    near = difflib.get_close_matches(model, names, 1) or names[:1]
    what = f"has no model {model!r}" if model else f"has {len(names)} models, and which one is meant is not said"
    raise ModelNotFound(
        f"the server at {wire.base} {what}; there: {', '.join(names[:10]) or 'none'}",
        f"write {PREFIX}{wire.base}#{near[0]}" if near else "load one into it, such as `ollama pull gemma3:4b`",
    )


def _optional(wire: Wire, path: str) -> dict[str, Any]:
    """What only some servers have."""
    try:
        found = wire.get(path, root=True)
    except ModelError:
        return {}
    return found if isinstance(found, dict) else {}


def _reads(told: Mapping[str, Any]) -> int:
    meta = told["model"].get("meta")
    known = (
        told.get("n_ctx"),
        told["model"].get("max_model_len"),
        meta.get("n_ctx_train") if isinstance(meta, dict) else 0,
    )
    return next((n for n in known if isinstance(n, int) and n > 0), 0)
