"""A tiny model as Firefox has them: Marian's binary format, int8 as intgemm wants it, a transformer that writes by an
SSRU. It was taught a few sentences by heart, so that whoever reads the file rightly says them.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, layer_norm

INTGEMM8, FLOAT32, INT8 = 0x4101, 0x0404, 0x0101  # Marian's numbers for what an item holds
WIDTH, HIDDEN, HEADS, LAYERS = 32, 64, 4, (1, 2)  # of the encoder and the decoder


def write(folder: Path, pairs: Sequence[tuple[str, str]], code: str = "deen") -> None:
    """model.deen.intgemm.alphas.bin and vocab.deen.spm that translate `pairs`."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = _vocabulary([side for pair in pairs for side in pair])
    cutter = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    model = _taught(cutter, pairs)
    (folder / f"vocab.{code}.spm").write_bytes(pieces)
    (folder / f"model.{code}.intgemm.alphas.bin").write_bytes(_binary(model.items()))


def likely(words: Sequence[int], vocabulary: int) -> bytes:
    """A lex.bin that allows these ids of outputs, whatever the source."""
    head = (0xF11A48D5013417F5, 0, 1, len(words), vocabulary + 1, vocabulary * len(words))  # magic, no checksum, sizes
    starts = range(0, (vocabulary + 1) * len(words), len(words))
    lists = [*words] * vocabulary
    return struct.pack("<6Q", *head) + struct.pack(f"<{len(starts)}Q", *starts) + struct.pack(f"<{len(lists)}I", *lists)


def _vocabulary(text: list[str]) -> bytes:
    """As Marian trains it: the end is 0, what is unknown 1, and there is no start."""
    out = io.BytesIO()
    ids = {"bos_id": -1, "eos_id": 0, "unk_id": 1, "pad_id": -1}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text),
        model_writer=out,
        vocab_size=200,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
        byte_fallback=False,
        **ids,
    )
    return out.getvalue()


