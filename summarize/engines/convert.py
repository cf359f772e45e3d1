"""From a Hugging Face checkpoint to a folder that an engine runs from: made once, kept in the cache, named by content.

`prepared` is what the program calls; it starts `python -m summarize.engines.convert SRC DST`, because conversion needs
torch and transformers and the process that serves articles should never load them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from ..catalog.checkpoint import Checkpoint
from ..catalog.hashing import hashes
from ..errors import ModelCorrupt, ModelError, ModelUnsupported
from ..families import FAMILIES, Family
from ..files import locked, read_json, write_json
from ..keys import fingerprint, hash_file
from ..resources import PACKAGE

# Raised by hand when this file converts differently: old folders are then left alone and new ones made.
CONVERTER = 1

# Everything but weights that the tokenizers, the prompts and `summarize models info` read from a checkpoint.
COMPANIONS = (
    "config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "source.spm",
    "target.spm",
    "vocab.json",
    "target_vocab.json",
    "sentencepiece.bpe.model",
    "chat_template.jinja",
    "sentence_bert_config.json",
)

# The companions' folder inside a converted one: the engine has a config.json of its own.
CHECKPOINT = "checkpoint"

# What a converted folder was made of: the hash of each of its files, and the versions that made it.
MADE = "made.json"

# Exit statuses of the subprocess, so that its error keeps its class.
_UNSUPPORTED, _CORRUPT = 4, 5


def prepared(
    checkpoint: Checkpoint, quantization: str, cache: Path, announce: Callable[[str], None] = lambda line: None
) -> Path:
    """The folder to open `checkpoint` from: converted weights and a tokenizer ("ct2"), or a tokenizer ("transformers");
    of a package its own.

    Made at the first call and found at every later one; two processes that ask at once make it once. A damaged one (a
    file is gone, or has another hash than when it was made) is made again. `announce` is told in one line when the
    making starts. Raises `ModelUnsupported` if the architecture cannot be served and
    `ModelCorrupt` if the checkpoint's files do not fit together.
    """
    if checkpoint.family.engine or (quantization == "tokenizer" and checkpoint.family.library != "tokenizers"):
        return checkpoint.path
    folder = converted_folder(checkpoint, quantization, cache)
    if _sound(folder, cache):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(f".{folder.name}.lock")) as lock:
        if not _sound(folder, cache):
            damaged = (folder / MADE).is_file()
            why = "its converted copy is damaged, and made again" if damaged else "this is done once"
            announce(f"Converting {checkpoint.id} ({quantization}); {why}.")
            _make(checkpoint, quantization, folder, lock)
    return folder


def _sound(folder: Path, cache: Path) -> bool:
    """Whether every file is as it was when the folder was made. Hashes are remembered: a warm run reads no weights."""
    recorded = {folder / name: digest for name, digest in made(folder).get("files", {}).items()}
    if not recorded or not all(path.is_file() for path in recorded):
        return False
    found: dict[Path, str] = {}
    for place in {path.parent for path in recorded}:
        known = hashes([path for path in recorded if path.parent == place], cache)
        found |= {place / name: digest for name, digest in known.items()}
    return found == recorded


def made(folder: Path) -> dict:
    """The record of a converted folder: "files" (hash by name) and "versions" of the libraries; {} if it has none."""
    return read_json(folder / MADE)


def discard(folder: Path) -> None:
    """Forgets a converted folder, so that the next `prepared` makes it anew."""
    with locked(folder.with_name(f".{folder.name}.lock")):
        shutil.rmtree(folder, ignore_errors=True)


def converted_folder(checkpoint: Checkpoint, quantization: str, cache: Path) -> Path:
    """Where the converted form lies or will lie: its name covers all that can change its bytes."""
    digest = fingerprint(
        "converted",
        {
            "weights": checkpoint.weights,
            "tokenizer": checkpoint.tokenizer,
            "quantization": quantization,
            "ctranslate2": metadata.version("ctranslate2"),
            "converter": CONVERTER,
        },
    )
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in checkpoint.id).strip(".")
    return cache / "models" / "converted" / f"{name}-{digest[:12]}-{quantization}"


def companions(folder: Path) -> Path:
    """Where tokenizer and configs lie for a folder that `prepared` returned."""
    return folder / CHECKPOINT if (folder / CHECKPOINT).is_dir() else folder


def _make(checkpoint: Checkpoint, quantization: str, folder: Path, lock: IO[str]) -> None:
    """Converts into a temporary folder and puts it in place at once: a kill leaves nothing that looks finished."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed: we hold the lock
    command = [sys.executable, "-m", "summarize.engines.convert", str(checkpoint.path), str(unfinished)]
    command += ["--family", checkpoint.family.name, "--quantization", quantization]
    path = os.pathsep.join(filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]))
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    environment = {**os.environ, **offline, "PYTHONPATH": path}
    # The child holds the lock too: if this process is killed, nobody converts into its folder before it has ended.
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", pass_fds=[lock.fileno()]
    )
    if done.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise _failure(checkpoint.id, done.returncode, done.stderr)
    record(unfinished)
    shutil.rmtree(folder, ignore_errors=True)  # damaged, or of a version that kept no record
    os.replace(unfinished, folder)


