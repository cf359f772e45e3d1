"""Proof that nothing leaves the machine: the main job in a process that has no network and is watched for trying.

Two means. An audit hook (PEP 578) writes down and refuses every socket, connection and look-up of a name, in the
process and in every Python process that it starts; native code could pass it by. On Linux, where the system allows it,
the process also lives in a network namespace of its own, which has no way out: then the kernel vouches for native code,
too. Each means is tried out first on a connection that must fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..catalog.servers import is_served, local_places
from ..config import Settings
from ..errors import ConfigError, StoreError
from ..resources import PACKAGE
from .site.sitecustomize import ALLOWED, LOG

HOOK, NAMESPACE = "audit hook", "network namespace"
SITE = Path(__file__).resolve().parent / "site"
TIMEOUT = 900  # seconds; a first run may have a model to convert

# The only places of this program that speak to a network, and the command that gets there. A test reads the sources.
SPEAKERS = {
    "summarize/catalog/hub.py": "summarize models pull ORG/NAME (the Hugging Face hub)",
    "summarize/catalog/wire.py": "summarize run --mt server:ADDRESS (a model server; this machine's, unless "
    "--allow-remote is typed)",
    "summarize/engines/pool.py": "summarize run --cluster (Ray, which is told to report nothing: with local:N its "
    "processes speak to each other on 127.0.0.1 alone, with an address sentences go to that cluster)",
    "summarize/articles/remote.py": "summarize run s3://BUCKET/DROP and its like (fsspec; only what is typed, never an "
    "address in a file or an article)",
    "summarize/catalog/embedded.py": "summarize models pull minilm, smollm2 (pip, the Python package index)",
}

ARTICLE = """Neue Brücke für die Stadt

