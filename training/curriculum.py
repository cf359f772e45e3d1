"""Cuts the training corpus into the two phases of a run on a processor: everything short and plain first, then news.

    python training/curriculum.py CORPUS OUT

CORPUS holds NAME.tsv (German<TAB>English) and tiers.tsv (NAME, weight in the main phase, weight in the last phase).
OUT gets mid.tsv, news.tsv and a tiers.tsv of its own. `news` is every source whose weight in the last phase is 1 or
more, up to 50 German words; `mid` every other source of full weight, up to 28. Unequal lengths are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

NEWS_WORDS, MID_WORDS, MID_WORDS_EN = 50, 28, 32
NO_SENTENCES = {"gazetteer-iso-cldr"}


def weights(corpus: Path) -> dict[str, tuple[float, float]]:
    rows = (line.split() for line in (corpus / "tiers.tsv").read_text(encoding="utf-8").splitlines())
    return {name: (float(main), float(last)) for name, main, last in rows}


def pairs(path: Path) -> Iterator[tuple[str, int, int]]:
    """Lines with the number of German and of English words, where the two are of comparable length."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            german, _, english = line.rstrip("\n").partition("\t")
            a, b = len(german.split()), len(english.split())
            if german and english and 0.5 < (a + 3) / (b + 3) < 1.8:
                yield line, a, b


def main(corpus: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    known = weights(corpus)
    with open(out / "mid.tsv", "w", encoding="utf-8") as mid, open(out / "news.tsv", "w", encoding="utf-8") as news:
        for path in sorted(corpus.glob("*.tsv")):
            name = path.stem
            if name not in known or name in NO_SENTENCES:
                continue
            main_weight, last_weight = known[name]
            for line, a, b in pairs(path):
                if last_weight >= 1 and a <= NEWS_WORDS:
                    news.write(line)
                elif main_weight >= 1 and a <= MID_WORDS and b <= MID_WORDS_EN:
                    mid.write(line)
    (out / "tiers.tsv").write_text("mid\t1\t0.1\nnews\t1\t1\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
