"""The trainer of the shipped model (training/): its data, its loop, and what comes out, on a tiny model."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from summarize.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from training import clean, corpus, noise, pieces, prepare, vocabulary  # noqa: E402
from training.corpus import Pair  # noqa: E402
from training.overlap import HeldOut  # noqa: E402

WHO = [("Der Minister", "The minister"), ("Die Polizei", "The police"), ("Ein Sprecher", "A spokesman"),
       ("Die Stadt Bonn", "The city of Bonn"), ("Frau Weiß", "Mrs Weiß")]  # fmt: skip
DID = [("kritisierte", "criticised"), ("prüfte", "examined"), ("lobte", "praised"), ("sah", "saw")]
WHAT = [("den Plan am Montag", "the plan on Monday"), ("die Brücke für das Dorf", "the bridge for the village"),
        ("12 Fälle in Berlin", "12 cases in Berlin"), ("nichts", "nothing")]  # fmt: skip
PAIRS = [Pair(*(" ".join(side) + "." for side in zip(*parts, strict=True))) for parts in product(WHO, DID, WHAT)]
SMALL = ["--width", "64", "--encoder", "2", "--decoder", "1", "--heads", "2", "--vocabulary", "600", "--tokens", "400",
         "--rate", "5e-3", "--dropout", "0", "--smoothing", "0", "--threads", "1", "--log-steps", "10"]  # fmt: skip
HELD_OUT = "Am Dienstag begann in der Hauptstadt der Prozess gegen drei frühere Manager der Bank."


def folder(path: Path, **sources: list[Pair]) -> Path:
    """A corpus folder in which the source called news has weight in the last phase."""
    path.mkdir(parents=True)
    for name, pairs in sources.items():
        corpus.write_source(path, name, pairs)
    corpus.write_tiers(path, {name: corpus.Tier(1, float(name == "news")) for name in sources})
    return path


def held_out(path: Path, *lines: str) -> list[Path]:
    path.write_text("".join(line + "\n" for line in lines or [HELD_OUT]), encoding="utf-8")
    return [path]


# --- data


def test_markup_controls_and_odd_spaces_are_mended():
    pair = clean.cleaned(Pair("<b>Gru\u0308n</b>\u00a0&amp; m²\x07", "Green &amp; m²\u200b"))
    assert pair == Pair("Grün & m²", "Green & m²")


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("", "Nothing", "empty"),
        ("Wort " * 200, "word " * 200, "long"),
        ("Ja.", "Yes, and this is a much longer sentence than it should ever be.", "ratio"),
        ("Hello to the world", "hello to the World", "identical"),
        ("1 2 3 4 5 6 7 a", "1 2 3 4 5 6 7 b", "letters"),
        ("The house is on the hill and that is it.", "The house stands on the hill, that is it.", "language"),
        ("Das Haus steht auf dem Berg.", "Das Haus ist auf dem Berg nicht zu sehen.", "language"),
        (
            "El presidente anunció nuevas medidas económicas ayer",
            "President announced new economic measures",
            "language",
        ),
        ("Es waren 27 Menschen.", "There were 35 people.", "numbers"),
        ("Es waren 1.500 Menschen.", "There were 1,500 people.", ""),
        ("Berlin", "Berlin", ""),
        ("Der Plan steht.", "The plan stands.", ""),
    ],
)
def test_pairs_that_teach_nothing_good_are_named(source, target, why):
    assert clean.fault(clean.cleaned(Pair(source, target))) == why


def test_nearly_all_human_pairs_pass():
    assert [clean.fault(pair) for pair in PAIRS] == [""] * len(PAIRS)


@pytest.mark.parametrize(
    "planted",
    [
        Pair(
            "Wie es heißt: am DIENSTAG begann „in der Hauptstadt“ der Prozess gegen andere.",  # nine words in a row
            "As they say: the trial of some other people has begun.",
        ),
        Pair(HELD_OUT.upper(), "On Tuesday the trial of three managers of the bank began."),
        Pair("Vorher war Ruhe. Kurz gesagt! Danach nicht.", "It was quiet before. Well, not after."),
        Pair("So war das, bevor es in gewisser Weise anfing.", "So it was, before it all began in a way, quiet."),
    ],
    ids=["run", "line", "sentence", "english"],
)
def test_a_planted_overlap_is_caught(tmp_path, planted):
    """Nine words in a row, a whole line, and a line as one of several sentences, on either side."""
    sets = held_out(tmp_path / "set", HELD_OUT, "Kurz gesagt!", "And so it was before it all began, in a way.")
    report = prepare.prepare([folder(tmp_path / "in", news=[*PAIRS, planted])], tmp_path / "out", sets, jobs=1)
    assert report["sources"]["news"] == {"read": 81, "kept": 80, "dropped": {"held out": 1}}


def test_eight_words_in_common_are_no_overlap():
    assert not HeldOut([HELD_OUT]).shares("am Dienstag begann in der Hauptstadt der Prozess ohne Zeugen.")


def test_the_check_of_prepared_data_fails_on_an_overlap_and_passes_without(tmp_path):
    """training/test_overlap.py, as one runs it by hand."""
    held_out(tmp_path / "set.de")
    for name, extra, status in (("good", [], 0), ("bad", [Pair(HELD_OUT, "The trial began on Tuesday.")], 1)):
        data = folder(tmp_path / name, news=[*PAIRS, *extra])
        env = {**os.environ, "TRAINING_DATA": str(data), "HELDOUT": str(tmp_path)}
        test = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(ROOT / "training" / "test_overlap.py")]
        assert subprocess.run(test, env=env, cwd=ROOT, capture_output=True).returncode == status


def test_doubles_go_over_all_files_and_the_news_keep_theirs(tmp_path):
    source = folder(tmp_path / "in", a=[*PAIRS[:10], PAIRS[3]], news=PAIRS[:5])
    report = prepare.prepare([source], tmp_path / "out", held_out(tmp_path / "set"), jobs=1)
    assert report["sources"]["news"]["kept"] == 5
    assert report["sources"]["a"] == {"read": 11, "kept": 5, "dropped": {"double": 6}}
    assert dict(corpus.read_sources(tmp_path / "out"))["a"] == PAIRS[5:10]


def test_prepared_data_is_the_same_with_any_number_of_processes_and_when_packed(tmp_path):
    source = folder(tmp_path / "in", a=PAIRS[:50], news=PAIRS[40:])
    sets = held_out(tmp_path / "set")
    reports = [prepare.prepare([source], tmp_path / str(jobs), sets, jobs=jobs) for jobs in (1, 2)]
    assert reports[0]["hash"] == reports[1]["hash"] == corpus.data_hash(tmp_path / "1")
    before = sorted(corpus.read_sources(tmp_path / "1"))
    corpus.pack(tmp_path / "1")
    assert sorted(corpus.read_sources(tmp_path / "1")) == before
    assert not (tmp_path / "1" / "a.tsv").exists()
    other = prepare.prepare([folder(tmp_path / "b", a=PAIRS[:39], news=PAIRS[40:])], tmp_path / "c", sets, jobs=1)
    assert other["hash"] != reports[0]["hash"]


def test_an_open_build_takes_no_source_whose_licence_is_not_known_to_be_open(tmp_path):
    source = folder(tmp_path / "in", tatoeba=PAIRS[:9], unheard=PAIRS[9:], **{"wmt-newstest2015": PAIRS[20:40]})
    report = prepare.prepare([source], tmp_path / "out", held_out(tmp_path / "s"), licences="open", jobs=1)
    assert list(report["sources"]) == ["tatoeba"]
    assert set(prepare.licence_classes().values()) == {"open", "research"}


def test_a_folder_that_is_no_corpus_says_so(tmp_path):
    with pytest.raises(UsageError, match=r"tiers\.tsv cannot be read"):
        corpus.read_tiers(tmp_path)
    corpus.write_tiers(tmp_path, {"a": corpus.Tier(1, 1)})
    with pytest.raises(UsageError, match="neither"):
        list(corpus.read_sources(tmp_path))


# --- noise


def test_noise_follows_from_the_seed_and_its_shares():
    pairs = [Pair(f"Er sagte: „Nummer {i} ist da.“ Gut.", f"He said: “Number {i} is here.” Good.") for i in range(400)]

    def made(seed, **shares):
        rng = random.Random(seed)
        return [noise.noisy(p, replace(noise.NONE, **shares), rng) for p in pairs]

    assert made(1) == pairs
    assert made(1, copied=0.5, capitals=0.1) == made(1, copied=0.5, capitals=0.1) != made(2, copied=0.5, capitals=0.1)
    assert 20 < sum(p.source.isupper() and p.target.isupper() for p in made(1, capitals=0.1)) < 65
    assert all('"Nummer' in p.source for p in made(1, straight_quotes=1))
    girls = noise.noisy(
        Pair("Mädchen grüßten über Öl.", "Girls said: über"), replace(noise.NONE, transcribed=1), random
    )
    assert girls == Pair("Maedchen gruessten ueber Oel.", "Girls said: über")
    assert all(p.source[-1] != "." and p.target[-1] != "." for p in made(1, no_stop=1))
    assert {p.target.split()[0] for p in made(1, fragment=1)} == {"He", "“Number"}
    back = pairs[0]._replace(tag=corpus.BACK)
    assert noise.noisy(back, noise.NONE, random.Random(1)).source == f"{noise.BACK_MARK} {back.source}"


def test_what_is_copied_stands_in_both_sides():
    rng = random.Random(1)
    for pair in PAIRS * 5:
        german, english = noise.copied(rng)
        assert german == english or german.translate(str.maketrans(",.", ".,")) == english
        made = noise.noisy(pair, replace(noise.NONE, copied=1), rng)
        assert made.source != pair.source and made.target != pair.target
        assert len(made.source) - len(pair.source) == len(made.target) - len(pair.target)


# --- vocabulary and batches


@pytest.fixture(scope="module")
def words(tmp_path_factory) -> Path:
    """A small joint vocabulary."""
    out = tmp_path_factory.mktemp("vocabulary")
    vocabulary.train([text for pair in PAIRS for text in pair[:2]], out, size=600, threads=1)
    return out


def test_the_vocabulary_keeps_what_news_are_made_of(words):
    import sentencepiece

    sp = sentencepiece.SentencePieceProcessor(model_file=str(words / "source.spm"))
    for text in ("10³ und 1½ mal CO₂", "日本 👍🏽 – „Zitat“ 3.500,00 €", "https://example.org/a?b=c"):
        assert sp.decode(sp.encode(text)) == text
    assert sp.decode(sp.encode("a\u00a0b\u00adc\u2009d")) == "a bc d"
    assert not [
        p for p in map(sp.id_to_piece, range(sp.get_piece_size())) if sum(c.isdigit() for c in p) > 1 and p[0] != "<"
    ]
    rows = json.loads((words / "vocab.json").read_text())
    assert (rows["</s>"], rows["<unk>"], rows["<pad>"]) == (0, 1, len(rows) - 1)


@pytest.fixture(scope="module")
def data(words, tmp_path_factory):
    from training.data import Data

    source = folder(tmp_path_factory.mktemp("data") / "in", a=PAIRS[:60], news=PAIRS[60:])
    return Data(source, words, shares=replace(noise.NONE, joined=0.3))


def test_an_epoch_uses_every_pair_as_often_as_its_weight_says(data):
    batches = data.epoch("main", 0, tokens=200, step=8)
    used = np.concatenate([np.arange(first, first + n) for batch in batches for first, n in batch])
    assert set(used) <= set(range(80)) and len(set(used)) > 70  # the last batch that is not full is left out
    last = np.concatenate(data.epoch("last", 0, 200, 8))
    assert last[:, 0].min() >= 60


def test_batches_keep_to_their_size_and_few_shapes(data):
    shapes = set()
    for items in data.epoch("main", 3, tokens=200, step=8):
        batch = data.batch(items, 8, fixed=True)
        assert batch.source.shape == batch.begun.shape and batch.source.numel() <= 200
        assert batch.source.shape[1] % 8 == 0
        shapes.add(batch.source.shape)
    assert len(shapes) == len({width for _, width in shapes})


def test_a_batch_holds_the_pair_and_the_target_moved_by_one(data):
    first = next(item for batch in data.epoch("main", 0, 200, 8) for item in batch if item[1] == 2)
    batch = data.batch(np.array([first, [0, 1]]), 8)
    i = int(first[0])
    joined = [*data.target.row(i)[:-1].tolist(), *data.target.row(i + 1).tolist()]
    alone = data.target.row(0).tolist()
    assert batch.target.tolist() == [*joined, *alone]
    assert (
        batch.begun[0].tolist()[: len(joined) + 1]
        == [data.pad, *joined[:-1], *batch.begun[0].tolist()[len(joined) :]][: len(joined) + 1]
    )
    assert batch.begun[1].tolist() == [data.pad, *alone[:-1], *[data.pad] * (batch.begun.shape[1] - len(alone))]
    assert batch.source[1].tolist()[: len(data.source.row(0))] == data.source.row(0).tolist()
    assert i != 59  # the last of a file has no neighbour


def test_epochs_differ_and_follow_from_the_seed(data):
    def epoch(number):
        return [batch.tolist() for batch in data.epoch("main", number, 200, 8)]

    assert epoch(1) == epoch(1) != epoch(2)


def test_worker_processes_give_the_batches_in_the_same_order(data):
    from training.data import stream

    how = {"tokens": 200, "step": 8, "fixed": False, "pin": False}
    alone, ahead = ([b.target.tolist() for b in stream(data, "main", 1, 2, workers=n, **how)] for n in (0, 2))
    assert alone == ahead
    assert [b.target.tolist() for b in stream(data, "main", 1, 0, workers=0, **how)][2:] == alone


# --- the trainer


def train(*arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "training.train", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finished(process: subprocess.Popen) -> list[dict]:
    _, talk = process.communicate(timeout=240)
    assert process.returncode == 0, talk
    return [json.loads(line) for line in talk.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A model that has learnt eighty pairs by heart, with noise switched off."""
    root = tmp_path_factory.mktemp("trained")
    source = folder(root / "in", news=PAIRS)
    for i, side in enumerate(("de", "en")):
        (root / f"dev.{side}").write_text("".join(pair[i] + "\n" for pair in PAIRS))
    out = root / "out"
    log = finished(
        train(source, out, *SMALL, "--plain", "--steps", 160, "--dev", root / "dev", "--keep", 2, "--pieces", 0.1)
    )
    (root / "log.json").write_text(json.dumps(log))
    return root


