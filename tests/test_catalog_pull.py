"""`pull` against a hub on the loopback interface, through the real huggingface_hub."""

import hashlib
import io
import json

import pytest
from hub_server import HubServer

from summarize.catalog import listing, pull, remove, resolve, routes, verify
from summarize.catalog.registry import registered
from summarize.errors import DownloadError, ModelNotFound, ModelUnsupported


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> dict[str, bytes]:
    """A Marian checkpoint with random weights, as its repository's files: name -> bytes."""
    from transformers import MarianConfig, MarianMTModel

    config = MarianConfig(
        vocab_size=16,
        d_model=8,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=8,
        decoder_ffn_dim=8,
        max_position_embeddings=16,
        pad_token_id=15,
        decoder_start_token_id=15,
        eos_token_id=0,
        forced_eos_token_id=0,
    )
    folder = tmp_path_factory.mktemp("tiny")
    MarianMTModel(config).save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "fr", "target_lang": "en"}))
    for name in ("vocab.json", "source.spm", "target.spm"):
        (folder / name).write_text("{}")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    (folder / "modeling_evil.py").write_text("raise SystemExit('code of the repository was run')")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def pickled(tiny) -> dict[str, bytes]:
    """The same model with its weights as a pickle only."""
    import torch
    from safetensors.torch import load

    buffer = io.BytesIO()
    torch.save(load(tiny["model.safetensors"]), buffer)
    files = {name: data for name, data in tiny.items() if name != "model.safetensors"}
    return {**files, "pytorch_model.bin": buffer.getvalue()}


@pytest.fixture
def hub(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "nobodys-hub"))
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def test_pull_pins_hashes_and_takes_no_code(hub, tiny, tmp_path):
    commit = hub.publish("org/opus-mt-fr-en", tiny)
    told = []
    found = pull("org/opus-mt-fr-en", cache=tmp_path, offline=False, progress=lambda *event: told.append(event))
    assert (found.source, found.card.revision, found.card.licence) == (("fr",), commit, "apache-2.0")
    assert not (found.path / "modeling_evil.py").exists()
    entry = registered(tmp_path)["org/opus-mt-fr-en"]
    assert entry.revision == commit
    assert entry.files["model.safetensors"] == "sha256:" + hashlib.sha256(tiny["model.safetensors"]).hexdigest()
    total = max(total for _, _, total in told)
    assert max(done for _, done, _ in told) == total >= len(tiny["model.safetensors"])
    assert {c.state for c in verify(found, cache=tmp_path) if c.name != "README.md"} == {"ok"}


def test_a_pulled_model_serves_its_language(hub, tiny, tmp_path):
    hub.publish("org/opus-mt-fr-en", tiny)
    found = pull("org/opus-mt-fr-en", cache=tmp_path, offline=False)
    hub.stop()
    assert resolve("org/opus-mt-fr-en", cache=tmp_path) == found
    assert routes({}, tmp_path)["fr"].spec == "org/opus-mt-fr-en"
    assert [e.kind for e in listing(tmp_path) if e.id == "org/opus-mt-fr-en"] == ["pulled"]


def test_a_second_pull_downloads_nothing_and_a_new_commit_only_what_changed(hub, tiny, tmp_path):
    hub.publish("org/m", tiny)
    first = pull("org/m", cache=tmp_path, offline=False)
    sent = len(hub.transfers())
    assert pull("org/m", cache=tmp_path, offline=False) == first
    assert len(hub.transfers()) == sent
    commit = hub.publish("org/m", {**tiny, "README.md": b"---\nlicense: mit\n---\n"})
    second = pull("org/m", cache=tmp_path, offline=False)
    assert (second.card.revision, second.card.licence, second.weights) == (commit, "mit", first.weights)
    assert hub.transfers()[sent:] == ["README.md"]


def test_a_revision_is_a_model_of_its_own(hub, tiny, tmp_path):
    old = hub.publish("org/m", tiny, branch="v1")
    hub.publish("org/m", {**tiny, "generation_config.json": b'{"num_beams": 2}'})
    pinned = pull("org/m@v1", cache=tmp_path, offline=False)
    newest = pull("org/m", cache=tmp_path, offline=False)
    assert pinned.card.revision == old and pinned.tokenizer != newest.tokenizer
    assert resolve("org/m@v1", cache=tmp_path) == pinned
    remove("org/m@v1", tmp_path)
    assert resolve("org/m", cache=tmp_path) == newest


def test_remove_deletes_what_was_fetched(hub, tiny, tmp_path):
    hub.publish("org/m", tiny)
    folder = pull("org/m", cache=tmp_path, offline=False).path
    assert remove("org/m", tmp_path)
    assert not folder.exists() and not list((tmp_path / "models" / "hub").glob("models--*"))
    with pytest.raises(ModelNotFound) as caught:
        resolve("org/m", cache=tmp_path)
    assert caught.value.hint == "summarize models pull org/m"