def record(folder: Path) -> None:
    """Notes of what a folder consists that was just made, and by what."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    noted = {
        "files": {path.relative_to(folder).as_posix(): hash_file(path) for path in files},
        "versions": {name: metadata.version(name) for name in ("transformers", "torch", "ctranslate2")},
    }
    write_json(folder / MADE, noted)


def _failure(model: str, status: int, stderr: str) -> ModelError:
    last = "\n".join([line for line in stderr.splitlines() if line.strip()][-8:])
    if status == _UNSUPPORTED:
        return ModelUnsupported(f"{model} cannot be converted: {last}", "use --engine transformers, or another model")
    return ModelCorrupt(f"converting {model} failed (exit status {status}): {last}", f"summarize models verify {model}")


def check_loading(info: dict[str, Any], model: str) -> None:
    """Refuses a model of which a part was not in the weights: transformers would fill it with noise and go on."""
    new = sorted(info["missing_keys"]) + sorted(str(key[0]) for key in info["mismatched_keys"])
    if new or info.get("error_msgs"):
        listed = ", ".join(new[:5]) + (", …" if len(new) > 5 else "")
        raise ModelCorrupt(
            f"the weights of {model} do not fit its config: {len(new)} missing or of another shape ({listed})",
            f"summarize models verify {model}",
        )


def loading_options() -> dict[str, Any]:
    """How weights are loaded everywhere: safetensors of this folder, in float32, nothing remote, nothing guessed."""
    import torch

    return {
        "dtype": torch.float32,
        "use_safetensors": True,
        "local_files_only": True,
        "trust_remote_code": False,
        "output_loading_info": True,
    }


def _converter(source: Path, family: Family) -> Any:
    """CTranslate2's converter, with loading made strict and the traps of transformers 5 mended."""
    from ctranslate2.converters.transformers import TransformersConverter

    class StrictConverter(TransformersConverter):
        def load_model(self, model_class: Any, model_name_or_path: str, **options: Any) -> Any:
            model, info = model_class.from_pretrained(model_name_or_path, **{**options, **loading_options()})
            check_loading(info, source.name)
            family.complete(model, source.name)
            self.model = model
            return model

        def load_tokenizer(self, tokenizer_class: Any, model_name_or_path: str, **options: Any) -> Any:
            return _with_full_vocabulary(_load_tokenizer(source), self.model.config.vocab_size)

        def _load(self) -> Any:
            spec = super()._load()
            family.amend(spec, self.model, _load_tokenizer(source))
            return spec

    return StrictConverter(str(source))


def _with_full_vocabulary(tokenizer: Any, size: int) -> Any:
    """A tokenizer with a name for every row of the embeddings. Left to itself the converter closes gaps, which moves
    all later ids, and calls the rows that no token uses <extra_id_0> a second time."""
    names = {i: token for token, i in tokenizer.get_vocab().items()}
    vocabulary = {names.get(i, f"<unused_{i}>"): i for i in range(size)}
    tokenizer.get_vocab = lambda: vocabulary
    tokenizer.num_madeup_words = 0  # M2M100's, which have names now
    return tokenizer


def _load_tokenizer(source: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(source), local_files_only=True, trust_remote_code=False)


def _copy_companions(source: Path, target: Path, family: Family) -> None:
    target.mkdir()
    for name in COMPANIONS:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    if family.library == "tokenizers":
        # Written even where the checkpoint has one: transformers 5 takes only the vocabulary from that file and builds
        # normalizer and pre-tokenizer anew. It must be transformers' ids that the model was made for.
        tokenizer = _load_tokenizer(source)
        if not tokenizer.is_fast:
            raise ModelUnsupported(f"{type(tokenizer).__name__} cannot be written as tokenizer.json")
        tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))


def convert(source: Path, target: Path, family: Family, quantization: str) -> None:
    """Writes the folder `target`, which must not exist; with quantization "tokenizer" no weights are converted."""
    if quantization == "tokenizer":
        target.mkdir()
    else:
        _converter(source, family).convert(str(target), quantization=quantization)
    _copy_companions(source, target / CHECKPOINT, family)


def main(arguments: list[str] | None = None) -> int:
    """The subprocess: exit status 0, or one of two that keep the class of the error; the reason goes to stderr."""
    parser = argparse.ArgumentParser(prog="python -m summarize.engines.convert")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--family", required=True, choices=FAMILIES)
    parser.add_argument("--quantization", default="int8")
    options = parser.parse_args(arguments)
    try:
        convert(options.source, options.target, FAMILIES[options.family], options.quantization)
    except ModelCorrupt as error:
        print(error.message, file=sys.stderr)
        return _CORRUPT
    except (ModelUnsupported, NotImplementedError, ValueError, LookupError, AttributeError, AssertionError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # what the converter raises on what it does not know
        return _UNSUPPORTED
    except OSError as error:
        print(error, file=sys.stderr)
        return _CORRUPT
    return 0


if __name__ == "__main__":
    sys.exit(main())
