"""Pickle -> safetensors: equal weights, tied names, and pickles that are code."""

import json
import os
import subprocess
import sys

import pytest

from summarize.catalog import resolve, to_safetensors
from summarize.errors import ModelCorrupt, ModelError, ModelNotFound
from summarize.resources import PACKAGE


@pytest.fixture(scope="module")
def model():
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(1)
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    feed = {"encoder_ffn_dim": 8, "decoder_ffn_dim": 8, "max_position_embeddings": 16}
    special = {"pad_token_id": 15, "decoder_start_token_id": 15, "eos_token_id": 0, "forced_eos_token_id": 0}
    return MarianMTModel(MarianConfig(vocab_size=16, d_model=8, **sizes, **feed, **special))


@pytest.fixture
def pickled(model, tmp_path):
    """A checkpoint folder as opus-mt repositories had it: the tied embedding stands four times in the pickle."""
    import torch

    folder = tmp_path / "opus-mt-fr-en"
    folder.mkdir()
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "fr", "target_lang": "en"}))
    for name in ("vocab.json", "source.spm", "target.spm"):
        (folder / name).write_text("{}")
    (folder / "evil.py").write_text("raise SystemExit")
    return folder


def test_the_converted_model_is_the_same_model(model, pickled, tmp_path):
    from transformers import MarianMTModel

    out = to_safetensors(pickled, tmp_path / "out")
    assert resolve(str(out), cache=tmp_path / "cache").source == ("fr",)
    assert not (out / "evil.py").exists() and not (out / "pytorch_model.bin").exists()
    loaded, info = MarianMTModel.from_pretrained(out, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"]
    want, got = model.state_dict(), loaded.state_dict()
    assert want.keys() == got.keys() and all((want[name] == got[name]).all() for name in want)


def test_tied_weights_are_written_once(pickled, tmp_path):
    from safetensors import safe_open

    out = to_safetensors(pickled, tmp_path / "out")
    with safe_open(out / "model.safetensors", "pt") as f:
        names, metadata = set(f.keys()), f.metadata()
    assert "model.shared.weight" in names
    assert "lm_head.weight" not in names and metadata["lm_head.weight"] == "model.shared.weight"


def test_shards_are_joined_and_overlapping_views_copied(pickled, tmp_path):
    import torch
    from safetensors.torch import load_file

    (pickled / "pytorch_model.bin").unlink()
    base = torch.arange(12.0).reshape(3, 4)
    shards = {"a.bin": {"whole": base, "part": base[1:], "turned": base.T}, "b.bin": {"other": torch.ones(2).half()}}
    for name, state in shards.items():
        torch.save(state, pickled / name)
    index = {"weight_map": {key: name for name, state in shards.items() for key in state}}
    (pickled / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    got = load_file(to_safetensors(pickled, tmp_path / "out") / "model.safetensors")
    assert got.keys() == {"whole", "part", "turned", "other"} and got["other"].dtype == torch.float16
    assert (got["part"] == base[1:]).all() and (got["turned"] == base.T).all()


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def test_a_pickle_that_is_code_is_refused_and_not_run(pickled, tmp_path):
    import torch

    torch.save({"w": Evil(tmp_path / "owned")}, pickled / "pytorch_model.bin")
    with pytest.raises(ModelCorrupt, match=r"more than weights: unsupported GLOBAL posix\.system"):
        to_safetensors(pickled, tmp_path / "out")
    assert not (tmp_path / "owned").exists()
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".out.*/*"))
    torch.load(pickled / "pytorch_model.bin", weights_only=False)  # the trap is live: an unsafe load springs it
    assert (tmp_path / "owned").exists()


def test_a_pickle_cut_short(pickled, tmp_path):
    whole = (pickled / "pytorch_model.bin").read_bytes()
    (pickled / "pytorch_model.bin").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelCorrupt, match=r"pytorch_model\.bin is damaged"):
        to_safetensors(pickled, tmp_path / "out")


def test_the_child_has_no_sockets():
    code = (
        "import socket; from summarize.catalog.unpickle import close_the_network; close_the_network()\n"
        "import urllib.request\n"
        "for ask in (lambda: socket.socket(), lambda: urllib.request.urlopen('http://127.0.0.1:9'),\n"
        "            lambda: socket.create_connection(('127.0.0.1', 9))):\n"
        "    try: ask()\n"
        "    except PermissionError: print('refused')\n"
        "    except OSError as e: print('refused' if 'no network' in str(e) else e)"
    )
    where = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=where)
    assert done.stdout.split() == ["refused"] * 3, done.stderr


def test_what_cannot_be_converted(pickled, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(ModelError, match="exists already"):
        to_safetensors(pickled, tmp_path / "out")
    (pickled / "pytorch_model.bin").unlink()
    with pytest.raises(ModelNotFound, match="to convert"):
        to_safetensors(pickled, tmp_path / "new")
