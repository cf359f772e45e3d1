"""Memory that ran out: how an engine's error is known for that, and what is raised when no smaller batch helps."""

from __future__ import annotations

from ..errors import ModelTooLarge, OutOfMemory

# What libraries say: CUDA and torch, C++ (std::bad_alloc), torch's CPU allocator, oneDNN.
_SAID = ("out of memory", "bad_alloc", "bad alloc", "allocate memory", "failed to allocate", "alloc_cpu")


def ran_out(error: BaseException) -> bool:
    """Whether the error says that there was not enough memory."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError | OSError) and any(words in str(error).lower() for words in _SAID)
    )


def alone(tokens: int) -> OutOfMemory:
    """For a text that does not fit though it is alone in its batch."""
    return OutOfMemory(
        f"there is not enough memory for one text of {tokens} tokens", "close other programs, or run with --beams 1"
    )


def loading(model: str) -> ModelTooLarge:
    """For a model whose weights do not fit."""
    return ModelTooLarge(
        f"there is not enough memory to load {model}",
        "close other programs, choose --quantization int8, or a smaller model",
    )
