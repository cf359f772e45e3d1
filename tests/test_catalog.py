"""Catalogue: what a spec resolves to, what the cards say, what is found broken."""

import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from summarize.catalog import add, listing, look_up, remove, resolve, routes, verify
from summarize.catalog.cards import quality, read_card
from summarize.catalog.offers import reads
from summarize.catalog.pairs import languages
from summarize.catalog.registry import registered
from summarize.errors import ModelCorrupt, ModelError, ModelNotFound, ModelUnsupported, NoModelForLanguage
from summarize.families import FAMILIES, MODEL_TYPES
from summarize.resources import PACKAGE


def safetensors(value: int = 0, numbers: int = 4) -> bytes:
    """A whole safetensors file with one uint8 tensor, written by hand."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [numbers], "data_offsets": [0, numbers]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes([value]) * numbers


def checkpoint(folder: Path, kind: str = "marian", source: str | None = "fr", **card) -> Path:
    """A checkpoint folder that is whole as far as the catalogue looks: it never runs a model."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    tokenizer = {"source_lang": source, "target_lang": "en"} if source else {}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    (folder / "model.safetensors").write_bytes(safetensors())
    for name in ("vocab.json", "source.spm", "target.spm") if kind == "marian" else ("tokenizer.json",):
        (folder / name).write_text("{}")
    if card:
        (folder / "card.json").write_text(json.dumps(card))
    return folder


def hub_snapshot(root: Path, repo: str, commit: str, ref: str | None = "main", **more) -> Path:
    home = root / ("models--" + repo.replace("/", "--"))
    folder = checkpoint(home / "snapshots" / commit, **more)
    if ref:
        (home / "refs").mkdir(exist_ok=True)
        (home / "refs" / ref).write_text(commit)
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and an empty hub cache beside it."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "cache").mkdir()  # without it no hash is remembered
    return tmp_path / "cache"


def age(folder: Path) -> None:
    """Make files look as if they had been there for a while: hashes of brand-new files are not remembered."""
    for path in folder.rglob("*"):
        os.utime(path, ns=(time.time_ns() - 10**10,) * 2)


def test_the_shipped_translator(cache):
    found = resolve("de-en", cache=cache)
    assert (found.family.name, found.task, found.source, found.target) == ("marian", "translate", ("de",), "en")
    assert found.card.bleu is not None and found.card.licence
    assert len(found.weights) == len(found.tokenizer) == 32
    assert {check.state for check in verify(found, cache=cache) if check.name != "log.jsonl"} == {"ok"}


def test_nothing_heavy_is_imported():
    code = (
        "import sys; from pathlib import Path; from summarize.catalog import resolve, routes, listing\n"
        "c = Path(sys.argv[1]); resolve('de-en', cache=c); routes({}, c); listing(c)\n"
        "print([m for m in ('torch', 'transformers', 'huggingface_hub', 'numpy', 'safetensors') if m in sys.modules])"
    )
    where = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code, os.devnull], capture_output=True, text=True, env=where)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("kind", "family", "task"),
    [
        ("marian", "marian", "translate"),
        ("bart", "bart", "summarize"),
        ("mbart", "mbart", "summarize"),
        ("pegasus", "pegasus", "summarize"),
        ("mt5", "t5", "summarize"),
        ("smollm3", "causal", "summarize"),
        ("bert", "encoder", "embed"),
    ],
)
def test_family_and_task(tmp_path, cache, kind, family, task):
    found = resolve(str(checkpoint(tmp_path / "m", kind)), cache=cache, task=None)
    assert (found.family.name, found.task) == (family, task)


def test_family_by_architecture_prefers_the_longer_name(tmp_path, cache):
    folder = checkpoint(tmp_path / "m", "mbart")
    (folder / "config.json").write_text(json.dumps({"architectures": ["MBartForConditionalGeneration"]}))
    assert look_up(str(folder), cache=cache, task=None).family.name == "mbart"


def test_unknown_family_names_the_known_ones(tmp_path, cache):
    folder = checkpoint(tmp_path / "m", "whisper")
    with pytest.raises(ModelUnsupported, match="whisper") as caught:
        resolve(str(folder), cache=cache)
    assert all(name in caught.value.hint for name in MODEL_TYPES)


