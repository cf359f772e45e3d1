"""Cached, Guarded, Fitted, Abstractive around the public Fake."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from summarize import checks
from summarize.backends.cached import Cached
from summarize.backends.fake import Fake
from summarize.backends.fitted import Fitted
from summarize.backends.guard import Guarded, marked
from summarize.backends.rungs import Recased, Rung, sentence_case, small_words
from summarize.errors import TextTooLong
from summarize.keys import signature_key
from summarize.summarizers.abstractive import Abstractive
from summarize.types import Outcome, Output

# -- Cached -----------------------------------------------------------------------------------------------------------


def test_cached_asks_once_for_each_text(store):
    fake = Fake(str.upper)
    cached = Cached(store, fake)
    assert [o.text for o in cached.run(["b", "a", "b"])] == ["B", "A", "B"]
    assert fake.calls == [["a", "b"]]
    assert [o.text for o in Cached(store, Fake(lambda t: "never asked")).run(["a", "b"])] == ["A", "B"]
    assert (cached.hits, cached.misses) == (0, 2)


def breaking(at: str) -> Fake:
    """Answers in capitals until it is asked for `at`."""

    def answer(text):
        if text == at:
            raise RuntimeError("killed")
        return text.upper()

    return Fake(answer)


def test_cached_keeps_every_finished_slice(store):
    """A crash in the third slice costs that slice alone."""
    texts = [f"t{i}" for i in range(10)]
    with pytest.raises(RuntimeError):
        Cached(store, breaking("t7"), slice_size=3).run(texts)
    again = Fake(str.upper)
    assert [o.text for o in Cached(store, again, slice_size=3).run(texts)] == [t.upper() for t in texts]
    assert [t for call in again.calls for t in call] == ["t6", "t7", "t8", "t9"]


def test_retry_goes_back_to_what_fell_short_once(store):
    Cached(store, Fake(lambda t: Output("bad", Outcome.FAILED) if t == "x" else Output("good"))).run(["x", "y"])
    better = Fake(lambda t: "mended")
    cached = Cached(store, better, retry=True)
    assert [o.text for o in cached.run(["x", "y"])] == ["mended", "good"]
    assert [o.text for o in cached.run(["x", "y"])] == ["mended", "good"]
    assert better.calls == [["x"]]


def test_retry_of_what_still_fails_ends(store):
    stubborn = Fake(lambda t: Output("bad", Outcome.FAILED))
    cached = Cached(store, stubborn, retry=True)
    for _ in range(3):
        cached.run(["x"])
    assert stubborn.calls == [["x"]]


# -- Guarded ----------------------------------------------------------------------------------------------------------

LOOP = "on and on and on and on and on"


def test_only_flagged_texts_pay_for_the_ladder():
    first = Fake(lambda t: LOOP if t.startswith("bad") else t.upper())
    rung = Fake(lambda t: LOOP if t == "bad too" else "mended", name="rung")
    guarded = Guarded(first, [Rung("one", rung), Rung("two", Fake(lambda t: "at last", name="two"))])
    outputs = guarded.run(["good", "bad", "bad too"])
    assert outputs[0] == Output("GOOD")
    assert outputs[1] == Output("mended", Outcome.REPAIRED, "one", ("loop",))
    assert outputs[2] == Output("at last", Outcome.REPAIRED, "two", ("loop",))
    assert rung.calls == [["bad", "bad too"]]


def test_what_no_rung_mends_is_the_marked_source():
    guarded = Guarded(Fake(lambda t: LOOP), [Rung("one", Fake(lambda t: ""))])
    assert guarded.run(["Das Haus"]) == [Output(marked("Das Haus"), Outcome.FAILED, "", ("loop",))]


def test_an_engines_own_flag_counts():
    guarded = Guarded(Fake(lambda t: Output("A fine text.", Outcome.FAILED, faults=("truncated",))), ())
    assert guarded.run(["Ein feiner Text."])[0].faults == ("truncated",)


def test_ladder_and_checks_are_in_the_signature(monkeypatch):
    fake = Fake(str.upper)
    one = signature_key(Guarded(fake, [Rung("a", Fake(str.lower))]).signature)
    assert one != signature_key(Guarded(fake, ()).signature)
    assert one != signature_key(Guarded(fake, [Rung("b", Fake(str.lower))]).signature)
    monkeypatch.setattr(checks, "VERSION", 99)
    assert one != signature_key(Guarded(fake, [Rung("a", Fake(str.lower))]).signature)


def test_capitals_are_sent_in_sentence_case():
    fake = Fake(lambda t: t.replace("warnt", "warns").replace("Warnt", "warns"))
    outputs = Recased(fake, "de").run(["DIE EU WARNT VOR ZÖLLEN", "Die EU Warnt"])
    assert fake.calls == [["Die EU warnt vor Zöllen", "Die EU Warnt"]]
    assert [o.text for o in outputs] == ["DIE EU WARNS VOR ZÖLLEN", "Die EU warns"]
    assert sentence_case("NATO") == "NATO"


def test_what_is_known_to_be_small_is_small_and_names_keep_their_capital():
    article = next(Path(__file__).parents[1].glob("seeds/*.txt")).read_text(encoding="utf-8")
    wrong, within = [], 0
    for sentence in re.split(r"[.:]\s", article):
        words = [w for w in re.findall(r"\w+", sentence) if "ß" not in w]
        again = re.findall(r"\w+", sentence_case(" ".join(words).upper(), small_words("de")))
        wrong += [(a, b) for a, b in zip(words[1:], again[1:], strict=True) if a != b]
        within += len(words[1:])
    lost = [a for a, b in wrong if a[0].isupper() and b[0].islower()]
    assert within > 250 and len(wrong) <= 0.1 * within and len(lost) <= 0.01 * within, (within, wrong)


# -- Fitted -----------------------------------------------------------------------------------------------------------


def test_fitted_splits_joins_and_never_loses_a_word():
    fake = Fake(str.upper, limit=4)
    text = "eins zwei drei, vier fünf; sechs sieben acht neun zehn"
    with pytest.raises(TextTooLong):
        fake.run([text])
    (short, long) = Fitted(fake).run(["kurz", text])
    assert short == Output("KURZ")
    assert long.text == text.upper() and long.parts >= 3
    assert all(len(t.split()) <= 4 for call in fake.calls for t in call)


def test_one_failed_piece_fails_the_whole():
    fake = Fake(lambda t: Output("", Outcome.FAILED, faults=("truncated",)) if "x" in t else Output(t), limit=2)
    (out,) = Fitted(fake).run(["a b, c x, d e"])
    assert out.outcome is Outcome.FAILED and out.faults == ("truncated",)


# -- Abstractive ------------------------------------------------------------------------------------------------------

LEAD = Fake(lambda t: "The lead.", name="lead")
FACTS = [f"This is sentence {i} of it." for i in range(20)]


def writer(limit=None, say=lambda t: " ".join(FACTS[:4]) + " And half a sent"):
    return Fake(say, limit=limit)


def article(words: int) -> str:
    return "# A title\n\n" + " ".join(f"This is sentence {i} of it." for i in range(words // 6))


def test_a_summary_is_whole_sentences_and_no_more_than_asked():
    (out,) = Abstractive(writer(), LEAD, sentences=3).run([article(120)])
    assert out == Output("\n".join(FACTS[:3]))


def test_a_model_reads_no_marks():
    fake = writer()
    Abstractive(fake, LEAD, sentences=3).run([article(120)])
    assert fake.calls[0][0].startswith("A title This is sentence 0")


def test_a_short_source_is_not_given_to_the_model():
    fake = writer()
    assert Abstractive(fake, LEAD, sentences=3).run(["# T\n\nOnly this."]) == [Output("The lead.")]
    assert fake.calls in ([], [[]])


@pytest.mark.parametrize(
    "say",
    [
        lambda t: "",
        lambda t: "no end in sight",
        lambda t: (LOOP + " ") * 3 + ".",
        lambda t: "Aliens landed near Roswell.",
        lambda t: Output(FACTS[0], Outcome.OK, faults=("sentinel",)),
    ],
)
def test_a_bad_summary_falls_back_on_extraction(say):
    (out,) = Abstractive(writer(say=say), LEAD, sentences=3).run([article(120)])
    assert out.text == "The lead." and out.outcome is Outcome.REPAIRED and out.rung == "extractive" and out.faults


def test_a_long_article_is_map_reduced():
    fake = Fake(lambda t: t.split(".")[0] + ".", limit=40)
    texts = [article(300), article(100)]
    long, _ = Abstractive(fake, LEAD, sentences=3).run(texts)
    assert long.parts > 5 and long.text.startswith("A title This is sentence 0")
    assert all(fake.fits(t) for call in fake.calls for t in call)
    read = " ".join(fake.calls[0])
    assert all(f"sentence {i} of" in read for i in range(50)), "every sentence of the article was read"


def test_map_reduce_ends_with_a_model_that_does_not_shorten():
    fake = Fake(lambda t: t, limit=40)
    (out,) = Abstractive(fake, LEAD, sentences=3).run([article(300)])
    assert len(out.text.splitlines()) == 3


def test_bullets_lose_their_marks():
    fake = writer(say=lambda t: f"- {FACTS[0]}\n• {FACTS[1]}\n3. {FACTS[2]}")
    (out,) = Abstractive(fake, LEAD, sentences=5).run([article(120)])
    assert out.text == "\n".join(FACTS[:3])


# -- Cached, slices ahead ---------------------------------------------------------------------------------------------


def test_two_slices_are_with_the_backend_at_a_time_and_settle_in_order(store):
    """Each of the first two slices waits for the other: alone neither would end."""
    meeting = threading.Barrier(2, timeout=120)
    threads = set()

    def answer(text):
        if text in ("t0", "t3"):
            meeting.wait()
        threads.add(threading.get_ident())
        return text.upper()

    settled = []
    texts = [f"t{i}" for i in range(9)]
    cached = Cached(store, Fake(answer), slice_size=3, ahead=2, progress=settled.append)
    assert [o.text for o in cached.run(texts)] == [t.upper() for t in texts]
    assert settled == [3, 3, 3] and threading.get_ident() not in threads
    assert Cached(store, Fake(lambda t: "never asked")).run(texts) == cached.run(texts)


def test_a_slice_that_breaks_beside_others_costs_no_finished_one(store):
    texts = [f"t{i}" for i in range(9)]
    with pytest.raises(RuntimeError, match="killed"):
        Cached(store, breaking("t4"), slice_size=3, ahead=2).run(texts)
    kept = set(Cached(store, Fake(str.upper)).known(texts))
    assert {"t0", "t1", "t2"} <= kept and not {"t3", "t4", "t5"} & kept


def test_what_is_with_the_backend_when_a_run_is_interrupted_is_kept(store):
    def interrupt(n):
        raise KeyboardInterrupt

    texts = [f"t{i}" for i in range(12)]
    with pytest.raises(KeyboardInterrupt):
        Cached(store, Fake(str.upper), slice_size=3, ahead=2, progress=interrupt).run(texts)
    kept = set(Cached(store, Fake(str.upper)).known(texts))
    assert {"t10", "t11", "t0", "t1", "t2", "t3"} <= kept, "two slices, the longest texts first"
