"""Imported by Python at start if its folder is on PYTHONPATH: every use of the network is written down and refused.

It reaches child processes, too: they inherit the environment. Lines of the log: what happened, a tab, with what.
"""

import os
import sys

LOG = "AIRGAP_LOG"  # variable that names the log; without it nothing is refused
ALLOWED = "AIRGAP_ALLOWED"  # variable with the servers on this machine that may be asked: host:port, in blanks
_AF_UNIX = 1
# What a socket event may be: half of a pair for talk within the machine, or the machine's own name.
_LOCAL = frozenset({"socket.gethostname"})


def refuse_sockets(log: str) -> None:
    """From here on every socket event (PEP 578) of this process is a line in `log`, and a PermissionError."""
    allowed = frozenset(os.environ.get(ALLOWED, "").split())
    hosts = frozenset(place.rpartition(":")[0] for place in allowed)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(event: str, what: object) -> None:
        os.write(handle, f"{event}\t{what!s:.200}\n".encode("utf-8", "replace"))

    def hook(event: str, arguments: tuple) -> None:
        if event == "subprocess.Popen":
            note("process", arguments[0])
        elif event.startswith("socket.") and event not in _LOCAL:
            if event == "socket.__new__" and arguments[1] == _AF_UNIX:
                return  # alone it reaches nobody; to connect it is an event of its own
            if allowed and event == "socket.__new__":
                return
            if event == "socket.getaddrinfo" and arguments[0] in hosts:
                return
            if event == "socket.connect" and isinstance(arguments[1], tuple):
                place = f"{arguments[1][0]}:{arguments[1][1]}"
                if place in allowed:
                    note("server", place)
                    return
            note(event, tuple(a for a in arguments if not hasattr(a, "fileno")))
            raise PermissionError(f"{event}: the network is closed to this process")

    sys.addaudithook(hook)
    note("armed", os.getpid())


if os.environ.get(LOG):
    refuse_sockets(os.environ[LOG])