def test_a_model_for_another_task_is_refused(tmp_path, cache):
    folder = checkpoint(tmp_path / "m", "pegasus")
    with pytest.raises(ModelUnsupported, match="summarize, not for translate"):
        resolve(str(folder), cache=cache, task="translate")
    with pytest.raises(
        ModelUnsupported, match="not for translate"
    ):  # its languages are in its prompt, not in its files
        resolve(str(checkpoint(tmp_path / "t5", "t5")), cache=cache, task="translate")


def test_a_translator_into_another_language_is_refused(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "en", "target_lang": "de"}))
    with pytest.raises(ModelUnsupported, match="into de, not into English") as caught:
        resolve(str(folder), cache=cache, target="en")
    assert "--target de" in caught.value.hint
    assert resolve(str(folder), cache=cache).target == "de", "where it is not said into what, it does what it can"


@pytest.mark.parametrize(
    ("name", "card", "tokenizer", "expected"),
    [
        ("x", {}, {"source_lang": "de", "target_lang": "en"}, (("de",), ("en",))),
        ("opus-mt-fr-en", {}, {}, (("fr",), ("en",))),
        ("opus-mt-tc-big-deu-eng", {}, {}, (("de",), ("en",))),
        ("opus-mt-tc-base-slv-eng", {}, {}, (("sl",), ("en",))),
        ("opus-mt-ROMANCE-en", {}, {}, (reads("opus-mt-ROMANCE-en"), ())),
        ("opus-mt-mul-en", {}, {"source_lang": "mul", "target_lang": "eng"}, (reads("opus-mt-mul-en"), ("en",))),
        ("opus-mt-sla-en", {}, {"source_lang": "sla", "target_lang": "eng"}, ((), ("en",))),
        ("opus-mt-mul-en", {"source": ["fr", "es"], "target": "en"}, {"source_lang": "mul"}, (("fr", "es"), ("en",))),
        ("x", {}, {"src_lang": "de_DE", "tgt_lang": "en_XX"}, (("de",), ("en",))),
        ("x", {}, {}, ((), ())),
    ],
)
def test_languages(tmp_path, name, card, tokenizer, expected):
    (tmp_path / "card.json").write_text(json.dumps(card))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    assert languages(tmp_path, name, FAMILIES["marian"]) == expected


def test_a_model_of_many_languages_is_known_by_its_codes(tmp_path):
    """In any file that may name them; each at most once, German first among what it reads."""
    codes = ["eng_Latn", "fra_Latn", "arb_Arab", "zho_Hans", "zho_Hant", "deu_Latn", "ace_Latn", "<mask>"]
    expected = (("de", "en", "ace", "ar", "fr", "zh"), ("ace", "ar", "de", "en", "fr", "zh"))
    for name, value in (
        ("tokenizer_config.json", {"additional_special_tokens": codes}),
        ("tokenizer.json", {"added_tokens": [{"content": code} for code in codes]}),
    ):
        (tmp_path / name).write_text(json.dumps(value))
        assert languages(tmp_path, "nllb-200-distilled-600M", FAMILIES["nllb"]) == expected
    (tmp_path / "tokenizer.json").write_text(json.dumps({"added_tokens": [{"content": "cs_CZ"}, {"content": "en_XX"}]}))
    assert languages(tmp_path, "mbart-large-50-many-to-one-mmt", FAMILIES["mbart"]) == (("en", "cs"), ("en",))


def test_quality_classes():
    scores = (None, 0, 24.99, 25, 29.99, 30, 60)
    assert [quality(s) for s in scores] == ["unrated", "draft", "draft", "fair", "fair", "good", "good"]


def test_a_readme_table_rates_by_news_and_not_by_tatoeba(tmp_path):
    (tmp_path / "README.md").write_text(
        "---\nlanguage:\n- de\n- en\nlicense: cc-by-4.0\n---\n### deu-eng\n\n"
        "| testset | BLEU | chr-F |\n|---|---|---|\n"
        "| newstest2014-deen.de.en | 25.0 | 0.60 |\n| newssyscomb2009.de.en | 27.0 | 0.55 |\n"
        "| Tatoeba.de.en | 55.4 | 0.7 |\n"
    )
    card = read_card(tmp_path)
    assert (card.quality, card.bleu, card.licence) == ("fair", 26.0, "cc-by-4.0")