@pytest.mark.slow
def test_the_model_learns_its_pairs_by_heart(trained):
    log = json.loads((trained / "log.json").read_text())
    assert log[-1]["bleu"] > 90
    losses = [line["loss"] for line in log if "loss" in line]
    assert losses[0] > 3 and losses[-1] < 0.2
    assert all(line["tokens_per_second"] > 0 for line in log if "loss" in line)


@pytest.mark.slow
def test_both_engines_take_the_checkpoint_and_agree(trained, tmp_path):
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from training import agreement, rebuild

    model = AutoModelForSeq2SeqLM.from_pretrained(trained / "out" / "model")
    tokenizer = AutoTokenizer.from_pretrained(trained / "out" / "model")
    found = model.float().generate(**tokenizer(PAIRS[7].source, return_tensors="pt"), num_beams=1)
    assert tokenizer.decode(found[0], skip_special_tokens=True) == PAIRS[7].target
    pad = model.config.pad_token_id
    assert model.get_input_embeddings().weight[pad].abs().max() == 0
    assert model.generation_config.renormalize_logits and model.generation_config.bad_words_ids == [[pad]]
    texts = [pair.source for pair in PAIRS]
    assert agreement.agreement(trained / "out" / "model", texts, tmp_path) == []
    assert rebuild.scores(trained / "out" / "model", texts, [p.target for p in PAIRS], 4, tmp_path)["bleu"] > 90


