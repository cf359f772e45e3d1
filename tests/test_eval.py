"""`summarize eval`: real model, real scores; what it cannot score it refuses, with the next step."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
import tiny_models
from conftest import ROOT

from summarize import catalog
from summarize.errors import UsageError
from summarize.quality import peak, scorecards, scores, sets, summarization, translation
from summarize.types import Outcome, Output

COLUMNS = "100"  # of `cli`
GERMAN = [
    "Der Präsident sprach am Montag mit der Presse.",
    "Die Regierung hat gestern neue Regeln beschlossen.",
    "Wir haben heute keine Zeit.",
    "Das Wetter ist heute sehr schön.",
    "Die Menschen leben in einer großen Stadt.",
    "Er arbeitet seit drei Jahren in Berlin.",
    "Die Kinder spielen im Garten.",
    "Das ist ein gutes Beispiel.",
]
ENGLISH = [
    "The president spoke to the press on Monday.",
    "The government adopted new rules yesterday.",
    "We have no time today.",
    "The weather is very nice today.",
    "The people live in a big city.",
    "He has been working in Berlin for three years.",
    "The children are playing in the garden.",
    "This is a good example.",
]


@pytest.fixture
def pairs(isolated):
    """A test set as two files; returns its prefix."""
    (isolated / "news.de").write_text("\n".join(GERMAN) + "\n", encoding="utf-8")
    (isolated / "news.en").write_text("\n".join(ENGLISH) + "\n", encoding="utf-8")
    return "news"


@pytest.fixture
def news2014(isolated, pairs):
    """The same under the name of the set that decides a model's class."""
    for code in ("de", "en"):
        shutil.copy(f"news.{code}", f"newstest2014.de-en.{code}")
    return "newstest2014.de-en"


@pytest.fixture
def model(isolated):
    """A copy of the shipped model that a test may write into."""
    return shutil.copytree(ROOT / "models" / "de-en", isolated / "mine")


# -- what is printed --------------------------------------------------------------------------------------------------


def test_a_model_gets_its_scores_with_signatures(cli, pairs):
    code, out, err = cli("eval", pairs)
    assert code == 0 and "Traceback" not in err
    assert "news" in out and "beam 4" in out and "sentences/s" in out and re.search(r"\d [MG]B", out)
    assert "BLEU nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:" in out
    assert "chrF nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:" in out
    assert "without checks and repairs" in out
    assert "too few" not in out + err, "one system is told from no other"


def test_json_has_every_figure_and_the_scores_are_sacrebleus_own(cli, pairs, isolated):
    import sacrebleu

    code, out, _ = cli("eval", pairs, "--beams", 4, "--beams", 1, "--json", "--save", "said")
    found = json.loads(out)
    assert code == 0 and [r["beams"] for r in found["rows"]] == [4, 1]
    for row, name in zip(found["rows"], ("news.de-en.beam-4.en", "news.de-en.greedy.en"), strict=True):
        said = (isolated / "said" / name).read_text(encoding="utf-8").splitlines()
        assert len(said) == row["sentences"] == len(GERMAN)
        assert row["BLEU"]["score"] == round(sacrebleu.corpus_bleu(said, [ENGLISH]).score, 2)
        assert row["chrF"]["score"] == round(sacrebleu.corpus_chrf(said, [ENGLISH]).score, 2) > 30
        assert row["sentences_per_second"] > 0 and row["words_per_second"] > 0
        assert 20e6 < row["peak_bytes"] < 20e9 and row["engine"] == "ct2 int8" and len(row["weights"]) == 32
    assert found["rows"][0]["BLEU"]["p"] is None and 0 < found["rows"][1]["BLEU"]["p"] <= 1
    assert "bs:1000|seed:12345" in found["bootstrap"]["news"]["BLEU"]


