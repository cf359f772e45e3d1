"""Extractive summaries: verbatim, in order, of the asked length, and readable."""

import doctest
import math
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize import chunk, evidence
from summarize.errors import UsageError
from summarize.keys import signature_key
from summarize.summarizers import candidates, centrality, extractive
from summarize.summarizers.candidates import anonymous, dangling, divide, unfit
from summarize.summarizers.extractive import METHODS, SIZES, Extractive
from summarize.types import Backend, Outcome

TEXT = """# New bridge over the Elbe opens in Brandtburg

Brandtburg - The new bridge over the Elbe was opened on Monday by Mayor Angela Brandt after five years of building.
She called it a bridge for the next hundred years. Will it last that long?

The bridge cost 48 million euros, nine million more than the council of Brandtburg had planned. But nobody wants to talk
about that now. "We are glad that the bridge stands," said builder Lars Madsen. "It was hard.

Photo: dpa/Archive

Critics of the bridge say that the traffic over the Elbe will double within ten years. The new bridge over the Elbe was
opened on Monday by Mayor Brandt after five years of building. The council of Brandtburg expects 12,000 cars on the
bridge every day. Cyclists have a lane of their own on the bridge. A toll is not planned by the council. The old ferry
stops its service at the end of March. Its captain retires after forty years on the river Elbe.

*** 2019 ***"""


def embed(texts):
    """Word counts hashed into 64 numbers: a real, if simple, embedding."""
    import numpy as np

    rows = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.lower().split():
            row[zlib.crc32(word.encode()) % 64] += 1
    return rows


def build(kind="short", method="central", sentences=0):
    return Extractive(kind, method, sentences, *((embed, "words-64") if method == "centroid" else ()))


def lines(backend, text=TEXT):
    [output] = backend.run([text])
    return output.text.split("\n")


every_method = pytest.mark.parametrize("method", METHODS)
every_kind = pytest.mark.parametrize("kind", SIZES)


@every_kind
@every_method
def test_a_summary_is_made_of_whole_sentences_in_their_order(kind, method):
    title, sentences = divide(TEXT)
    found = lines(build(kind, method))
    if kind == "headline":
        assert found == [title]
    else:
        places = [sentences.index(line) for line in found]
        assert places == sorted(set(places))


@every_method
@pytest.mark.parametrize("kind, most", [("short", 3), ("bullets", 5), ("long", 12)])
def test_kinds_have_their_lengths(kind, most, method):
    assert 1 < len(lines(build(kind, method))) <= most


@every_method
def test_a_number_of_sentences_can_be_asked_for(method):
    assert [len(lines(build("short", method, n))) for n in (1, 2, 4)] == [1, 2, 4]


def test_long_is_a_third_of_the_text_between_six_and_twelve():
    def length(n):
        text = " ".join(f"The {word} town number {i} has a {word} hall." for i, word in enumerate(spelled(n)))
        return len(lines(build("long"), text))

    assert [length(n) for n in (8, 12, 20, 31, 100)] == [6, 6, 7, 11, 12]


def spelled(n):
    """n words that share no letters' order."""
    return ["".join(chr(97 + (i * 7 + k * (i % 11 + 1)) % 26) for k in range(7)) for i in range(n)]


@pytest.mark.parametrize("method", ["textrank", "central", "centroid"])
def test_what_says_nothing_alone_is_not_chosen(method):
    chosen = "\n".join(lines(build("long", method)))
    for unwanted in ("Will it last", "Photo:", "***", "It was hard"):
        assert unwanted not in chosen


def test_of_two_sentences_that_say_the_same_one_is_chosen():
    chosen = lines(build("bullets", "central"))
    assert sum("opened on Monday" in line for line in chosen) == 1


def test_the_first_sentence_of_news_is_worth_more():
    assert lines(build())[0].startswith("Brandtburg - The new bridge")


@pytest.mark.parametrize("method", METHODS)
def test_what_may_be_wrong_is_chosen_after_its_likes(method):
    title, body = TEXT.split("\n\n", 1)
    sentences = [s for part in body.split("\n\n") for s in chunk.divide(part, "en")]

    def chosen(doubted=""):
        marked = (s + (chunk.UNSURE if s == doubted else "") + chunk.END for s in sentences)
        return lines(build("short", method), f"{title}\n\n{''.join(marked)}")

    sure = chosen()
    last = [chosen(doubted) for doubted in sure]
    assert all(set(found) <= set(sentences) for found in last), "the mark is in no summary"
    if method == "lead":
        assert last == [sure] * len(sure)
    else:
        assert any(doubted not in found for doubted, found in zip(sure, last, strict=True))
        assert all(chosen(other) == sure for other in sentences if other not in sure)


