"""Search: folded words of original and translation, in step with what the store keeps."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarize.keys import fingerprint
from summarize.store import Item, Store, index, search, upkeep
from summarize.store.records import encode_result
from summarize.types import Result, Sentence, Status, Summary


@pytest.fixture
def cache(tmp_path):
    """Nothing is translated here: no model is needed."""
    return tmp_path / "cache"


def result(id, *pairs, version="1"):
    """An article with these sentences: (original, translation)."""
    sentences = tuple(Sentence(n, a, " ", "de", b, Status.TRANSLATED) for n, (a, b) in enumerate(pairs, 1))
    version = fingerprint("v", [id, version, *(a for a, _ in pairs)])
    return Result(id, version, f"{id}.txt", "", "", "", "2026-02-05", "de", sentences, Summary("short", ()), ())


def keep(store, *results):
    """A run that made these; its number."""
    run = store.begin_run(["drop"], {"kind": "short"})
    stored = [store.put_answer(r.id, r.id, r.version, encode_result(r)) for r in results]
    store.add_items(
        [Item(run, n, r.id, id, False, None) for n, (r, id) in enumerate(zip(results, stored, strict=True))]
    )
    store.end_run(run, "done", {})
    return run


BRIDGE = result(
    "bridge",
    ("Bürgermeister Müller öffnete die Straße.", "Mayor Müller opened the road."),
    ("Die Wahlen in New York sind vorbei.", "The elections in New York are over."),
)
HARBOUR = result("harbour", ("Der Hafen ist größer.", "The harbour is larger."), ("Łódź 漢字です.", "Lodz."))


def ids(store, typed, **more):
    return [hit.result.id for hit in search.find(store, search.terms(typed), **more).hits]


@pytest.mark.parametrize(
    "typed",
    ["Müller", "muller", "mueller", "MÜLLER", "Straße", "strasse", "STRASSE", "wahl", "road elections", '"New York"',
     "new york", '"york are over"', "bürgerm", "buergermeister", "wahl* ... mayor"],
)  # fmt: skip
def test_words_are_found_however_they_are_spelled(store, typed):
    keep(store, BRIDGE, HARBOUR)
    assert ids(store, typed) == ["bridge"]


@pytest.mark.parametrize("typed", ["groesser", "größer", "lodz", "ódź", "字", "漢字", "harbour LARGER"])
def test_so_are_other_scripts_and_letters(store, typed):
    keep(store, BRIDGE, HARBOUR)
    assert ids(store, typed) == (["harbour"] if typed != "ódź" else [])


@pytest.mark.parametrize(
    "typed", ['"wahl"', "road harbour", '"york new"', "ork", '"are over" larger', "NOT", '"road the"']
)
def test_what_is_not_there_is_not_found(store, typed):
    keep(store, BRIDGE, HARBOUR)
    assert ids(store, typed) == []


def test_a_phrase_that_runs_from_one_sentence_into_the_next_is_none(store):
    keep(store, BRIDGE)
    assert ids(store, '"the road the elections"') == []


def test_the_sentences_that_show_all_words_are_named(store):
    keep(store, BRIDGE)
    (hit,) = search.find(store, search.terms("mayor york")).hits
    assert hit.sentences == (0, 1) and hit.run == 1 and hit.at
    (hit,) = search.find(store, search.terms("york")).hits
    assert hit.sentences == (1,)


def test_an_article_is_found_once_in_the_newest_version_that_has_the_words(store):
    keep(store, BRIDGE)
    changed = result("bridge", ("Bürgermeister Müller schloss sie.", "Mayor Müller closed it."))
    run = keep(store, HARBOUR, changed)
    found = search.find(store, search.terms("mayor"))
    assert found.articles == 1 and [(h.result.version, h.run) for h in found.hits] == [(changed.version, run)]
    assert search.find(store, search.terms("elections")).hits[0].run == 1, "an old version still has them"
    assert [h.result.id for h in search.find(store, search.terms("the"), 1).hits] == ["harbour"]
    assert search.find(store, search.terms("the"), 1).articles == 2


def test_the_index_goes_with_the_results(store):
    keep(store, BRIDGE)
    keep(store, HARBOUR)
    assert upkeep.prune(store, older_than=0, keep_runs=1)["results"] == 1
    assert ids(store, "mayor") == [] and ids(store, "harbour") == ["harbour"]
    keep(store, BRIDGE)
    assert ids(store, "mayor") == ["bridge"]


def test_a_damaged_result_leaves_nothing_that_is_found_and_comes_back_whole(store):
    keep(store, BRIDGE)
    store.db.execute("UPDATE results SET body = replace(body, 'Mayor', 'Prince')")
    assert ids(store, "mayor") == []
    upkeep.drop_faults(store, upkeep.verify(store))
    assert search.find(store, search.terms("mayor")).articles == 0
    keep(store, BRIDGE)
    assert ids(store, "mayor") == ["bridge"] and upkeep.verify(store) == []


def test_what_was_kept_before_there_was_an_index_is_caught_up_with_once(tmp_path):
    with Store.open(tmp_path) as store:
        keep(store, BRIDGE, HARBOUR)
        for statement in ("DROP TABLE words", "DROP TABLE indexed", "DELETE FROM migrations WHERE name = 'm4_search'"):
            store.db.execute(statement)
    with Store.open(tmp_path) as store:
        assert ids(store, "mayor") == []
        told = []
        search.catch_up(store, lambda *counts: told.append(counts))
        assert ids(store, "mayor") == ["bridge"] and told == [(2, 2)]
        search.catch_up(store, lambda *counts: told.append(counts))
        assert len(told) == 1 and search.find(store, search.terms("the")).articles == 2


def test_results_without_a_run_are_found(store):
    store.put_answer("", BRIDGE.id, BRIDGE.version, encode_result(BRIDGE))
    (hit,) = search.find(store, search.terms("mayor")).hits
    assert hit.run is None and hit.at is None


TEXT = st.text(max_size=40)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), st.data())
def test_every_word_of_every_text_is_found(tmp_path_factory, pairs, data):
    """As it stands, in capitals, and by its beginning; in whatever script, whatever stands around it."""
    sides = [side for pair in pairs for side in pair]
    tokens = [m[0] for side in sides for m in index.WORD.finditer(side) if index.words(m[0])]
    with Store.open(tmp_path_factory.mktemp("store")) as store:
        keep(store, result("a", *pairs))
        if tokens:
            token = data.draw(st.sampled_from(tokens))
            assert ids(store, f'"{token}"') == ["a"]
            assert ids(store, token) == ["a"]
        for typed in data.draw(st.lists(st.text(max_size=12), max_size=3)):
            if wanted := search.terms(typed):
                search.find(store, wanted)  # whatever is typed is no syntax


def test_the_command_shows_original_beside_translation(cli, cache):
    with Store.open(cache) as store:
        keep(store, BRIDGE, HARBOUR)
    code, out, err = cli("search", "mueller", "New York")
    assert code == 0 and not err
    assert "Bürgermeister Müller öffnete" in out and "Mayor Müller opened" in out and "run 1 of" in out
    assert out.rstrip().endswith("1 article")
    code, out, _ = cli("search", "mueller", "--json")
    told = json.loads(out)
    assert told["articles"] == 1
    assert told["hits"][0]["sentences"][0]["source"] == "Bürgermeister Müller öffnete die Straße."
    code, out, err = cli("search", "nobody")
    assert (code, out) == (1, "") and "nothing has nobody" in err
    code, out, err = cli("search", "?!")
    assert code == 2 and "no word" in err


def test_terms_are_marked_in_both_texts(store):
    keep(store, BRIDGE)
    found = search.find(store, search.terms('muell "road"'))
    text = BRIDGE.sentences[0].source + BRIDGE.sentences[0].target
    assert [text[a:b] for a, b in found.spots(text)] == ["Müller", "Müller", "road"]


def test_an_unchanged_result_is_indexed_once(store):
    keep(store, BRIDGE)
    keep(store, replace(BRIDGE, source="elsewhere"), BRIDGE)
    assert search.find(store, search.terms("mayor")).articles == 1
