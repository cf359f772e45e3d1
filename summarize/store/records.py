"""Results, failures and runs as JSON, and back: the one place that knows the shape of out/*.json and of stored rows."""

from __future__ import annotations

import json
from dataclasses import asdict

from .. import checks
from ..keys import canonical
from ..types import (
    TARGET,
    Claim,
    Failure,
    Json,
    LeftOut,
    ModelNote,
    Outcome,
    Reading,
    Reason,
    Result,
    Sentence,
    Status,
    Summary,
    flags,
    told_apart,
)

SCHEMA = "summarize/result/1"

_STATUS = {str(status): status for status in Status}


def result_json(r: Result) -> dict[str, Json]:
    """The public shape of a result; field names are those of the dataclasses in types.py. "unasked": by language, the
    checks that could not be asked of its translations."""
    return {
        "schema": SCHEMA,
        "id": r.id,
        "version": r.version,
        "source": r.source,
        "source_hash": r.source_hash,
        "title": r.title,
        "title_en": r.title_en,
        **({"made_title": True} if r.made_title else {}),
        "date": r.date,
        "language": r.language,
        "target": r.target,
        "meta": dict(r.meta),
        "draft": r.draft,
        "summary": {**asdict(r.summary), "text": r.summary.text},
        "ledger": r.ledger,
        "unasked": {code: list(names) for code, names in unasked(r).items()},
        "sentences": [_sentence_json(s, r.confidence(s)) for s in r.sentences],
        "models": [asdict(m) for m in r.models],
        "reading": reading_json(r.reading),
    }


def unasked(r: Result) -> dict[str, tuple[str, ...]]:
    """By language, the checks that could not be asked of its translations; languages that are read are left out."""
    languages = sorted({s.language for s in r.sentences if s.status in (Status.TRANSLATED, Status.REPAIRED)})
    return {code: names for code in languages if (names := checks.unasked(code, r.target))}


def encode_result(r: Result) -> str:
    return canonical(result_json(r))


def decode_result(body: str) -> Result:
    v = json.loads(body)
    s = v["summary"]
    claims = tuple(
        Claim(c["text"], tuple(c["evidence"]), c["support"], tuple(c["problems"]), tuple(c["doubts"]))
        for c in s["claims"]
    )
    return Result(
        id=v["id"],
        version=v["version"],
        source=v["source"],
        source_hash=v["source_hash"],
        title=v["title"],
        title_en=v["title_en"],
        date=v["date"],
        language=v["language"],
        sentences=tuple(map(_sentence, v["sentences"])),
        summary=Summary(s["kind"], claims, Outcome(s["outcome"]), s["rung"], s["coverage"], s["parts"], s["reason"]),
        models=tuple(ModelNote(**{**m, "confidence": tuple(m.get("confidence", ()))}) for m in v["models"]),
        meta=v["meta"],
        reading=_reading(v.get("reading")),
        target=v.get("target", TARGET),
    )


def reading_json(r: Reading | None) -> Json:
    return {**asdict(r), "missing": round(r.missing, 4)} if r else None


def _reading(v: dict | None) -> Reading | None:
    """None for what was stored before readings were."""
    if v is None:
        return None
    left = tuple(LeftOut(one["text"], Reason(one["reason"]), one["letters"]) for one in v["left_out"])
    return Reading(v["letters"], left, tuple(v["lost"]), tuple(v["formed"]), v["bound"])


def _sentence_json(s: Sentence, confidence: str) -> dict[str, Json]:
    return {
        "paragraph": s.paragraph,
        "source": s.source,
        "separator": s.separator,
        "language": s.language,
        "target": s.target,
        "status": s.status,
        "rung": s.rung,
        "flags": flags(s.faults, s.doubts),
        "reason": s.reason,
        "logprob": s.logprob,
        "confidence": confidence,
    }


def _sentence(v: dict) -> Sentence:
    return Sentence(
        *(v[name] for name in ("paragraph", "source", "separator", "language", "target")),
        _STATUS[v["status"]],
        v["rung"],
        *told_apart(v["flags"]),
        v["reason"],
        v.get("logprob"),
    )


def failure_json(f: Failure) -> dict[str, Json]:
    return asdict(f)
