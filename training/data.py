"""From a prepared corpus to batches: noise, token ids, weighted epochs, padded tensors made ahead of the trainer.

Everything follows from (seed, phase, epoch): a resumed run asks for the same epoch and leaves out what it has seen.
"""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from summarize.errors import UsageError

from . import corpus, noise
from .names import Names

PHASES = ("main", "last")
END = 0  # the id of </s>
CUTS = 5  # of a word that is cut by lot


class Ragged:
    """Rows of token ids in one flat array: worker processes share its memory, which lists of arrays would not allow."""

    def __init__(self, flats: list[np.ndarray], lengths: list[np.ndarray]):
        self.flat, self.lengths = np.concatenate(flats), np.concatenate(lengths)
        self.ends = np.cumsum(self.lengths)

    def __len__(self) -> int:
        return len(self.ends)

    def row(self, i: int) -> np.ndarray:
        return self.flat[self.ends[i] - self.lengths[i] : self.ends[i]]


def encoded(pieces: Any, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(ids of all texts in one array, each closed by </s>; number of ids of each text)."""
    return _rows(pieces.encode(texts, num_threads=corpus.cores()))


def _rows(found: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    rows = [np.array([*ids, END], dtype=np.uint16) for ids in found]
    return np.concatenate(rows), np.array([len(row) for row in rows], dtype=np.int64)


def sampled(pieces: Any, texts: list[str], share: float, rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """The same, but in a share of the texts every second word is cut by lot in one of its `CUTS` likeliest ways
    (subword regularisation, Kudo 2018): rare words, compounds above all, are then known by more than one spelling. (The
    library's own sampling gives another lot in every process, whatever the seed.)
    """
    found = pieces.encode(texts, num_threads=corpus.cores())
    cuts = lru_cache(maxsize=1 << 17)(lambda word: pieces.nbest_encode(word, nbest_size=CUTS) or [[]])
    for i, text in enumerate(texts):
        if rng.random() < share:
            options = [cuts(word) for word in text.split()]
            found[i] = [id for cut in options for id in (rng.choice(cut) if rng.random() < 0.5 else cut[0])]
    return _rows(found)


class Batch(NamedTuple):
    """int64 tensors. `source` (rows, n), `begun` (rows, m): the target moved right behind <pad>; `keep`: where the
    flattened (rows * m) target has a token; `target`: those tokens, </s> included."""

    source: torch.Tensor
    begun: torch.Tensor
    keep: torch.Tensor
    target: torch.Tensor


class Data:
    """The encoded pairs with their weights; an item of an epoch is (first pair, number of neighbouring pairs)."""

    def __init__(
        self,
        folder: Path,
        vocabulary: Path,
        *,
        seed: int = 1,
        shares: noise.Shares = noise.Shares(),
        longest: int = 200,
    ):
        """`longest`: most tokens of a side; longer pairs are not used. Raises UsageError if no pair is left."""
        import sentencepiece

        pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary / "source.spm"))
        rows = json.loads((vocabulary / "vocab.json").read_text(encoding="utf-8"))
        if any(rows.get(pieces.id_to_piece(i)) != i for i in range(pieces.get_piece_size())):
            raise UsageError(f"{vocabulary} numbers its pieces in another way", "use one by training.vocabulary")
        self.pad = pieces.get_piece_size()
        self.seed, self.joined, self.longest = seed, shares.joined, longest
        names = Names(pair for _, pairs in corpus.read_sources(folder) for pair in pairs) if shares.names else Names()
        tiers = corpus.read_tiers(folder)
        sources, targets = [], []
        weights: list[tuple[float, float]] = []
        last_of_source: list[int] = []
        for name, clean in sorted(corpus.read_sources(folder)):
            if not clean:
                continue
            rng = random.Random(f"{seed}/{name}")
            pairs = [noise.noisy(pair, shares, rng, names) for pair in clean]
            sources.append(sampled(pieces, [pair.source for pair in pairs], shares.sampled, rng))
            targets.append(encoded(pieces, [pair.target for pair in pairs]))
            weights += [tuple(tiers[name])] * len(pairs)
            last_of_source.append(len(weights) - 1)
        self.source, self.target = Ragged(*zip(*sources, strict=True)), Ragged(*zip(*targets, strict=True))
        a, b = self.source.lengths, self.target.lengths
        fits = (a <= longest) & (b <= longest) & (a < 2.5 * b + 8) & (b < 2.5 * a + 8)
        self.weights = {phase: np.array([w[i] for w in weights]) * fits for i, phase in enumerate(PHASES)}
        self.widths = np.maximum(a, b)
        self._ends_source = np.zeros(len(weights), dtype=bool)
        self._ends_source[last_of_source] = True
        if not fits.any():
            raise UsageError(f"{folder} has no pair of at most {longest} tokens", "look at --longest")
        if not self.weights["last"].any():
            self.weights["last"] = self.weights["main"]

    def epoch(self, phase: str, number: int, tokens: int, step: int) -> list[np.ndarray]:
        """Batches of one epoch, each an array (rows, 2) of items, in random order.

        Rows of a batch have about one length; rows times the padded width (a multiple of `step`) stay under `tokens`,
        and all batches of one width have the same number of rows: few shapes, which a GPU likes. The few items that
        fill no batch move to the next width, the very last ones are left out.
        """
        rng = np.random.default_rng([self.seed, PHASES.index(phase), number])
        weights = self.weights[phase]
        chosen = np.repeat(np.arange(len(weights)), np.floor(weights + rng.random(len(weights))).astype(int))
        counts = np.ones(len(chosen), dtype=int)
        follows = np.minimum(chosen + 1, len(weights) - 1)
        together = self.widths[chosen] + self.widths[follows]
        join = rng.random(len(chosen)) < self.joined
        counts[join & ~self._ends_source[chosen] & (weights[follows] > 0) & (together <= self.longest)] = 2
        widths = -(-np.where(counts == 2, together, self.widths[chosen]) // step) * step
        items = np.stack([chosen, counts], 1)
        batches: list[np.ndarray] = []
        rest = items[:0]
        for width in np.unique(widths):
            here = rng.permutation(np.concatenate([rest, items[widths == width]]))
            rows = max(1, tokens // int(width))
            whole = len(here) // rows * rows
            batches += np.split(here[:whole], whole // rows) if whole else []
            rest = here[whole:]
        if not batches:
            batches = [rest]
        return [batches[i] for i in rng.permutation(len(batches))]

    def batch(self, items: np.ndarray, step: int, fixed: bool = False) -> Batch:
        """The items padded to multiples of `step`; `fixed`: both sides to the same width, that of the longest."""
        sources = [self._joined(self.source, i, n) for i, n in items]
        targets = [self._joined(self.target, i, n) for i, n in items]
        widths = [-(-max(map(len, rows)) // step) * step for rows in (sources, targets)]
        if fixed:
            widths = [max(widths)] * 2
        source = np.full((len(items), widths[0]), self.pad, dtype=np.int64)
        target = np.full((len(items), widths[1]), self.pad, dtype=np.int64)
        for k, (a, b) in enumerate(zip(sources, targets, strict=True)):
            source[k, : len(a)], target[k, : len(b)] = a, b
        begun = np.roll(target, 1, 1)
        begun[:, 0] = self.pad
        begun[begun == END] = self.pad  # what follows the end of a short row is never looked at
        keep = np.flatnonzero(target != self.pad)
        return Batch(*map(torch.from_numpy, (source, begun, keep, target.reshape(-1)[keep])))

    @staticmethod
    def _joined(side: Ragged, first: int, count: int) -> np.ndarray:
        if count == 1:
            return side.row(first)
        return np.concatenate([side.row(first)[:-1], *(side.row(first + k) for k in range(1, count))])


class Plan(torch.utils.data.Dataset):
    """The batches of one epoch from one position on, for a DataLoader."""

    def __init__(self, data: Data, batches: list[np.ndarray], step: int, fixed: bool):
        self.data, self.batches, self.step, self.fixed = data, batches, step, fixed

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, i: int) -> Batch:
        return self.data.batch(self.batches[i], self.step, self.fixed)


def _leave_signals_to_the_trainer(worker: int) -> None:
    """A signal to the whole group (Ctrl-C, timeout) would end the workers while the trainer still saves."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def stream(
    data: Data, phase: str, number: int, position: int, *, tokens: int, step: int, fixed: bool, workers: int, pin: bool
) -> Iterator[Batch]:
    """The batches of one epoch in their order, from `position` on, made ahead by `workers` processes."""
    plan = Plan(data, data.epoch(phase, number, tokens, step)[position:], step, fixed)
    ahead: dict[str, Any] = {"prefetch_factor": 8, "multiprocessing_context": "fork"} if workers else {}
    own = torch.Generator()  # a loader draws a number when it starts: not from the trainer's generator
    yield from torch.utils.data.DataLoader(
        plan,
        batch_size=None,
        num_workers=workers,
        pin_memory=pin,
        generator=own,
        worker_init_fn=_leave_signals_to_the_trainer,
        **ahead,
    )
