"""What comes into a drop, changes in it and goes from it, look by look; never what is still being written.

A look is the truth: every file that `discover` finds is compared with what it was at earlier looks, by inode, size and
times. A file is whole once it has stayed the same for a while over two looks, and at once if it was moved into its
place or nobody has written to it for long. What is known here is known of the drop alone and in memory: a process that
starts anew finds all of it anew, and the store knows what was done.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..text import sanitise
from ..types import Failure
from .discovery import EMPTY, UNMATCHED, Source, discover
from .selection import Choice

RESTED = 300.0  # seconds without a write, by clocks that may differ as much, after which a file counts as whole
LONGEST = 3600.0  # seconds at most until a file that failed is tried again though it is the same

Stamp = tuple[int, int, int, int] | str | None  # inode, size, times; what is wrong with it; None: it is not there


@dataclass(slots=True)
class Known:
    """One file as it was at the last look. `ids` are of the articles that were read from it; `failures` are those in a
    row since it changed last; `disputed`: another file has an id that it claims."""

    stamp: Stamp
    since: float  # of the look that saw it so first
    tried: float | None = None  # when it was handed over so
    ids: tuple[str, ...] = ()
    file: str = ""  # its name in the drop, by which it claims ids
    failures: int = 0
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has found: files to read in the order of the drop, by path (of some only what is wrong with them),
    and files that are gone, with the ids of their articles. `changing` files are not whole yet, and `pending` are those
    and what another look has to decide else; `due` is when that is to be, in seconds."""

    ready: Mapping[str, Source | Failure]
    gone: Mapping[str, tuple[str, ...]]
    changing: int
    pending: int
    due: float
    choice: Choice


