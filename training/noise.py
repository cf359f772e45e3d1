"""Robustness, put into the data: pairs as careless typists, other newsrooms and headlines would have them.

Every kind has a share of the pairs that it is tried on; all of it follows from the seed. What cannot be done to a pair
(no quotes in it, no colon on both sides) leaves it as it is.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, fields
from string import ascii_lowercase

from .corpus import BACK, Pair
from .names import Names

BACK_MARK = "⁂"  # stands before sources that a model wrote (tagged back-translation, Caswell et al. 2019)
STOPS = ".!"

_QUOTES = re.compile("[„“”»«]")
_SINGLE = re.compile("[‚‘’]")
_QUOTED = re.compile(r'"([^"]*)"')
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_PART = re.compile(r": |; | [–—] ")


@dataclass(frozen=True, slots=True)
class Shares:
    """Probability of each kind of noise for a pair."""

    straight_quotes: float = 0.2  # „…“ and »…« as "…" in the source
    german_quotes: float = 0.1  # "…" as „…“ or »…« in the source
    transcribed: float = 0.03  # the source as keyboards without umlauts write it (Maedchen, Strasse)
    capitals: float = 0.02  # both sides IN CAPITALS
    no_stop: float = 0.05  # both sides without their full stop
    lower_start: float = 0.02  # the source begins in lower case
    fragment: float = 0.03  # only what stands before or after a colon, semicolon or dash of both sides
    copied: float = 0.04  # an address, a handle or a number is put into both sides
    names: float = 0.15  # other names on both sides (training.names)
    joined: float = 0.1  # two neighbouring pairs as one (done by training.data, on tokens)
    sampled: float = 0.3  # sources cut into other pieces than the likeliest (done by training.data)


NONE = Shares(**{field.name: 0.0 for field in fields(Shares)})


def noisy(pair: Pair, shares: Shares, rng: random.Random, names: Names = Names()) -> Pair:
    """The pair with some of the noise in it. A source tagged as back-translated is marked."""
    if rng.random() < shares.names:
        pair = names.swapped(pair, rng)
    source, target = pair.source, pair.target
    if rng.random() < shares.fragment:
        source, target = _fragment(source, target, rng)
    if rng.random() < shares.copied:
        source, target = _with_copied(source, target, rng)
    if rng.random() < shares.straight_quotes:
        source = _SINGLE.sub("'", _QUOTES.sub('"', source))
    elif rng.random() < shares.german_quotes:
        source = _QUOTED.sub(rng.choice((r"„\1“", r"»\1«", r"«\1»")), source)
    if rng.random() < shares.no_stop and source[-1:] in STOPS and source[-1:] == target[-1:]:
        source, target = source[:-1], target[:-1]
    if rng.random() < shares.lower_start:
        source = source[:1].lower() + source[1:]
    if rng.random() < shares.transcribed:
        source = source.translate(_TRANSCRIBED)
    if rng.random() < shares.capitals:
        source, target = source.upper(), target.upper()
    if pair.tag == BACK:
        source = f"{BACK_MARK} {source}"
    return Pair(source, target, pair.tag) if source and target else pair


def _fragment(source: str, target: str, rng: random.Random) -> tuple[str, str]:
    """One half of a pair that both sides cut in two at the same kind of mark; else the pair."""
    a, b = _PART.split(source), _PART.split(target)
    if len(a) != 2 or len(b) != 2 or not all(x.strip() for x in (*a, *b)):
        return source, target
    half = rng.randrange(2)
    # halves of unlike length were cut at different places
    if not 0.5 < (len(a[half]) + 10) / (len(b[half]) + 10) < 2:
        return source, target
    return a[half], b[half]


def _with_copied(source: str, target: str, rng: random.Random) -> tuple[str, str]:
    german, english = copied(rng)
    place = rng.randrange(3)
    if place == 0:
        return f"{german}: {source}", f"{english}: {target}"
    if source[-1:] in STOPS and source[-1:] == target[-1:]:
        template = " ({}){}" if place == 1 else ": {}{}"
        stop = source[-1]
        return source[:-1] + template.format(german, stop), target[:-1] + template.format(english, stop)
    return f"{source} ({german})", f"{target} ({english})"


def copied(rng: random.Random) -> tuple[str, str]:
    """Something that a translation must carry over, as German and as English text has it."""
    return rng.choice(_COPIED)(rng)


def _url(rng: random.Random) -> tuple[str, str]:
    path = "/".join(_name(rng) for _ in range(rng.randint(0, 3)))
    tail = rng.choice(("", "", ".html", "?id=" + str(rng.randint(1, 99999)), "#" + _name(rng)))
    url = f"{rng.choice(('https://', 'http://', 'https://www.', 'www.'))}{_domain(rng)}/{path}{tail}"
    return url, url


def _mail(rng: random.Random) -> tuple[str, str]:
    mail = f"{_name(rng)}{rng.choice(('.', '_', ''))}{_name(rng)}@{_domain(rng)}"
    return mail, mail


def _handle(rng: random.Random) -> tuple[str, str]:
    handle = f"{rng.choice('@#')}{_name(rng).title()}{rng.choice(('', '_', str(rng.randint(1, 2030))))}"
    return handle, handle


def _phone(rng: random.Random) -> tuple[str, str]:
    phone = f"+{rng.randint(1, 99)} {rng.randint(10, 999)} {rng.randint(10000, 9999999)}"
    return phone, phone


def _code(rng: random.Random) -> tuple[str, str]:
    code = f"{_name(rng).upper()[:3]}-{rng.randint(1, 9999)}{rng.choice(('', '/' + str(rng.randint(1, 99))))}"
    return code, code


def _file(rng: random.Random) -> tuple[str, str]:
    file = f"{_name(rng)}.{rng.choice(('pdf', 'txt', 'zip', 'docx', 'py', 'jpg'))}"
    return file, file


def _number(rng: random.Random) -> tuple[str, str]:
    amount = round(rng.uniform(1, 10 ** rng.randint(2, 7)), rng.choice((0, 1, 2)))
    english = f"{amount:,}" if amount != int(amount) else f"{int(amount):,}"
    return english.translate(str.maketrans(",.", ".,")), english


_COPIED = (_url, _mail, _handle, _phone, _code, _file, _number)  # the order is part of what a seed means


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(ascii_lowercase) for _ in range(rng.randint(3, 9)))


def _domain(rng: random.Random) -> str:
    return f"{_name(rng)}.{rng.choice(('de', 'com', 'org', 'eu', 'at', 'ch', 'co.uk', 'net'))}"
