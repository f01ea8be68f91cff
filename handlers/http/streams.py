"""Server-sent events (WHATWG HTML, 9.2): an answer, told again each time that it has changed.

An endpoint with `has_events` sends its answer once as JSON, or as a stream to whoever accepts
text/event-stream. Each event is named by the state of things that it tells: a client that
comes back says the last name in Last-Event-ID, and hears of it only if there is news. Who asks
is known anew every few seconds, so that a stream ends with the session or the office.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, Protocol

import msgspec
import structlog
from tornado.iostream import StreamClosedError

from handlers.http.base import ApiHandler
from services import deadlines
from services.dependencies import Dependencies
from services.kernel import errors

MEDIA: Final = "text/event-stream"
# At most one event in this time.
EVERY_SECONDS: Final = 1.0
# After so much silence a comment: a proxy closes what says nothing (deploy/nginx.conf: 10 s).
HEARTBEAT_SECONDS: Final = 5.0
# How long somebody may go on listening who may not any more.
CHECK_SECONDS: Final = 5.0
# Then the client comes back by itself, perhaps to another process.
LONGEST_SECONDS: Final = 300.0
RETRY_MILLISECONDS: Final = 2_000
COME_BACK_SECONDS: Final = 5
AT_ONCE: Final = 200
PER_PERSON: Final = 3  # two pages and one that was not closed yet
# Why a stream ends before its last event; asked again, the client hears more.
ENDINGS: Final = (
    StreamClosedError,
    errors.Unauthenticated,
    errors.Forbidden,
    errors.NotFound,
    errors.Unavailable,
)
log = structlog.get_logger(__name__)


class Told(Protocol):
    """What is told: an answer that knows the name of its state, and whether it is the last."""

    @property
    def event_id(self) -> str: ...

    @property
    def is_last(self) -> bool: ...


Look = Callable[[], Awaitable[Any]]


class TooManyStreams(errors.TooMany):
    """The person follows three streams of this process already; one has to be closed."""

    code = "too_many_streams"
    details_type = errors.RetryAfter


class Streams:
    """Streams that are open in one process: so many in all, so many of one person."""

    def __init__(self, at_once: int = AT_ONCE, per_person: int = PER_PERSON) -> None:
        self._at_once, self._per_person = at_once, per_person
        self._open: set[asyncio.Event] = set()
        self._of: Counter[str] = Counter()

    @contextmanager
    def place(self, person: str, over: asyncio.Event) -> Iterator[None]:
        """Hold a place for a stream that ends when `over` is set.

        Raises Busy, TooManyStreams.
        """
        wait = COME_BACK_SECONDS
        if len(self._open) >= self._at_once:
            raise errors.Busy("现在查看进度的人很多,请稍后再试", retry_after_seconds=wait)
        if self._of[person] >= self._per_person:
            raise TooManyStreams(
                "您打开的进度页面太多了,请先关掉一个", retry_after_seconds=wait
            )
        self._open.add(over)
        self._of[person] += 1
        try:
            yield
        finally:
            self._open.discard(over)
            self._of[person] -= 1
            if not self._of[person]:
                del self._of[person]

    def end(self) -> None:
        """End all streams: the process stops, and their clients go to another one."""
        for over in self._open:
            over.set()


class EventsHandler(ApiHandler):
    """Handler of an endpoint whose answer can be followed. `over`: nobody listens any more."""

    def initialize(self, deps: Dependencies, pattern: str = "") -> None:
        super().initialize(deps, pattern)
        self.over = asyncio.Event()

    async def glance(self, shown: Any) -> Told:
        """Return what became of an answer meanwhile, at little cost and without asking who."""
        raise NotImplementedError

    @property
    def wants_events(self) -> bool:
        accepted = self.request.headers.get("Accept", "").split(",")
        names = {each.partition(";")[0].strip().lower() for each in accepted}
        return self.request.method == "GET" and MEDIA in names

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.over.set()

    async def prepare(self) -> None:
        await super().prepare()
        if self.wants_events:
            self.ends_at += LONGEST_SECONDS + self.seconds()

    async def follow(self, first: Look, look: Look) -> None:
        """Tell what `first` returns, and what became of it until it is the last.

        `look`: the same once more, for who may still see it. What `first` raises is answered
        as everywhere.
        """
        async with deadlines.ending_at(monotonic() + self.seconds()):
            shown: Told = await first()
        heard = self.request.headers.get("Last-Event-ID", "")
        if shown.is_last and shown.event_id == heard:
            self.set_status(204)  # which tells the client not to come back
            self.clear_header("Content-Type")
            return
        with self.settings["streams"].place(self.actor.person_id, self.over):
            self.held.close()  # its place among the requests that are short
            self.set_header("Content-Type", f"{MEDIA}; charset=utf-8")
            self.set_header("X-Accel-Buffering", "no")  # nginx hands on what comes
            try:
                await self._tell(shown, heard, look)
            except ENDINGS as ending:
                log.info("stream_ended", because=type(ending).__name__)

    async def _tell(self, shown: Told, heard: str, look: Look) -> None:
        started = checked = said = monotonic()
        self.write(f"retry: {RETRY_MILLISECONDS}\n\n")
        while True:
            if shown.event_id != heard:
                heard, said = shown.event_id, monotonic()
                self.write(event(shown))
            elif monotonic() - said >= HEARTBEAT_SECONDS:
                said = monotonic()
                self.write(": \n\n")
            await self.flush()
            if shown.is_last or monotonic() - started >= LONGEST_SECONDS:
                return
            if await self._is_over():
                return
            is_due = monotonic() - checked >= CHECK_SECONDS
            checked = monotonic() if is_due else checked
            shown = await self._next(shown, look if is_due else None)

    async def _next(self, shown: Told, look: Look | None) -> Told:
        """Return what is to be told next; with `look` to who may see it at this moment."""
        async with deadlines.ending_at(monotonic() + self.seconds()):
            if look is None:
                return await self.glance(shown)
            await self.know_again()
            told: Told = await look()
            return told

    async def _is_over(self) -> bool:
        """Wait for a moment; tell whether the client went away, or the process stops."""
        try:
            await asyncio.wait_for(self.over.wait(), EVERY_SECONDS)
        except TimeoutError:
            return False
        return True


def event(shown: Told) -> str:
    """Return an event: its name, and the answer in one line."""
    return f"id: {shown.event_id}\ndata: {msgspec.json.encode(shown).decode()}\n\n"