@pytest.mark.slow
def test_the_average_of_checkpoints_and_the_pieces_are_models_too(trained, tmp_path):
    from safetensors.torch import load_file

    from training.average import average

    model = trained / "out" / "model"
    average([model, *sorted((trained / "out" / "checkpoints").iterdir())], tmp_path / "mean")
    mean, one = (load_file(path / "model.safetensors") for path in (tmp_path / "mean", model))
    assert all((mean[name] - one[name]).abs().max() < 1e-2 for name in one)  # one checkpoint was kept: the same
    parts = pieces.cut(trained / "out", 0.1)
    assert len(parts) > 2 and all(part.stat().st_size <= 1e5 for part in parts)
    (tmp_path / "all.tar").write_bytes(b"".join(part.read_bytes() for part in parts))
    subprocess.run(["tar", "xf", "all.tar"], cwd=tmp_path, check=True)
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()


@pytest.mark.slow
def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path):
    """SIGTERM saves everything: weights, averages, optimizer, random numbers, place in the data."""
    source = folder(tmp_path / "in", news=PAIRS)
    how = [*SMALL, "--dropout", 0.1, "--steps", 40]
    finished(train(source, tmp_path / "whole", *how))
    broken = train(source, tmp_path / "broken", *how, "--workers", 2)
    deadline = time.monotonic() + 200
    while not _step_was_logged(tmp_path / "broken" / "log.jsonl") and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(broken.pid, signal.SIGTERM)  # as `timeout` does: the processes that make batches get it as well
    broken.communicate(timeout=100)
    assert broken.returncode == 143
    log = finished(train(source, tmp_path / "broken", *how))
    resumed = next(line["resumed"] for line in log if "resumed" in line)
    assert 10 <= resumed < 40 and log[-1]["finished"] == 40
    weights = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "broken")]
    assert weights[0] == weights[1]
    other = train(source, tmp_path / "broken", *how, "--seed", 2)
    assert "another seed" in other.communicate(timeout=100)[1] and other.returncode == 2


