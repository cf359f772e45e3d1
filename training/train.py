"""Trains a Marian model on a prepared corpus, on a processor or one GPU; killed at any time, the same command goes on.

    python -m training.train PREPARED OUT --dev ../shared/eval/flores-dev [--init MODEL [--grow width|depth]]

OUT gets model/ (a Hugging Face checkpoint of the averaged weights, float16), state.pt (everything a resumed run needs),
log.jsonl and, unless it is there or comes from --init, the vocabulary. Model and state are written every
--save-minutes, at SIGTERM or Ctrl-C, and at the end. The learning rate rises for --warmup steps, stays, and falls in
the last --last of the time (or of --steps), which is spent on news. With `--minutes inf` it never falls: such a run is
stopped at will, and a copy of OUT, called with --cool-down MINUTES, becomes a model while the run itself goes on.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import json
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: waiting threads sleep

import torch

from summarize.keys import hash_file

from . import corpus, data, grow, model, noise, pieces, state, vocabulary
from .evaluate import dev_scores

LOWEST = 0.03  # of the learning rate, at the end
WIDTH_STEP = 8  # batches are padded to multiples of it: measured, 81 % of the places hold a token, with 16 it is 70 %
STOPPED = 143  # exit status after SIGTERM, as shells count


class Run:
    """One training run: what it is made of, and the loop. Options are those of the command line (`options`)."""

    def __init__(self, asked: argparse.Namespace):
        self.asked = a = asked
        self.begun = time.monotonic()
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokens = a.tokens or (65536 if self.device == "cuda" else 1600)
        self.workers = a.workers if a.workers >= 0 else min(8, corpus.cores() - 1) if self.device == "cuda" else 0
        self.out: Path = a.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.stopping = 0
        if self.device == "cpu":
            torch.set_num_threads(a.threads or corpus.cores())
        torch.manual_seed(a.seed)
        if a.init:
            vocabulary.copy(a.init, self.out)
        elif not all((self.out / name).exists() for name in vocabulary.FILES):
            vocabulary.train(vocabulary.sample(a.prepared, a.seed), self.out, a.vocabulary, a.seed)
        shares = noise.NONE if a.plain else noise.Shares(**{f.name: getattr(a, f.name) for f in SHARES})
        self.data = data.Data(a.prepared, self.out, seed=a.seed, shares=shares, longest=a.longest)
        shape = model.Shape(a.width, a.feed_forward or 4 * a.width, a.encoder, a.decoder, a.heads)
        if a.init:
            self.model = model.taken(a.init, a.dropout, a.grow, a.seed)
        else:
            self.model = model.fresh(shape, self.data.pad + 1, a.dropout)
        self.model.to(self.device).train()
        self.average = copy.deepcopy(self.model).eval().requires_grad_(False)
        self.body = torch.compile(self.model.model) if a.compile else self.model.model
        self.weights = [w for w in self.model.parameters() if w.requires_grad]
        self.averages = [
            w for w, live in zip(self.average.parameters(), self.model.parameters(), strict=True) if live.requires_grad
        ]
        self.optimizer = torch.optim.AdamW(
            self.weights, lr=a.rate, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.01, fused=True
        )
        config = self.model.config
        self.recipe = {
            "data": corpus.data_hash(a.prepared),
            "vocabulary": hash_file(self.out / vocabulary.FILES[0]),
            "seed": a.seed,
            "tokens": self.tokens,
            "shares": dataclasses.asdict(shares),
            "longest": a.longest,
            "shape": [config.d_model, config.encoder_ffn_dim, config.encoder_layers, config.decoder_layers,
                      config.encoder_attention_heads, config.vocab_size],
        }  # fmt: skip
        self.progress = state.Progress()
        path = self.out / "state.pt"
        if path.exists():
            self.progress = state.load(path, self.recipe, self.model, self.average, self.optimizer, self.device)
            self.log(resumed=self.progress.step, minutes=round(self.progress.seconds / 60, 1))
        if a.cool_down and self.progress.cooling is None:
            self.progress.cooling = self.progress.seconds
        self.before, self.entered = self.progress.seconds, self.clock()
        self.log(
            pairs=len(self.data.source), usable={p: round(float(w.sum())) for p, w in self.data.weights.items()},
            parameters=sum(w.numel() for w in self.weights), device=self.device, versions=corpus.versions(),
            **self.recipe,
        )  # fmt: skip

    def log(self, **values: Any) -> None:
        line = json.dumps({"seconds": round(time.monotonic() - self.begun, 1), **values}, ensure_ascii=False)
        print(line, file=sys.stderr, flush=True)
        with open(self.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def clock(self) -> float:
        """Seconds by which the schedule goes. On a processor those its threads had: a run that shares its cores, or is
        paused, loses no steps."""
        if self.device == "cpu":
            return time.process_time() / torch.get_num_threads()
        return time.monotonic()

    @property
    def left(self) -> float:
        """What is left of the run as a share of its last part (news first, the rate falling): over 1 before it begins,
        0 at the end. By steps if --steps was given, else by time."""
        a, p = self.asked, self.progress
        if p.cooling is not None:
            return 1 - (p.seconds - p.cooling) / (60 * a.cool_down)
        share = 1 - (p.step / a.steps if a.steps else p.seconds / (60 * a.minutes))
        if a.last == 0 or share <= 0:
            return math.inf if share > 0 else 0.0
        return share / a.last

    def stop(self, number: int, _: Any) -> None:
        if self.stopping:  # the second time somebody means it
            raise KeyboardInterrupt
        self.stopping = number

    def train(self) -> int:
        """The whole run, or what was left of it. Returns the exit status: 0, or what a signal earns."""
        previous = {number: signal.signal(number, self.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            return self._train()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _train(self) -> int:
        a, p = self.asked, self.progress
        saved = time.monotonic()
        lost, seen, since, at = torch.zeros((), device=self.device), 0, time.monotonic(), p.tokens
        while self.left > 0 and not self.stopping:
            phase = "last" if a.news or self.left <= 1 else "main"
            if phase != p.phase:
                p.phase, p.epoch, p.position = phase, 0, 0
                self.log(phase=phase, step=p.step)
            batches = data.stream(
                self.data, p.phase, p.epoch, p.position, tokens=self.tokens, step=WIDTH_STEP,
                fixed=a.compile, workers=self.workers, pin=self.device == "cuda",
            )  # fmt: skip
            for batch in batches:
                lost = lost + self.one(batch)
                seen += 1
                if p.step % a.log_steps == 0:
                    speed = (p.tokens - at) / (time.monotonic() - since)
                    self.log(step=p.step, epoch=p.epoch, loss=round(lost.item() / seen, 3), tokens=p.tokens,
                             tokens_per_second=round(speed), rate=round(self.rate(), 7))  # fmt: skip
                    lost, seen, since, at = torch.zeros((), device=self.device), 0, time.monotonic(), p.tokens
                if time.monotonic() - saved > 60 * a.save_minutes:
                    self.save()
                    self.log(saved=p.step, **self.dev())
                    saved = since = time.monotonic()
                    at = p.tokens
                if self.stopping or self.left <= 0 or (phase == "main" and self.left <= 1):
                    break
            else:
                p.epoch, p.position = p.epoch + 1, 0
        self.save()
        if self.stopping:
            self.log(stopped=p.step, signal=self.stopping)
            return STOPPED if self.stopping == signal.SIGTERM else 130
        self.log(finished=p.step, tokens=p.tokens, minutes=round(p.seconds / 60, 1), **self.dev())
        return 0

    def rate(self) -> float:
        rise = min(1.0, (self.progress.step + 1) / self.asked.warmup) if self.asked.warmup else 1.0
        return self.asked.rate * rise * max(LOWEST, min(1.0, self.left))

    def one(self, batch: data.Batch) -> torch.Tensor:
        """One step; returns the loss, which stays on the device."""
        p = self.progress
        tokens = len(batch.target)
        batch = data.Batch(*(tensor.to(self.device, non_blocking=True) for tensor in batch))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        with model.attention(self.device):
            with torch.autocast(self.device, dtype=torch.bfloat16):
                loss = model.loss(self.body, self.model, batch, self.asked.smoothing)
            loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        p.step += 1
        p.position += 1
        p.tokens += tokens
        p.seconds = self.before + self.clock() - self.entered
        # the average reaches over the last tenth of the steps, in long runs over the last 1 / (1 - 0.9995)
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.weights, 1 - min(self.asked.average, (p.step + 1) / (p.step + 10)))
        return loss.detach()

    def save(self) -> None:
        """The checkpoint first, the state last: a kill between them repeats some steps and loses none."""
        model.save(self.average, self.out, self.out / "model")
        state.save(self.out / "state.pt", self.recipe, self.progress, self.model, self.average, self.optimizer)
        if self.asked.keep:
            pieces.keep(self.out, self.progress.step, self.asked.keep)
        if self.asked.pieces:
            pieces.cut(self.out, self.asked.pieces)

    def dev(self) -> dict[str, Any]:
        if not self.asked.dev:
            return {}
        return dev_scores(self.average, self.out, self.asked.dev, self.asked.dev_lines, self.device)


SHARES = dataclasses.fields(noise.Shares)


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path, help="folder by training.prepare")
    parser.add_argument("out", type=Path)
    add = parser.add_argument
    add("--dev", type=Path, help="prefix of the development set: PREFIX.de, PREFIX.en")
    add("--dev-lines", type=int, default=200)
    add("--minutes", type=float, default=20.0,
        help="of all parts of a run together; on a processor, of its own time; inf: until it is stopped")  # fmt: skip
    add("--cool-down", type=float, default=0.0, help="end in that many minutes from where the state stands")
    add("--steps", type=int, default=0, help="count steps instead of minutes")
    add("--init", type=Path, help="checkpoint to go on from, with its vocabulary and shape")
    add("--grow", choices=grow.HOW, help="double the width, or the encoder layers, of --init")
    for name, default in (("width", 512), ("feed-forward", 0), ("encoder", 6), ("decoder", 2), ("heads", 8)):
        add(f"--{name}", type=int, default=default, help="0: four times the width" if not default else "")
    add("--vocabulary", type=int, default=8000, help="pieces")
    add("--longest", type=int, default=200, help="tokens of a side")
    add("--tokens", type=int, default=0, help="of a batch, padding included; 0: 65536 on a GPU, 1600 on a processor")
    add("--rate", type=float, default=1e-3, help="highest learning rate")
    add("--warmup", type=int, default=200, help="steps")
    add("--last", type=float, default=0.4, help="share of the run in which the rate falls and news come first")
    add("--news", action="store_true", help="news first from the beginning, as in the last part of a run")
    add("--dropout", type=float, default=0.1)
    add("--smoothing", type=float, default=0.1)
    add("--average", type=float, default=0.9995, help="highest decay of the averaged weights")
    add("--seed", type=int, default=1)
    add("--save-minutes", type=float, default=4.0)
    add("--log-steps", type=int, default=50)
    add("--keep", type=int, default=0, help="keep that many checkpoints, for training.average")
    add(
        "--pieces", type=float, default=0.0, help="also write model.tar into OUT/pieces, cut into files of that many MB"
    )
    add("--compile", action="store_true", help="torch.compile, with few fixed shapes (not tried through yet)")
    add("--workers", type=int, default=-1, help="processes that make batches; -1: 8 on a GPU, none on a processor")
    add("--threads", type=int, default=0, help="of torch on a processor; 0: all")
    add("--plain", action="store_true", help="no noise at all")
    for field in SHARES:
        add(
            f"--{field.name.replace('_', '-')}",
            type=float,
            default=field.default,
            help="share of pairs (training/noise.py)",
        )
    return parser


def main(arguments: list[str] | None = None) -> int:
    asked = options().parse_args(arguments)
    return Run(asked).train()


if __name__ == "__main__":
    corpus.command(main)
