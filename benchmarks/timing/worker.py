"""One contestant in a process of its own: `worker.py NAME OPTIONS`, then a JSON request a line, a JSON answer a line.

Loads, answers with what it says of itself, then answers every request {texts, beams} with the seconds and processor
seconds that it took and the tokens that it wrote. Imports nothing of this project but for the contestants that are it,
so that it runs in a rival's environment too.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Run = Callable[[Sequence[str], int], Callable[[], int]]  # of texts and beams; what it returns counts the tokens later
FILL = 30  # tokens that a model without trained weights is made to write, no more and no less
PARAGRAPH = 4  # sentences


def cap(source: int) -> int:
    """Most new tokens for a source of so many, as summarize has it; without it a loop would run to 512."""
    return math.ceil((2 * source + 16) / 32) * 32


def transformers(options: dict) -> tuple[dict, Run]:
    """Batches of sentences in order of length (of one sentence: as a model card shows)."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    torch.set_num_threads(options["threads"])
    tokenizer = AutoTokenizer.from_pretrained(options["model"])
    model = AutoModelForSeq2SeqLM.from_pretrained(options["model"], dtype=torch.float32).eval()

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        size = options["batch"]
        ordered = sorted(texts, key=len) if size > 1 else texts
        written = []
        for i in range(0, len(ordered), size):
            batch = tokenizer(ordered[i : i + size], return_tensors="pt", padding=True)
            longest = cap(batch["input_ids"].shape[1])
            length = (
                {"min_new_tokens": FILL, "max_new_tokens": FILL} if options["fill"] else {"max_new_tokens": longest}
            )
            with torch.inference_mode():
                out = model.generate(**batch, num_beams=beams, do_sample=False, max_length=None, **length)
            tokenizer.batch_decode(out, skip_special_tokens=True)
            written.append(out[:, 1:])
        return lambda: sum(int((out != model.config.pad_token_id).sum()) for out in written)

    return {"threads": torch.get_num_threads()}, run


class Raw:
    """CTranslate2 called by hand: everything tokenised beforehand and sorted, the texts never put together again."""

    def __init__(self, options: dict):
        import ctranslate2
        import sentencepiece

        self.options = options
        self._open = lambda workers, threads: ctranslate2.Translator(
            options["converted"], compute_type=options.get("quantization", "int8"), inter_threads=workers,
            intra_threads=threads,
        )  # fmt: skip
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=options["tokenizer"])
        self._known: dict[str, list[str]] = {}
        self.setting: tuple[int, int, int, bool] = tuple(options.get("setting") or (options["threads"], 1, 2048, True))
        self._vmap = {"use_vmap": True} if options.get("vmap") else {}
        self._translator = self._open(*self.setting[:2])

    def tokenise(self, texts: Sequence[str]) -> list[list[str]]:
        for text in texts:
            if text not in self._known:
                self._known[text] = [*self._pieces.encode(text, out_type=str), "</s>"]
        return [self._known[text] for text in texts]

    def __call__(self, texts: Sequence[str], beams: int) -> Callable[[], int]:
        sources = sorted(self.tokenise(texts), key=len, reverse=True)
        _, _, size, equal = self.setting
        fill = {"min_decoding_length": FILL, "max_decoding_length": FILL} if self.options["fill"] else {}
        how = {
            "beam_size": beams,
            "max_batch_size": size,
            "batch_type": "tokens",
            "max_input_length": 0,
            **fill,
            **self._vmap,
        }
        if not equal:  # one call, batches cut by the library
            results = self._translator.translate_batch(sources, **how)
        else:  # one asynchronous call for each length, so that nothing is padded
            groups: dict[int, list[list[str]]] = {}
            for source in sources:
                groups.setdefault(len(source), []).append(source)
            waiting = []
            for length, group in groups.items():
                limit = {} if fill else {"max_decoding_length": cap(length)}
                waiting += self._translator.translate_batch(group, asynchronous=True, **how, **limit)
            results = [one.result() for one in waiting]
        ends = 0 if fill else 1  # the end token is not among the hypothesis
        return lambda: sum(len(result.hypotheses[0]) + ends for result in results)

    def tune(self, texts: Sequence[str], grid: Sequence[Sequence]) -> list[list]:
        """Tries each setting (translators, threads of each, tokens of a batch, equal lengths?) once; keeps the best."""
        self.tokenise(texts)
        tried = []
        for setting in sorted(map(tuple, grid)):
            if setting[:2] != self.setting[:2]:
                self._translator = self._open(*setting[:2])
            self.setting = setting
            self(texts[:8], 4)
            started = time.perf_counter()
            self(texts, 4)
            tried.append([*setting, round(len(texts) / (time.perf_counter() - started), 2)])
        best = max(tried, key=lambda row: row[-1])
        self.setting = tuple(best[:4])
        self._translator = self._open(*self.setting[:2])
        return tried