def test_an_opening_that_points_back_costs_a_sentence_its_place():
    def chosen(who):
        text = (
            "The council of Ulm met on Monday to talk about the minster and its tower. Rain fell on the fish market. "
            f"{who} praised the council for its care of the minster. The tower of the minster is closed in May. The "
            "council pays for the minster. Three engineers from Turin were hired. A choir sang. Nobody came late."
        )
        return lines(build("short", "central"), text)

    assert any("praised" in line for line in chosen("Brandt"))
    assert not any("praised" in line for line in chosen("He"))


@every_method
def test_a_text_not_clearly_longer_than_its_summary_is_served_by_its_lead(method):
    sentences = [f"The {word} town has a {word} hall." for word in spelled(5)]
    assert lines(build("short", method), " ".join(sentences)) == sentences[:3]
    assert lines(build("short", method), sentences[0]) == sentences[:1]


BACK = [
    "The mayor of Ulm resigned on Monday after a long quarrel about the new bridge.",
    "He said that the council had never wanted the bridge over the Danube.",
    "The council of Ulm wants to elect a new mayor in March, as the bridge has to be built.",
    "It met for five hours.",
    "Engineers had warned of the costs of the bridge for three years.",
    "This was denied by the mayor.",
    "Trains and ships have to wait because the old bridge is closed.",
    "But nobody waits for the ships.",
]


@pytest.mark.parametrize("kind", ["short", "bullets", "long"])
@pytest.mark.parametrize("method", ["textrank", "central"])
def test_what_points_back_comes_with_what_it_points_at(kind, method):
    """Of a text in which every second sentence does, in any order of pairs."""
    for turn in range(4):
        text = [*BACK[2 * turn :], *BACK[: 2 * turn]]
        chosen = lines(build(kind, method), " ".join(text))
        assert chosen
        for sentence in chosen:
            at = text.index(sentence)
            assert at % 2 == 0 or (text[at - 1] in chosen and kind != "bullets"), sentence


def test_kinds_differ():
    words = spelled(40)
    pairs = zip(words[::2], words[1::2], strict=True)
    text = "\n\n".join(f"The {a} town builds a {b} hall. It costs a {a} sum." for a, b in pairs)
    found = {kind: tuple(lines(build(kind, "central"), text)) for kind in SIZES}
    assert len(set(found.values())) == len(SIZES)
    assert not any(line.startswith("It") for line in found["bullets"])


STORIES = {
    "A glider crashed on the heath of Ulm": [
        "A glider crashed on the heath of Ulm on Sunday and its pilot died.",
        "Witnesses of the crash had seen the glider lose height over the heath.",
        "Police closed the heath and asked the witnesses for photographs of the glider.",
        "Experts look into why the pilot of the glider lost height.",
    ],
    "Voters in Turin reject the new tram": [
        "In Turin 61 per cent of the voters rejected the new tram on Sunday.",
        "Turnout was low, and opponents of the tram had campaigned in every street of Turin.",
        "Supporters of the tram in Turin blamed the mayor for a lazy campaign.",
        "Turin's mayor will now ask the voters whether buses are to replace the tram.",
        "Opponents celebrated in the streets until midnight with the drivers of the buses.",
        "Buses in Turin carry more people in the streets than the tram ever did, opponents say.",
        "Campaigns of supporters and opponents cost the voters of Turin two million euros.",
    ],
    "Chess: Brandt keeps her title": [
        "Angela Brandt keeps her title as champion of chess after a draw against Lars Madsen.",
        "Madsen had needed a win with the black pieces in the last game of the championship.",
        "Both players offered pieces early, and the game ended in a draw after 38 moves.",
        "For Brandt it is the third title in a row; no player of chess has had four.",
    ],
}


@pytest.mark.parametrize("kind", ["short", "bullets"])
@pytest.mark.parametrize("titled", [True, False])
def test_what_runs_on_into_another_story_is_summarized_by_its_own(titled, kind):
    """Whatever the other story, and however much longer it is."""
    for title, own in STORIES.items():
        for other in (sentences for name, sentences in STORIES.items() if name != title):
            text = " ".join([*own, *other])
            chosen = lines(build(kind), f"# {title}\n\n{text}" if titled else text)
            assert chosen[0] == own[0]
            assert set(chosen[:3]) <= {*own}


