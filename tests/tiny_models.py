"""Small checkpoints with the files and the configs of real ones, for tests that need a model but not a good one.

Weights are random, drawn wide so that the best token wins by far: two correct engines then choose the same one. The
row of the end token is widened more, so that outputs end, at different lengths. Each factory writes a folder once and
returns what `catalog.Checkpoint` would say of it.
"""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass
from pathlib import Path

from summarize.engines import convert
from summarize.families import FAMILIES, Family

_WHO = ["Der Bürgermeister", "Die Feuerwehr", "Ein Sprecher der Polizei", "Die Stadt München", "Frau Dr. Weiß"]
_DID = ["bestätigte", "prüft", "kritisierte", "meldete am Montag", "verschob", "begrüßte"]
_WHAT = ["den Bau der neuen Brücke", "24 Fälle in 3 Tagen", "die Erhöhung um 1,5 Prozent", "das Ende der Gespräche"]
_WHERE = ["in Abu Dhabi.", "am 3. März 2026.", "für rund 12.500 Euro!", "„ohne Grund“, hieß es.", "bis 19:30 Uhr?"]

# Three hundred sentences of news-like German, some of them joined to make longer ones.
SENTENCES = [
    " ".join(parts) for parts in random.Random(1).sample(list(itertools.product(_WHO, _DID, _WHAT, _WHERE)), 300)
]
LONGER = [" ".join(SENTENCES[i : i + 2 + i % 4]) for i in range(0, 60, 3)]

# What tokenizers disagree on: emoji, ligatures, combining marks, other scripts, odd spaces, nothing at all.
ODD = [
    "",
    " ",
    "\t",
    "a",
    "…",
    "10³ und 1½ mal CO₂",
    "ﬁn ﬂuß",
    "e\u0301 vs é",
    "👍🏽 ja 👨‍👩‍👧‍👦",
    "Привет, мир",
    "日本語テキスト",
    "مرحبا",
    "a\u00a0b\u2009c\u200bd",
    "  vorn und hinten  ",
    "zwei  Leerzeichen",
    "Zeile\nUmbruch\r\nnoch einer",
    "STRASSE GROẞ ß",
    "https://example.org/a?b=c&d=1#e",
    "x@y.de",
    "„Zitat“ ‚halb‘ »Guillemet«",
    "3.500,00 € – 20 %",
    "a<b>c</b>",
    "<",
    "& &amp;",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "\ufeffBOM",
    "null\u0000byte",
    "▁unter▁strich",
    "I'm, don't, it's",
    "١٢٣",
]

# Text that spells control tokens: it must stay text.
CONTROL = [
    "</s>",
    "<pad> und <unk>",
    "vor <s> nach",
    "<|im_end|>\n<|im_start|>system",
    "<extra_id_0>",
    "[SEP] [CLS]",
    "<mask>",
]

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclass(frozen=True)
class TinyCheckpoint:
    """The attributes of `catalog.Checkpoint` that backends read."""

    id: str
    path: Path
    family: Family
    task: str = "summarize"
    source: tuple[str, ...] = ()
    target: str = "en"
    weights: str = "0" * 32
    tokenizer: str = "0" * 32


def marian(folder: Path, targets: tuple[str, ...] = ()) -> TinyCheckpoint:
    """As opus-mt-de-en ships, but 32 wide: source.spm, target.spm, vocab.json, a zero row for <pad>. With `targets` as
    those for many languages, which have a token for each: >>fra<<."""
    from transformers import MarianConfig, MarianMTModel

    _sentencepiece(folder / "source.spm", vocab_size=420)
    _sentencepiece(folder / "target.spm", vocab_size=380, text=[s.replace("ü", "ue") for s in SENTENCES])
    pieces = [*_pieces(folder / "source.spm"), *_pieces(folder / "target.spm")]
    told = [f">>{code}<<" for code in targets]
    names = ["</s>", "<unk>", *dict.fromkeys(p for p in pieces if p not in ("<s>", "</s>", "<unk>")), *told, "<pad>"]
    _write(folder / "vocab.json", {name: i for i, name in enumerate(names)})
    _write(
        folder / "tokenizer_config.json",
        {"source_lang": "de", "target_lang": "en", "model_max_length": 512, "tokenizer_class": "MarianTokenizer"},
    )
    pad = len(names) - 1
    config = MarianConfig(
        vocab_size=len(names),
        decoder_vocab_size=len(names),
        **_WIDTHS,
        activation_function="swish",
        scale_embedding=True,
        pad_token_id=pad,
        eos_token_id=0,
        bos_token_id=0,
        forced_eos_token_id=0,
        decoder_start_token_id=pad,
    )
    model = _sharpened(MarianMTModel, config, end=0, factor=1.4)
    model.get_input_embeddings().weight.data[pad] = 0
    generation = {
        "bad_words_ids": [[pad]],
        "decoder_start_token_id": pad,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "max_length": 512,
        "num_beams": 4,
        "pad_token_id": pad,
        "renormalize_logits": True,
    }
    return _save(model, folder, "marian", generation, task="translate", source=("de",))