@dataclass(slots=True)
class Arrivals:
    """Looks at a drop; `every` is how many seconds a file must stay the same to be whole, and be away to be gone. What
    became of a file that was handed over is noted by `settle`."""

    paths: Sequence[str]
    every: float
    made: Sequence[str] = ()
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    clock: Callable[[], float] = time.monotonic
    known: dict[str, Known] = field(default_factory=dict)

    def look(self) -> Look:
        now, choice = self.clock(), Choice(self.include, self.exclude)
        seen: dict[str, Known] = {}
        ready: dict[str, Source | Failure] = {}
        disputed: dict[str, Source | Failure] = {}
        unseen: list[str] = []  # places of which nothing is known at this look
        dues: list[float] = []
        for item in discover(self.paths, self.made, choice):
            path, stamp, whole = self._state(item)
            if isinstance(item, Failure):
                unseen.append(_fixed(path))
            if not stamp:
                continue
            known = seen[path] = self._compared(path, stamp, now)
            known.file = item.file if isinstance(item, Source) else path
            due = self._due(known, whole)
            if due is not None and due <= now:
                ready[path] = item
                continue
            if due is not None:
                dues.append(due)
            if known.disputed and known.tried is not None:
                disputed[path] = item
        gone = self._missing(seen, unseen, now, dues)
        if ready or gone:
            ready |= disputed
        self.known = seen
        changing = sum(k.tried is None and k.stamp is not None for path, k in seen.items() if path not in ready)
        order = {path: ready[path] for path in seen if path in ready}
        return Look(order, gone, changing, len(dues), min([*dues, now + self.every]) - now, choice)

    def _state(self, item: Source | Failure) -> tuple[str, Stamp, bool]:
        """The path of a file, its stamp (None if there is none), and whether it is whole at first sight."""
        if isinstance(item, Failure):  # an empty drop is waited for, any other is told
            return item.source, None if item.message in (EMPTY, UNMATCHED) else item.message, False
        try:
            status = os.stat(item.path)
        except OSError:
            try:
                status = os.lstat(item.path)  # a link to nothing: reading it says so
            except OSError:
                return item.path, None, False
        return item.path, _stamp(status), _whole(status, max(self.every, RESTED))

    def _compared(self, path: str, stamp: Stamp, now: float) -> Known:
        """What is known of a file that has this stamp now."""
        known = self.known.get(path)
        if known is None:
            return Known(stamp, now)
        return known if known.stamp == stamp else replace(known, stamp=stamp, since=now, tried=None, failures=0)

    def _due(self, known: Known, whole: bool) -> float | None:
        """When the file is to be read; None if it was and need not be again."""
        if known.tried is None:
            return known.since + (0.0 if whole else self.every)
        if known.failures:
            return known.tried + min(self.every * 2**known.failures, max(self.every, LONGEST))
        return None

    def _missing(
        self, seen: dict[str, Known], unseen: Sequence[str], now: float, dues: list[float]
    ) -> dict[str, tuple[str, ...]]:
        """Files that were there and are not: those that have been away for long enough, while `seen` gets the others.
        In a place that cannot be seen, or is empty, as a disk that is not mounted is, everything is still there."""
        gone: dict[str, tuple[str, ...]] = {}
        for path in [path for path in self.known if path not in seen]:
            if any(sanitise(path).startswith(place) for place in unseen):
                seen[path] = self.known[path]
                continue
            known = self._compared(path, None, now)
            if known.since + self.every <= now:
                gone[path] = known.ids
            else:
                seen[path] = known
                dues.append(known.since + self.every)
        return gone

    def remember(self, made: Iterable[tuple[str, str]]) -> bool:
        """To be called after the first look with what there is of earlier processes: ids of articles, and where they
        were read. Those of files that are not there any more are missing from then on; returns whether there are any.
        """
        files = {os.path.abspath(sanitise(path)): path for path in self.known}
        roots = tuple(os.path.abspath(_fixed(path)) for path in self.paths)
        found: dict[str, list[str]] = {}
        for id, source in made:
            place = os.path.abspath(source)
            if path := _at(place, files):
                found.setdefault(path, []).append(id)
            elif place.startswith(roots) and not _exists(place):
                found.setdefault(source, []).append(id)
        for path, ids in found.items():
            self.known.setdefault(path, Known(None, self.clock())).ids = tuple(ids)
        return any(known.stamp is None for known in self.known.values())

    def unchanged(self, path: str) -> bool:
        """Whether the file is still what it was at the last look: to be asked before it is read."""
        known = self.known[path]
        if isinstance(known.stamp, str):
            return True
        try:
            return _stamp(os.stat(path)) == known.stamp
        except OSError:
            return os.path.islink(path)

    def settle(self, path: str, ids: Sequence[str], *, failed: bool, disputed: bool) -> set[str]:
        """Notes what became of a file that was handed over. Returns the ids that it had before and has no more."""
        known = self.known[path]
        lost = {*known.ids} - {*ids}
        known.tried, known.failures = self.clock(), known.failures + 1 if failed else 0
        known.ids, known.disputed = tuple(ids), disputed
        return lost

    def again(self, path: str) -> None:
        """Has the file handed over again at the next look."""
        known = self.known[path]
        known.tried, known.since = None, known.since - self.every

    def there(self) -> Iterator[tuple[str, Known]]:
        """The files that were there at the last look, in the order of the drop."""
        return ((path, known) for path, known in self.known.items() if known.stamp is not None)


def _fixed(path: str) -> str:
    """What stands before the first wildcard of a glob."""
    return re.split(r"[*?\[]", path)[0]


def _at(place: str, files: Mapping[str, str]) -> str | None:
    """The path of the file at a place, or of the archive that the place is in."""
    while place not in files and place != os.path.dirname(place):
        place = os.path.dirname(place)
    return files.get(place)


def _exists(place: str) -> bool:
    """Whether there is a file at a place, or one that the place may be in."""
    while not os.path.lexists(place):
        place = os.path.dirname(place)
    return not os.path.isdir(place)


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _whole(status: os.stat_result, rested: float) -> bool:
    """Whether a file needs no second look. A write sets both of its times to one; moving it into its place, or setting
    its time as programs do that copy, the second alone."""
    moved = status.st_size > 0 and status.st_ctime_ns > status.st_mtime_ns
    return moved or time.time() - status.st_mtime >= rested
