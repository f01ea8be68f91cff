"""Start and orderly shutdown of the web server and the worker."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, Final

import structlog
import uvloop
from pymongo.errors import PyMongoError

import mongo_indexes
from mongo_indexes._commands import reason
from server import observability
from server.app import make_app, make_operator_app
from server.connections import answering
from server.errors import StartError
from server.merchant_watch import watch
from server.settings import Settings
from server.worker import ClockSkew, Worker
from services.dependencies import Dependencies

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FINISH_SECONDS: Final = 8.0  # nobody waits longer for an answer, but whoever sent a file
CANCEL_SECONDS: Final = 0.2
BACKLOG: Final = 1024
INDEX_SECONDS: Final = 3600.0  # an index on a big collection takes its time
log = structlog.get_logger()


def run_async(work: Coroutine[Any, Any, int | None]) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work) or 0


@contextmanager
def asking_mongo() -> Iterator[None]:
    """Say in one line that the database does not answer or refuses: a StartError."""
    try:
        yield
    except PyMongoError as error:
        raise StartError(f"MONGODB_URI: {reason(error)}") from error


async def require_indexes(deps: Dependencies) -> None:
    """Raise StartError on a database whose indexes are not made: every query would crawl."""
    with asking_mongo():
        missing = await mongo_indexes.check(deps.db)
    if missing:
        example = missing[-1].rpartition(" ")[2]
        raise StartError(
            f"{len(missing)} collections and indexes are missing, e.g. {example}: run "
            f"`.venv/bin/python -m mongo_indexes apply --uri … --database {deps.db.name}` first"
        )


def stop_signals() -> asyncio.Event:
    """Return an event set by a signal to end; the second one ends the process at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def ask() -> None:
        stop.set()
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, ask)
    return stop


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is started. Raises StartError when it is taken."""
    return _listen(settings.listen_address, settings.port, "PORT")


def listen_for_operator(settings: Settings) -> socket.socket:
    """Take the port of the operator's endpoints. Raises StartError when it is taken."""
    return _listen(settings.ops_address, settings.ops_port, "OPS_PORT")


def address_of(listening: socket.socket) -> str:
    """Return where a socket is reached, e.g. http://127.0.0.1:8000 or http://[::1]:8000."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int, setting: str) -> socket.socket:
    address = (host, port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Not Tornado's bind_sockets(): it loses its socket when it cannot bind.
        taken = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise StartError(
            f"Cannot listen on {host}:{port} ({reason}); "
            f"stop what uses it or choose another with {setting}"
        ) from error
    taken.settimeout(0)
    return taken


@asynccontextmanager
async def serving(
    deps: Dependencies,
    settings: Settings,
    listening: socket.socket,
    operator: socket.socket | None = None,
) -> AsyncIterator[None]:
    """Answer on the sockets; at the end take no more requests and finish those at work.

    Never with Tornado's `xheaders`, which believes whoever sends X-Real-IP or X-Forwarded-For
    (`trusted_downstream` names hops to skip, not who may speak): handlers/http/addresses.py.
    """
    log_function = observability.log_request
    beside = (observability.watch_loop_lag(), watch(deps))
    async with AsyncExitStack() as running:
        for task in [asyncio.create_task(each) for each in beside]:
            running.callback(task.cancel)
        if operator is not None:
            app = make_operator_app(deps, settings, log_function)
            await running.enter_async_context(answering(app, operator, finish_requests))
        app = make_app(deps, settings, log_function)
        await running.enter_async_context(answering(app, listening, finish_requests))
        yield


async def finish_requests(seconds: float | None = None) -> None:
    await finish(requests_at_work(), seconds)


def requests_at_work() -> set[asyncio.Task[Any]]:
    """Find Tornado's running handlers; it has no public list of them."""
    return {
        task
        for task in asyncio.all_tasks()
        if getattr(task.get_coro(), "__qualname__", "").endswith("Handler._execute")
    }


async def finish(tasks: set[asyncio.Task[Any]], seconds: float | None = None) -> None:
    """Give the tasks some time, then end them for good. Their results stay with them."""
    seconds = FINISH_SECONDS if seconds is None else seconds
    while tasks:
        _, tasks = await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()  # perhaps again: before Python 3.12 wait_for() swallows some
        seconds = CANCEL_SECONDS


async def done_unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do the work, but drop it when `stop` is set first; tell whether it was done."""
    task, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await finish({task}, seconds=0)
    if not task.cancelled():
        task.result()
    return not task.cancelled()


@asynccontextmanager
async def working(
    deps: Dependencies, settings: Settings, stop: asyncio.Event
) -> AsyncIterator[Worker]:
    """Run the worker beside; at the end let it finish its jobs. Its failure sets `stop`."""
    watching = asyncio.create_task(watch(deps))
    worker = Worker(deps, concurrency=settings.worker_concurrency)
    enough = asyncio.Event()
    task = asyncio.create_task(worker.run(enough))
    task.add_done_callback(lambda _: stop.set())
    try:
        yield worker
    finally:
        enough.set()
        await finish({task})
        watching.cancel()
        if task.cancelled():
            log.warning("jobs_cut_short")  # their leases run out and they are done again
        elif isinstance(error := task.exception(), ClockSkew):
            raise StartError(str(error)) from error
        elif error:
            raise error