def bart(folder: Path) -> TinyCheckpoint:
    """As bart-large-cnn: byte-level BPE in vocab.json and merges.txt, no tokenizer.json; outputs begin with <s>."""
    from transformers import BartConfig, BartForConditionalGeneration

    trained = _byte_level("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    trained.save_model(str(folder))
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "BartTokenizer", "model_max_length": 1024})
    config = BartConfig(
        vocab_size=trained.get_vocab_size(),
        **_WIDTHS,
        **_IDS,
    )
    model = _sharpened(BartForConditionalGeneration, config, end=2, factor=5)
    generation = {
        **_IDS,
        "forced_bos_token_id": 0,
        "forced_eos_token_id": 2,
        "length_penalty": 2.0,
        "max_length": 142,
        "min_length": 56,
        "no_repeat_ngram_size": 3,
        "num_beams": 4,
    }
    return _save(model, folder, "bart", generation)


def mbart(folder: Path) -> TinyCheckpoint:
    """As mbart-large-50-many-to-one: language codes around the source and at the start of the output."""
    from transformers import MBart50Tokenizer, MBartConfig, MBartForConditionalGeneration

    _sentencepiece(folder / "trained.spm", vocab_size=420)
    tokenizer = MBart50Tokenizer(vocab=_scored(folder / "trained.spm"), src_lang="de_DE", tgt_lang="en_XX")
    (folder / "trained.spm").unlink()
    tokenizer.save_pretrained(str(folder))
    config = MBartConfig(
        vocab_size=len(tokenizer),
        **_WIDTHS,
        **_RELU,
        **_IDS,
        tokenizer_class="MBart50Tokenizer",
    )
    model = _sharpened(MBartForConditionalGeneration, config, end=2, factor=4)
    english = tokenizer.convert_tokens_to_ids("en_XX")
    generation = {
        "decoder_start_token_id": 2,
        "eos_token_id": 2,
        "forced_bos_token_id": english,
        "forced_eos_token_id": 2,
        "pad_token_id": 1,
    }
    return _save(model, folder, "mbart", generation, task="translate", source=("de",))


def nllb(folder: Path) -> TinyCheckpoint:
    """As nllb-200-distilled: FLORES codes before the source and at the start of the output; a tokenizer.json."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    trained.train_from_iterator(SENTENCES, trainers.BpeTrainer(vocab_size=420, special_tokens=specials))
    pieces = json.loads(trained.to_str())["model"]
    codes = ["eng_Latn", "deu_Latn", "fra_Latn", "arb_Arab", "zho_Hant", "zho_Hans"]
    tokenizer = NllbTokenizer(
        vocab=pieces["vocab"],
        merges=[tuple(pair) for pair in pieces["merges"]],
        src_lang="deu_Latn",
        tgt_lang="eng_Latn",
        extra_special_tokens=codes,
    )
    tokenizer.save_pretrained(str(folder))
    config = M2M100Config(
        vocab_size=len(tokenizer),
        **_WIDTHS,
        **_RELU,
        **_IDS,
    )
    model = _sharpened(M2M100ForConditionalGeneration, config, end=2, factor=4)
    return _save(model, folder, "nllb", _IDS, task="translate", source=("de", "fr"))


def m2m100(folder: Path) -> TinyCheckpoint:
    """As m2m100_418M: vocab.json and sentencepiece.bpe.model, codes such as __de__ behind them, no tokenizer.json."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    _sentencepiece(folder / "sentencepiece.bpe.model", vocab_size=420)
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [piece for piece in _pieces(folder / "sentencepiece.bpe.model") if piece not in specials]
    _write(folder / "vocab.json", {piece: i for i, piece in enumerate([*specials, *pieces])})
    codes = FAIRSEQ_LANGUAGE_CODES["m2m100"]
    listed = {"additional_special_tokens": [f"__{code}__" for code in codes]}
    _write(folder / "special_tokens_map.json", {**listed, "bos_token": "<s>", "eos_token": "</s>"})
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "M2M100Tokenizer", "src_lang": None})
    config = M2M100Config(vocab_size=len(specials) + len(pieces) + len(codes) + 8, **_WIDTHS, **_RELU, **_IDS)
    model = _sharpened(M2M100ForConditionalGeneration, config, end=2, factor=4)
    return _save(model, folder, "m2m100", _IDS, task="translate", source=("de", "fr"))


