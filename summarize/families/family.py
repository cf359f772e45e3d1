"""What is to be known of a family of checkpoints: one object, in one file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .tokens import FastTokens, Tokens


class Family:
    """The checkpoints that are called alike. A family overrides what is not as here; nothing heavy is imported by it.

    Most come in Hugging Face's format. A family with an `engine` comes as a package of somebody else's: it is known by
    its files, has no `model_types`, and that engine runs it as it is.

    `network` is how the model is called: "seq2seq" (source in, output out), "causal" (a prompt is continued) or
    "encoder" (vectors out). `tokenizers` are sets of files any of which makes a tokenizer, read by the package
    `library`.
    """

    name: str
    model_types: tuple[str, ...] = ()  # in config.json
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
    prompted: bool = False  # whether it is asked with a prompt, whatever the task
    engine: str = ""
    coded: bool = False  # whether a text is framed by the code of its language, so that one model has many tokenizers

    def __repr__(self) -> str:
        return self.name

    def narrowed(self, path: Path) -> Family:
        """The family of a checkpoint in a folder whose config says no more than that it is one of these."""
        return self

    def package(self, folder: Path) -> tuple[list[Path], list[Path]] | None:
        """(weights, whatever else decides an output) of a package of this family; None for any other folder."""
        return None

    def lacks(self, path: Path) -> str:
        """What to type before it can be opened, for a library that is missing; "" if none is."""
        return ""

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> Tokens:
        """The tokenizer in a folder. Raises `ModelCorrupt` if its files are missing or broken, `ModelUnsupported` if
        the checkpoint lacks one of the languages."""
        return FastTokens(path)

    def prefix(self, path: Path, task: str, source: str, target: str) -> str:
        """What the model wants to read before the text, as text."""
        return ""

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(sources, targets) of a translator called `name`, as its files write them; a language may be both. Empty
        where they do not tell, or where it does what it is asked for."""
        return (), ()

    def complete(self, model: Any, name: str) -> None:
        """Before conversion: fields of the config that CTranslate2's converter reads and transformers no longer has.
        Raises `ModelUnsupported` where the two would compute different outputs."""

    def amend(self, spec: Any, model: Any, tokenizer: Any) -> None:
        """After conversion: what the converter's specification should say and does not."""