@pytest.mark.parametrize("first", [True, False])
def test_what_is_told_twice_is_told_by_the_fuller_sentence(first):
    brief, full = (
        "The mayor has left his wife Ilona.",
        "After 13 years of marriage mayor Lars Madsen (54) left his wife Ilona (45).",
    )
    more = [f"The {word} town has a {word} hall." for word in spelled(9)]
    chosen = lines(build(), " ".join([*((brief, full) if first else (full, brief)), *more]))
    assert full in chosen and brief not in chosen


def test_the_fuller_sentence_is_not_taken_if_it_says_what_a_chosen_one_says():
    """Of three the second is like the first and the third, which are not alike."""
    first = (
        "Mayor Lars Madsen opened the steel bridge over the Elbe after quarrels about costs, delays, noise and ferries."
    )
    second = "Mayor Lars Madsen opened the steel bridge while choirs from Turin sang hymns."
    third = "Choirs from Turin sang hymns at midnight outside."
    more = [f"The {word} town has a {word} hall." for word in spelled(9)]
    chosen = lines(build("long"), " ".join([first, third, *more, second]))
    assert first in chosen and third in chosen and second not in chosen


def test_sentences_with_other_numbers_say_other_things():
    def said(second):
        vectors = [c.vector for c in candidates.fit(["Ulm beat Turin by three goals to 1 in March 2019.", second])]
        return centrality.likeness(*vectors)

    assert said("Ulm beat Turin by three goals to 2 in March 2018.") < 0.8
    assert said("Ulm beat Turin by three goals to 1 in March.") == 1.0


def test_no_two_sentences_say_the_same():
    said = "The mayor of Ulm resigned on Monday after a quarrel about the bridge"
    text = f"{said}. {' '.join(f'The {word} town has a {word} hall.' for word in spelled(9))} {said} over the Danube."
    for kind in SIZES:
        assert sum(line.startswith(said) for line in lines(build(kind, "central"), text)) <= 1


@every_kind
@every_method
@pytest.mark.parametrize("text", ["", "  \n\n ", "*** 12:30 ***", "# 7\n\n...", "1. 2. 3."])
def test_no_letters_no_summary(text, kind, method):
    [output] = build(kind, method).run([text])
    assert (output.text, output.outcome) == ("", Outcome.FAILED)


@every_kind
def test_a_title_alone_is_the_summary(kind):
    assert lines(build(kind), "# Only a title") == ["Only a title"]


def test_scraps_are_better_than_nothing():
    assert lines(build(), "Will it rain? who knows") == ["Will it rain?"]


def test_a_headline_is_the_title_if_that_tells_something_of_the_text():
    headline = build("headline")
    assert lines(headline) == ["New bridge over the Elbe opens in Brandtburg"]
    for vague in ("# Comment\n\n", "# Weather of tomorrow, sport of yesterday\n\n", ""):
        [sentence] = lines(headline, vague + TEXT.partition("\n\n")[2])
        assert sentence in divide(TEXT)[1]


@every_method
def test_white_space_and_line_breaks_inside_a_sentence_become_spaces(method):
    [output] = build("short", method).run(["The bridge\nover  the Elbe was opened on Monday."])
    assert output.text == "The bridge over the Elbe was opened on Monday."


@every_method
def test_it_is_a_backend_and_texts_do_not_touch_each_other(method):
    backend = build("short", method)
    assert isinstance(backend, Backend)
    assert backend.run([]) == []
    other = "Ulm has a minster. The minster has a tower. The tower has a bell. The bell rings at noon. Nobody hears it."
    together = backend.run([TEXT, other, TEXT])
    assert [o.text for o in together] == [backend.run([t])[0].text for t in (TEXT, other, TEXT)]


def test_all_that_changes_a_summary_is_in_the_signature(monkeypatch):
    backends = [build(kind, method, n) for kind in SIZES for method in METHODS for n in (0, 7)]
    backends.append(Extractive("short", "centroid", 0, embed, "other weights"))
    keys = {signature_key(backend.signature) for backend in backends}
    assert len(keys) == len(backends)
    before = signature_key(build().signature)
    monkeypatch.setattr(extractive, "VERSION", extractive.VERSION + 1)
    assert signature_key(build().signature) != before


