"""The workers of a cluster: plain Ray actors, each with as many batches as it has threads, and one in waiting.

An actor dies with its process, with its machine, with the way there. Its batches then go to another, and a new one is
asked for, which begins when there is room for it. So work is done at least once, and what is made of it is kept by the
driver alone.
"""

from __future__ import annotations

import atexit
import contextlib
import glob
import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from .. import errors
from ..errors import ClusterError, ConfigError
from .worker import SAME, Refused, Worker, code

LOCAL = "local:"
DEATHS = 5  # of workers over one batch
STARTS = 3  # in a row that may fail
PATIENCE = 60.0  # seconds in which a cluster without a worker must get one
TICK = 0.05  # seconds after which a caller looks whether another one has freed a worker
CLIENTS = 10001  # the port of ray://
KNOCK = 10.0  # seconds
HEADLESS = 86400  # seconds without Ray's head after which Ray may end this process; its own 60 would leave no word
STORE = 80 << 20  # bytes for Ray's objects on this machine: batches are small

_pools: dict[tuple[str, int], Pool | ClusterError] = {}
_making = threading.Lock()


def pool(cluster: str, threads: int, announce: Callable[[str], None]) -> Pool:
    """The workers of a cluster, of so many threads each; one pool a process, which ends with it. Raises ConfigError
    where Ray is not installed, ClusterError where there is no cluster."""
    with _making:
        if (cluster, threads) not in _pools:
            try:
                _pools[cluster, threads] = Pool(cluster, threads, announce)
            except ClusterError as error:  # it took its time: the next batch need not wait for it again
                _pools[cluster, threads] = error
        found = _pools[cluster, threads]
        if isinstance(found, ClusterError):
            raise found
        return found


class _Hand:
    """A worker as its pool sees it; `free` batches more can be sent to it."""

    def __init__(self, actor: Any, free: int):
        self.actor = actor
        self.free = free
        self.host = ""
        self.dead = False


class Pool:
    def __init__(self, cluster: str, threads: int, announce: Callable[[str], None]):
        self.cluster = cluster
        self.threads = threads
        self._announce = announce
        self._ray = _connected(cluster, threads)
        self._turn = threading.Condition()
        self._hands: list[_Hand] = []
        self._broken: ClusterError | None = None
        self._lost = time.monotonic()  # since when there is no worker, while there is none
        self._failed = 0  # starts in a row
        workers = int(self._ray.cluster_resources().get("CPU", 0)) // threads
        if not workers:
            what = f"no machine of {cluster} has {threads} processors for a worker"
            raise ClusterError(what, "start one: ray start --address=HEAD:6379 --num-cpus=N; or --threads 1")
        for _ in range(workers):
            self._hire()

    # -- work ----------------------------------------------------------------------------------------------------------

    def done(self, jobs: Sequence[tuple]) -> list[Sequence[Any]]:
        """What a worker makes of each job (the arguments of `Worker.work`), in their order; may be called by several
        threads at once. Raises ClusterError where there are no workers any more, and the first error of a job."""
        ray = self._ray
        answers: dict[int, Sequence[Any]] = {}
        deaths = [0] * len(jobs)
        waiting = deque(range(len(jobs)))
        running: dict[Any, tuple[int, _Hand]] = {}
        failure: Exception | None = None
        try:
            while running or (waiting and not failure):
                while waiting and not failure and (hand := self._take(wait=not running)):
                    job = waiting.popleft()
                    try:
                        running[hand.actor.work.remote(*jobs[job])] = job, hand
                    except ray.exceptions.RayError:
                        self._bury(hand)
                        waiting.appendleft(job)
                for ref in ray.wait(list(running), timeout=TICK if waiting else None)[0] if running else ():
                    job, hand = running.pop(ref)
                    try:
                        answer = ray.get(ref)
                    except ray.exceptions.RayTaskError as error:
                        failure = failure or error
                    except ray.exceptions.RayError as error:
                        self._bury(hand)
                        waiting.appendleft(job)
                        deaths[job] += 1
                        if deaths[job] == DEATHS:
                            failure = failure or _deadly(deaths[job], error)
                        continue
                    else:
                        if isinstance(answer, Refused):
                            failure = failure or errors.revived(answer.name, answer.message, answer.hint)
                        else:
                            answers[job] = answer
                    self._give(hand)
        except ConnectionError as error:
            self._broken = _unreachable(self.cluster, error)
            raise self._broken from error
        finally:
            for _, hand in running.values():
                self._give(hand)
        if failure:
            raise failure
        return [answers[job] for job in range(len(jobs))]

    def _take(self, wait: bool) -> _Hand | None:
        """A worker with room for a batch, the one with the most; without `wait` perhaps None."""
        with self._turn:
            while True:
                if self._broken:
                    raise self._broken
                best = max(self._hands, key=lambda hand: hand.free, default=None)
                if best and best.free > 0:
                    best.free -= 1
                    return best
                if not self._hands and time.monotonic() - self._lost > PATIENCE:
                    what = f"{self.cluster} has had no worker for {PATIENCE:.0f} s"
                    raise ClusterError(what, "see what `ray status` says; what was finished is kept")
                if not wait:
                    return None
                self._turn.wait(1)

    def _give(self, hand: _Hand) -> None:
        with self._turn:
            hand.free += 1
            self._turn.notify_all()

    # -- coming and going ----------------------------------------------------------------------------------------------

    def _hire(self) -> None:
        """Asks for a worker, which gets work as soon as it answers; without Ray's head all of it may take for ever."""
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self) -> None:
        ray = self._ray
        if not ray.is_initialized():  # the end has come, and took the one before
            return None
        try:
            made = ray.remote(Worker).options(num_cpus=self.threads, max_concurrency=self.threads)
            hand = _Hand(made.remote(), self.threads + 1)
            hand.host, theirs = ray.get(hand.actor.here.remote())
        except (ray.exceptions.RayTaskError, ray.exceptions.ActorDiedError) as error:
            self._failed += 1
            if self._failed < STARTS:
                return self._hire()
            last = str(error).strip().splitlines()[-1]
            return self._break(ClusterError(f"no worker can be started on {self.cluster}: {last}", SAME))
        except Exception:  # the cluster is gone, or this process ends
            return None
        if theirs != code():
            return self._break(ClusterError(f"{hand.host} has another version of summarize", SAME))
        with self._turn:
            self._failed = 0
            self._hands.append(hand)
            self._turn.notify_all()
        return None

    def _break(self, error: ClusterError) -> None:
        with self._turn:
            self._broken = error
            self._turn.notify_all()

    def _bury(self, hand: _Hand) -> None:
        """Takes a worker out who does not answer, and asks for another one; the first who finds out does it."""
        with self._turn:
            if hand.dead:
                return
            hand.dead = True
            self._hands.remove(hand)
            left = len(self._hands)
            self._lost = time.monotonic()
        self._announce(f"a worker on {hand.host} is gone; its work goes to the others ({left} left), one is asked for")
        threading.Thread(target=self._end, args=(hand,), daemon=True).start()
        self._hire()

    def _end(self, hand: _Hand) -> None:
        with contextlib.suppress(Exception):
            self._ray.kill(hand.actor)


