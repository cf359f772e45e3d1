"""`python -m summarize.catalog.gguf SRC DST`: a Llama GGUF file becomes a Hugging Face folder (float16 safetensors).
`from_gguf` is what the program calls.

The conversion runs in its own process, because it needs torch and several times the model's size in memory, and the
modules that read GGUF are optional. transformers dequantises the file but cannot save what it loaded (the config says
"quantized"), so a fresh `LlamaForCausalLM` is built from the cleaned config and given the weights.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from ..errors import ModelCorrupt, ModelError, ModelUnsupported
from ..files import locked, new_folder
from .cards import write_card
from .children import run_module
from .folder import check_whole, family_of, tokenizer_files, weight_files

MAGIC = b"GGUF"
# The architecture, how text is cut (llama: by sentencepiece), and by which rule of those that cut it like GPT-2.
NAMED = ("general.architecture", "tokenizer.ggml.model", "tokenizer.ggml.pre")


def need(name: str) -> None:
    """Raises ModelError, with what to type, where a library is missing that reads such files."""
    missing = [module for module in ("gguf", "accelerate") if importlib.util.find_spec(module) is None]
    if missing:
        raise ModelError(f"{name} cannot be read without {' and '.join(missing)}", "pip install 'summarize[gguf]'")


def is_gguf(path: Path) -> bool:
    try:
        with open(path, "rb") as f:
            return f.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def refuse(path: Path) -> None:
    """Raises ModelUnsupported for such a file, or a folder with nothing else to run."""
    files = [path] if path.is_file() else sorted(path.glob("*.gguf")) if not (path / "config.json").exists() else []
    if found := next(filter(is_gguf, files), None):
        raise ModelUnsupported(f"{found} is a GGUF file, which is not run as it is", _ways(found, convertible=True))


def _ways(path: Path, convertible: bool) -> str:
    served = f"llama-server -m {path} --port 8080, then --mt server:http://127.0.0.1:8080/v1"
    return f"summarize models convert {path}; or {served}" if convertible else served


def from_gguf(path: Path, out: Path) -> Path:
    """Writes the model in the file `path` into the new folder `out`. Raises ModelUnsupported (another architecture),
    ModelError (`out` exists, a library is missing), ModelCorrupt."""
    need(path.name)
    try:
        kind, cut, rule = (_field(path, name) for name in NAMED)
    except Exception as error:  # the library raises what it likes
        raise ModelCorrupt(f"{path} cannot be read as GGUF: {error}", "fetch it again") from error
    if kind != "llama" or (cut != "llama" and rule != "smollm"):
        what = f"{path.name} holds a {kind} model whose tokenizer is {cut} {rule}: that is not read out exactly"
        raise ModelUnsupported(what.rstrip(), _ways(path, convertible=False))
    with locked(out.parent / f".{out.name}.lock"):
        if out.exists():
            again = f"remove it, or choose another folder: summarize models convert {path} --out DIR"
            raise ModelError(f"{out} exists already", again)
        with new_folder(out) as folder:
            run_module("summarize.catalog.gguf", path, folder)
            check_whole(folder, family_of(folder))
            facts = {"id": out.name, "origin": f"gguf:{path.name}", "notes": "weights of a GGUF file as float16"}
            write_card(folder, facts, [*weight_files(folder), *tokenizer_files(folder)])
    return out


def convert(source: Path, folder: Path) -> None:
    """Write config, weights, tokenizer and chat template of the GGUF file `source` into the existing `folder`."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig, LlamaConfig, LlamaForCausalLM

    where = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name, "local_files_only": True}
    read = AutoConfig.from_pretrained(**where)
    if read.model_type != "llama":
        raise SystemExit(f"{source.name} holds a {read.model_type} model, expected llama")
    weights = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32).state_dict()
    settings = {key: value for key, value in read.to_dict().items() if key != "quantization_config"}
    model = LlamaForCausalLM(LlamaConfig(**settings)).to(torch.float32)
    model.load_state_dict(weights, strict=True)
    model.generation_config = GenerationConfig(
        bos_token_id=read.bos_token_id, eos_token_id=read.eos_token_id, pad_token_id=read.pad_token_id
    )
    # The values come from 4-bit blocks with float16 scales: float16 keeps them to 11 bits, at half the size.
    model.to(torch.float16).save_pretrained(folder)
    _tokenizer(source).save_pretrained(folder)


def _tokenizer(source: Path):
    from tokenizers import pre_tokenizers
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(source.parent), gguf_file=source.name, local_files_only=True)
    for key in ("is_local", "local_files_only"):  # how it was loaded, not what it is
        tokenizer.init_kwargs.pop(key, None)
    if _field(source, "tokenizer.ggml.pre") == "smollm":
        # SmolLM was trained on single digits ("2 0 2 2"); the generic GGUF conversion loses that rule.
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
    return tokenizer


def _field(source: Path, name: str) -> str:
    from gguf import GGUFReader

    field = GGUFReader(source).get_field(name)
    return str(field.contents()) if field else ""


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
