"""Languages and the models for them: what a drop needs, what is here, what to fetch, what to type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hub_server import HubServer
from hypothesis import given
from hypothesis import strategies as st
from test_catalog import checkpoint

from summarize import catalog
from summarize.catalog.offers import _offers, offers, reads
from summarize.errors import NoModelForLanguage
from summarize.job.accounting import prepare
from summarize.languages.detection import NAMES
from summarize.types import Article

NTREX = Path(__file__).parents[2] / "shared" / "eval" / "ntrex"
FRENCH = "Le président a parlé à la presse lundi. Un nouvel hôpital a été ouvert hier à Berlin.\n"
SPANISH = "El presidente habló el lunes con la prensa. Ayer se abrió en Berlín un nuevo hospital.\n"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """An empty cache that the command line uses."""
    monkeypatch.setenv("SUMMARIZE_CACHE", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture
def hub(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "nobodys-hub"))
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def published(hub: HubServer, tmp_path: Path, repo: str, source: str | None, licence: str = "apache-2.0") -> None:
    folder = checkpoint(tmp_path / repo.replace("/", "-"), source=source)
    (folder / "README.md").write_text(f"---\nlicense: {licence}\n---\n")
    hub.publish(repo, {path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.fixture
def drop(isolated):
    (isolated / "drop").mkdir()
    for name, text in (("a", FRENCH), ("b", FRENCH), ("c", SPANISH), ("d", "Wir haben heute keine Zeit für Besuche.")):
        (isolated / "drop" / f"{name}.txt").write_text(text * 2, "utf-8")
    return isolated / "drop"


# -- the table --------------------------------------------------------------------------------------------------------


def test_every_language_that_can_be_detected_has_an_offer():
    assert [code for code in NAMES if not offers([code])] == ["en", "vo"]


def test_the_table_says_what_it_should_of_each():
    for offer in _offers():
        assert offer.licence and offer.megabytes > 0 and set(offer.languages) <= set(NAMES)
        assert set(offer.targets) <= set(NAMES) and ("en" in offer.languages) != (offer.targets == ("en",))
        assert len(set(offer.languages)) == len(offer.languages)


@given(st.lists(st.sampled_from(sorted(NAMES)), max_size=12))
def test_each_language_is_offered_once(codes):
    found = [code for offer in offers(codes) for code in offer.languages]
    assert sorted(found) == sorted({code for code in codes if offers([code])})
    assert len({offer.id for offer in offers(codes)}) == len(offers(codes))


@pytest.mark.parametrize(
    "code, name",
    [
        ("fr", "Helsinki-NLP/opus-mt-fr-en"),
        ("el", "Helsinki-NLP/opus-mt-tc-big-el-en"),
        ("no", "Helsinki-NLP/opus-mt-tc-big-gmq-en"),
        ("pt", "Helsinki-NLP/opus-mt-ROMANCE-en"),
        ("fa", "Helsinki-NLP/opus-mt-mul-en"),
        ("sw", "facebook/nllb-200-distilled-600M"),
    ],
)
def test_a_pair_goes_before_a_big_one_before_one_for_all(code, name):
    assert [offer.id for offer in offers([code])] == [name]


@pytest.mark.parametrize(
    "code, target, name",
    [
        ("en", "fr", "Helsinki-NLP/opus-mt-en-fr"),
        ("de", "fr", "facebook/m2m100_418M"),
        ("en", "pl", "facebook/m2m100_418M"),
    ],
)
def test_into_another_language_a_pair_goes_before_one_for_all(code, target, name):
    assert [offer.id for offer in offers([code], target)] == [name]
    assert not offers([target], target)


def test_pull_and_suggest_offer_for_another_target(cli, isolated):
    code, out, err = cli("models", "pull", "--languages", "en,de", "--target", "fr", "--offline")
    assert code == 3 and "Helsinki-NLP/opus-mt-en-fr, facebook/m2m100_418M" in " ".join(err.split())
    code, out, err = cli("models", "pull", "--languages", "fr", "--target", "fr")
    assert code == 2 and "'fr' is no language to translate from" in err and "the target, fr" in err
    (isolated / "a.txt").write_text("Der Fluss ist heute über die Ufer getreten. Die Bürgermeisterin bittet um Hilfe.")
    code, out, err = cli("models", "suggest", isolated / "a.txt", "--target", "fr")
    assert code == 0 and "models pull --languages de --target fr" in " ".join((out + err).split())


def test_a_checkpoint_for_many_languages_is_known_by_its_name(tmp_path):
    assert reads("hub:Helsinki-NLP/opus-mt-tc-big-zle-en") == ("be", "ru", "uk")
    folder = checkpoint(tmp_path / "opus-mt-ROMANCE-en", source=None)
    assert "pt" in catalog.add(folder, "romance", tmp_path / "cache").source
    named = checkpoint(tmp_path / "elsewhere" / "opus-mt-mul-en", source="fr")
    assert catalog.add(named, "mul", tmp_path / "cache").source == ("fr",), "its own word goes first"


# -- fetching ---------------------------------------------------------------------------------------------------------


def test_languages_are_fetched_once_the_licence_was_shown(cli, hub, tmp_path, own):
    for repo, source in (("Helsinki-NLP/opus-mt-fr-en", "fr"), ("Helsinki-NLP/opus-mt-ROMANCE-en", None)):
        published(hub, tmp_path, repo, source)
    code, out, err = cli("models", "pull", "--languages", "fr,por,ro", "--yes")
    assert (code, out) == (0, "")
    shown, fetched = err.index("Apache-2.0"), err.index("is in")
    assert shown < fetched and "Helsinki-NLP/opus-mt-ROMANCE-en, 310 MB" in err
    assert {"fr", "pt", "ro"} <= set(catalog.routes({}, own))
    sent = len(hub.transfers())
    code, _, err = cli("models", "pull", "--languages", "fr,pt", "--yes")
    assert code == 0 and "French (fr): Helsinki-NLP/opus-mt-fr-en" in err
    assert len(hub.transfers()) == sent, "nothing is fetched twice"


def test_json_lists_what_was_fetched(cli, hub, tmp_path, own):
    published(hub, tmp_path, "Helsinki-NLP/opus-mt-fr-en", "fr", "cc-by-4.0")
    code, out, _ = cli("models", "pull", "--languages", "fr", "--yes", "--json")
    assert code == 0 and [c["card"]["licence"] for c in json.loads(out)] == ["cc-by-4.0"]


def test_nothing_is_fetched_without_a_yes(cli, hub, tmp_path, own):
    published(hub, tmp_path, "Helsinki-NLP/opus-mt-fr-en", "fr")
    code, _, err = cli("models", "pull", "--languages", "fr")
    assert code == 2 and "--yes" in err and not hub.requests


@pytest.mark.parametrize("answer, fetched", [("n\n", False), ("\n", False), ("y\n", True)])
def test_a_person_is_asked(answer, fetched, cli, hub, tmp_path, own, monkeypatch):
    import io

    published(hub, tmp_path, "Helsinki-NLP/opus-mt-fr-en", "fr")
    typed = io.StringIO(answer)
    typed.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", typed)
    code, _, err = cli("models", "pull", "--languages", "fr")
    assert "Fetch 310 MB under these licences?" in err
    assert (code == 0, bool(hub.requests)) == (fetched, fetched)


def test_offline_says_how_to_fetch_elsewhere(cli, hub, own):
    code, _, err = cli("models", "pull", "--languages", "fr,sw", "--offline")
    assert code == 3 and not hub.requests
    assert "hf download Helsinki-NLP/opus-mt-fr-en --local-dir opus-mt-fr-en" in err
    assert "summarize models add opus-mt-fr-en" in err and "not for commercial use" in err
    code, _, err = cli("models", "pull", "org/opus-mt-xx-en", "--offline")
    assert code == 3 and "summarize models add opus-mt-xx-en" in err


@pytest.mark.parametrize("given", ["xx", "fr,klingon", "en"])
def test_what_is_no_foreign_language_is_refused(given, cli, own):
    code, _, err = cli("models", "pull", "--languages", given, "--yes")
    assert code == 2 and "is no language to translate from" in err


@pytest.mark.parametrize("given", [(), ("minilm", "--languages", "fr")])
def test_pull_wants_a_model_or_languages(given, cli, own):
    assert cli("models", "pull", *given)[0] == 2


def test_a_draft_is_no_reason_not_to_fetch_and_says_how_the_other_is_used(cli, hub, tmp_path, own):
    published(hub, tmp_path, "Helsinki-NLP/opus-mt-de-en", "de")
    code, _, err = cli("models", "pull", "--languages", "de", "--yes")
    assert code == 0 and "German (de): de-en (draft)" in err
    assert "to use it: summarize run DROP --mt de=Helsinki-NLP/opus-mt-de-en" in err
    assert (
        cli("models", "pull", "--languages", "de", "--yes")[2].count("also here: Helsinki-NLP/opus-mt-de-en (unrated)")
        == 1
    )


def test_a_weak_model_for_all_stands_in_until_there_is_a_better_one(cli, hub, tmp_path, own):
    for repo, source in (("Helsinki-NLP/opus-mt-fr-en", "fr"), ("Helsinki-NLP/opus-mt-mul-en", None)):
        published(hub, tmp_path, repo, source)
    mul, pair = "Helsinki-NLP/opus-mt-mul-en", "Helsinki-NLP/opus-mt-fr-en"
    assert cli("models", "pull", "--languages", "fa", "--yes")[0] == 0
    served = {row.language: row for row in catalog.coverage(["fa", "fr"], own, {})}
    assert served["fa"].model.id == mul and not served["fa"].step, "there is none that is better"
    assert served["fr"].model.id == mul and served["fr"].offer.id == pair
    assert cli("models", "pull", "--languages", "fr", "--yes")[0] == 0
    (french,) = catalog.coverage(["fr"], own, {})
    assert (french.model.id, french.step) == (pair, "")


# -- what a drop needs ------------------------------------------------------------------------------------------------


def test_suggest_names_languages_models_and_what_to_type(cli, drop, own, tmp_path):
    catalog.add(checkpoint(tmp_path / "mine", source="es"), "mine", own)
    code, out, err = cli("models", "suggest", drop)
    assert code == 0
    assert "French (fr): 8 sentences, no model\n  Helsinki-NLP/opus-mt-fr-en, 310 MB, Apache-2.0\n" in out
    assert "Spanish (es): 4 sentences, mine (unrated)\n" in out and "German (de): 2 sentences, de-en (draft)\n" in out
    assert "summarize models pull --languages fr,de\n" in err
    assert max(map(len, (out + err).splitlines())) <= 80


def test_suggest_as_json_and_with_a_table_of_ones_own(cli, drop, own, tmp_path):
    catalog.add(checkpoint(tmp_path / "mine", source="de"), "mine", own)
    rows = json.loads(cli("models", "suggest", drop, "--json")[1])
    assert [(r["language"], r["sentences"]) for r in rows] == [("fr", 8), ("es", 4), ("de", 2)]
    assert rows[0]["offer"]["id"] == "Helsinki-NLP/opus-mt-fr-en" and rows[2]["better"] == "mine"
    assert rows[2]["do"] == "--mt de=mine"
    named = json.loads(cli("models", "suggest", drop, "--mt", "de=mine", "--json")[1])
    assert (named[2]["model"], named[2]["do"]) == ("mine", "")


def test_suggest_reads_on_where_a_file_cannot_be_read(cli, drop, own, isolated):
    code, out, err = cli("models", "suggest", drop, "gone.txt")
    assert code == 1 and "French" in out and "gone.txt" in err


def test_suggest_has_nothing_to_say_of_english(cli, isolated, own):
    (isolated / "e.txt").write_text("It rains in Berlin today, and it will rain tomorrow.")
    code, out, err = cli("models", "suggest", "e.txt")
    assert (code, out.strip()) == (0, "") and "nothing to fetch" in err


# -- the next step on screen ------------------------------------------------------------------------------------------


def test_a_language_without_a_model_is_told_once(cli, drop, isolated):
    (isolated / "drop" / "e.txt").write_text(
        f"{FRENCH}\n\nIt rains in Berlin today, and it will rain tomorrow.", "utf-8"
    )
    _, _, err = cli("run", drop)
    assert err.count("summarize models pull Helsinki-NLP/opus-mt-fr-en") == 1
    assert "drop/a.txt and 1 other: no model translates French (fr)" in err.replace(f"{isolated}/", "")
    assert "not translated: 2 sentences: no model translates French (fr) to English; served: de\n" in err


def test_files_that_cannot_be_read_are_named_each(cli, isolated):
    for name in ("a", "b"):
        (isolated / f"{name}.txt").write_text("")
    _, _, err = cli("run", "a.txt", "b.txt")
    assert "a.txt" in err and "b.txt" in err and "other" not in err


def test_a_run_with_a_draft_ends_with_what_gives_a_real_model(cli, isolated, cache, tmp_path):
    (isolated / "d.txt").write_text("Wir haben heute keine Zeit für Besuche.", "utf-8")
    last = cli("run", "d.txt")[2].splitlines()[-1]
    assert last == "de-en is a draft; for a real model: summarize models pull Helsinki-NLP/opus-mt-de-en"
    for quiet in ("-q", "--json"):
        assert "draft" not in cli("run", "d.txt", quiet)[2]


def test_no_offer_is_made_for_a_language_that_nobody_serves(own):
    from summarize.config import Settings
    from summarize.job.plan import Plan
    from summarize.store import Store

    with Store.open(own) as store, pytest.raises(NoModelForLanguage) as lacking:
        Plan(Settings(cache=str(own)), store).translator("vo")
    assert lacking.value.hint == "name one: --mt vo=MODEL"


# -- what is read, cut and routed -------------------------------------------------------------------------------------

NEWS = {
    "ar": "التقى الرئيس يوم الاثنين بالصحافة في العاصمة. وأصيب شخصان في الحادث الذي وقع مساء أمس.",
    "cs": "Prezident v pondělí hovořil s novináři. Při nehodě byli včera večer zraněni dva lidé.",
    "de": "Der Präsident sprach am Montag mit der Presse. Bei dem Unfall wurden zwei Menschen verletzt.",
    "el": "Ο πρόεδρος μίλησε τη Δευτέρα με τον Τύπο. Στο ατύχημα τραυματίστηκαν δύο άνθρωποι.",
    "es": SPANISH.strip(),
    "fr": FRENCH.strip(),
    "it": "Il presidente ha parlato lunedì con la stampa. Nell'incidente sono rimaste ferite due persone.",
    "ja": "大統領は月曜日に記者団と話した。昨夜の事故で二人がけがをした。",
    "nl": "De president sprak maandag met de media. Bij het ongeluk raakten twee mensen gewond.",
    "pl": "Prezydent rozmawiał w poniedziałek z prasą. W wypadku zostały ranne dwie osoby.",
    "pt": "O presidente falou na segunda-feira com a imprensa. Duas pessoas ficaram feridas no acidente.",
    "ru": "Президент в понедельник говорил с прессой. В аварии пострадали два человека.",
    "sv": "Presidenten talade med pressen i måndags. Två människor skadades i olyckan.",
    "tr": "Cumhurbaşkanı pazartesi günü basınla konuştu. Kazada iki kişi yaralandı.",
    "uk": "Президент у понеділок розмовляв із пресою. В аварії постраждали двоє людей.",
    "zh": "总统星期一与新闻界进行了交谈。昨晚的事故中有两人受伤。",
}


@pytest.mark.parametrize("code", NEWS)
def test_news_is_detected_cut_and_routed(code, own):
    article = Article(id=code, paragraphs=(NEWS[code],), source=code)
    draft = prepare(article)
    assert draft.language == code and {c for _, c, _ in draft.spans} == {code} and len(draft.spans) == 2
    assert "".join(span.text + span.separator for _, _, span in draft.spans) == NEWS[code]
    assert offers([code])


@pytest.mark.slow
@pytest.mark.skipif(not NTREX.is_dir(), reason="NTREX is not here")
@pytest.mark.parametrize("code", [*NEWS, "en"])
def test_ninety_nine_of_a_hundred_documents_of_ntrex_are_detected(code):
    names = (NTREX / "documents").read_text("utf-8").split()
    lines = (NTREX / f"news.{code}").read_text("utf-8").split("\n")[: len(names)]
    documents: dict[str, list[str]] = {}
    for name, line in zip(names, lines, strict=True):
        documents.setdefault(name, []).append(line.strip())
    pieces = [tuple(whole[i : i + 10]) for whole in documents.values() for i in range(0, len(whole), 10)]
    pieces = [piece for piece in pieces if len(piece) >= 5]
    found = [prepare(Article(id="x", paragraphs=piece, source="x")).language for piece in pieces]
    assert found.count(code) >= 0.99 * len(found)
