"""The least that translates a file with CTranslate2: `bare.py STARTED MODEL TOKENIZER FILE`, a line a sentence."""

from __future__ import annotations

import json
import os
import sys
import time

import ctranslate2
import sentencepiece


def main(started: str, model: str, tokenizer: str, file: str) -> None:
    pieces = sentencepiece.SentencePieceProcessor(model_file=tokenizer)
    translator = ctranslate2.Translator(model, compute_type="int8", inter_threads=len(os.sched_getaffinity(0)))
    with open(file, encoding="utf-8") as lines:
        sources = [[*pieces.encode(line.strip(), out_type=str), "</s>"] for line in lines if line.strip()]
    results = translator.translate_batch(sources, beam_size=4, max_batch_size=2048, batch_type="tokens")
    pieces.decode([result.hypotheses[0] for result in results])
    print(json.dumps({"first": time.time() - float(started), "modules": len(sys.modules), "heavy": []}))


if __name__ == "__main__":
    main(*sys.argv[1:])
