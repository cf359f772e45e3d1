"""Which engine serves a checkpoint, told without importing any library: the choice is part of every signature."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..catalog.checkpoint import Checkpoint
from ..errors import ConfigError
from ..families.tokens import Tokens, read_json
from .recipe import ENGINES, Engine, Recipe, Runtime, version


@dataclass(frozen=True, slots=True)
class Place:
    """Where it computes. No signature has it: another machine finds what this one made."""

    device: str  # auto, cpu, cuda
    threads: int  # 0 for all cores; of each worker of a cluster: for one
    cluster: str = ""  # whose workers compute

    @property
    def each(self) -> int:
        """Threads of a process that computes."""
        return self.threads or (1 if self.cluster else 0)


def choose(checkpoint: Checkpoint, engine: str, quantization: str, device: str) -> Runtime:
    """ "auto": an engine for GPUs where one can be used, else the first that has the architecture.

    A package has an engine of its own. Raises `ConfigError` for one that cannot run the checkpoint.
    """
    if device == "cuda" and not has_gpu():
        raise ConfigError("no CUDA device can be used on this machine", "leave out --device, or say --device cpu")
    if own := checkpoint.family.engine:
        if engine not in ("auto", own):
            made_for = f"{checkpoint.id} is a package for {own}: {engine} cannot run it"
            raise ConfigError(made_for, "leave out --engine")
        engine = own
    kind = str(read_json(checkpoint.path / "config.json").get("model_type") or "")
    if engine != "auto" and not ENGINES[engine].converts and not ENGINES[engine].serves(checkpoint, kind):
        raise ConfigError(f"{engine} cannot run {checkpoint.id}", "leave out --engine")
    if engine == "auto":
        gpu = device == "cuda" or (device == "auto" and has_gpu())
        engine = next(n for n, e in ENGINES.items() if (e.on_gpu or not gpu) and e.serves(checkpoint, kind))
    return Runtime(engine, version(engine, checkpoint.family.library), ENGINES[engine].precision(quantization))


def open_engine(
    runtime: Runtime,
    place: Place,
    checkpoint: Checkpoint,
    folder: Path,
    tokens: Tokens,
    announce: Callable[[str], None] = lambda line: None,
) -> Engine:
    """Opens the model: from `folder` (see `convert.prepared`), or from the checkpoint itself. Raises ConfigError and
    ClusterError as `pool`."""
    recipe = Recipe(
        checkpoint.id,
        runtime,
        checkpoint.family.library,
        (folder if ENGINES[runtime.engine].converts else checkpoint.path).absolute(),
        checkpoint.family.network,
        place.device,
        place.each,
        tuple(tokens.start),
        tuple(tokens.ends),
        tuple(tokens.never),
        tokens.limit,
    )
    if not place.cluster:
        return recipe.open()
    from .pool import pool
    from .spread import Spread

    return Spread(recipe, pool(place.cluster, recipe.threads, announce))


def has_gpu() -> bool:
    """Whether torch could use an NVIDIA GPU: asked of the driver and of torch's files, without its import."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return False
    built = (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
    if "cuda: Optional[str] = None" in built:
        return False
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int()
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