def raw(options: dict) -> tuple[dict, Run]:
    contestant = Raw(options)
    tried = contestant.tune(options["tune"], options["grid"]) if options.get("grid") else []
    return {"setting": contestant.setting, "tried": tried}, contestant


class Empty:
    """A store that keeps nothing."""

    def get(self, signature: Any, texts: Collection[str]) -> dict:
        return {}

    def put(self, signature: Any, outputs: Mapping) -> None:
        pass


def ours(options: dict) -> tuple[dict, Run]:
    """The program's own translator as a run composes it, two slices with the engine at a time, without its guard and
    with a cache that knows nothing: sentences in, sentences out."""
    from pathlib import Path

    from summarize import catalog
    from summarize.backends import neural
    from summarize.backends.cached import Cached
    from summarize.backends.fitted import Fitted
    from summarize.engines.decoding import Decoding

    length = {"min_new": FILL, "max_new": FILL} if options["fill"] else {}
    cache = Path(options["cache"])
    how = {"quantization": options.get("quantization", "int8"), "threads": options["threads"], "cache": cache}
    task = options.get("task", "translate")
    model = neural.load(catalog.resolve(options["model"], cache=cache, task=task), **how)
    by_beams = {beams: Fitted(model.variant(Decoding(beams=beams, **length))) for beams in (1, 4)}

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        outputs = Cached(Empty(), by_beams[beams], slice_size=options["slice"], ahead=2).run(texts)
        return lambda: FILL * len(texts) if options["fill"] else sum(model.count(o.text) for o in outputs)

    run(["Guten Tag."], 4)  # loads it
    return {}, run


def argos(options: dict) -> tuple[dict, Run]:
    """Argos Translate, a paragraph a call. Its sentence splitter wants a download; it is given our cuts instead."""
    os.environ |= {"ARGOS_PACKAGES_DIR": options["package"], "XDG_DATA_HOME": options["home"]}
    os.environ |= {"XDG_CONFIG_HOME": options["home"], "XDG_CACHE_HOME": options["home"]}
    os.environ["ARGOS_CHUNK_TYPE"] = "MINISBD"
    import ctranslate2

    if options["fill"]:
        ctranslate2.Translator = _filling(ctranslate2.Translator)
    from argostranslate import settings, translate

    cuts: dict[str, list[str]] = {}

    class Given:
        def split_sentences(self, text: str) -> list[str]:
            return cuts[text]

    installed = translate.get_installed_languages()
    by_code = {language.code: language for language in installed}
    translation = by_code["de"].get_translation(by_code["en"])
    package = translation.underlying if hasattr(translation, "underlying") else translation
    package.sentencizer = Given()
    tokens = package.pkg.tokenizer

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        settings.beam_size = beams
        translation.cache = {}  # it keeps the paragraphs of the call before
        written = []
        for i in range(0, len(texts), PARAGRAPH):
            paragraph = " ".join(texts[i : i + PARAGRAPH])
            cuts[paragraph] = list(texts[i : i + PARAGRAPH])
            written.append(translation.translate(paragraph))
        return lambda: FILL * len(texts) if options["fill"] else sum(len(tokens.encode(text)) + 1 for text in written)

    return {"threads": [settings.inter_threads, settings.intra_threads], "batch": settings.batch_size}, run


