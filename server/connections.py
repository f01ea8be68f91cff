"""Connections of the web server: accepted, timed, and refused quietly when there are too many.

Behind a proxy that reads whole requests (deploy/nginx.conf) none of these times is ever met;
they are for whoever reaches the port without one.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import Application

from handlers.http.base import SMALL_BODY_BYTES

# Between two requests and for a whole header. Longer than the proxy keeps a connection that is
# idle (15 s), so that it never sends a request into one that is just being closed.
HEADER_SECONDS: Final = 20.0
# For a small body; an upload that was let in has its own, handlers/http/uploads.py.
BODY_SECONDS: Final = 20.0
# For an answer that is not taken: the kernel closes (TCP_USER_TIMEOUT, RFC 5482).
UNREAD_MILLISECONDS: Final = 60_000
LONGEST_HEADER_BYTES: Final = 16 * 1024
# Out of descriptors, of this process or of the machine, or of memory: they come back.
SHORT_OF: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
PAUSE_SECONDS: Final = 0.25
AT_ONCE: Final = 64
log = structlog.get_logger()


@asynccontextmanager
async def answering(
    app: Application,
    listening: socket.socket,
    finish_requests: Callable[[float | None], Awaitable[None]],
) -> AsyncIterator[HTTPServer]:
    """Answer on a socket; at the end close it, finish the requests at work, then the rest."""
    server = HTTPServer(
        app,
        idle_connection_timeout=HEADER_SECONDS,
        body_timeout=BODY_SECONDS,
        max_header_size=LONGEST_HEADER_BYTES,
        max_body_size=SMALL_BODY_BYTES,
    )
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    acceptor = Acceptor(listening, server)
    acceptor.start()
    try:
        yield server
    finally:
        acceptor.stop()
        listening.close()
        if streams := app.settings.get("streams"):
            streams.end()
        await finish_requests(None)
        await server.close_all_connections()
        await finish_requests(0)  # what came in over open connections since


class Acceptor:
    """Accepts connections, and rests for a moment when there is no descriptor for one.

    Not Tornado's add_accept_handler: without a free descriptor its accept() fails in a callback
    that is called again at once, a traceback each time and all of the processor. Here those who
    knock wait in the kernel's queue meanwhile, and one line says so.
    """

    def __init__(self, listening: socket.socket, server: HTTPServer) -> None:
        self._listening, self._server = listening, server
        self._loop = asyncio.get_running_loop()
        self._rest: asyncio.TimerHandle | None = None
        self._is_short = False

    def start(self) -> None:
        self._rest = None
        self._loop.add_reader(self._listening, self._accept)

    def stop(self) -> None:
        self._loop.remove_reader(self._listening)
        if self._rest is not None:
            self._rest.cancel()

    def _accept(self) -> None:
        """Take those who wait; a few at a time, so that the others have their turn."""
        for _ in range(AT_ONCE):
            try:
                connection, address = self._listening.accept()
            except BlockingIOError:
                break
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._pause(error)
                return
            self._server.handle_stream(IOStream(connection), address)
            self._is_short = False

    def _pause(self, error: OSError) -> None:
        if error.errno not in SHORT_OF:
            raise error
        if not self._is_short:
            log.warning("no_more_connections", error=errno.errorcode[error.errno])
        self._is_short = True
        self._loop.remove_reader(self._listening)
        self._rest = self._loop.call_later(PAUSE_SECONDS, self.start)