def test_a_second_model_is_compared_with_the_first(cli, pairs, isolated):
    (isolated / "random").mkdir()
    tiny_models.marian(isolated / "random")
    code, out, _ = cli("eval", pairs, "--mt", "de-en", "--mt", "random", "--beams", 1, "--json")
    first, second = json.loads(out)["rows"]
    assert code == 0 and (first["model"], second["model"]) == ("de-en", "random")
    assert second["chrF"]["score"] < first["chrF"]["score"] and second["chrF"]["p"] < 0.05
    code, out, err = cli("eval", pairs, "--mt", "de-en", "--mt", "random", "--beams", 1, "--markdown")
    few = "8 sentences are too few to tell systems apart, whatever p says"
    assert few in err and out.index(few) < out.index("paired bootstrap"), "before the work, and before what p means"
    assert "| news | random, greedy | de-en, greedy |" in out
    assert all(line.startswith(("|", "*")) for line in out.splitlines() if line)


def test_with_checks_the_fates_of_sentences_are_told(cli, pairs):
    code, out, _ = cli("eval", pairs, "--checks", "--json")
    row = json.loads(out)["rows"][0]
    assert code == 0 and json.loads(out)["checks"]
    assert 0 <= row["repaired"] + row["failed"] <= row["flagged"] <= len(GERMAN)
    _, out, _ = cli("eval", pairs, "--checks")
    assert "flagged" in out and "with checks and repairs" in out


def test_the_cache_is_used_only_when_asked_and_then_there_is_no_speed(cli, pairs):
    row = lambda *more: json.loads(cli("eval", pairs, "--json", *more)[1])["rows"][0]
    fresh, again = row(), row()
    assert fresh["from_cache"] == again["from_cache"] == 0 and again["seconds"] > 0
    assert row("--reuse")["from_cache"] == 0
    reused = row("--reuse")
    assert reused["from_cache"] == len(GERMAN) and reused["seconds"] is reused["peak_bytes"] is None
    assert reused["BLEU"] == fresh["BLEU"]
    _, out, _ = cli("eval", pairs, "--reuse")
    assert "8 outputs came from the cache: no speeds" in out


