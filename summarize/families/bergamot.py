"""Models of Firefox and of the Bergamot project: small Marian students in a binary file of their own, one pair each,
with sentencepiece vocabularies and, if they like, a list of likely words.

What runs them takes text and gives text. So that they are checked, split and kept like every other model, a source is
given as pieces (what the vocabulary lacks as its characters) and an output as the numbers of its characters.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import ModelCorrupt
from .family import Family
from .tokens import read_json

LIMIT = 128  # pieces: Bergamot's own programs wrap longer sentences (max-length-break)
UNKNOWN = "⁇"  # what sentencepiece writes where a model says <unk>
MODEL, SHARED, SOURCE, TARGET, LIKELY = "model*.bin", "vocab*.spm", "srcvocab*.spm", "trgvocab*.spm", "lex*.bin"
FACTS = ("metadata.json", "model_info.json")  # as Mozilla writes them, and translateLocally
_PAIR = re.compile(r"\.(?:([a-z]{2,3}?)(eng?)|(eng?)([a-z]{2,3}))\.")  # model.deen.intgemm.alphas.bin


class Bergamot(Family):
    name = "bergamot"
    tasks = ("translate",)
    tokenizers = ()
    library = "sentencepiece"
    engine = "fxtranslate"

    def package(self, folder: Path) -> tuple[list[Path], list[Path]] | None:
        models, vocabularies = sorted(folder.glob(MODEL)), self.vocabularies(folder)
        if len(models) != 1 or not vocabularies:
            return None
        facts = [folder / name for name in FACTS if (folder / name).is_file()]
        return models, sorted({*vocabularies, *folder.glob(LIKELY), *facts})

    @staticmethod
    def vocabularies(folder: Path) -> tuple[Path, Path] | None:
        """Of source and target, which most models share; None if they are not there, or not told apart."""
        names = (SHARED, SHARED) if list(folder.glob(SHARED)) else (SOURCE, TARGET)
        found = [list(folder.glob(name)) for name in names]
        return (found[0][0], found[1][0]) if all(len(files) == 1 for files in found) else None

    def lacks(self, path: Path) -> str:
        return "" if importlib.util.find_spec("fxtranslate") else "pip install 'summarize[firefox]'"

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> BergamotTokens:
        return BergamotTokens(path)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """By the names of its files, else by what lies beside them."""
        named = (_PAIR.search(file.name) for file in sorted(path.glob("*.*.*")))
        if pair := next(filter(None, named), None):
            return (pair[1] or pair[3],), (pair[2] or pair[4],)
        mozilla, local = (read_json(path / name) for name in FACTS)
        tags = local.get("srcTags")
        source = mozilla.get("sourceLanguage") or (next(iter(tags), "") if isinstance(tags, dict) else "")
        target = mozilla.get("targetLanguage") or local.get("trgTag") or ""
        return (str(source),) if source else (), (str(target),) if target else ()


class BergamotTokens:
    """`encode` for sources alone, `decode` for outputs alone; `text` is what a source was."""

    limit = LIMIT
    start: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    never: tuple[int, ...] = ()

    def __init__(self, path: Path):
        import sentencepiece

        vocabularies = Bergamot.vocabularies(path)
        try:
            self._cutter = sentencepiece.SentencePieceProcessor(model_file=str(vocabularies and vocabularies[0]))
        except (RuntimeError, OSError) as error:
            raise ModelCorrupt(f"the vocabulary in {path} cannot be read: {error}", "fetch it again") from error
        self._known = self._cutter.get_piece_size()

    def encode(self, text: str) -> list[int]:
        unknown, ids = self._cutter.unk_id(), []
        for piece in self._cutter.encode(text, out_type=str):
            number = self._cutter.piece_to_id(piece)
            ids += [number] if number != unknown else [self._known + ord(c) for c in piece]
        return ids

    def text(self, ids: Sequence[int]) -> str:
        pieces = (self._cutter.id_to_piece(i) if i < self._known else chr(i - self._known) for i in ids)
        return self._cutter.decode(list(pieces))

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(map(chr, ids)).strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return ord(UNKNOWN) in ids


FAMILY = Bergamot()
