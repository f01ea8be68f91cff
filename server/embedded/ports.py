"""TCP ports of the embedded servers: choice of a free one, kept over restarts."""

import errno
import random
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from server.errors import StartError

PORTS: Final = range(20_000, 32_000)  # below Linux's ephemeral ports: nobody gets one by chance


def remembered_port(file: Path) -> int:
    """Return the port used last time: links and the replica set's own address keep it.

    A taken one would be noticed later as well, but only after seconds of asking its owner.
    """
    with suppress(FileNotFoundError, ValueError):
        if is_free(port := int(file.read_text(encoding="ascii"))):
            return port
    return free_port()


def free_port() -> int:
    ports = random.SystemRandom().sample(PORTS, 200)
    try:
        return next(port for port in ports if is_free(port))
    except StopIteration:
        raise StartError(f"No free port between {PORTS.start} and {PORTS.stop}") from None


def is_free(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