def test_what_does_not_exist_is_a_usage_error_that_names_what_does():
    with pytest.raises(UsageError) as error:
        Extractive("short", "magic")
    assert "textrank" in error.value.hint
    with pytest.raises(UsageError) as error:
        Extractive("poem", "lead")
    assert "bullets" in error.value.hint
    for embedding in (None, ""):
        with pytest.raises(UsageError):
            Extractive("short", "centroid", 0, embed, embedding)
    with pytest.raises(UsageError):
        Extractive("short", "centroid", embedding="sha256:1")


@pytest.mark.parametrize(
    "sentence",
    [
        "Why did it rain?",
        "By Angela Brandt and Lars Madsen.",
        "Photo: Angela Brandt opens the bridge over the Elbe.",
        "The bridge at night © Getty Images.",
        "The bridge over the Elbe at night",
        "said the mayor of the town.",
        "Too short.",
        "Ulm: Meier - Huber, Kraus, Abu Dalal (77. Turl), Linnemann, Mey, Scholz.",
        "word " * 100 + "end.",
    ],
)
def test_unfit(sentence):
    assert unfit(sentence)


@pytest.mark.parametrize(
    "sentence", ['She said: "The bridge stands."', "Ulm lost 3-1 to Turin on Monday.", "It rained in Ulm."]
)
def test_fit(sentence):
    assert not unfit(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "These are facts.",
        '"But it rains," he said.',
        "In addition, it rains.",
        "After all, rain is wet.",
        "On Monday he denied it.",
        "At half past two they left.",
        "Two years ago, she lost in the final.",
        "When the rain had ended, they went home.",
    ],
)
def test_dangling(sentence):
    assert dangling(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Italy wins.",
        "Thistles grow.",
        "Butter is dear.",
        '"Butter is dear," he said.',
        "On Monday Merkel said that she was ill.",
        "When Merkel had spoken, she left.",
        "In his own words, the head of the club would find it strange if he did not go.",
        "The mayor said, they had lost.",
    ],
)
def test_not_dangling(sentence):
    assert not dangling(sentence)


@pytest.mark.parametrize(
    "sentence", ['"It is hard.', 'It is hard."', '"It is hard."', "We are glad.", "No, I was in Ulm.", "There I was."]
)
def test_anonymous(sentence):
    assert anonymous(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        '"It is hard," said Madsen.',
        "Wells are dry.",
        'He is called "the Rock".',
        "Now we are ready, said Madsen.",
        "The US won the World War I memorial.",
    ],
)
def test_not_anonymous(sentence):
    assert not anonymous(sentence)


def test_textrank_equals_power_iteration_on_the_whole_matrix():
    import numpy as np

    vectors = [c.vector for c in candidates.fit(divide(TEXT)[1]) if "bridg" in c.vector]  # all linked by the bridge
    n = len(vectors)
    likeness = np.array([[centrality.dot(a, b) for b in vectors] for a in vectors])
    np.fill_diagonal(likeness, 0)
    moves = likeness / likeness.sum(axis=0)
    values, columns = np.linalg.eig(0.15 / n + 0.85 * moves)
    expected = np.real(columns[:, np.argmax(np.real(values))])
    assert np.allclose(centrality.textrank(vectors), expected / expected.sum(), atol=1e-3)
    bias = np.arange(n)
    ranks = np.linalg.solve(np.eye(n) - 0.7 * moves, 0.3 * bias / bias.sum())
    assert np.allclose(centrality.textrank(vectors, bias.tolist(), 0.7), ranks, atol=1e-3)


def test_vectors_have_length_one():
    for candidate in candidates.fit(divide(TEXT)[1]):
        assert math.isclose(centrality.dot(candidate.vector, candidate.vector), 1.0)


def test_the_examples_are_true():
    for module in (evidence, extractive, candidates):
        tried = doctest.testmod(module)
        assert tried.attempted and not tried.failed


@given(st.text(max_size=300), st.sampled_from(sorted(SIZES)), st.sampled_from(["lead", "textrank", "central"]))
def test_any_text_gives_some_of_its_own_words(text, kind, method):
    [output] = Extractive(kind, method).run([text])
    assert "".join(output.text.split()) in "".join(text.split()) or output.text.count("\n")
    assert (output.outcome is Outcome.FAILED) == (output.text == "")


def test_a_long_text_is_no_square_of_a_short_one():
    """A table of all pairs of these sentences would take minutes."""
    text = "\n\n".join(f"Hall {i} in Ulm stands beside the {word} church." for i, word in enumerate(spelled(3000)))
    assert len(lines(build("long", "textrank"), text)) == 12
    assert len(lines(build("long", "central"), text)) == 12
