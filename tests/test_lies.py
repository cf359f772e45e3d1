"""A summarizer that lies, in the place of a model that writes, in the whole program: what reaches the reader.

Everything else is real: the shipped translation model, the pipeline, the command line and the files that it writes.
"""

import json

import pytest

from summarize.backends.fake import Fake
from summarize.cli import main
from summarize.job.plan import Plan
from summarize.summarizers.abstractive import Abstractive

ARTICLE = """Neue Brücke über die Elbe eröffnet

Die Bürgermeisterin hat am Montag in Dresden die neue Brücke über die Elbe eröffnet. Der Bau hat fünf Jahre gedauert und
20 Millionen Euro gekostet. Am ersten Tag kamen 500 Menschen, um die Brücke zu sehen. Die Stadt will im nächsten Jahr
eine zweite Brücke bauen. Kritiker sagen, dass die Brücke zu teuer ist. Die alte Brücke wurde im Krieg zerstört und nie
wieder aufgebaut. Die Polizei sperrte am Abend mehrere Straßen, weil so viele Menschen in die Stadt gekommen waren.
"""
LIE = "The mayor of Hamburg was arrested in 1999 after 77 ships had sunk."


@pytest.fixture
def run(cache, isolated, monkeypatch, capsys):
    """Runs the article with a summarizer that says what `lie` makes of the text; gives exit code, result and page."""
    (isolated / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.setenv("SUMMARIZE_CACHE", str(cache))

    def call(lie, *options):
        writer = Fake(lie, name=f"writer {options}")
        make = lambda plan: Abstractive(writer, plan._extractive("central"), sentences=plan.sentences, short=20)
        monkeypatch.setattr(Plan, "_make_summarizer", make)
        with pytest.raises(SystemExit) as ended:
            main(["run", "bridge.txt", "--kind", "bullets", *options])
        result = json.loads((isolated / "out" / "bridge.json").read_text(encoding="utf-8"))
        page = (isolated / "out" / "bridge.md").read_text(encoding="utf-8")
        return ended.value.code, result, page, capsys.readouterr().err

    return call


def told(text):
    """Whole sentences of the translation, which is what the writer is given."""
    return [s if s.endswith(".") else s + "." for s in text.split(". ")]


def half_true(text):
    return "\n".join([*told(text)[1:3], LIE])


def test_a_lie_among_truths_is_marked_and_the_run_does_not_end_well(run):
    code, result, page, err = run(half_true)
    claims = result["summary"]["claims"]
    assert [c["text"] for c in claims][-1] == LIE and {"Hamburg", "1999", "77"} <= set(claims[-1]["problems"])
    assert "unsupported" in page and "1 summary sentence without full support" in err and code == 1


def test_it_is_dropped_if_the_reader_wants_it_so(run):
    code, result, page, _ = run(half_true, "--unsupported", "drop")
    assert LIE not in page and result["summary"]["claims"]
    assert code == 0


def test_it_is_kept_unmarked_only_on_demand(run):
    code, _, page, _ = run(half_true, "--unsupported", "keep")
    assert LIE in page and "unsupported" not in page and code == 0


@pytest.mark.parametrize("unsupported", ["mark", "drop", "keep"])
def test_when_too_little_is_true_sentences_of_the_article_take_over_and_the_page_says_so(run, unsupported):
    _, result, page, err = run(lambda text: f"{told(text)[1]}\n{LIE}\nThe war began.", "--unsupported", unsupported)
    summary = result["summary"]
    assert (summary["outcome"], summary["rung"]) == ("repaired", "extractive")
    assert LIE not in page and "sentences of the article instead" in page
    assert "1 extractive in place of the model's summary" in err
    targets = " ".join(s["target"] for s in result["sentences"])
    assert all(c["text"] in targets for c in summary["claims"])


def test_a_number_that_the_translation_has_wrong_is_not_supported_by_it(run, monkeypatch):
    """Nothing lies here but the translation: the summary quotes it, and the German has another number."""
    from summarize.backends.guard import Guarded
    from summarize.types import Output

    whole = Guarded.run
    wrong = lambda self, texts: [Output(o.text.replace("500", "5,000"), o.outcome) for o in whole(self, texts)]
    monkeypatch.setattr(Guarded, "run", wrong)
    code, result, page, _ = run(lambda text: "\n".join(s for s in told(text) if "5,000" in s))
    (claim,) = [c for c in result["summary"]["claims"] if "5,000" in c["text"]]
    assert claim["problems"] == ["5,000"] and code == 1 and "unsupported: 5,000" in page