def test_a_table_with_two_references_and_files_by_name_are_read_as_well(cli, isolated, pairs):
    rows = zip(GERMAN, ENGLISH, reversed(ENGLISH), strict=True)
    (isolated / "two.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    _, out, _ = cli("eval", "two.tsv", "--json")
    assert json.loads(out)["signatures"]["two"]["BLEU"].startswith("nrefs:2|")
    _, single, _ = cli("eval", "--source", "news.de", "--reference", "news.en", "--limit", 3, "--json")
    assert json.loads(single)["rows"][0]["set"] == "news (first 3)" and json.loads(single)["rows"][0]["sentences"] == 3


def test_lines_without_letters_are_copied_not_sent(cli, isolated):
    (isolated / "odd.tsv").write_text("–\t–\n\t\n" + f"{GERMAN[0]}\t{ENGLISH[0]}\n", encoding="utf-8")
    _, out, _ = cli("eval", "odd.tsv", "--json", "--save", ".")
    assert json.loads(out)["rows"][0]["copied"] == 2
    assert (isolated / "odd.de-en.beam-4.en").read_text(encoding="utf-8").startswith("–\n\n")


# -- the bootstrap ----------------------------------------------------------------------------------------------------


def test_the_bootstrap_tells_a_worse_system_from_an_equal_one():
    reference = [f"The {word} was seen in town number {i} on Monday." for i in range(20) for word in ("cat", "dog")]
    good = [line.replace("was seen", "was spotted") for line in reference]
    other = [line.replace("in town", "at town") for line in reference]
    spoiled = [" ".join(line.split()[::-1]) if i % 4 else line for i, line in enumerate(good)]
    found = scores.score({"good": good, "same": list(good), "other": other, "spoiled": spoiled}, [reference])
    p = {name: by_metric["BLEU"].p for name, by_metric in found.by_system.items()}
    assert p["good"] is None and p["same"] == 1 and p["spoiled"] < 0.01
    assert found.by_system["spoiled"]["BLEU"].value < found.by_system["good"]["BLEU"].value
    again = scores.score({"good": good, "same": list(good), "other": other, "spoiled": spoiled}, [reference])
    assert again == found


def test_fates_are_counted_once_each():
    outputs = [Output("a"), Output("b", Outcome.REPAIRED, "n-best", ("loop",), ("names",)), Output("c", Outcome.FAILED)]
    assert translation.fates(outputs) == {"flagged": 2, "repaired": 1, "failed": 1, "doubtful": 1}


def test_the_peak_of_memory_is_that_of_what_was_measured():
    peak.forget_peak()
    before = peak.peak()
    block = bytearray(200_000_000)
    block[::4096] = b"x" * len(block[::4096])
    assert peak.peak() - before > 150_000_000
    del block
    peak.forget_peak()
    assert peak.peak() < before + 100_000_000


# -- the card ---------------------------------------------------------------------------------------------------------


def test_one_command_writes_the_scores_into_the_models_card(cli, news2014, model, isolated):
    (model / "published.tsv").write_text("# someone\nset\tTheirs\nnewstest2014\t31.2\nother\t77.7\n", encoding="utf-8")
    before = json.loads((model / "card.json").read_text(encoding="utf-8"))
    code, out, err = cli("eval", "--mt", "mine", "--card", news2014, "--json")
    assert code == 0 and "newstest2014 (beam 4, ct2 int8)" in err
    row = json.loads(out)["rows"][0]
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    assert card["bleu"] == row["BLEU"]["score"] and card["id"] == before["id"] and card["licence"] == before["licence"]
    assert set(card["scores"]["newstest2014"]) == {"beam 4", "greedy"}
    assert card["signatures"][0].startswith("nrefs:1|case:mixed")
    assert {c.state for c in catalog.verify("mine", cache=isolated / "cache")} == {"ok"}
    assert catalog.look_up("mine", cache=isolated / "cache").card.bleu == card["bleu"]
    page = (model / "README.md").read_text(encoding="utf-8")
    assert "not measured here" in page and "| newstest2014 | " in page and "31.2 |" in page and "77.7" not in page
    assert "Theirs" in page and page.startswith("# de-en") and scorecards.BEGIN in page
    cli("eval", "--mt", "mine", "--card", news2014, "-q")
    again = (model / "README.md").read_text(encoding="utf-8")
    assert again.count(scorecards.BEGIN) == again.count(scorecards.END) == 1
    assert again.split(scorecards.END)[1] == page.split(scorecards.END)[1], "what follows the scores stays"


@pytest.mark.parametrize("more", [("--limit", 2), ("--checks",), ("--mt", "de-en")])
def test_a_card_is_for_whole_sets_and_one_model(cli, news2014, model, more):
    before = (model / "card.json").read_bytes()
    code, _, err = cli("eval", "--mt", "mine", "--card", news2014, *more)
    assert code == 2 and "summarize eval --mt FOLDER --card" in err
    assert (model / "card.json").read_bytes() == before


def test_a_card_needs_the_set_that_decides_the_class(cli, pairs, model):
    code, _, err = cli("eval", "--mt", "mine", "--card", pairs)
    assert code == 2 and "newstest2014 decides the quality class" in err


# -- summaries --------------------------------------------------------------------------------------------------------

ARTICLE = (
    "The council met on Monday. It approved the new bridge over the river.\n"
    "The bridge will cost 12 million euros. Work begins in March. The mayor called it a good day for the town."
)


def test_summarizers_get_rouge_and_their_support(cli, isolated):
    record = {"text": ARTICLE, "summary": "The council approved the new bridge over the river."}
    (isolated / "texts.jsonl").write_text(f"{json.dumps(record)}\n\n{json.dumps(record)}\n", encoding="utf-8")
    summarizers = ("--summarizer", "central", "--summarizer", "lead", "--sentences", 1)
    code, out, _ = cli("eval", "--summaries", "texts.jsonl", *summarizers, "--json", "--save", "said")
    found = json.loads(out)
    assert code == 0 and [row["summarizer"] for row in found["rows"]] == ["central", "lead"]
    for row in found["rows"]:
        said = (isolated / "said" / f"texts.{row['summarizer']}.txt").read_text(encoding="utf-8").splitlines()
        assert row["rouge1"]["f1"] == round(100 * summarization.rouge(record["summary"], said[0])["rouge1"], 2)
        assert row["supported"] == 1.0 and row["sentences"] == len(said) == 2
    assert "stemmer:yes" in found["rouge"] and "difference" in found["rows"][1]["rougeL"]
    code, out, _ = cli("eval", "--summaries", "texts.jsonl", *summarizers, "--markdown")
    assert code == 0 and "| texts | central |" in out and "100.0 %" in out


def test_an_interval_of_a_difference_without_zero_is_one():
    better, worse = [0.5, 0.6, 0.7, 0.65] * 10, [0.4, 0.45, 0.5, 0.5] * 10
    _, low, high = summarization.difference(better, worse)
    assert 0 < low < high
    assert summarization.difference(better, better) == (0, 0, 0)


# -- what cannot be done ----------------------------------------------------------------------------------------------


def write(folder, **files):
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("files", "spec", "said"),
    [
        ({}, "none", "there is no none.de and no none.en"),
        ({}, "none.tsv", "none.tsv cannot be read"),
        ({"a_de": "ein\n"}, "a", "a.en cannot be read"),
        ({"a_de": "ein\nzwei\n", "a_en": "one\n"}, "a", "a.de has 2 lines and a.en has 1"),
        ({"a_tsv": "ein\nzwei\n"}, "a.tsv", "one column"),
        ({"a_tsv": "ein\tone\nzwei\ttwo\t2\n"}, "a.tsv", "line 2: 3 columns where line 1 has 2"),
        ({"a_tsv": ""}, "a.tsv", "is empty"),
        ({"a_tsv": b"\xe4h\teh\n"}, "a.tsv", "not UTF-8"),
    ],
)
def test_a_test_set_that_is_none_is_refused_with_the_next_step(isolated, files, spec, said):
    write(isolated, **files)
    with pytest.raises(UsageError, match=said.replace(".", r"\.")) as refused:
        sets.find(spec, "de")
    assert refused.value.hint


