"""Text to token ids and back, without torch and transformers: the Hugging Face tokenizer's ids, token for token.

One difference is on purpose: a control string in the text (`</s>`, `<pad>`, `<|im_end|>`) stays text. An article that
talks about tokens, or that was written to steer a model, never becomes a control id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ..errors import ModelCorrupt
from ..types import TARGET


class Tokens(Protocol):
    """What an engine and a `Neural` need to know of a tokenizer.

    `encode` gives all ids that the model wants to see, specials included; `limit` is the most ids that it reads;
    `start` are the ids that the decoder is made to begin with (language code, BART's <s>); `ends` end an output;
    `never` are ids that the decoder must not choose.
    """

    limit: int
    start: tuple[int, ...]
    ends: tuple[int, ...]
    never: tuple[int, ...]

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...

    def stray(self, ids: Sequence[int]) -> bool:
        """Whether ids of an output hold control tokens: the sign of a model that lost its way."""
        ...


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a checkpoint, {} if there is no such file; `ModelCorrupt` if it cannot be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"cannot read {path}: {error}", f"summarize models verify {path.parent.name}") from error
    if not isinstance(value, dict):
        raise ModelCorrupt(f"{path} does not hold a JSON object", f"summarize models verify {path.parent.name}")
    return value


def as_ids(value: int | Sequence[int] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(value)


def vocabulary(path: Path, side: str) -> list[str]:
    """The tokens by id of a CTranslate2 model's "source" or "target", which most models share."""
    for name in (f"{side}_vocabulary", "shared_vocabulary", "vocabulary"):
        for file in (path / f"{name}.json", path / f"{name}.txt"):
            if file.is_file():
                try:
                    text = file.read_text(encoding="utf-8")
                    return json.loads(text) if file.suffix == ".json" else text.removesuffix("\n").split("\n")
                except ValueError as error:
                    hint = f"summarize models verify {path.name}"
                    raise ModelCorrupt(f"cannot read {file}: {error}", hint) from error
    raise ModelCorrupt(f"the converted model in {path} has no vocabulary", f"summarize models verify {path.name}")


class Files:
    """The JSON files of one checkpoint, read once: config, generation config, tokenizer config."""

    def __init__(self, path: Path):
        self.path = path
        self.config = read_json(path / "config.json")
        self.generation = read_json(path / "generation_config.json")
        self.tokenizer = read_json(path / "tokenizer_config.json")

    def setting(self, name: str) -> Any:
        """From the generation config, else from the model config (where older checkpoints keep it)."""
        value = self.generation.get(name)
        return self.config.get(name) if value is None else value

    @property
    def ends(self) -> tuple[int, ...]:
        return as_ids(self.setting("eos_token_id"))

    def positions(self, default: int) -> int:
        for name in ("max_position_embeddings", "n_positions"):
            if isinstance(self.config.get(name), int):
                return self.config[name]
        return default

    def file(self, name: str) -> Path:
        path = self.path / name
        if not path.is_file():
            raise ModelCorrupt(f"{self.path} has no {name}", f"summarize models verify {self.path.name}")
        return path


def special_names(path: Path) -> list[str]:
    """The control tokens that the tokenizer of a folder names, whether it is whole or not."""
    table = read_json(path / "tokenizer.json").get("added_tokens")
    if isinstance(table, list):
        return [str(token.get("content")) for token in table if isinstance(token, dict)]
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        config = read_json(path / name)
        listed = config.get("additional_special_tokens") or config.get("extra_special_tokens")
        if isinstance(listed, list):
            return [str(one["content"] if isinstance(one, dict) else one) for one in listed]
    return []


def sources(codes: Iterable[str], target: str = TARGET) -> tuple[str, ...]:
    """The languages that a model with these codes reads: not the target; the one that it is tried with first."""
    return tuple(sorted(set(codes) - {"", target}, key=lambda code: (code != "de", code != "en", code)))


class FastTokens:
    """A tokenizer.json, as most checkpoints have one. With a `frame` (ids before, ids after) it takes the place of the
    specials that the file would put around a text. Tokens that look like `control` are control tokens, too."""

    never: tuple[int, ...] = ()

    def __init__(self, path: Path, control: str = "(?!)"):
        self._files = Files(path)
        self._tokenizer, self._names = load_tokenizer(self._files, control)
        self._control = set(self._names.values())
        self.limit = self._files.positions(512)
        self.ends = self._files.ends
        self.start = as_ids(self._files.setting("forced_bos_token_id"))
        self._frame: tuple[list[int], list[int]] | None = None

    def languages(self, pattern: str) -> dict[str, int]:
        """The ids of the control tokens that spell the code of a language, by the code as `pattern` captures it."""
        found = ((re.fullmatch(pattern, token), number) for token, number in self._names.items())
        return {match[1]: number for match, number in sorted(((m, n) for m, n in found if m), key=lambda pair: pair[1])}

    def encode(self, text: str) -> list[int]:
        if self._frame is None:
            return self._tokenizer.encode(text).ids
        before, after = self._frame
        return [*before, *self._tokenizer.encode(text, add_special_tokens=False).ids, *after]

    def decode(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode([i for i in ids if i not in self._control], skip_special_tokens=True).strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control for i in ids)


def load_tokenizer(files: Files, control: str = "(?!)") -> tuple[Any, dict[str, int]]:
    """(tokenizer, control tokens by name: the special ones, and those that look like `control`). With
    `encode_special_tokens` it takes control strings of a text for text."""
    from tokenizers import Tokenizer

    text = files.file("tokenizer.json").read_text(encoding="utf-8")
    try:
        described = json.loads(text)
        names = {t["content"]: t["id"] for t in described["added_tokens"] if t["special"]}
        if described["model"]["type"] == "Unigram":
            numbers = {piece: number for number, (piece, _) in enumerate(described["model"]["vocab"])}
            names |= {piece: number for piece, number in numbers.items() if re.fullmatch(control, piece)}
            # transformers 5 takes a T5's third piece for the unknown one, which in MADLAD is the end
            described["model"]["unk_id"] = numbers.get("<unk>", described["model"]["unk_id"])
            text = json.dumps(_without_control_pieces(described, names))
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # the library raises bare Exception
        raise ModelCorrupt(
            f"tokenizer.json in {files.path} cannot be read: {error}", f"summarize models verify {files.path.name}"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer, names


def _without_control_pieces(described: dict[str, Any], control: Mapping[str, int]) -> dict[str, Any]:
    """A unigram model has its control tokens among its pieces and would find `</s>` in a text by itself: they get
    names that no text holds. The frame of specials is put on by number and stays."""
    pieces = described["model"]["vocab"]
    for number in control.values():
        if number < len(pieces):
            pieces[number] = [f"\ue000control {number}\ue000", pieces[number][1]]
    described["added_tokens"] = [t for t in described["added_tokens"] if t["content"] not in control]
    return described