Die Stadt hat eine neue Brücke. Der Bau hat zwei Jahre gedauert. Am Montag war die Brücke zum ersten Mal offen.
"""
PAGE = """<!DOCTYPE html><html lang="de"><head><title>Wetter</title></head><body><article><h1>Wetter</h1>
<p>Am Dienstag war das Wetter gut. Die Menschen waren den ganzen Tag im Park. Am Abend kam der Regen.</p>
</article></body></html>
"""

# 192.0.2.1 is an address for examples (RFC 5737). To connect a datagram socket sends nothing: it only asks for a way.
_TRY_HOOK = "import socket; socket.create_connection(('192.0.2.1', 9), 1)"
_TRY_KERNEL = (
    "import socket\n"
    "try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\n"
    "except OSError: print([name for _, name in socket.if_nameindex()])\n"
)
_UNSHARE = (("unshare", "--user", "--map-current-user", "--net"), ("unshare", "--net"))


@dataclass(frozen=True)
class Proof:
    """What was seen. `attempts` are socket events of the job; `doubts` say why it is no proof, and are empty if it is.
    `servers` on this machine were asked, of which the proof says nothing.

    `means` names what kept the job from the network; `processes` are the programs that it started.
    """

    means: tuple[str, ...]
    attempts: tuple[str, ...]
    processes: tuple[str, ...]
    servers: tuple[str, ...]
    sentences: Mapping[str, int]
    doubts: tuple[str, ...]

    @property
    def proven(self) -> bool:
        return not self.doubts


def environment(log: Path, environ: Mapping[str, str], servers: Sequence[str] = ()) -> dict[str, str]:
    """`environ` for a Python process that, as those it starts, has uses of the network refused and noted in `log`, but
    for connections to these `servers`, host:port."""
    paths = [str(SITE), str(PACKAGE.parent), *filter(None, [environ.get("PYTHONPATH")])]
    how = {"PYTHONPATH": os.pathsep.join(paths), LOG: str(log.absolute()), ALLOWED: " ".join(servers)}
    return {**environ, **how}


def model_servers(settings: Settings) -> tuple[str, ...]:
    """host:port of the model servers on this machine that a run with these settings asks. Raises ConfigError for one
    elsewhere, allowed or not: with it articles leave the machine."""
    specs = dict.fromkeys([*settings.mt.values(), *settings.fallback.values(), settings.summarizer])
    return tuple(dict.fromkeys(place for spec in specs if is_served(spec) for place in local_places(spec)))


def refuse_cluster(settings: Settings) -> None:
    """Raises ConfigError for a cluster that may be other machines. The proof itself is made without one."""
    if settings.cluster and not settings.cluster.startswith("local:"):
        what = f"with the cluster {settings.cluster} ({settings.origin('cluster')}) sentences leave this machine"
        raise ConfigError(what, "--cluster local:N stays on it; or go without")


def read_log(log: Path) -> list[tuple[str, str]]:
    """(event, with what): armed, process, or a name that begins with "socket."."""
    text = log.read_text("utf-8", errors="replace") if log.exists() else ""
    return [(event, what) for event, _, what in (line.partition("\t") for line in text.splitlines())]


def socket_events(log: Path) -> tuple[str, ...]:
    return tuple(f"{event} {what}" for event, what in read_log(log) if event.startswith("socket."))


def namespace() -> tuple[str, ...]:
    """The command that starts another one without a network, tried out; empty where the system has or allows none."""
    for command in _UNSHARE if shutil.which("unshare") else ():
        done = _python([*command], ["-I", "-c", _TRY_KERNEL], dict(os.environ))
        if done.returncode == 0 and done.stdout.strip() == "['lo']":
            return command
    return ()


def prove(cache: Path, extra: Sequence[str] = (), servers: Sequence[str] = ()) -> Proof:
    """Translate and summarize a short text and a page, with the models and settings of this machine, but offline.

    The store is an empty one, so that all work is done; converted models are those of `cache`, and one that is missing
    there is converted. `extra` are further arguments of `summarize run`. The job may ask these `servers`, host:port on
    this machine; since a network namespace has none, it goes without one then. Raises StoreError if `cache` is not
    writable.
    """
    try:
        (cache / "models").mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix="summarize-airgap-")
    except OSError as error:
        raise StoreError(
            f"cannot write {error.filename}: {error.strerror}", "choose another cache: --cache DIR"
        ) from None
    with scratch as place:
        return _prove(Path(place), cache, extra, servers)


def _prove(place: Path, cache: Path, extra: Sequence[str], servers: Sequence[str]) -> Proof:
    doubts = []
    kernel = () if servers else namespace()
    control = place / "control.log"
    tried = _python(kernel, ["-c", _TRY_HOOK], environment(control, os.environ, servers))
    hooked = b"PermissionError" in tried.stderr.encode() and bool(socket_events(control))
    if not hooked:
        doubts.append("the audit hook did not refuse a connection that was tried on purpose")
    drop, own, log = place / "drop", place / "cache", place / "job.log"
    drop.mkdir()
    own.mkdir()
    (drop / "text.txt").write_text(ARTICLE, encoding="utf-8")
    (drop / "page.html").write_text(PAGE, encoding="utf-8")
    (own / "models").symlink_to((cache / "models").absolute(), target_is_directory=True)
    job = ["-m", "summarize", "run", str(drop), "--json", "--cache", str(own), "--out", str(place / "out")]
    job += ["--cluster", "", *extra]
    done = _python(kernel, job, environment(log, os.environ, servers))
    attempts = socket_events(log)
    processes = tuple(what for event, what in read_log(log) if event == "process")
    sentences = _sentences(done)
    if not (sentences.get("translated", 0) + sentences.get("repaired", 0)):
        last = done.stderr.strip().splitlines()[-2:] or [f"exit status {done.returncode}"]
        doubts.append(f"the job translated nothing, so its silence proves nothing: {' '.join(map(str.strip, last))}")
    if attempts:
        doubts.append(f"the job tried to use the network: {attempts[0]}")
    foreign = [p for p in processes if os.path.realpath(p) != os.path.realpath(sys.executable)]
    if foreign and not kernel:
        doubts.append(f"it started {foreign[0]}, which an audit hook does not see into")
    means = (*[HOOK] * hooked, *[NAMESPACE] * bool(kernel))
    asked = tuple(dict.fromkeys(what for event, what in read_log(log) if event == "server"))
    return Proof(means, attempts, processes, asked, sentences, tuple(doubts))


def _python(
    prefix: Sequence[str], arguments: Sequence[str], environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, *arguments]
    try:
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, errors="replace", timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"not done after {TIMEOUT} s")


def _sentences(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """Sentences by fate, as the job itself reports them; empty if it reports nothing."""
    try:
        return dict(json.loads(done.stdout)["totals"]["sentences"])
    except (ValueError, KeyError, TypeError):
        return {}
