"""Which engine serves a checkpoint, told without importing any: the choice is part of every signature."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from ..errors import ConfigError
from .convert import CONVERTER
from .decoding import Decoding, Generated
from .tokens import Tokens, read_json

# Architectures of each family for which CTranslate2 computes the same as transformers.
_CT2_MODELS = {
    "marian": {"marian"},
    "bart": {"bart"},
    "mbart": {"mbart"},
    "pegasus": {"pegasus"},
    "t5": {"t5", "mt5"},
    "causal": {"llama", "mistral", "qwen2", "qwen3", "phi3", "gemma", "gemma2", "gpt2"},
    "encoder": {"bert", "distilbert", "roberta", "xlm-roberta"},
}
_FLOATS = ("float32", "bfloat16", "float16")


class Engine(Protocol):
    """The seam: token ids in, token ids out. Both engines read the same ids and obey the same `Decoding`."""

    def generate(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int]
    ) -> list[Generated]: ...

    def nbest(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int], n: int
    ) -> list[list[Generated]]: ...

    def embed(self, sources: Sequence[Sequence[int]]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine with all it is opened with; `version` covers the libraries that compute."""

    name: str  # ct2 or transformers
    version: str
    quantization: str
    device: str
    threads: int


def choose(checkpoint: Any, engine: str, quantization: str, device: str, threads: int) -> Choice:
    """ "auto": transformers where a GPU can be used or CTranslate2 lacks the architecture, else CTranslate2.

    The transformers engine knows float types only: with int8 it runs in float32. Raises `ConfigError` for other names.
    """
    if engine not in ("auto", "ct2", "transformers"):
        raise ConfigError(f"no engine is called '{engine}'", "choose --engine auto, ct2 or transformers")
    if device == "cuda" and not has_gpu():
        raise ConfigError("no CUDA device can be used on this machine", "leave out --device, or say --device cpu")
    if engine == "auto":
        gpu = device == "cuda" or (device == "auto" and has_gpu())
        engine = "transformers" if gpu or not _convertible(checkpoint) else "ct2"
    if engine == "ct2":
        version = f"ctranslate2 {metadata.version('ctranslate2')}, converter {CONVERTER}, {_tokenizers(checkpoint)}"
        return Choice("ct2", version, quantization, "cpu" if device == "auto" else device, threads)
    versions = [f"{name} {metadata.version(name)}" for name in ("transformers", "torch")]
    version = ", ".join([*versions, _tokenizers(checkpoint)])
    precision = quantization if quantization in _FLOATS else "float32"
    return Choice("transformers", version, precision, device, threads)


def _tokenizers(checkpoint: Any) -> str:
    name = "sentencepiece" if checkpoint.family == "marian" else "tokenizers"
    return f"{name} {metadata.version(name)}"


def open_engine(choice: Choice, checkpoint: Any, folder: Path, tokens: Tokens) -> Engine:
    """Opens the model: from `folder` (see `convert.prepared`), or for transformers from the checkpoint itself."""
    kind = checkpoint.family if checkpoint.family in ("causal", "encoder") else "seq2seq"
    if choice.name == "ct2":
        from .ct2 import Ct2Engine

        return Ct2Engine(
            folder, kind, choice.quantization, choice.device, choice.threads, start=tokens.start, ends=tokens.ends
        )
    from .torch_engine import TorchEngine

    return TorchEngine(
        checkpoint.path, kind, choice.quantization, choice.device, choice.threads, start=tokens.start, ends=tokens.ends
    )


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


def _convertible(checkpoint: Any) -> bool:
    model_type = read_json(checkpoint.path / "config.json").get("model_type")
    return model_type in _CT2_MODELS.get(checkpoint.family, set())