def test_a_pickle_is_converted_and_the_pickle_does_not_stay(hub, tiny, pickled, tmp_path):
    from safetensors.torch import load, load_file

    hub.publish("org/old", pickled)
    told = []
    found = pull("org/old", cache=tmp_path, offline=False, progress=lambda *event: told.append(event[0]))
    assert any("pickle" in message for message in told)
    want, got = load(tiny["model.safetensors"]), load_file(found.path / "model.safetensors")
    assert want.keys() == got.keys() and all((want[name] == got[name]).all() for name in want)
    assert not list(tmp_path.rglob("*.bin"))
    sent = len(hub.transfers())
    assert pull("org/old", cache=tmp_path, offline=False) == found
    assert len(hub.transfers()) == sent


@pytest.mark.parametrize(("damage", "words"), [("short", "could not be pulled"), ("flipped", "came damaged")])
@pytest.mark.parametrize("name", ["model.safetensors", "vocab.json"])
def test_a_damaged_transfer_leaves_nothing_and_the_next_pull_mends_it(hub, tiny, tmp_path, damage, words, name):
    hub.publish("org/m", tiny)
    hub.damage[name] = damage
    with pytest.raises(DownloadError, match=words) as caught:
        pull("org/m", cache=tmp_path, offline=False)
    assert "summarize models pull org/m" in caught.value.hint
    assert registered(tmp_path) == {}
    hub.damage.clear()
    found = pull("org/m", cache=tmp_path, offline=False)
    assert {c.state for c in verify(found, cache=tmp_path) if c.name != "README.md"} == {"ok"}


def test_a_damaged_transfer_does_not_touch_another_revision(hub, tiny, tmp_path):
    hub.publish("org/m", tiny, branch="v1")
    pinned = pull("org/m@v1", cache=tmp_path, offline=False)
    hub.publish("org/m", {**tiny, "vocab.json": b'{"a": 1}'})
    hub.damage["vocab.json"] = "flipped"
    with pytest.raises(DownloadError):
        pull("org/m", cache=tmp_path, offline=False)
    assert resolve("org/m@v1", cache=tmp_path) == pinned


def test_what_the_hub_refuses(hub, tiny, tmp_path):
    hub.publish("org/m", tiny)
    hub.publish("org/gated", tiny)
    hub.gated.add("org/gated")
    hub.publish("org/flax", {"config.json": b"{}", "flax_model.msgpack": b"x"})
    for spec, error, words in (
        ("org/absent", DownloadError, "no model org/absent"),
        ("org/m@v9", DownloadError, "no such revision"),
        ("org/gated", DownloadError, "gated"),
        ("org/flax", ModelUnsupported, "neither safetensors"),
        ("not-a-hub-id", ModelNotFound, "not a hub id"),
    ):
        with pytest.raises(error, match=words) as caught:
            pull(spec, cache=tmp_path, offline=False)
        assert caught.value.hint
    assert registered(tmp_path) == {}


def test_a_model_that_is_not_served_does_not_cost_its_weights(hub, tiny, tmp_path):
    hub.publish("org/m", {**tiny, "config.json": b'{"model_type": "whisper"}'})
    with pytest.raises(ModelUnsupported, match="whisper"):
        pull("org/m", cache=tmp_path, offline=False)
    assert "config.json" in hub.transfers() and "model.safetensors" not in hub.transfers()
    assert registered(tmp_path) == {}


def test_pulling_a_damaged_model_again_mends_it(hub, tiny, tmp_path):
    hub.publish("org/m", tiny)
    found = pull("org/m", cache=tmp_path, offline=False)
    weights = (found.path / "model.safetensors").resolve()
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x07")
    assert [c.name for c in verify(found, cache=tmp_path) if c.state == "changed"] == ["model.safetensors"]
    assert pull("org/m", cache=tmp_path, offline=False) == found
    assert "changed" not in {c.state for c in verify(found, cache=tmp_path)}


def test_server_down(hub, tiny, tmp_path):
    hub.publish("org/m", tiny)
    hub.stop()
    with pytest.raises(DownloadError, match="could not be pulled") as caught:
        pull("org/m", cache=tmp_path, offline=False)
    assert "check the network" in caught.value.hint


@pytest.mark.parametrize("spec", ["org/m", "minilm"])
def test_offline_forbids_and_asks_nobody(hub, tiny, tmp_path, spec):
    hub.publish("org/m", tiny)
    with pytest.raises(DownloadError, match="--offline"):
        pull(spec, cache=tmp_path, offline=True)
    assert hub.requests == []
