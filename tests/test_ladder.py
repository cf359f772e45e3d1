"""The repair ladder: who climbs, what is kept, and how the outcome is told."""

from __future__ import annotations

from summarize.backends.fake import Fake
from summarize.backends.fitted import Fitted
from summarize.backends.guard import Guarded, marked
from summarize.backends.rungs import Around, NBest, Recased, Rung
from summarize.keys import signature_key
from summarize.types import Outcome, Output

SOURCE = "Es kamen 500 Gäste in das Haus."
RIGHT = "There were 500 guests in the house."
WRONG = "There were 200 guests in the house."  # a doubt: numbers
LOOP = "on and on and on and on and on"  # fatal


def saying(text: str, name: str = "fake") -> Fake:
    return Fake(lambda _: text, name=name)


def test_a_doubt_is_mended_by_a_rung():
    (out,) = Guarded(saying(WRONG), [Rung("one", saying(RIGHT))]).run([SOURCE])
    assert out == Output(RIGHT, Outcome.REPAIRED, "one", ("numbers",))


def test_a_doubt_that_no_rung_mends_is_kept_and_told():
    (out,) = Guarded(saying(WRONG), [Rung("one", saying(WRONG)), Rung("two", saying(LOOP))]).run([SOURCE])
    assert out == Output(WRONG, Outcome.OK, doubts=("numbers",))


def test_a_doubtful_repair_of_a_fatal_flaw_is_kept_but_climbs_on():
    (out,) = Guarded(saying(LOOP), [Rung("one", saying(WRONG))]).run([SOURCE])
    assert out.outcome is Outcome.REPAIRED and out.text == WRONG
    assert "loop" in out.faults and "numbers" in out.doubts
    (out,) = Guarded(saying(LOOP), [Rung("one", saying(WRONG)), Rung("two", saying(RIGHT))]).run([SOURCE])
    assert (out.text, out.rung) == (RIGHT, "two") and not out.doubts


def test_the_earliest_of_equals_is_kept():
    (out,) = Guarded(saying(WRONG), [Rung("one", saying("There were 300 guests in the house."))]).run([SOURCE])
    assert out.text == WRONG and out.rung == ""


def test_a_fatal_flag_is_never_passed_off():
    (out,) = Guarded(saying("More at www.taz.com/hilfe"), ()).run(["Mehr auf www.taz.de/hilfe"])
    assert out == Output(marked("Mehr auf www.taz.de/hilfe"), Outcome.FAILED, "", ("addresses",))


def test_a_rung_is_not_asked_for_the_sake_of_flags_that_it_leaves():
    """A sentence that is cut into pieces gets rid of an odd word, and reads worse."""
    cut = saying(RIGHT)
    rung = Rung("cut", cut, leaves=("invented",))
    odd = "There were 500 absorted guests in the house."
    (out,) = Guarded(saying(odd), [rung]).run([SOURCE])
    assert out == Output(odd, Outcome.OK, doubts=("invented",)) and not cut.calls
    (out,) = Guarded(saying(odd.replace("500", "200")), [rung]).run([SOURCE])
    assert out.text == RIGHT and out.rung == "cut"
    assert rung.signature != Rung("cut", cut).signature


def test_a_rung_is_asked_only_for_what_it_serves():
    rung = saying(RIGHT)
    Guarded(saying(LOOP), [Rung("one", rung, lambda text: len(text) > 20)]).run([SOURCE, "Ein Haus."])
    assert rung.calls == [[SOURCE]]
    capitals = saying("A HOUSE.")
    Guarded(saying(LOOP), [Rung("re-case", Recased(capitals, "de"), Recased.serves)]).run(
        [SOURCE, "EIN HAUS STEHT DORT."]
    )
    assert capitals.calls == [["Ein Haus steht dort."]]


def test_a_rung_is_asked_only_about_the_flags_it_mends():
    rung = saying(RIGHT)
    against = Rung("no-repeat", rung, mends=("loop", "length"))
    (out,) = Guarded(saying(WRONG), [against]).run([SOURCE])
    assert rung.calls == [] and (out.text, out.rung) == (WRONG, "")
    (out,) = Guarded(saying(LOOP), [against]).run([SOURCE])
    assert rung.calls == [[SOURCE]] and (out.text, out.rung) == (RIGHT, "no-repeat")
    assert signature_key(against.signature) != signature_key(Rung("no-repeat", rung, mends=("loop",)).signature)


class Several(Fake):
    """A fake with several answers to each text."""

    def __init__(self, *answers: str):
        super().__init__(lambda _: answers[0])
        self.answers = answers

    def alternatives(self, texts, n):
        return [[Output(a) for a in self.answers[:n]] for _ in texts]


def test_the_first_of_the_best_hypotheses_is_taken():
    inner = Several(LOOP, WRONG, RIGHT, RIGHT + " ")
    assert Fitted(NBest(inner, 4)).run([SOURCE]) == [Output(RIGHT)]
    assert NBest(inner, 2).run([SOURCE]) == [Output(WRONG)]
    assert signature_key(NBest(inner, 4).signature) != signature_key(NBest(inner, 2).signature)


def test_the_other_hypotheses_of_the_first_search_come_before_any_rung():
    rung = saying(RIGHT, "rung")
    guarded = Guarded(Fitted(Several(LOOP, WRONG, RIGHT)), [Rung("one", rung)], hypotheses=3)
    assert guarded.run([SOURCE])[0].rung == "n-best" and rung.calls == []
    (out,) = Guarded(Fitted(Several(LOOP, WRONG)), [Rung("one", rung)], hypotheses=2).run([SOURCE])
    assert (out.text, out.rung) == (RIGHT, "one"), "the best of the others has a doubt, and climbs on"
    assert Guarded(Fitted(Several(RIGHT, LOOP)), (), hypotheses=2).run([SOURCE]) == [Output(RIGHT)]
    keys = {signature_key(Guarded(Several(RIGHT), (), hypotheses=n).signature) for n in (1, 2)}
    assert len(keys) == 2


def test_a_sentence_in_pieces_has_the_best_of_each():
    inner = Several("one", "two")
    inner.fits = lambda text: len(text) < 20
    (found,) = Fitted(inner).alternatives(["Es kamen 500 Gäste, und alle blieben."], 2)
    assert [o.text for o in found] == ["one one"] and found[0].parts == 2


def test_addresses_stay_byte_for_byte():
    fake = Fake(str.upper)
    (out,) = Around(fake).run(["Mehr auf https://www.taz.de/!5/?a=ä, an leser@taz.de und @taz_news."])
    assert out.text == "MEHR AUF https://www.taz.de/!5/?a=ä, AN leser@taz.de UND @taz_news."
    assert fake.calls == [["Mehr auf ", ", an ", " und "]]


def test_around_reports_what_its_pieces_report():
    fake = Fake(lambda t: Output(t, Outcome.FAILED, faults=("truncated",)))
    (out,) = Around(fake).run(["Mehr auf www.taz.de."])
    assert out.outcome is Outcome.FAILED and out.faults == ("truncated",)
    assert Around(fake).serves("Mehr auf www.taz.de.") and not Around(fake).serves("Mehr.")