# -- Ray ---------------------------------------------------------------------------------------------------------------


def _connected(cluster: str, threads: int) -> Any:
    """The library, connected: to a cluster on this machine that ends with this process, or to one that is there."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"  # a call after the end would start a cluster of its own
    os.environ |= {"RAY_gcs_rpc_server_reconnect_timeout_s": str(HEADLESS)}
    where: dict[str, Any] = {"address": cluster}
    if cluster.startswith(LOCAL):
        workers = int(cluster.removeprefix(LOCAL))
        # Ray's own switch for systems whose firewalls ask: every one of its processes then listens on 127.0.0.1 only
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else it writes one into the user's home
        folder = _scratch()
        where = {"address": "local", "num_cpus": workers * threads, "include_dashboard": False}
        where |= {"object_store_memory": STORE, "_temp_dir": folder}
    try:
        import ray
    except ImportError:
        raise ConfigError("--cluster needs ray", "pip install 'summarize[cluster]'") from None
    theirs = signal.getsignal(signal.SIGTERM)
    try:
        if not cluster.startswith(LOCAL):
            _knock(cluster)
        ray.init(**where, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # a tree of its own for every way to reach it
        raise _unreachable(cluster, error) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, theirs)
    with contextlib.suppress(ImportError, AttributeError):
        # What Ray has to say of workers that died it prints on stdout, where data goes; the pool tells it.
        from ray._private import worker as driver

        driver.print_to_stdstream = lambda *_, **__: None
    atexit.register(_end, ray, where.get("_temp_dir"))
    return ray


def _knock(cluster: str) -> None:
    """Raises OSError where nobody listens: Ray itself would try for minutes."""
    host, _, port = cluster.removeprefix("ray://").partition(":")
    socket.create_connection((host, int(port or CLIENTS)), KNOCK).close()


def _end(ray: Any, folder: str | None) -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the end already
    ray.shutdown()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def _scratch() -> str:
    """A new folder for Ray's sockets and logs, whose names must be short; those of processes that were killed go."""
    mine = f"summarize-ray-{os.getuid()}-"
    for old in glob.glob(os.path.join(tempfile.gettempdir(), f"{mine}*")):
        owner = old.rpartition(mine)[2].split("-")[0]
        if owner.isdecimal() and not _lives(int(owner)):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{mine}{os.getpid()}-")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _unreachable(cluster: str, error: Exception) -> ClusterError:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    hint = "see what `ray status` says there (RAY_AUTH_MODE=token RAY_AUTH_TOKEN=… if it has a token); or go without"
    return ClusterError(f"no cluster answers at {cluster}: {said}", hint)


def _deadly(deaths: int, error: Exception) -> ClusterError:
    last = str(error).strip().splitlines()[0]
    return ClusterError(
        f"{deaths} workers died over the same batch; the last: {last}",
        "they may lack memory: fewer of them, or more --threads for each; what was finished is kept",
    )
