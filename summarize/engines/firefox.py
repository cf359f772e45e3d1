"""The engine for Firefox's models: the package `fxtranslate`, Rust, given the files as bytes. It can fetch models, too,
which is never asked of it.

It takes one sentence, searches greedily whatever was asked, and says nothing of how sure it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from threading import local
from typing import Any, ClassVar

from ..catalog.checkpoint import Checkpoint
from ..errors import ModelCorrupt, ModelUnsupported
from ..families.bergamot import FAMILY, LIKELY, BergamotTokens
from .decoding import Decoding, Generated


class FirefoxEngine:
    """A folder of Firefox's files as it is; the other arguments, which say how others compute, change nothing."""

    converts: ClassVar[bool] = False
    on_gpu: ClassVar[bool] = False
    concurrent: ClassVar[bool] = False

    @staticmethod
    def serves(checkpoint: Checkpoint, model_type: str) -> bool:
        return checkpoint.family is FAMILY

    @staticmethod
    def version() -> str:
        """A run may have such a model among its routes and never need it: nothing is raised here."""
        try:
            return f"fxtranslate {metadata.version('fxtranslate')}, greedy"
        except metadata.PackageNotFoundError:
            return "fxtranslate, not installed"

    @staticmethod
    def precision(quantization: str) -> str:
        return "int8"

    def __init__(self, path: Path, *_: Any, **__: Any):
        if lacking := FAMILY.lacks(path):
            raise ModelUnsupported(f"{path.name} is a model of Firefox, and what runs those is not installed", lacking)
        files = FAMILY.package(path)
        vocabularies = FAMILY.vocabularies(path)
        if not files or not vocabularies:
            raise ModelCorrupt(f"{path} is no longer a whole model of Firefox", "fetch or copy it again")
        likely = sorted(path.glob(LIKELY))[:1]
        self._name = path.name
        self._files = [file.read_bytes() for file in (*files[0], *vocabularies, *likely)]
        self._tokens = BergamotTokens(path)
        self._here = local()  # a translator belongs to the thread that made it
        self._say("")

    def generate(self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int]) -> list[Generated]:
        """The translation of each source, in order."""
        said = (self._say(self._tokens.text(source)) for source in sources)
        return [Generated(list(map(ord, text)), True, None) for text in said]

    def nbest(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int], n: int
    ) -> list[list[Generated]]:
        """The same: there is no second best."""
        return [[found] for found in self.generate(sources, decoding, caps)]

    def embed(self, sources: Sequence[Sequence[int]]) -> Any:
        raise ModelUnsupported(f"{self._name} is a translator", "summarize models list")

    def _say(self, text: str) -> str:
        import fxtranslate

        try:
            if not hasattr(self._here, "translator"):
                self._here.translator = fxtranslate.Translator(*self._files)
            return self._here.translator.translate(text) if text else ""
        except ValueError as error:
            raise ModelCorrupt(f"{self._name} cannot be read: {error}", "fetch or copy it again") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how Rust says that it never thought of this
                raise
            raise ModelCorrupt(f"{self._name} is damaged: {error}", "fetch or copy it again") from error
