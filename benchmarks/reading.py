"""Whether a text is read the same whatever it is saved as: writes docs/reading.md.

    python benchmarks/reading.py DROP [--out docs/reading.md] [--keep FOLDER]

DROP is a folder of .txt files. Each, as it is read, is saved as HTML, Word, OpenDocument and EPUB by pandoc, as PDF by
LibreOffice and as an e-mail by Python, and read again. Both programs must be on the PATH; formats of a missing one are
left out of the table.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape
from pathlib import Path
from time import perf_counter

from benchmarks import pages
from summarize.articles import read, seen
from summarize.articles.drafts import Seen
from summarize.types import Article

GOAL = 0.995
PANDOC = {"html": "html", "docx": "docx", "odt": "odt", "epub": "epub"}


def markup(article: Article) -> str:
    head = f"<h1>{escape(article.title)}</h1>" if article.title else ""
    body = head + "".join(f"<p>{escape(p)}</p>\n" for p in article.paragraphs)
    return f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"></head><body>{body}</body></html>'


def by_pandoc(page: Path, target: Path) -> None:
    title = ["--metadata", f"pagetitle={page.stem}"]
    subprocess.run(
        ["pandoc", "-s", "-f", "html", *title, str(page), "-o", str(target)], check=True, capture_output=True
    )


def by_python(page: Path, target: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "editor@example.org", page.stem
    message["Date"] = "Tue, 03 Feb 2026 10:00:00 +0100"
    message.set_content("This message is HTML.")
    message.add_alternative(page.read_text("utf-8"), subtype="html")
    target.write_bytes(bytes(message))


def by_office(pages: list[Path], folder: Path) -> None:
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, pages)]
    subprocess.run(command, check=True, capture_output=True)


def saved(articles: list[Article], folder: Path) -> Iterator[str]:
    """Writes all formats, each into a folder of its name, and yields the names."""
    pages = []
    (folder / "page").mkdir(exist_ok=True)
    for article in articles:
        pages.append(folder / "page" / f"{Path(article.id).name}.html")
        pages[-1].write_text(markup(article), "utf-8")
    makers: dict[str, Callable[[Path, Path], None]] = {"eml": by_python}
    if shutil.which("pandoc"):
        makers |= dict.fromkeys(PANDOC, by_pandoc)
    for suffix, make in makers.items():
        (folder / suffix).mkdir(exist_ok=True)
        for page in pages:
            target = folder / suffix / f"{page.stem}.{suffix}"
            if not target.exists():
                make(page, target)
        yield suffix
    if shutil.which("soffice") and "docx" in makers:
        (folder / "pdf").mkdir(exist_ok=True)
        if len(list((folder / "pdf").glob("*.pdf"))) < len(pages):
            by_office(sorted((folder / "docx").glob("*.docx")), folder / "pdf")
        yield "pdf"


def compared(first: Article, second: list[Article]) -> tuple[int, int, int, bool]:
    """Letters of the first, those not in the second, those that it has beside them, and whether any number is lost or
    new. The name of the file, which some formats have for a title, is no text."""
    name = Path(first.id).name
    texts = [text for a in second for text in (a.title, *a.paragraphs) if text and text != name]
    whole = [text for text in (first.title, *first.paragraphs) if text]
    there, back = (seen.reading([Seen(t) for t in a], "", b) for a, b in ((whole, texts), (texts, whole)))
    missing, more = (sum(one.letters for one in r.left_out) for r in (there, back))
    digits = [sorted(re.findall(r"\d+", " ".join(t))) for t in (whole, texts)]
    return there.letters + missing, missing, more, digits[0] != digits[1]


def measure(drop: str, folder: Path) -> list[list[str]]:
    articles = [a for a in read([drop]) if isinstance(a, Article)]
    rows = []
    for suffix in saved(articles, folder):
        letters = missing = more = numbers = paragraphs = unread = doubts = 0
        worst, start = 1.0, perf_counter()
        for first in articles:
            found = list(read([str(folder / suffix / f"{Path(first.id).name}.{suffix}")]))
            again = [a for a in found if isinstance(a, Article)]
            unread += not again
            doubts += any(a.reading is not None and a.reading.in_doubt for a in again)
            many, lost, added, differ = compared(first, again)
            letters, missing, more, numbers = letters + many, missing + lost, more + added, numbers + differ
            worst = min(worst, 1 - (lost + added) / many)
            body = [p for a in again for p in a.paragraphs]
            paragraphs += body == list(first.paragraphs)
        share = 1 - (missing + more) / letters
        seconds = (perf_counter() - start) / len(articles)
        mark = "" if share >= GOAL else " (below the goal)"
        rows.append(
            [suffix, f"{share:.2%}{mark}", f"{worst:.1%}", f"{paragraphs}", f"{numbers}", f"{doubts}", f"{unread}",
             f"{1000 * seconds:.1f} ms"]
        )  # fmt: skip
        print(rows[-1], flush=True)
    return rows


def version(program: str) -> str:
    if not shutil.which(program):
        return f"{program} (missing)"
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split("\n")[0][:40].strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("drop")
    parser.add_argument("--out", type=Path, default=Path("docs/reading.md"))
    parser.add_argument("--keep", type=Path, help="a folder for the saved files, used again if they are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        rows = measure(options.drop, folder)
    many = len([a for a in read([options.drop]) if isinstance(a, Article)])
    head = ["format", "letters as in the text", "worst article", "same paragraphs", "other numbers"]
    head += ["in doubt", "unread", "time"]
    made = f"saved by {version('pandoc')}, {version('soffice')} and Python's email"
    table = "\n".join(map(pages.cells, [head, ["---"] * len(head), *rows]))
    said = f"{many} articles, {made}; goal {GOAL:.1%} of letters.\n\n{table}"
    pages.put(options.out, f"<!-- formats -->\n\n{said}\n\n<!-- /formats -->\n")


if __name__ == "__main__":
    main()