def test_a_model_index_rates_by_its_news_sets(tmp_path):
    entry = (
        "  - task:\n      name: Translation deu-eng\n      type: translation\n    dataset:\n      name: {}\n"
        "      type: x\n"
        "    metrics:\n    - name: BLEU\n      type: bleu\n      value: {}\n"
        "    - name: chr-F\n      type: chrf\n      value: 0.6\n"
    )
    body = entry.format("flores101-devtest", 41.5) + entry.format("tatoeba-test-v2021", 60.0)
    (tmp_path / "README.md").write_text(
        f"---\nlicense: cc-by-4.0\nmodel-index:\n- name: m\n  results:\n{body}---\n# m\n"
    )
    assert (read_card(tmp_path).bleu, read_card(tmp_path).quality) == (41.5, "good")


def test_a_readme_without_scores_is_unrated(tmp_path):
    (tmp_path / "README.md").write_text("# a model\n\n| testset | BLEU |\n|---|---|\n| Tatoeba.de.en | 55.4 | 0.7 |\n")
    assert read_card(tmp_path).quality == "unrated"


def test_hub_cache_by_main_by_revision_and_by_lone_snapshot(tmp_path, cache):
    hub = tmp_path / "hub"
    old = hub_snapshot(hub, "org/opus-mt-fr-en", "a" * 40, ref="v1", source=None)
    new = hub_snapshot(hub, "org/opus-mt-fr-en", "b" * 40, source=None)
    lone = hub_snapshot(hub, "org/lone", "c" * 40, ref=None)
    found = resolve("org/opus-mt-fr-en", cache=cache)
    assert (found.path, found.source, found.card.revision) == (new.resolve(), ("fr",), "b" * 40)
    assert found.card.origin == "hub:org/opus-mt-fr-en"
    assert resolve("org/opus-mt-fr-en@v1", cache=cache).path == old.resolve()
    assert resolve("org/opus-mt-fr-en@" + "a" * 40, cache=cache).path == old.resolve()
    assert resolve("org/lone", cache=cache).path == lone.resolve()


def test_hub_cache_follows_hf_home(tmp_path, cache, monkeypatch):
    monkeypatch.delenv("HF_HUB_CACHE")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    hub_snapshot(tmp_path / "home" / "hub", "org/m", "a" * 40)
    assert resolve("org/m", cache=cache).source == ("fr",)


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ("Helsinki-NLP/opus-mt-de-en", "summarize models pull Helsinki-NLP/opus-mt-de-en"),
        ("org/name@v2", "summarize models pull org/name@v2"),
        ("minilm", "summarize models pull minilm"),
        ("de-eng", "did you mean de-en? `summarize models list` shows all"),
        ("../secrets", "summarize models list"),
        ("org/../../etc", "summarize models list"),
        ("", "summarize models list"),
    ],
)
def test_not_found_says_what_to_type(cache, spec, hint):
    with pytest.raises(ModelNotFound) as caught:
        resolve(spec, cache=cache, task=None)
    assert caught.value.hint == hint


def test_a_pickle_is_never_served(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelUnsupported) as caught:
        resolve(str(folder), cache=cache)
    assert caught.value.hint == f"summarize models convert {folder}"


