"""`python -m summarize.catalog.unpickle SRC DST`: pytorch_model.bin (or its shards) in SRC -> safetensors file DST.

A pickle is code. It is opened once, here: in a process of its own, with `weights_only=True`, and sockets that raise.
"""

from __future__ import annotations

import json
import pickle
import re
import socket
import sys
from pathlib import Path

PICKLE = "pytorch_model.bin"


def close_the_network() -> None:
    """Make every new socket and every look-up of a name in this process an error, before the pickle is opened."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError("no network while a pickle is read")

    # still a class: libraries derive from it when they are imported
    socket.socket = type("ClosedSocket", (socket.socket,), {"__init__": refuse})  # type: ignore[misc]
    socket.getaddrinfo = refuse  # type: ignore[assignment]


def convert(source: Path, target: Path) -> None:
    """Read the pickles in the folder `source`, write the safetensors file `target`."""
    import torch
    from safetensors.torch import save_file

    state: dict[str, torch.Tensor] = {}
    for file in _pickles(source):
        try:
            state.update(torch.load(file, map_location="cpu", weights_only=True))
        except (pickle.UnpicklingError, OSError, RuntimeError, EOFError) as error:
            raise SystemExit(f"{file.name} is damaged or holds more than weights: {_reason(error)}") from error
    strange = [name for name, value in state.items() if not isinstance(value, torch.Tensor)]
    if strange:
        raise SystemExit(f"{source} holds more than weights: {', '.join(strange[:3])}")
    kept, aliases = _untie(state)
    save_file(kept, target, metadata={"format": "pt", **aliases})


def _reason(error: Exception) -> str:
    """torch's message is a page of advice on how to run the code after all; its core names what was found."""
    found = re.search(r"unsupported (?:GLOBAL|operand)[^\n]*", str(error), re.IGNORECASE)
    return found[0].strip() if found else (str(error).strip().splitlines() or [type(error).__name__])[0]


def _pickles(source: Path) -> list[Path]:
    index = source / f"{PICKLE}.index.json"
    if (source / PICKLE).exists() or not index.exists():
        return [source / PICKLE]
    names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
    return [source / Path(name).name for name in names]


def _untie(state: dict) -> tuple[dict, dict[str, str]]:
    """Split tied tensors (one memory under several names) into the one to keep and its aliases.

    safetensors refuses shared memory. The model ties the names again when it is loaded, from the shared embedding: so
    that is the name to keep. Views that overlap without being equal are copied.
    """
    from torch import contiguous_format

    views: dict[tuple, list[str]] = {}
    for name, tensor in state.items():
        place = (
            tensor.untyped_storage().data_ptr(),
            tensor.storage_offset(),
            tensor.shape,
            tensor.stride(),
            tensor.dtype,
        )
        views.setdefault(place if tensor.numel() else (name,), []).append(name)
    kept, aliases = {}, {}
    for names in views.values():
        first, *others = sorted(names, key=lambda name: (_rank(name), name))
        kept[first] = state[first].clone(memory_format=contiguous_format)
        aliases.update(dict.fromkeys(others, first))
    return kept, aliases


def _rank(name: str) -> int:
    order = ("shared", "embed_tokens", "embeddings", "wte")
    return next((i for i, part in enumerate(order) if part in name), len(order))


if __name__ == "__main__":
    close_the_network()
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
