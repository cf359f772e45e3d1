"""Names that are exchanged in training pairs, sources cut by lot, and the counted kinds of error (training/)."""

from __future__ import annotations

import random
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from training import corpus, noise, vocabulary
from training.corpus import Pair
from training.data import Data, encoded, sampled
from training.kinds import Known, rates
from training.names import Names

KNOWN = [
    Pair("Merkel traf Schröder in Frankfurt.", "Merkel met Schröder in Frankfurt."),
    Pair("Die Armee zog ab.", "The army withdrew."),
    Pair("Sie heißt Armee der Rettung.", "It is called the Armee."),
    Pair("Green wohnt im August hier.", "Green lives here in August, it is green."),
]


def test_a_name_is_what_both_sides_write_alike_and_no_common_word():
    assert Names(KNOWN).known == {"Merkel", "Schröder", "Frankfurt", "Armee"}
    armies = [Pair("Die Armee zog ab.", f"The army withdrew, {i}.") for i in range(3)]
    assert "Armee" not in Names(KNOWN + armies).known, "most pairs have a word of their own for it"


def test_every_form_of_a_name_is_exchanged_on_both_sides():
    pair = Pair(
        "Merkels Rede im Frankfurter Rathaus: Merkel-Kritiker schweigen.", "Merkel's speech in Frankfurt's hall."
    )
    made = Names(KNOWN).swapped(pair, random.Random(3))
    german = re.fullmatch(r"(\w+)s Rede im (\w+)er Rathaus: (\w+)-Kritiker schweigen\.", made.source)
    english = re.fullmatch(r"(\w+)'s speech in (\w+)'s hall\.", made.target)
    assert german and english
    assert german[1] == german[3] == english[1] and german[2] == english[2]
    assert made != pair


@given(seed=st.integers(0, 999), first=st.sampled_from(["Merkel", "Schröder", "Frankfurt"]))
def test_no_other_word_is_touched(seed, first):
    pair = Pair(f"Am 3. Mai sah {first} die Armeen.", f"On 3 May {first} saw the armies.")
    made = Names(KNOWN).swapped(pair, random.Random(seed))
    name = re.fullmatch(r"Am 3\. Mai sah (\w+) die Armeen\.", made.source)
    assert name and made.target == f"On 3 May {name[1]} saw the armies."


def test_half_of_the_names_are_in_no_list():
    names = Names([Pair(f"{a}{b}", f"{a}{b}") for a in ("Obern", "Unter", "Neuen") for b in ("dorf", "burg", "feld")])
    made = {names.swapped(Pair("Neuendorf", "Neuendorf"), random.Random(i)).target for i in range(300)}
    assert made > names.known


def test_sources_are_cut_by_lot_and_read_the_same(tmp_path):
    import sentencepiece

    lines = [f"Der Minister {i} kritisierte die Regierung der Stadt Oberndorf im Landtag." for i in range(60)]
    vocabulary.train(lines, tmp_path, size=400, threads=1)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "source.spm"))

    def cut(share):
        flat, lengths = sampled(pieces, lines, share, random.Random(1))
        return [pieces.decode(row[:-1].tolist()) for row in rows_of(flat, lengths)], flat.tolist()

    plain, lotted = cut(0), cut(1)
    assert plain[0] == lotted[0] == lines
    assert len(lotted[1]) > len(plain[1]) == len(encoded(pieces, lines)[0])
    assert cut(1) == lotted, "the seed says how"


def rows_of(flat, lengths):
    return np.split(flat, np.cumsum(lengths)[:-1])


def test_the_share_of_exchanged_names_is_that_of_the_options(tmp_path):
    pairs = [Pair(f"Merkel sah Haus {i}.", f"Merkel saw house {i}.") for i in range(80)]
    others = [Pair(f"Es kam {name}.", f"It was {name}.") for name in ("Neuendorf", "Schwesig", "Oberburg")]
    corpus.write_source(tmp_path, "news", pairs + others)
    corpus.write_tiers(tmp_path, {"news": corpus.Tier(1, 1)})
    vocabulary.train([side for pair in pairs + others for side in pair[:2]] * 4, tmp_path, size=330, threads=1)

    def merkels(share):
        data = Data(tmp_path, tmp_path, shares=replace(noise.NONE, names=share))
        texts = {tuple(data.target.row(i)) for i in range(80)}
        plain = Data(tmp_path, tmp_path, shares=noise.NONE)
        return sum(tuple(plain.target.row(i)) in texts for i in range(80))

    assert merkels(0) == 80 and 20 < merkels(0.5) < 60


@pytest.fixture(scope="module")
def known(tmp_path_factory) -> Known:
    path = tmp_path_factory.mktemp("prepared")
    corpus.write_source(path, "news", [*KNOWN, Pair("Er sah den Fall und die Lösung.", "He solved the case again.")])
    corpus.write_tiers(path, {"news": corpus.Tier(1, 1)})
    return Known(path)


@pytest.mark.parametrize(
    "kind, source, reference, good, bad",
    [
        ("names", "Merkel kam.", "Merkel came.", "Merkel arrived.", "Merkle came."),
        ("numbers", "Um 12 Uhr.", "At 12.", "It is 12.", "At 21."),
        ("words of the reference", "Er ging.", "He withdrew again.", "Again he withdrew.", "He was gone."),
        ("outputs with a word nobody writes", "Er ging.", "He solved it.", "The case.", "He absorted it."),
        ("outputs with German left in them", "Der Fall war da.", "It was there.", "The case was.", "The Fall was."),
        ("outputs that are too short", "Er ging.", "He went home then.", "He then went home.", "He went."),
        ("outputs with a loop", "Er kam.", "He came here.", "He came to her.", "He came came."),
        ("outputs with a loop", "Er kam.", "He came here.", "He was there.", "He was there, he was there."),
    ],
)
def test_each_kind_of_error_is_counted(known, kind, source, reference, good, bad):
    right, wrong = (rates(known, [source], [reference], [output])[kind] for output in (good, bad))
    assert {right, wrong} == {0.0, 100.0}
    assert (right < wrong) == kind.startswith("outputs")