def txtai(options: dict) -> tuple[dict, Run]:
    """txtai's translation pipeline, given all sentences at once; it cuts batches of its own size as they come."""
    import torch
    from txtai.pipeline import Translation

    torch.set_num_threads(options["threads"])
    pipeline = Translation(path=options["model"], findmodels=False)
    _, model, tokenizer = pipeline.lookup("de", "en")
    model.generation_config.max_length = None  # it gives one itself

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        model.generation_config.num_beams = beams
        outputs = pipeline(list(texts), target="en", source="de")
        return lambda: sum(map(len, tokenizer(outputs)["input_ids"]))

    return {"threads": torch.get_num_threads(), "batch": pipeline.batchsize}, run


def _filling(base: type) -> type:
    """CTranslate2's translator, made to write FILL tokens: untrained weights know no end."""

    class Filling(base):  # type: ignore[misc, valid-type]
        def translate_batch(self, *given, **more):
            return super().translate_batch(*given, min_decoding_length=FILL, max_decoding_length=FILL, **more)

    return Filling


def writer(options: dict) -> tuple[dict, Run]:
    """A chat model through the program: CTranslate2, all prompts of a call together."""
    from pathlib import Path

    from summarize import catalog, prompts
    from summarize.backends import neural
    from summarize.engines.decoding import Decoding

    new = options["new"]
    decoding = Decoding(beams=1, max_new=new, min_new=new)
    model = neural.load(
        catalog.resolve(options["model"], cache=Path(options["cache"]), task="summarize"),
        decoding=decoding, prompt=prompts.load("short", prompts.folders("")), cache=Path(options["cache"]),
        engine=options["engine"], threads=options["threads"],
    )  # fmt: skip
    model.fits("a")

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        size = options["batch"]
        for i in range(0, len(texts), size):
            model.run(texts[i : i + size])
        return lambda: new * len(texts)

    return {}, run


def writer_transformers(options: dict) -> tuple[dict, Run]:
    """The same model, prompt and length through transformers, one article at a time, as its model card shows."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(options["threads"])
    tokenizer = AutoTokenizer.from_pretrained(options["model"])
    model = AutoModelForCausalLM.from_pretrained(options["model"], dtype=torch.float32).eval()
    new = options["new"]

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        for text in texts:
            messages = [{"role": "system", "content": options["system"]}, {"role": "user", "content": text}]
            prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            batch = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
            with torch.inference_mode():
                out = model.generate(**batch, do_sample=False, min_new_tokens=new, max_new_tokens=new)
            tokenizer.decode(out[0, batch["input_ids"].shape[1] :], skip_special_tokens=True)
        return lambda: new * len(texts)

    return {}, run


def writer_llama(options: dict) -> tuple[dict, Run]:
    """The same model as the 4-bit GGUF file that it is published as, through llama.cpp."""
    from llama_cpp import Llama

    model = Llama(options["gguf"], n_ctx=2048, n_threads=options["threads"], verbose=False, seed=0)
    new = options["new"]
    ends = {model.token_eos(): -100.0}

    def run(texts: Sequence[str], beams: int) -> Callable[[], int]:
        for text in texts:
            messages = [{"role": "system", "content": options["system"]}, {"role": "user", "content": text}]
            model.create_chat_completion(messages, max_tokens=new, temperature=0.0, logit_bias=ends)
        return lambda: new * len(texts)

    return {}, run


CONTESTANTS = {
    "transformers": transformers,
    "raw": raw,
    "ours": ours,
    "argos": argos,
    "txtai": txtai,
    "writer": writer,
    "writer-transformers": writer_transformers,
    "writer-llama": writer_llama,
}


def main(name: str, options: str) -> None:
    answers = os.dup(1)
    os.dup2(2, 1)  # what libraries print is no answer
    out = os.fdopen(answers, "w")
    about, run = CONTESTANTS[name](json.loads(options))
    print(json.dumps(about), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        count = run(request["texts"], request["beams"])
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps({"seconds": wall, "cpu": cpu, "tokens": count()}), file=out, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
