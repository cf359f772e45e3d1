"""Nothing held out is in the training data: no run of nine words, no whole sentence. Run by hand, on a prepared folder:

TRAINING_DATA=PREPARED HELDOUT=../shared/eval python -m pytest training/test_overlap.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from training import corpus
from training.overlap import HeldOut

HOW = "name both: TRAINING_DATA=PREPARED HELDOUT=../shared/eval python -m pytest training/test_overlap.py"


def test_the_training_data_shares_nothing_with_the_held_out_sets():
    folder, sets = os.environ.get("TRAINING_DATA"), os.environ.get("HELDOUT")
    if not folder or not sets:
        pytest.skip(HOW)
    paths = sorted([*Path(sets).glob("*.de"), *Path(sets).glob("*.en")])
    assert paths, f"{sets} has no NAME.de, NAME.en"
    held_out = HeldOut(line for path in paths for line in corpus.lines_of(path))
    count, shared = 0, []
    for name, pairs in corpus.read_sources(Path(folder)):
        for pair in pairs:
            count += 1
            found = held_out.shares(pair.source) or held_out.shares(pair.target)
            if found:
                shared.append((name, found))
    assert count > 0
    assert not shared, f"{len(shared)} of {count} pairs, such as {shared[:5]}"
