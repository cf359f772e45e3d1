"""Imported by Python at start if its folder is on PYTHONPATH: every use of the network is written down and refused.

It reaches child processes, too: they inherit the environment. Lines of the log: what happened, a tab, with what.
"""

import os
import sys

LOG = "AIRGAP_LOG"  # variable that names the log; without it nothing is refused
_AF_UNIX = 1
# What a socket event may be: half of a pair for talk within the machine, or the machine's own name.
_LOCAL = frozenset({"socket.gethostname"})


def refuse_sockets(log: str) -> None:
    """From here on every socket event (PEP 578) of this process is a line in `log`, and a PermissionError."""
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(event: str, what: object) -> None:
        os.write(handle, f"{event}\t{what!s:.200}\n".encode("utf-8", "replace"))

    def hook(event: str, arguments: tuple) -> None:
        if event == "subprocess.Popen":
            note("process", arguments[0])
        elif event.startswith("socket.") and event not in _LOCAL:
            if event == "socket.__new__" and arguments[1] == _AF_UNIX:
                return  # alone it reaches nobody; to connect it is an event of its own
            note(event, tuple(a for a in arguments if not hasattr(a, "fileno")))
            raise PermissionError(f"{event}: the network is closed to this process")

    sys.addaudithook(hook)
    note("armed", os.getpid())


if os.environ.get(LOG):
    refuse_sockets(os.environ[LOG])
