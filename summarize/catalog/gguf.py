"""`python -m summarize.catalog.gguf SRC DST`: a Llama GGUF file becomes a Hugging Face folder (float16 safetensors).

Runs in its own process, because it needs torch and several times the model's size in memory, and because the modules
that read GGUF are optional. transformers dequantises the file but cannot save what it loaded (the config says
"quantized"), so a fresh `LlamaForCausalLM` is built from the cleaned config and given the weights.
"""

from __future__ import annotations

import sys
from pathlib import Path


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
