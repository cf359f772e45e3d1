"""Canonical JSON and tagged hashes: one way to name content, everywhere.

    >>> fingerprint("output", {"b": 1, "a": "ä"}) == fingerprint("output", {"a": "ä", "b": 1})
    True

The tag keeps two kinds of content with equal JSON apart; SCHEMA is raised by hand when the meaning of a key changes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from .types import Article, Json, Signature, before, nearest

SCHEMA = 1
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Json) -> str:
    """JSON with sorted keys and no spaces; NaN and lone surrogates are refused by the encoder or the hash."""
    return _encode(value)


def fingerprint(tag: str, value: Json) -> str:
    """32 hex digits (128 bits of SHA-256) over tag, schema and canonical JSON."""
    data = f"summarize/{tag}/{SCHEMA}\n{canonical(value)}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:32]


def signature_key(signature: Signature) -> str:
    return fingerprint("signature", dict(signature.parts))


def output_key(signature_fingerprint: str, text: str) -> str:
    context = {"before": list(before(text))} if before(text) else {}
    context |= {"nearest": list(nearest(text))} if nearest(text) else {}
    return fingerprint("output", {"signature": signature_fingerprint, "text": text, **context})


def article_version(article: Article) -> str:
    """Names what the reader got out of the source: the same words in another file layout are the same version."""
    return fingerprint(
        "article",
        {
            "title": article.title,
            "date": article.date,
            "language": article.language,
            "paragraphs": list(article.paragraphs),
            "meta": dict(article.meta),
            **({"code": sorted(article.code)} if article.code else {}),
        },
    )


def hash_bytes(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def hash_file(path: Path) -> str:
    with open(path, "rb") as f:
        return "sha256:" + hashlib.file_digest(f, "sha256").hexdigest()