def pegasus(folder: Path) -> TinyCheckpoint:
    """As pegasus-xsum: a spiece.model and nothing else to tokenize with; 103 reserved ids."""
    from transformers import PegasusConfig, PegasusForConditionalGeneration

    _sentencepiece(folder / "spiece.model", vocab_size=420, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PegasusTokenizer", "model_max_length": 512})
    config = PegasusConfig(
        vocab_size=420 + 103,
        **_WIDTHS,
        **_RELU,
        **_PAD_FIRST,
    )
    model = _sharpened(PegasusForConditionalGeneration, config, end=1, factor=2.5)
    return _save(model, folder, "pegasus", {**_PAD_FIRST, "forced_eos_token_id": 1})


def t5(folder: Path, gated: bool = False) -> TinyCheckpoint:
    """t5-small (tied, scaled, relu) or, `gated`, FLAN-T5 (v1.1: untied, unscaled, gated gelu)."""
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    _sentencepiece(folder / "trained.spm", vocab_size=412, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    sentinels = [(f"<extra_id_{i}>", 0.0) for i in range(99, -1, -1)]
    tokenizer = T5Tokenizer(vocab=[*_scored(folder / "trained.spm"), *sentinels])
    (folder / "trained.spm").unlink()
    tokenizer.save_pretrained(str(folder))
    config = T5Config(
        vocab_size=512,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=4,
        n_positions=512,
        feed_forward_proj="gated-gelu" if gated else "relu",
        tie_word_embeddings=not gated,
        **_PAD_FIRST,
        initializer_factor=1.0,
    )
    model = _sharpened(T5ForConditionalGeneration, config, end=1, factor=2.5, widen=1.0 if gated else 3.0)
    return _save(model, folder, "t5", _PAD_FIRST)


def madlad(folder: Path) -> TinyCheckpoint:
    """As madlad400-3b-mt: a T5 v1.1 whose vocabulary has a token for each target language, <2de>."""
    from transformers import AddedToken, T5Config, T5ForConditionalGeneration, T5Tokenizer

    codes = [f"<2{code}>" for code in ("en", "de", "fr", "sr_Latn", "sr")]
    ids = {"pad_id": 1, "eos_id": 2, "unk_id": 0, "bos_id": -1}
    _sentencepiece(folder / "spiece.model", vocab_size=420, user_defined_symbols=codes, **ids)
    tokenizer = T5Tokenizer(vocab=_scored(folder / "spiece.model"), unk_token="<unk>", extra_ids=0)
    tokenizer.add_tokens([AddedToken(code, normalized=False) for code in codes])
    tokenizer.save_pretrained(str(folder))
    special = {"pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 0}
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        **special,
        initializer_factor=1.0,
    )
    model = _sharpened(T5ForConditionalGeneration, config, end=2, factor=2.5)
    return _save(model, folder, "madlad", special, task="translate", source=("de", "fr"))


def causal(folder: Path) -> TinyCheckpoint:
    """As SmolLM2-Instruct: a Llama with grouped heads, a byte-level BPE and a chat template."""
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    trained = _byte_level("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        unk_token="<|endoftext|>",
        pad_token="<|im_end|>",
        chat_template=CHAT_TEMPLATE,
    ).save_pretrained(str(folder))
    config = LlamaConfig(
        vocab_size=trained.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
    model = _sharpened(LlamaForCausalLM, config, end=2, factor=6)
    return _save(model, folder, "causal", {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2})


def encoder(folder: Path) -> TinyCheckpoint:
    """As all-MiniLM-L6-v2: a BERT with WordPiece, read up to 64 tokens."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizer

    trained = BertWordPieceTokenizer()
    trained.train_from_iterator(SENTENCES, vocab_size=400, show_progress=False)
    trained.save_model(str(folder))
    BertTokenizer(str(folder / "vocab.txt"), do_lower_case=True).save_pretrained(str(folder))
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    config = BertConfig(
        vocab_size=trained.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        initializer_range=0.2,
    )
    model = _sharpened(BertModel, config, end=None)
    return _save(model, folder, "encoder", None, task="embed")


FACTORIES = {
    "marian": marian,
    "marian to many": lambda folder: marian(folder, ("deu", "fra", "eng", "zho_Hant", "zho_Hans")),
    "bart": bart,
    "mbart": mbart,
    "nllb": nllb,
    "m2m100": m2m100,
    "pegasus": pegasus,
    "t5": t5,
    "madlad": madlad,
    "flan": lambda folder: t5(folder, gated=True),
    "causal": causal,
    "encoder": encoder,
}

# By model_type, what a config is to say otherwise: benchmarks/timing/families.py makes larger ones of the same kinds.
SHAPES: dict[str, dict] = {}

_OUTWARD = ("out_proj.weight", "fc2.weight", ".o.weight", ".wo.weight", "o_proj.weight", "down_proj.weight")

_WIDTHS = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 512,
    "init_std": 0.3,
}
_RELU = {"activation_function": "relu", "scale_embedding": True}
_IDS = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
_PAD_FIRST = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}


def make(kind: str, root: Path) -> TinyCheckpoint:
    """The checkpoint `kind` (a key of FACTORIES) in a folder of its own under `root`."""
    folder = root / f"tiny-{kind.replace(' ', '-')}"
    folder.mkdir(parents=True)
    return FACTORIES[kind](folder)


def convert_here(checkpoint: TinyCheckpoint, engine: str, cache: Path) -> None:
    """As the program does before its first use of a checkpoint in float32, but without a process that loads torch."""
    quantization = "float32" if engine == "ct2" else "tokenizer"
    if quantization == "tokenizer" and checkpoint.family.library != "tokenizers":
        return
    folder = convert.converted_folder(checkpoint, quantization, cache)
    folder.parent.mkdir(parents=True, exist_ok=True)
    convert.convert(checkpoint.path, folder, checkpoint.family, quantization)
    convert.record(folder)


def _sharpened(model_class, config, end: int | None, factor: float = 1.0, widen: float = 1.0):
    """A model with random weights of which the output rows are `widen` times as wide, the end token's `factor` more."""
    import torch

    if config.model_type in SHAPES:
        config = type(config)(**{**config.to_dict(), **SHAPES[config.model_type]})
    torch.manual_seed(7)
    model = model_class(config).eval()
    for name, weight in model.named_parameters():
        # what a layer adds must outweigh what it was given, or tied embeddings repeat the last token for ever
        if name.endswith(_OUTWARD):
            weight.data *= 6
    if end is not None:
        rows = model.get_output_embeddings().weight.data
        rows *= widen
        rows[end] *= factor
    return model


def _save(model, folder: Path, family: str, generation: dict | None, **facts) -> TinyCheckpoint:
    model.save_pretrained(str(folder))
    if generation is not None:
        _write(folder / "generation_config.json", generation)
    return TinyCheckpoint(folder.name, folder, FAMILIES[family], **facts)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _byte_level(*special: str):
    """A byte-level BPE that starts with the `special` tokens."""
    from tokenizers import ByteLevelBPETokenizer

    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(SENTENCES, vocab_size=500, special_tokens=list(special), show_progress=False)
    return trained


def _sentencepiece(path: Path, vocab_size: int, text: list[str] = SENTENCES, **options: object) -> None:
    import io

    import sentencepiece

    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text),
        model_writer=out,
        vocab_size=vocab_size,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
        **options,
    )
    path.write_bytes(out.getvalue())


def _scored(path: Path) -> list[tuple[str, float]]:
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [(model.id_to_piece(i), model.get_score(i)) for i in range(model.get_piece_size())]


def _pieces(path: Path) -> list[str]:
    return [piece for piece, _ in _scored(path)]
