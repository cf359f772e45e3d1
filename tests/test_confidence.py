"""How sure the model was of a translation: kept with it, and told by the card of its model."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from test_renderings import RESULT

from summarize import config
from summarize.backends.rungs import lowest
from summarize.job.plan import Plan
from summarize.store import records
from summarize.store.store import Store, decode_output, encode_output
from summarize.types import ModelNote, Output, Sentence, Status

LEVELS = (-1.0, -0.5)


SECOND_LEVELS = (-4.0, -3.5)


def told(logprob: float | None, status: Status = Status.TRANSLATED, rung: str = "") -> str:
    sentence = Sentence(1, "Ja.", "", "de", "Yes.", status, rung=rung, logprob=logprob)
    first = ModelNote("translate:de", "m", "fair", "s", LEVELS)
    second = ModelNote("translate:de:second", "n", "fair", "t", SECOND_LEVELS)
    return replace(RESULT, models=(first, second)).confidence(sentence)


@pytest.mark.parametrize(
    "logprob, level",
    [(-3.0, "low"), (-1.01, "low"), (-1.0, "medium"), (-0.51, "medium"), (-0.5, "high"), (0.0, "high")],
)
def test_levels_are_those_of_the_models_card(logprob, level):
    assert told(logprob) == level


def test_what_the_second_model_gave_is_held_against_its_own_levels():
    assert told(-3.0, Status.REPAIRED, "second model") == "high" and told(-3.0, Status.REPAIRED, "no-repeat") == "low"


def test_nothing_is_told_of_what_is_not_known():
    assert told(None) == "" and told(-3.0, Status.FAILED) == ""
    assert RESULT.confidence(Sentence(1, "Ja.", "", "de", "Yes.", Status.TRANSLATED, logprob=-3.0)) == ""


def test_a_summarizer_is_told_what_a_reader_is(tmp_path):
    """Of the shipped model's sentences those of low confidence and those in doubt may be wrong, and no others."""
    settings = config.load({"cache": str(tmp_path)}, {}, tmp_path)
    with Store.open(tmp_path) as store:
        plan = Plan(settings, store)
        levels = plan.routes["de"].card.confidence
        notes = plan.notes(["de"])
        for logprob, doubts in product((None, levels[0] - 0.1, levels[0], levels[1]), ((), ("numbers",))):
            said = Sentence(1, "Ja.", "", "de", "Yes.", Status.TRANSLATED, doubts=doubts, logprob=logprob)
            low = replace(RESULT, models=notes).confidence(said) == "low"
            assert plan.unsure(said) == bool(doubts or low) and low == (logprob == levels[0] - 0.1)


def test_an_output_of_pieces_is_as_sure_as_the_least_sure_piece():
    assert lowest([Output("a", logprob=-0.2), Output("b"), Output("c", logprob=-0.7)]) == -0.7
    assert lowest([Output("a")]) is None


@pytest.mark.parametrize("logprob", [None, -0.25])
def test_it_is_kept_in_the_store_and_in_the_result(logprob):
    output = Output("Yes.", logprob=logprob)
    assert decode_output(encode_output(output)) == output
    sentence = Sentence(1, "Ja.", "", "de", "Yes.", Status.TRANSLATED, logprob=logprob)
    result = replace(RESULT, sentences=(sentence,), models=(ModelNote("translate:de", "m", "fair", "s", LEVELS),))
    assert records.decode_result(records.encode_result(result)).sentences == (sentence,)
    assert records.decode_result(records.encode_result(result)).models == result.models
    assert records.result_json(result)["sentences"][0]["confidence"] == ("high" if logprob else "")


def test_a_result_from_before_it_was_kept_can_be_read():
    old = records.result_json(RESULT)
    for sentence in old["sentences"]:
        del sentence["logprob"], sentence["confidence"]
    for model in old["models"]:
        del model["confidence"]
    import json

    assert records.decode_result(json.dumps(old)).id == RESULT.id
