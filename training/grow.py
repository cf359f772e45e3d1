"""Make a trained Marian model larger without changing what it computes (Net2Net, Chen et al. 2016).

    python -m training.grow --from models/de-en --out DIR [--how width|depth] [--seed 1]

**Width** is doubled: every hidden feature stands twice, side by side, so that the sinusoidal table of the wider model
still carries the old frequencies at every other place. A matrix that reads a doubled feature splits its weight between
the two by a random share, which keeps the sum and lets the copies learn different things. Heads are doubled, not
widened. What is not kept exactly are only the new frequencies between the old ones; a few hundred steps mend that.

**Depth**: after each encoder layer comes a new one that adds nothing yet (its two output matrices are zero). As layers
end with a normalisation, the new one takes over gain and bias of the one before it, which is left with 1 and 0:
normalising twice is normalising once.
"""

import argparse
import shutil
from pathlib import Path

import torch
from transformers import MarianConfig, MarianMTModel

TOKENIZER = ("source.spm", "target.spm", "vocab.json")


def doubled_rows(weight: torch.Tensor, head: int = 0) -> torch.Tensor:
    """Each output twice; `head` > 0 doubles whole heads of that size instead of single features."""
    if not head:
        return weight.repeat_interleave(2, 0)
    return weight.unflatten(0, (-1, head)).repeat_interleave(2, 0).flatten(0, 1)


def doubled_columns(weight: torch.Tensor, rng: torch.Generator, head: int = 0) -> torch.Tensor:
    """Each input twice, its weight split between the copies by a random share in 0.2 to 0.8."""
    share = 0.2 + 0.6 * torch.rand(weight.shape, generator=rng)
    parts = torch.stack((weight * share, weight * (1 - share)), -1)  # out, in, copy
    if not head:
        return parts.flatten(1)
    return parts.unflatten(1, (-1, head)).transpose(2, 3).flatten(1)


def widen(model: MarianMTModel, seed: int = 1) -> MarianMTModel:
    """A model of twice the width and twice the heads that gives (all but) the same logits."""
    old = model.config
    heads = {"encoder": old.encoder_attention_heads, "decoder": old.decoder_attention_heads}
    new = MarianConfig.from_dict(
        old.to_dict()
        | {
            "d_model": 2 * old.d_model,
            "encoder_ffn_dim": 2 * old.encoder_ffn_dim,
            "decoder_ffn_dim": 2 * old.decoder_ffn_dim,
            "encoder_attention_heads": 2 * heads["encoder"],
            "decoder_attention_heads": 2 * heads["decoder"],
        }
    )
    wide, rng, grown = MarianMTModel(new), torch.Generator().manual_seed(seed), {}
    have = model.state_dict()
    last = f"model.decoder.layers.{old.decoder_layers - 1}.final_layer_norm."
    for name, target in wide.state_dict().items():
        weight, head = have[name].float(), old.d_model // heads["decoder" if ".decoder." in name else "encoder"]
        if "embed_positions" in name or name == "final_logits_bias":
            grown[name] = target
        elif "embed_tokens" in name or "shared" in name or name == "lm_head.weight":
            grown[name] = weight.repeat_interleave(2, 1) / 2**0.5  # the scale of embeddings grows by as much
        elif "layer_norm" in name:
            grown[name] = weight.repeat_interleave(2, 0) / (2**0.5 if name.startswith(last) else 1)
        else:
            reads_heads = head if "out_proj" in name else 0
            makes_heads = head if any(part in name for part in ("q_proj", "k_proj", "v_proj")) else 0
            if weight.dim() == 2:
                weight = doubled_columns(weight, rng, reads_heads)
            grown[name] = doubled_rows(weight, makes_heads)
        assert grown[name].shape == target.shape, name
    grown["final_logits_bias"] = have["final_logits_bias"].float()
    wide.load_state_dict(grown)
    wide.tie_weights()
    wide.generation_config = model.generation_config
    return wide


def deepen(model: MarianMTModel, seed: int = 1) -> MarianMTModel:
    """A model of twice the encoder layers that gives the same logits."""
    layers = model.config.encoder_layers
    new = MarianConfig.from_dict(model.config.to_dict() | {"encoder_layers": 2 * layers})
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        deep = MarianMTModel(new)
    have = model.state_dict()
    old = {name: weight.float() for name, weight in have.items() if ".encoder.layers." not in name}
    deep.load_state_dict(old, strict=False)
    for index in range(layers):
        known, added = deep.model.encoder.layers[2 * index], deep.model.encoder.layers[2 * index + 1]
        known.load_state_dict(model.model.encoder.layers[index].float().state_dict())
        for matrix in (added.self_attn.q_proj, added.self_attn.k_proj, added.self_attn.v_proj, added.fc1):
            torch.nn.init.xavier_uniform_(matrix.weight)
            torch.nn.init.zeros_(matrix.bias)
        for matrix in (added.self_attn.out_proj, added.fc2):
            torch.nn.init.zeros_(matrix.weight)
            torch.nn.init.zeros_(matrix.bias)
        added.final_layer_norm.load_state_dict(known.final_layer_norm.state_dict())
        for norm in (known.final_layer_norm, added.self_attn_layer_norm):
            torch.nn.init.ones_(norm.weight)
            torch.nn.init.zeros_(norm.bias)
    deep.tie_weights()
    deep.generation_config = model.generation_config
    return deep


HOW = {"width": widen, "depth": deepen}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--how", choices=HOW, default="width")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    grown = HOW[asked.how](MarianMTModel.from_pretrained(asked.source, dtype=torch.float32), asked.seed)
    asked.out.mkdir(parents=True, exist_ok=True)
    grown.save_pretrained(asked.out)
    for name in TOKENIZER:
        shutil.copy(asked.source / name, asked.out)
    print(f"{grown.num_parameters() / 1e6:.1f} M parameters in {asked.out}")


if __name__ == "__main__":
    main()
