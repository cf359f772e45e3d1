"""Memory that ran out: how an error is known for that, work in halves, and what is raised when that is no help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ModelTooLarge, OutOfMemory

# What libraries say: CUDA and torch, C++ (std::bad_alloc), torch's CPU allocator, oneDNN.
_SAID = ("out of memory", "bad_alloc", "bad alloc", "allocate memory", "failed to allocate", "alloc_cpu")


def ran_out(error: BaseException) -> bool:
    """Whether the error says that there was not enough memory."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError | OSError) and any(words in str(error).lower() for words in _SAID)
    )


def in_halves(
    work: Callable[[Sequence], list[Any]],
    sources: Sequence[Sequence[int]],
    begun: Callable[[], list[Any]] | None = None,
) -> list[Any]:
    """What `work` makes of the sources, one item for each; out of memory it is done again in halves. Raises
    OutOfMemory for a source that does not fit though it is alone. `begun` waits for what was begun before."""
    try:
        return begun() if begun else work(sources)
    except (RuntimeError, MemoryError) as error:
        if not ran_out(error):
            raise
        if len(sources) == 1:
            raise alone(len(sources[0])) from error
    # Beyond the handler, which holds on to what the failed call had allocated.
    half = len(sources) // 2
    return [*in_halves(work, sources[:half]), *in_halves(work, sources[half:])]


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
