"""JSON over HTTP with a server on this machine: time limits, another try where one may help, no way to another host.

Nothing is followed: no redirect, no proxy. The key that a server may want comes from the environment, is sent in a
header and stands in no message.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..config import SERVER_KEY
from ..errors import ConfigError, ModelError, ModelUnsupported, ServerRefused, ServerSilent
from ..text import sanitise

CONNECT = 5.0  # seconds until a connection must stand
PATIENCE = 300.0  # seconds without a byte of an answer: a long one of a slow model is waited for
TRIES = 8  # of one question, with pauses that double: half a minute
PATIENT = 4  # times as many while a model is loading (503)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds
ASKED_PAUSE = 60.0  # the longest that is waited because the server says so (Retry-After)
MOST = 8_000_000  # bytes of an answer
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})  # try again
START = "start it, such as `ollama serve` or `llama-server -m MODEL.gguf --port PORT`, and run again"


class _Again(Exception):
    """This try failed; another may not. `error` is what to raise if none does; `after` seconds, if the server says."""

    def __init__(self, error: ModelError, after: float | None = None):
        self.error = error
        self.after = after


@dataclass(frozen=True)
class Wire:
    """Where a server is asked: `base` is its address up to /v1. `remote` allows another machine."""

    base: str
    remote: bool = False
    tries: int = TRIES

    def __post_init__(self) -> None:
        """Raises ConfigError for an address that is none, that holds a secret, or that is of another machine."""
        try:
            url = urlsplit(self.base)
        except ValueError:
            url = urlsplit("")
        if url.username or url.password or url.query:
            raise ConfigError(
                "the address of a model server holds a password, a key or a query, which would be written down",
                "take it out; a key is read from the environment: export SUMMARIZE_SERVER_KEY=…",
            )
        odd = " " in self.base or not self.base.isprintable()
        if odd or url.scheme not in ("http", "https") or not url.hostname or not self.port:
            raise ConfigError(
                f"{self.base!r} is no address of a server", "write server:http://127.0.0.1:11434/v1#MODEL"
            )
        if not (self.remote or loopback(url.hostname)):
            raise ConfigError(
                f"the model server {url.hostname} is not on this machine: the articles would leave it",
                "if that is meant, type --allow-remote",
            )

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or ""

    @property
    def port(self) -> int:
        """0 for one that is none."""
        url = urlsplit(self.base)
        try:
            return url.port or (443 if url.scheme == "https" else 80)
        except ValueError:
            return 0

    def get(self, path: str, *, root: bool = False) -> Any:
        """`root`: the path does not begin at `base` but at the server's root. Raises as `ask`."""
        return self.ask("GET", path, None, root=root)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None, *, root: bool = False) -> Any:
        """The JSON of an answer. Raises ServerSilent where nobody answers, ServerRefused, ModelError where it takes
        too long, ModelUnsupported for what is no JSON; what may pass is tried `tries` times."""
        pause, tried = FIRST_PAUSE, 0
        while True:
            try:
                return self._once(method, path, body, root)
            except _Again as again:
                tried += 1
                loading = isinstance(again.error, ServerRefused) and again.error.status == 503
                if tried >= (self.tries * PATIENT if loading else self.tries):
                    raise again.error from again
                time.sleep(min(again.after, ASKED_PAUSE) if again.after is not None else pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None, root: bool) -> Any:
        url = urlsplit(self.base)
        secure = url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=CONNECT)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := _key():
            headers["Authorization"] = f"Bearer {key}"
        try:
            self._connect(connection)
            connection.sock.settimeout(PATIENCE)
            target = path if root else url.path.rstrip("/") + path
            connection.request(method, target, json.dumps(body).encode() if body is not None else None, headers)
            answer = connection.getresponse()
            data = answer.read(MOST + 1)
            complete = answer.length in (0, None)  # a connection that was cut leaves a rest
        except TimeoutError as error:
            what = f"the model server at {self.base} gave no answer within {PATIENCE:g} seconds"
            raise ModelError(what, "a smaller model, or fewer questions at a time: --threads 1") from error
        except (OSError, http.client.HTTPException) as error:
            what = f"the connection to the model server at {self.base} broke: {type(error).__name__}"
            raise _Again(ModelError(what, f"look at what the server says; {START}")) from error
        finally:
            connection.close()
        if answer.status in BUSY:
            raise _Again(self._refusal(answer.status, data), _seconds(answer.getheader("Retry-After")))
        if answer.status != 200:
            raise self._refusal(answer.status, data)
        try:
            if len(data) > MOST or not complete:
                raise ValueError("too long, or cut off")
            return json.loads(data)
        except ValueError as error:
            what = f"the server at {self.base} answers with what is no JSON"
            hint = "is it a model server? its address ends in /v1: server:http://127.0.0.1:11434/v1#MODEL"
            raise _Again(ModelUnsupported(what, hint)) from error

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        """A name such as localhost may stand for another machine: who answers is looked at before anything is said."""
        try:
            connection.connect()
        except OSError as error:  # refused, no such name, or no way there
            why = error.strerror or type(error).__name__
            raise ServerSilent(f"no model server answers at {self.base}: {why}", START) from error
        peer = connection.sock.getpeername()[0]
        if not (self.remote or loopback(peer)):
            raise ConfigError(
                f"{self.host} is {peer}, which is not this machine: the articles would leave it",
                "if that is meant, type --allow-remote",
            )

    def _refusal(self, status: int, data: bytes) -> ServerRefused:
        said = _said(data)
        hints = {
            401: "give its key by the environment: export SUMMARIZE_SERVER_KEY=…",
            403: "give its key by the environment: export SUMMARIZE_SERVER_KEY=…",
            404: "is that its address? it ends in /v1: server:http://127.0.0.1:11434/v1#MODEL",
            429: "it is busy; fewer questions at a time: --threads 1",
            503: "its model is still loading; run again when it is there",
        }
        hint = hints.get(status, "look at what the server says in its own window or log")
        if key := _key():
            said = said.replace(key, "…")
        return ServerRefused(
            f"the model server at {self.base} refuses ({status}): {said or 'without a word'}", hint, status, said
        )


def _key() -> str:
    key = os.environ.get(SERVER_KEY, "").strip()
    if not key.isascii() or not key.isprintable():
        raise ConfigError(f"{SERVER_KEY} holds what no key can", "copy it anew, without line breaks")
    return key


def loopback(host: str) -> bool:
    """
    >>> [loopback(h) for h in ("127.0.0.1", "::1", "localhost", "192.168.1.2", "localhost.evil.example")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _seconds(header: str | None) -> float | None:
    """Of a Retry-After; as a date it says nothing here."""
    return float(header) if header and header.strip().isdecimal() else None


def _said(data: bytes) -> str:
    """The words of an error, in the forms that servers have for it; made harmless and short."""
    text = data[:4000].decode("utf-8", "replace")
    try:
        found = json.loads(text)
        found = found.get("error", found) if isinstance(found, dict) else found
        text = str(found.get("message", found) if isinstance(found, dict) else found)
    except ValueError:
        pass
    return " ".join(sanitise(text).split())[:300]