BREAKAGES = {
    "no config": lambda m: (m / "config.json").unlink(),
    "config is no JSON": lambda m: (m / "config.json").write_text("{"),
    "config is a list": lambda m: (m / "config.json").write_text("[]"),
    "no weights": lambda m: (m / "model.safetensors").unlink(),
    "empty weights": lambda m: (m / "model.safetensors").write_bytes(b""),
    "cut weights": lambda m: (m / "model.safetensors").write_bytes(safetensors()[:-1]),
    "trailing bytes": lambda m: (m / "model.safetensors").write_bytes(safetensors() + b"!"),
    "huge header": lambda m: (m / "model.safetensors").write_bytes(b"\xff" * 64),
    "header is no object": lambda m: (m / "model.safetensors").write_bytes(struct.pack("<Q", 2) + b"[]"),
    "git lfs pointer": lambda m: (m / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n"),
    "no vocabulary": lambda m: (m / "vocab.json").unlink(),
    "empty tokenizer": lambda m: (m / "source.spm").write_bytes(b""),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_broken_checkpoints_are_found_before_they_are_loaded(tmp_path, cache, breakage):
    folder = checkpoint(tmp_path / "m")
    BREAKAGES[breakage](folder)
    with pytest.raises(ModelCorrupt) as caught:
        resolve(str(folder), cache=cache)
    assert caught.value.hint


def shard(folder: Path, *names: str, listed: tuple[str, ...] = ()) -> None:
    (folder / "model.safetensors").unlink()
    for value, name in enumerate(names):
        (folder / name).write_bytes(safetensors(value))
    table = {f"w{i}": name for i, name in enumerate(listed or names)}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": table}))


def test_shards_are_hashed_in_name_order(tmp_path, cache):
    one, two = checkpoint(tmp_path / "1"), checkpoint(tmp_path / "2")
    shard(one, "a.safetensors", "b.safetensors")
    shard(two, "a.safetensors", "b.safetensors", listed=("b.safetensors", "a.safetensors"))
    assert resolve(str(one), cache=cache).weights == resolve(str(two), cache=cache).weights
    (two / "b.safetensors").write_bytes(safetensors(9))
    assert resolve(str(one), cache=cache).weights != resolve(str(two), cache=cache).weights


@pytest.mark.parametrize("listed", ["missing.safetensors", "../outside.safetensors"])
def test_a_shard_that_is_missing_or_outside_is_corrupt(tmp_path, cache, listed):
    (tmp_path / "outside.safetensors").write_bytes(safetensors())
    folder = checkpoint(tmp_path / "m")
    shard(folder, "a.safetensors", listed=("a.safetensors", listed))
    with pytest.raises(ModelCorrupt, match="safetensors"):
        resolve(str(folder), cache=cache)


def test_hashes_name_the_content_not_the_place(tmp_path, cache):
    here, there = checkpoint(tmp_path / "here"), checkpoint(tmp_path / "there")
    first, second = resolve(str(here), cache=cache), resolve(str(there), cache=cache)
    assert (first.weights, first.tokenizer) == (second.weights, second.tokenizer)
    (there / "generation_config.json").write_text('{"num_beams": 2}')
    changed = resolve(str(there), cache=cache)
    assert changed.weights == first.weights and changed.tokenizer != first.tokenizer


def test_a_warm_run_reads_no_weights_and_a_change_is_seen(tmp_path, cache, monkeypatch):
    from summarize.catalog import hashing

    folder = checkpoint(tmp_path / "m")
    age(folder)
    before = resolve(str(folder), cache=cache)
    read = []
    monkeypatch.setattr(
        hashing, "hash_file", lambda path, real=hashing.hash_file: (read.append(path.name), real(path))[1]
    )
    assert resolve(str(folder), cache=cache) == before
    assert read == []
    (folder / "model.safetensors").write_bytes(safetensors(1))  # same size, new time
    assert resolve(str(folder), cache=cache).weights != before.weights
    assert read == ["model.safetensors"]


def test_a_file_written_this_moment_is_not_trusted_by_its_time_stamp(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    stamp = (folder / "model.safetensors").stat()
    before = resolve(str(folder), cache=cache)
    (folder / "model.safetensors").write_bytes(safetensors(1))
    os.utime(folder / "model.safetensors", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert resolve(str(folder), cache=cache).weights != before.weights


def test_an_unwritable_cache_costs_only_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert resolve("de-en", cache=blocked).weights


def test_routes(tmp_path, cache):
    french, weak = checkpoint(tmp_path / "fr", bleu=30), checkpoint(tmp_path / "fr2", bleu=10)
    german = checkpoint(tmp_path / "de", source="de", bleu=40)
    for folder, name in ((weak, "a-weak"), (french, "french"), (german, "german")):
        add(folder, name, cache)
    assert routes({}, cache) == {"de": ("de-en", "en"), "fr": ("french", "en")}
    assert routes({"de": "german", "it": "org/opus-mt-it-en"}, cache) == {
        "de": ("german", "en"),
        "fr": ("french", "en"),
        "it": ("org/opus-mt-it-en", "en"),
    }
    assert routes({"": str(german)}, cache) == {"de": (str(german), "en"), "fr": ("french", "en")}
    assert not (cache / "models" / "hashes.json").exists()


def test_a_route_by_a_model_that_names_no_language(tmp_path, cache):
    folder = checkpoint(tmp_path / "m", source=None)
    with pytest.raises(NoModelForLanguage) as caught:
        routes({"": str(folder)}, cache)
    assert caught.value.hint == f"--mt de={folder}"
    with pytest.raises(ModelNotFound):
        routes({"": "org/absent"}, cache)


def test_a_broken_added_model_does_not_break_the_routes(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    add(folder, "french", cache)
    (folder / "model.safetensors").write_bytes(b"")
    assert routes({}, cache) == {"de": ("de-en", "en")}
    entry = next(e for e in listing(cache) if e.id == "french")
    assert not entry.present and "empty" in entry.problem


def test_add_verify_and_remove_leave_the_users_folder(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    assert add(folder, "mine", cache).source == ("fr",)
    found = resolve("mine", cache=cache)
    assert found.path == folder and {c.state for c in verify(found, cache=cache)} == {"ok"}
    age(folder)
    resolve("mine", cache=cache)
    stamp = (folder / "model.safetensors").stat()
    with open(folder / "model.safetensors", "r+b") as f:  # the same inode, size and time: only reading can tell
        f.seek(-1, os.SEEK_END)
        f.write(b"\x07")
    os.utime(folder / "model.safetensors", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    (folder / "vocab.json").unlink()
    states = {c.name: c.state for c in verify(found, cache=cache)}
    assert (states["model.safetensors"], states["vocab.json"], states["config.json"]) == ("changed", "missing", "ok")
    assert remove("mine", cache) == []
    assert folder.is_dir() and registered(cache) == {}
    with pytest.raises(ModelNotFound):
        resolve("mine", cache=cache)


def test_verify_reports_on_a_model_too_damaged_to_describe(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    add(folder, "mine", cache)
    (folder / "model.safetensors").write_bytes(b"")
    (folder / "config.json").unlink()
    states = {c.name: c.state for c in verify("mine", cache=cache)}
    assert (states["model.safetensors"], states["config.json"], states["vocab.json"]) == ("changed", "missing", "ok")
    with pytest.raises(ModelNotFound):
        verify("nobody", cache=cache)


def test_verify_reads_the_hub_caches_own_names(tmp_path, cache):
    import hashlib

    folder = hub_snapshot(tmp_path / "hub", "org/m", "a" * 40)
    blobs = folder.parent.parent / "blobs"
    blobs.mkdir()
    for name in ("model.safetensors", "config.json"):
        data = (folder / name).read_bytes()
        git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        blob = blobs / (hashlib.sha256(data).hexdigest() if name.endswith("tensors") else git)
        (folder / name).rename(blob)
        (folder / name).symlink_to(blob)
    found = resolve("org/m", cache=cache)
    states = {c.name: c.state for c in verify(found, cache=cache)}
    assert (states["model.safetensors"], states["config.json"], states["vocab.json"]) == ("ok", "ok", "unrecorded")
    (folder / "model.safetensors").resolve().write_bytes(safetensors(5))
    assert {c.name: c.state for c in verify(found, cache=cache)}["model.safetensors"] == "changed"


@pytest.mark.parametrize("name", ["de-en", "minilm", "a/b", "", "x@1", ".."])
def test_names_that_are_taken_or_unfit(tmp_path, cache, name):
    with pytest.raises(ModelError) as caught:
        add(checkpoint(tmp_path / "m"), name, cache)
    assert caught.value.hint.startswith("summarize models add")


def test_remove_what_is_not_ours(cache):
    with pytest.raises(ModelError, match="came with"):
        remove("de-en", cache)
    with pytest.raises(ModelNotFound):
        remove("nobody", cache)


def test_an_added_folder_that_vanished(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    add(folder, "mine", cache)
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(ModelNotFound) as caught:
        resolve("mine", cache=cache)
    assert caught.value.hint == "summarize models rm mine"


def test_listing(tmp_path, cache):
    add(checkpoint(tmp_path / "m"), "mine", cache)
    hub_snapshot(tmp_path / "hub", "org/opus-mt-es-en", "a" * 40, source="es")
    hub_snapshot(tmp_path / "hub", "org/chat", "b" * 40, kind="llama")
    entries = {e.id: (e.kind, e.present) for e in listing(cache)}
    assert entries == {
        "de-en": ("shipped", True),
        "mine": ("added", True),
        "minilm": ("embedded", False),
        "smollm2": ("embedded", False),
        "org/opus-mt-es-en": ("hub", True),
    }


def test_two_processes_register_at_once(tmp_path, cache):
    folder = checkpoint(tmp_path / "m")
    code = (
        "import sys; from pathlib import Path; from summarize.catalog.registry import add\n"
        "for i in range(20): add(Path(sys.argv[1]), f'{sys.argv[3]}{i}', Path(sys.argv[2]))"
    )
    where = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-c", code, str(folder), str(cache)]
    children = [subprocess.Popen([*command, letter], env=where) for letter in "ab"]
    assert [child.wait() for child in children] == [0, 0]
    assert len(registered(cache)) == 40
