"""What an engine is, which there are, and all that opens one here or on another machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar, Protocol

from ..catalog.checkpoint import Checkpoint
from ..types import Json
from .ct2 import Ct2Engine
from .decoding import Decoding, Generated
from .firefox import FirefoxEngine
from .torch_engine import TorchEngine


class Engine(Protocol):
    """The seam: token ids in, token ids out. All engines read the same ids and obey the same `Decoding`.

    `converts`: whether it opens a folder of `convert.prepared` or the checkpoint itself; `on_gpu`: whether it is
    preferred where there is one; `concurrent`: whether calls from two threads keep it busier than from one.
    """

    converts: ClassVar[bool]
    on_gpu: ClassVar[bool]
    concurrent: ClassVar[bool]

    def __init__(
        self,
        path: Path,
        network: str,
        precision: str,
        device: str = "auto",
        threads: int = 0,
        start: Sequence[int] = (),
        ends: Sequence[int] = (),
        never: Sequence[int] = (),
        limit: int = 0,
    ) -> None: ...

    @staticmethod
    def serves(checkpoint: Checkpoint, model_type: str) -> bool:
        """Whether it computes the architecture as transformers does."""
        ...

    @staticmethod
    def version() -> str:
        """Of the libraries that compute, and of our own code around them."""
        ...

    @staticmethod
    def precision(quantization: str) -> str:
        """The number format that it takes for the one that was asked for."""
        ...

    def generate(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int]
    ) -> list[Generated]: ...

    def nbest(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int], n: int
    ) -> list[list[Generated]]: ...

    def embed(self, sources: Sequence[Sequence[int]]) -> Any: ...


# the one that is tried first, first
ENGINES: dict[str, type[Engine]] = {"ct2": Ct2Engine, "transformers": TorchEngine, "fxtranslate": FirefoxEngine}


@dataclass(frozen=True, slots=True)
class Runtime:
    """What computes. It can change an output, so every signature has it."""

    engine: str  # a key of ENGINES
    version: str
    quantization: str

    def as_json(self) -> dict[str, Json]:
        return {"engine": self.engine, "engine_version": self.version, "quantization": self.quantization}


def version(engine: str, library: str) -> str:
    """Of all that turns ids into ids here: the engine, and the library that made the ids."""
    return f"{ENGINES[engine].version()}, {library} {metadata.version(library)}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that opens an engine, as plain data: whoever has it and sees `path` opens the same one."""

    model: str  # its id, for messages
    runtime: Runtime
    library: str
    path: Path  # the converted folder, or the checkpoint itself
    network: str
    device: str
    threads: int
    start: tuple[int, ...]
    ends: tuple[int, ...]
    never: tuple[int, ...]
    limit: int

    def open(self) -> Engine:
        made = ENGINES[self.runtime.engine]
        ids = {"start": self.start, "ends": self.ends, "never": self.never}
        how = (self.network, self.runtime.quantization, self.device, self.threads)
        return made(self.path, *how, **ids, limit=self.limit)