class Student(nn.Module):
    """What the file means, as plain arithmetic. `largest` are the largest inputs of each product, for quantization."""

    def __init__(self, vocabulary: int):
        super().__init__()
        torch.manual_seed(3)
        self.weights, self.largest = nn.ParameterDict(), {}
        self._new("Wemb", vocabulary, WIDTH)
        self._new("decoder_ff_logit_out_b", 1, vocabulary)
        for side, attention, layers in (("encoder", "self", LAYERS[0]), ("decoder", "context", LAYERS[1])):
            for layer in range(1, layers + 1):
                start = f"{side}_l{layer}"
                for name in "qkvo":
                    self._affine(f"{start}_{attention}_", f"W{name}", f"b{name}", WIDTH, WIDTH)
                self._affine(f"{start}_ffn_", "W1", "b1", WIDTH, HIDDEN)
                self._affine(f"{start}_ffn_", "W2", "b2", HIDDEN, WIDTH)
                norms = [f"{start}_{attention}_Wo", f"{start}_ffn_ffn"]
                if side == "decoder":
                    self._affine(f"{start}_rnn_", "W", "", WIDTH, WIDTH)
                    self._affine(f"{start}_rnn_", "Wf", "bf", WIDTH, WIDTH)
                    norms.append(f"{start}_rnn_ffn")
                for norm in norms:
                    self.weights[f"{norm}_ln_scale"] = nn.Parameter(torch.ones(1, WIDTH))
                    self.weights[f"{norm}_ln_bias"] = nn.Parameter(torch.zeros(1, WIDTH))

    def _new(self, name: str, *shape: int) -> None:
        self.weights[name] = nn.Parameter(torch.randn(shape) / math.sqrt(shape[-1]))

    def _affine(self, start: str, weight: str, bias: str, inputs: int, outputs: int) -> None:
        self._new(start + weight, inputs, outputs)
        if bias:
            self.weights[start + bias] = nn.Parameter(torch.zeros(1, outputs))

    def _times(self, x: Tensor, start: str, weight: str, bias: str = "") -> Tensor:
        name = start + weight
        self.largest[name] = max(self.largest.get(name, 0.0), x.detach().abs().max().item())
        return x @ self.weights[name] + (self.weights[start + bias] if bias else 0)

    def _norm(self, x: Tensor, name: str) -> Tensor:
        scale, shift = self.weights[f"{name}_ln_scale"][0], self.weights[f"{name}_ln_bias"][0]
        return layer_norm(x, (WIDTH,), scale, shift, 1e-9)

    def _attend(self, query: Tensor, over: Tensor, start: str) -> Tensor:
        heads = [
            self._times(x, start, f"W{n}", f"b{n}").view(len(x), HEADS, -1).transpose(0, 1)
            for x, n in ((query, "q"), (over, "k"), (over, "v"))
        ]
        found = torch.softmax(heads[0] @ heads[1].transpose(1, 2) / math.sqrt(WIDTH // HEADS), -1) @ heads[2]
        joined = found.transpose(0, 1).reshape(len(query), WIDTH)
        return self._norm(query + self._times(joined, start, "Wo", "bo"), f"{start}Wo")

    def _forward(self, x: Tensor, start: str) -> Tensor:
        hidden = torch.relu(self._times(x, f"{start}_ffn_", "W1", "b1"))
        return self._norm(x + self._times(hidden, f"{start}_ffn_", "W2", "b2"), f"{start}_ffn_ffn")

    def forward(self, source: list[int], target: list[int]) -> Tensor:
        """Logits (len(target), vocabulary): each from what stands before it."""
        words = self.weights["Wemb"] * math.sqrt(WIDTH)
        x = words[source] + _positions(len(source))
        for layer in range(1, LAYERS[0] + 1):
            x = self._forward(self._attend(x, x, f"encoder_l{layer}_self_"), f"encoder_l{layer}")
        y = torch.cat([torch.zeros(1, WIDTH), words[target[:-1]]]) + _positions(len(target))
        for layer in range(1, LAYERS[1] + 1):
            start = f"decoder_l{layer}"
            y = self._attend(self._remember(y, f"{start}_rnn_"), x, f"{start}_context_")
            y = self._forward(y, start)
        self.largest["none"] = max(self.largest.get("none", 0.0), y.detach().abs().max().item())
        return y @ self.weights["Wemb"].T + self.weights["decoder_ff_logit_out_b"]

    def _remember(self, x: Tensor, start: str) -> Tensor:
        """The SSRU."""
        forget, new = torch.sigmoid(self._times(x, start, "Wf", "bf")), self._times(x, start, "W")
        cell, cells = torch.zeros(WIDTH), []
        for f, n in zip(forget, new, strict=True):
            cell = f * cell + (1 - f) * n
            cells.append(cell)
        return self._norm(x + torch.relu(torch.stack(cells)), f"{start}ffn")

    def items(self) -> list[tuple[str, int, tuple[int, ...], bytes]]:
        """(name, type, shape, bytes) of each item."""
        found = [_floats(f"{name}_QuantMultA", np.array([[127 / top]])) for name, top in self.largest.items()]
        for name, weight in self.weights.items():
            array = weight.detach().numpy()
            matrix = "_b" not in name and "_ln_" not in name
            found.append(_matrix(name, array) if matrix else _floats(name, array))
        sizes = f"  - {len(self.weights['Wemb'])}"
        text = "\n".join([*_SETTINGS, "dim-vocabs:", sizes, sizes, "\0"]).encode()
        return [*found, ("special:model.yml", INT8, (len(text),), text)]


_SETTINGS = (
    "type: transformer",
    f"dim-emb: {WIDTH}",
    f"transformer-dim-ffn: {HIDDEN}",
    f"transformer-heads: {HEADS}",
    f"enc-depth: {LAYERS[0]}",
    f"dec-depth: {LAYERS[1]}",
    "transformer-ffn-depth: 2",
    "transformer-ffn-activation: relu",
    "transformer-decoder-autoreg: rnn",
    "dec-cell: ssru",
    'transformer-preprocess: ""',
    "transformer-postprocess: dan",
    "tied-embeddings-all: true",
    "version: v1.9.56",
)


def _positions(length: int) -> Tensor:
    """Sines, then cosines, at WIDTH / 2 wave lengths."""
    waves = torch.exp(-torch.arange(WIDTH // 2) * math.log(10_000) / (WIDTH // 2 - 1))
    angles = torch.arange(length)[:, None] * waves
    return torch.cat([angles.sin(), angles.cos()], 1)


def _taught(cutter: sentencepiece.SentencePieceProcessor, pairs: Sequence[tuple[str, str]]) -> Student:
    ids = [([*cutter.encode(a), 0], [*cutter.encode(b), 0]) for a, b in pairs]
    student = Student(-(-cutter.get_piece_size() // 8) * 8)
    optimiser = torch.optim.Adam(student.parameters(), 0.01)
    for _ in range(400):
        optimiser.zero_grad()
        losses = [cross_entropy(student(source, target), torch.tensor(target)) for source, target in ids]
        loss = torch.stack(losses).mean()
        if loss.item() < 0.01:
            break
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1, f"it has not learned its sentences: {loss.item()}"
    student.largest.clear()
    with torch.no_grad():
        for source, target in ids:
            student(source, target)
    return student


def _floats(name: str, array: np.ndarray) -> tuple[str, int, tuple[int, ...], bytes]:
    return name, FLOAT32, array.shape, array.astype("<f4").tobytes()


def _matrix(name: str, array: np.ndarray) -> tuple[str, int, tuple[int, ...], bytes]:
    """By columns, as a product wants them (by rows what words are looked up in), and what they were scaled by."""
    scale = 127 / np.abs(array).max()
    numbers = np.round(array * scale).astype(np.int8)
    stored = numbers if name == "Wemb" else numbers.T
    return name, INTGEMM8, array.shape, stored.tobytes() + struct.pack("<f", scale)


def _binary(items: list[tuple[str, int, tuple[int, ...], bytes]]) -> bytes:
    heads, names, shapes, data = b"", b"", b"", b""
    for name, kind, shape, content in items:
        content += b"\0" * (-len(content) % 256)
        heads += struct.pack("<4Q", len(name) + 1, kind, len(shape), len(content))
        names += name.encode() + b"\0"
        shapes += struct.pack(f"<{len(shape)}i", *shape)
        data += content
    head = struct.pack("<2Q", 1, len(items)) + heads + names + shapes
    padding = -(len(head) + 8) % 256
    return head + struct.pack("<Q", padding) + b"\0" * padding + data