def _step_was_logged(log: Path) -> bool:
    return log.exists() and '"step"' in log.read_text()


@pytest.mark.slow
def test_a_run_that_was_killed_outright_goes_on_from_its_last_save(tmp_path):
    source = folder(tmp_path / "in", news=PAIRS)
    how = [*SMALL, "--steps", 100_000, "--save-minutes", 0.02]
    process = train(source, tmp_path / "out", *how)
    deadline = time.monotonic() + 200
    while not (tmp_path / "out" / "state.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=100)
    log = finished(train(source, tmp_path / "out", *SMALL, "--steps", 1))  # done already: nothing is left to do
    resumed = next(line["resumed"] for line in log if "resumed" in line)
    assert resumed > 0 and log[-1]["finished"] == resumed


@pytest.mark.slow
def test_a_run_goes_on_from_another_model_wider_and_with_its_own_dropout(trained, tmp_path):
    source = folder(tmp_path / "in", news=PAIRS)
    how = [*SMALL, "--init", trained / "out" / "model", "--steps", 3, "--rate", 1e-5, "--plain", "--dropout", 0.2]
    log = finished(train(source, tmp_path / "out", *how, "--grow", "width", "--dev", trained / "dev"))
    assert log[-1]["bleu"] > 90  # twice as wide, and still knows its pairs
    config = json.loads((tmp_path / "out" / "model" / "config.json").read_text())
    assert (config["d_model"], config["dropout"]) == (128, 0.2)


@pytest.mark.slow
def test_a_deeper_model_computes_what_the_one_it_grew_from_does(trained):
    import torch

    from training import model

    before = model.taken(trained / "out" / "model", 0.0, grow=None, seed=1).eval()
    after = model.taken(trained / "out" / "model", 0.0, grow="depth", seed=1).eval()
    assert after.config.encoder_layers == len(after.model.encoder.layers) == 2 * before.config.encoder_layers
    tokens = torch.arange(3, 23).reshape(2, 10)
    given = {"input_ids": tokens, "decoder_input_ids": tokens.flip(1)}
    with torch.no_grad():
        assert torch.allclose(before(**given).logits, after(**given).logits, atol=1e-4)


@pytest.mark.slow
def test_dropout_reaches_the_layers_of_a_model_gone_on_from(trained):
    from training import model

    taken = model.taken(trained / "out" / "model", 0.3, grow=None, seed=1)
    assert {layer.dropout for layer in taken.model.encoder.layers} == {0.3}
    assert taken.model.decoder.dropout == 0.3


# --- around it


@pytest.mark.slow
def test_a_model_writes_pairs_that_prepare_takes(trained, tmp_path):
    sentences = tmp_path / "in.tsv"
    sentences.write_text("".join(f"{pair.source}\t{pair.target}\n" for pair in PAIRS[:20]))
    out = tmp_path / "made" / "distilled.tsv"
    command = [sys.executable, "-m", "training.distil", "--model", trained / "out" / "model", "--in", sentences]
    command += ["--out", out, "--best-of", "3", "--cache", tmp_path / "cache"]
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True, capture_output=True)
    made = dict(corpus.read_sources(out.parent))["distilled"]
    assert len(made) > 15 and {pair.tag for pair in made} == {"distilled"}
    sets = held_out(tmp_path / "set")
    report = prepare.prepare([folder(tmp_path / "c", news=PAIRS[40:]), out.parent], tmp_path / "p", sets, jobs=1)
    assert report["sources"]["distilled"]["kept"] > 15
    assert {pair.tag for pair in dict(corpus.read_sources(tmp_path / "p"))["distilled"]} == {"distilled"}


@pytest.mark.slow
def test_one_command_makes_a_measured_model(tmp_path):
    source = folder(tmp_path / "in", a=PAIRS[:40], news=PAIRS[40:])
    sets = tmp_path / "sets"
    sets.mkdir()
    held_out(sets / "dev.de")
    held_out(sets / "dev.en", "On Tuesday the trial of three former managers of the bank began in the capital.")
    command = [sys.executable, "-m", "training.rebuild", source, tmp_path / "out", "--eval", sets, "--dev", "dev"]
    done = subprocess.run([*map(str, command), *SMALL, "--steps", "20"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "run.json").read_text())
    assert report["steps"] == 20 and report["engines_agree"] == "1/1" and report["recipe"]["seed"] == 1
    assert report["data"]["hash"] == report["recipe"]["data"] == corpus.data_hash(tmp_path / "out" / "prepared")
    assert report["versions"]["torch"] and "chrf" in report["scores"]["dev, beam 4"]
    assert str(tmp_path) not in json.dumps(report)
