"""What is to be known of a family of checkpoints: one object, in one file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .tokens import FastTokens, Tokens


class Family:
    """The checkpoints that are called alike. A family overrides what is not as here; nothing heavy is imported by it.

    `network` is how the model is called: "seq2seq" (source in, output out), "causal" (a prompt is continued) or
    "encoder" (vectors out). `tokenizers` are sets of files any of which makes a tokenizer, read by the package
    `library`.
    """

    name: str
    model_types: tuple[str, ...]  # in config.json
    convertible: tuple[str, ...] = ()  # those of them for which CTranslate2 computes the same as transformers
    tasks: tuple[str, ...] = ("summarize",)  # what it is served for, the usual first
    network: str = "seq2seq"
    tokenizers: tuple[tuple[str, ...], ...] = (
        ("tokenizer.json",),
        ("spiece.model",),
        ("tokenizer.model",),
        ("sentencepiece.bpe.model",),
        ("vocab.txt",),
        ("vocab.json", "merges.txt"),
    )
    library: str = "tokenizers"
    coded: bool = False  # whether a text is framed by the code of its language, so that one model has many tokenizers

    def __repr__(self) -> str:
        return self.name

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> Tokens:
        """The tokenizer in a folder. Raises `ModelCorrupt` if its files are missing or broken, `ModelUnsupported` if
        the checkpoint lacks one of the languages."""
        return FastTokens(path)

    def prefix(self, path: Path, task: str, source: str, target: str) -> str:
        """What the model wants to read before the text, as text."""
        return ""

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], str]:
        """(sources, target) of a translator called `name`, as its files write them; empty where they do not."""
        return (), ""

    def complete(self, model: Any, name: str) -> None:
        """Before conversion: fields of the config that CTranslate2's converter reads and transformers no longer has.
        Raises `ModelUnsupported` where the two would compute different outputs."""

    def amend(self, spec: Any, model: Any, tokenizer: Any) -> None:
        """After conversion: what the converter's specification should say and does not."""