@pytest.mark.parametrize("text", ["{}\n", "no json\n", '{"text": "a", "summary": ""}\n', "[1]\n", "\n"])
def test_articles_without_reference_summaries_are_refused(isolated, text):
    write(isolated, a_jsonl=text)
    with pytest.raises(UsageError) as refused:
        summarization.load(isolated / "a.jsonl")
    assert refused.value.hint == summarization.SHAPE


def test_odd_line_ends_in_a_sentence_do_not_part_it(isolated):
    write(isolated, a_tsv="eins\u2028zwei\x0bdrei\tone\r\nvier\tfour")
    assert sets.find("a.tsv", "de").sources == ("eins\u2028zwei\x0bdrei", "vier")


def test_a_model_that_is_absent_is_exit_3_before_any_work(cli, pairs):
    code, out, err = cli("eval", pairs, "--mt", "de-en", "--mt", "Helsinki-NLP/opus-mt-de-en")
    assert code == 3 and not out and "summarize models pull Helsinki-NLP/opus-mt-de-en" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("news", "--source", "news.de", "--reference", "news.en"),
        ("--source", "news.de"),
        ("news", "--summarizer", "lead"),
        ("--summaries",),
        ("--summaries", "--mt", "de-en", "news.jsonl"),
        ("news", "news"),
    ],
)
def test_unclear_orders_are_usage_errors(cli, pairs, arguments):
    code, out, err = cli("eval", *arguments)
    assert code == 2 and not out and len(err.splitlines()) >= 2


@pytest.mark.parametrize(
    ("module", "name", "order"),
    [("sacrebleu", "sacrebleu", ("news",)), ("rouge_score", "rouge-score", ("--summaries", "a.jsonl"))],
)
def test_without_the_extra_the_error_says_what_to_install(pairs, cache, isolated, module, name, order):
    write(isolated, a_jsonl='{"text": "A cat sat.", "summary": "A cat."}\n')
    code = (
        "import importlib.util as u, sys\n"
        f"find = u.find_spec\nu.find_spec = lambda n, *a: None if n == {module!r} else find(n, *a)\n"
        f"from summarize.cli import main\nmain(['eval', '--cache', {str(cache)!r}, *{order!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=isolated)
    assert done.returncode == 2 and f"{name}, which is not installed" in done.stderr
    assert "pip install sacrebleu rouge-score" in done.stderr
