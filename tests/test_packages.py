"""Translation packages of others: what is taken of them, what is refused, and that they serve like a checkpoint."""

from __future__ import annotations

import json
import shutil
import stat
import struct
import zipfile
from pathlib import Path

import pytest
import tiny_models
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_packages import TOP, argos, laid, zipped

from summarize import catalog
from summarize.backends import neural
from summarize.backends.canary import Canary
from summarize.catalog import packages
from summarize.engines import choice
from summarize.engines.decoding import Decoding
from summarize.errors import CanaryFailed, ConfigError, ModelCorrupt, ModelError, ModelNotFound, ModelUnsupported
from summarize.families.argos import merging

TEXTS = [*tiny_models.SENTENCES[:6], *tiny_models.CONTROL, "Privet 👍🏽 Мир"]
GREEDY = Decoding(beams=1)


@pytest.fixture(scope="module")
def members(converted) -> dict[str, bytes]:
    return argos(converted)


@pytest.fixture
def own(tmp_path) -> Path:
    """A cache that nobody else's test sees: packages are added to it."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


@pytest.fixture
def package(members, tmp_path) -> Path:
    return zipped(tmp_path / f"{TOP}.argosmodel", members)


def test_a_package_says_what_the_checkpoint_says_that_it_was_made_of(package, own, converted):
    added = catalog.add(package, "argos", own)
    assert (added.family.name, added.source, added.card.licence) == ("argos", ("de",), "CC0")
    packed = neural.load(catalog.resolve("argos", cache=own), decoding=GREEDY, cache=own, canary=Canary(own))
    plain = neural.load(catalog.resolve("de-en", cache=own), decoding=GREEDY, cache=converted)
    assert packed.run(TEXTS) == plain.run(TEXTS)


def test_its_folder_elsewhere_is_the_same_package(members, own, tmp_path):
    catalog.add(zipped(tmp_path / "a.argosmodel", members), "zipped", own)
    catalog.add(laid(tmp_path / "installed", members), "laid", own)
    zip_, folder = (catalog.resolve(name, cache=own) for name in ("zipped", "laid"))
    assert (zip_.weights, zip_.tokenizer) == (folder.weights, folder.tokenizer)
    assert {p.name for p in zip_.path.iterdir()} == {p.name for p in folder.path.iterdir()}
    assert not list(zip_.path.rglob("*.pt"))


def test_an_old_package_opens(converted, own, tmp_path):
    """It is given no end of a source, with which this model was trained: it says things twice, but the right ones."""
    old = argos(converted, old=True)
    weights = old[f"{TOP}/model/model.bin"]
    old[f"{TOP}/model/model.bin"] = struct.pack("<I", 5) + weights[4:]  # so old that it has no config.json
    catalog.add(zipped(tmp_path / "old.argosmodel", old), "old", own)
    model = neural.load(catalog.resolve("old", cache=own), decoding=GREEDY, cache=own, canary=Canary(own))
    assert model.run(["Wir haben heute keine Zeit."])[0].text.startswith("We don't have time today.")


def test_another_tokenizer_is_found_out_by_the_canary(members, own, tmp_path):
    wrong = tmp_path / "wrong"
    tiny_models.marian(_made(wrong))
    members = {**members, f"{TOP}/sentencepiece.model": (wrong / "target.spm").read_bytes()}
    catalog.add(zipped(tmp_path / "wrong.argosmodel", members), "wrong", own)
    canary = Canary(own)
    model = neural.load(catalog.resolve("wrong", cache=own), decoding=GREEDY, cache=own, canary=canary)
    try:
        model.run(TEXTS[:1])
    except CanaryFailed:
        return
    assert "wrong" in canary.doubted


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


HOSTILE = ["../evil.txt", "/etc/evil", f"{TOP}/../../evil", f"{TOP}\\..\\evil", "C:/evil", f"{TOP}/model/../../../evil"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_out_refuses_the_whole_package(name, members, own, tmp_path):
    hostile = zipped(tmp_path / "hostile.argosmodel", {**members, name: b"evil"})
    with pytest.raises(ModelCorrupt) as refused:
        catalog.add(hostile, "hostile", own)
    assert refused.value.hint
    assert not list(tmp_path.rglob("evil*")) and not (own / "models" / "packages").exists()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab./\\:é ", min_size=1, max_size=12), min_size=1, max_size=6))
def test_whatever_a_zip_calls_its_members_nothing_lands_outside(names):
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        needed = {f"{TOP}/metadata.json": b'{"from_code": "de", "to_code": "en"}', f"{TOP}/model/model.bin": b"x"}
        path = zipped(
            top / "x.argosmodel", {**needed, f"{TOP}/sentencepiece.model": b"x", **dict.fromkeys(names, b"!")}
        )
        try:
            folder = packages.unpack(path, "x", top / "cache")
        except ModelError:
            pass
        else:
            assert folder.parent == top / "cache" / "models" / "packages"
        outside = [p for p in top.rglob("*") if p.is_file() and not p.is_relative_to(top / "cache") and p != path]
        assert not outside


def test_a_link_in_the_zip_is_refused(members, own, tmp_path):
    path = zipped(tmp_path / "link.argosmodel", members)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo(f"{TOP}/model/shared_vocabulary.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ModelCorrupt, match="leads out"):
        catalog.add(path, "link", own)


@pytest.mark.parametrize(
    "change, error, words",
    [
        ({"metadata.json": None}, ModelCorrupt, "no package of Argos Translate"),
        ({"metadata.json": b"{"}, ModelCorrupt, "cannot be read"),
        ({"metadata.json": b"[]"}, ModelUnsupported, "does not say"),
        ({"metadata.json": b'{"type": "sbd"}'}, ModelUnsupported, "for sbd"),
        ({"model/model.bin": None}, ModelCorrupt, "no model.bin"),
        ({"model/model.bin": b""}, ModelCorrupt, "no model.bin"),
        ({"sentencepiece.model": None}, ModelCorrupt, "no bpe.model"),
    ],
)
def test_what_is_no_whole_package_says_so_and_leaves_nothing(change, error, words, members, own, tmp_path):
    changed = {**members, **{f"{TOP}/{name}": data for name, data in change.items()}}
    path = zipped(tmp_path / "x.argosmodel", {name: data for name, data in changed.items() if data is not None})
    with pytest.raises(error, match=words) as refused:
        catalog.add(path, "x", own)
    assert refused.value.hint
    assert not [p for p in own.rglob("*") if p.is_dir() and p.name.startswith(("x-", ".x-"))]


def test_a_package_into_another_language_serves_that(members, own, tmp_path):
    facts = {f"{TOP}/metadata.json": b'{"from_code": "en", "to_code": "de"}'}
    added = catalog.add(zipped(tmp_path / "x.argosmodel", {**members, **facts}), "x", own)
    assert (added.source, added.target) == (("en",), "de")
    assert catalog.routes({}, own, "de")["en"] == ("x", "de") and "en" not in catalog.routes({}, own)
    with pytest.raises(ModelUnsupported, match="into de, not into English"):
        catalog.look_up("x", cache=own, target="en")


@pytest.mark.parametrize("cut", [0, 100, 100_000, -30])
def test_a_damaged_zip_says_so(cut, package, own):
    package.write_bytes(package.read_bytes()[:cut])
    with pytest.raises(ModelCorrupt, match="damaged"):
        catalog.add(package, "x", own)


def test_broken_insides_are_told_when_the_model_opens(members, own, tmp_path):
    for name in ("model/model.bin", "sentencepiece.model", "model/shared_vocabulary.json"):
        broken = {**members, f"{TOP}/{name}": members[f"{TOP}/{name}"][:2000]}
        catalog.add(zipped(tmp_path / "x.argosmodel", broken), "x", own)
        with pytest.raises(ModelCorrupt):
            neural.load(catalog.resolve("x", cache=own), decoding=GREEDY, cache=own).run(TEXTS[:1])


def test_list_info_verify_and_rm_know_a_package(cli, package, tmp_path):
    cache = tmp_path / "plain"
    code, _, err = cli("models", "add", package, "--cache", cache)
    added, use = err.splitlines()
    assert (code, added) == (0, f"added {TOP}: argos, translate, reads de; licence: CC0")
    assert use == f"to use it: summarize run DROP --mt de={TOP}", "the shipped model goes first"
    assert TOP in cli("models", "list", "--cache", cache)[1]
    assert "CC0" in cli("models", "info", TOP, "--cache", cache)[1]
    assert cli("models", "verify", TOP, "--cache", cache)[0] == 0
    folder = catalog.look_up(TOP, cache=cache).path
    with open(folder / "model.bin", "ab") as f:
        f.write(b"!")
    code, out, _ = cli("models", "verify", TOP, "--cache", cache)
    assert code == 3 and "changed    translate-de_en-1_9/model.bin" in out
    assert cli("models", "rm", TOP, "--cache", cache)[0] == 0
    assert not folder.exists() and package.exists()


def test_a_newer_version_takes_the_place_of_the_older(converted, own, tmp_path):
    first = catalog.add(zipped(tmp_path / "a.argosmodel", argos(converted)), "x", own).path
    second = catalog.add(zipped(tmp_path / "b.argosmodel", argos(converted, package_version="2")), "x", own).path
    assert second.is_dir() and not first.exists()
    assert catalog.look_up("x", cache=own).card.origin == "argos:translate-de_en-2"


def test_a_package_that_is_not_added_says_how(package, own, members, tmp_path):
    for path in (package, laid(tmp_path / "installed", members)):
        with pytest.raises(ModelNotFound) as missing:
            catalog.look_up(str(path), cache=own)
        assert missing.value.hint == f"summarize models add {path}"


def test_only_its_own_engine_runs_it(package, own):
    catalog.add(package, "x", own)
    checkpoint = catalog.resolve("x", cache=own)
    assert choice.choose(checkpoint, "auto", "int8", "cpu").engine == "ct2"
    with pytest.raises(ConfigError, match="package for ct2"):
        choice.choose(checkpoint, "transformers", "int8", "cpu")


def test_codes_of_argos_are_those_of_the_detector(converted, own, tmp_path):
    for theirs, ours in (("pb", "pt"), ("zt", "zh"), ("nb", "no"), ("fr", "fr")):
        path = zipped(tmp_path / "x.argosmodel", argos(converted, from_code=theirs))
        assert catalog.add(path, "x", own).source == (ours,)


def test_terminal_control_in_metadata_stays_text(converted, own, tmp_path):
    path = zipped(tmp_path / "x.argosmodel", argos(converted, package_version="\x1b[2J1"))
    assert "\x1b" not in json.dumps(catalog.add(path, "x", own).card.origin)


# -- packages that are cut by merges ------------------------------------------------------------------------------

CODES = ["#version: 0.2", "l o", "lo w</w>", "e r</w>", "lo w"]


@pytest.mark.parametrize(
    "word, pieces",
    [("low", ("low",)), ("lower", ("low@@", "er")), ("lo", ("l@@", "o")), ("x", ("x",)), ("slow", ("s@@", "low"))],
)
def test_merges_as_subword_nmt_does_them(word, pieces):
    assert merging(CODES)(word) == pieces


@given(st.text("lower", min_size=1, max_size=12))
def test_pieces_joined_are_the_word(word):
    for codes in (CODES, CODES[1:], ["#version: 0.1", *CODES[1:], "w </w>"]):
        pieces = merging(codes)(word)
        assert "".join(p.removesuffix("@@") for p in pieces) == word
        assert all(p.endswith("@@") for p in pieces[:-1]) and not pieces[-1].endswith("@@")


def test_without_the_library_a_package_of_merges_names_it(members, own, tmp_path, monkeypatch):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "sacremoses" else found(name, *a))
    model = neural.load(_of_merges(members, own, tmp_path), decoding=GREEDY, cache=own)
    with pytest.raises(ModelUnsupported) as lacking:
        model.run(["Guten Morgen."])
    assert lacking.value.hint == "pip install 'summarize[argos-bpe]'"


def test_a_package_of_merges_is_cut_and_joined(members, own, tmp_path):
    pytest.importorskip("sacremoses")
    checkpoint = _of_merges(members, own, tmp_path)
    tokens = checkpoint.family.open_tokens(checkpoint.path)
    assert tokens.decode(tokens.encode("the bridge &amp; the low.")) == "the bridge & the low."


def _of_merges(members, own, tmp_path):
    words = ["<unk>", "<s>", "</s>", *"lower&.", "low", "the", "bridge", "&amp;", "th@@", "e@@"]
    changed = {k: v for k, v in members.items() if not k.endswith(("sentencepiece.model", "vocabulary.json"))}
    changed[f"{TOP}/bpe.model"] = "\n".join(
        [*CODES, "t h", "th e</w>", "b r", "br i", "bri d", "brid g", "bridg e</w>"]
    ).encode()
    changed[f"{TOP}/bpe.model"] += b"\n& a\n&a m\n&am p\n&amp ;</w>\n"
    changed[f"{TOP}/model/shared_vocabulary.json"] = json.dumps(words).encode()
    catalog.add(zipped(tmp_path / "bpe.argosmodel", changed), "bpe", own)
    return catalog.resolve("bpe", cache=own)


def test_a_run_with_a_package_is_checked_kept_and_told_apart(cli, package, tmp_path, isolated):
    (isolated / "a.txt").write_text("Der Bürgermeister eröffnete die Brücke.\n\nEs kostet 1.234,56 Euro.", "utf-8")
    assert cli("models", "add", package, "--name", "pack")[0] == 0
    code, out, _ = cli("run", "a.txt", "--mt", "de=pack", "--json")
    run = json.loads(out)
    assert code == 0 and run["items"][0]["models"][0]["id"] == "pack"
    assert "1,234.56" in json.dumps(run)
    shutil.rmtree(isolated / "out")
    assert cli("models", "rm", "pack")[0] == 0
