"""The language model is unpacked once; what was kept judges as what was unpacked."""

from __future__ import annotations

import pytest

from summarize.languages import identifier
from summarize.languages.detection import NAMES

TEXTS = [
    "Die Gespräche waren im Herbst 2021 auf Eis gelegt worden.",
    "Le texte sera débattu avant la fin du mois de novembre.",
    "Abu Dhabi",
    "12:30",
    "Сегодня в Москве прошли переговоры.",
]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(identifier, "_cache", None)
    identifier.keep_in(tmp_path)
    return tmp_path / "language"


def judged(identifier):
    return [identifier.classify(text) for text in TEXTS]


@pytest.fixture(scope="module")
def unpacked():
    return judged(identifier._unpacked(NAMES))


def test_mapped_tables_judge_like_unpacked_ones(kept, unpacked, monkeypatch):
    assert judged(identifier.load(NAMES)) == unpacked
    monkeypatch.setattr(identifier, "_unpacked", None)  # not needed again
    assert judged(identifier.load(NAMES)) == unpacked
    (folder,) = kept.iterdir()
    assert sorted(path.stem for path in folder.iterdir()) == sorted(identifier.TABLES)


@pytest.mark.parametrize("name", identifier.TABLES)
def test_damaged_tables_are_made_again(kept, unpacked, name):
    identifier.load(NAMES)
    (folder,) = kept.iterdir()
    path = folder / f"{name}.npy"
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[: whole // 2])
    assert judged(identifier.load(NAMES)) == unpacked
    assert path.stat().st_size == whole and list(kept.iterdir()) == [folder]


def test_what_a_kill_left_of_unpacking_goes(kept, unpacked):
    identifier.load(NAMES)
    (folder,) = kept.iterdir()
    folder.rename(kept / f".{folder.name}.abcdefgh.unfinished")
    assert judged(identifier.load(NAMES)) == unpacked and list(kept.iterdir()) == [folder]


def test_a_cache_that_cannot_be_written_is_done_without(kept, unpacked):
    kept.write_text("a file where the folder would be")
    assert judged(identifier.load(NAMES)) == unpacked


def test_nothing_is_kept_unless_told_where(tmp_path, monkeypatch):
    monkeypatch.setattr(identifier, "_cache", None)
    identifier.load({"de", "en"})
    assert not list(tmp_path.rglob("*.npy"))


def test_other_languages_are_kept_apart(kept):
    assert {code for code, _ in judged(identifier.load({"de", "en"}))} <= {"de", "en"}
    assert "fr" in {code for code, _ in judged(identifier.load(NAMES))}
    assert len(list(kept.iterdir())) == 2
