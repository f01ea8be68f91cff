"""Parent of a process of the product that waits less and kills itself at named points.

    python -m tests.faults.kills.within web

The process runs the command as `python -m server` does; the product itself knows nothing of
what is changed here from outside. When it ended, by whatever, it begins again at once: this one
has imported all of it, and forks. What is printed: "born" with its process id, whatever it
prints itself when it is ready, "died" with its status. KILLS in the environment says the rest.
"""

import ctypes
import importlib
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

import msgspec

from tests.faults.kills.plan import LEASE_SECONDS, OFTENER

VARIABLE: Final = "KILLS"
DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
BORN, DIED = "born", "died"
PAUSE: Final = 0.2  # before a process that was not killed begins again
SECOND: Final = timedelta(seconds=1)

# Module, name, what it is here. The shortest time to pay that WeChat takes is one minute.
WAITS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("services.jobs.actions", "LEASE", LEASE_SECONDS * SECOND),
    ("services.jobs.actions", "HEARTBEAT_SECONDS", LEASE_SECONDS / 3),
    ("services.jobs.actions", "FIRST_BACKOFF", SECOND),
    ("services.jobs.actions", "LONGEST_BACKOFF", 20 * SECOND),
    ("services.payments.orders", "TIME_TO_PAY", 75 * SECOND),
    ("services.payments.orders", "GRACE", 5 * SECOND),
    ("services.payments.actions", "TOO_LATE_TO_REUSE", 15 * SECOND),
    ("services.payments.refunds.jobs", "FIRST_QUERY", 3 * SECOND),
)


class Point(NamedTuple):
    """A place at which a process may die: before or after what `name` in `module` does."""

    title: str
    module: str
    name: str
    when: Literal["before", "after"]
    chance: float


PAY: Final = "services.wechat.pay"
STORE: Final = "services.jobs.store"
POINTS: Final = (
    Point("order written, WeChat not asked", PAY, "PayClient.prepay", "before", 0.02),
    Point("order placed, answer not written", PAY, "PayClient.prepay", "after", 0.02),
    Point("order closed, not asked about", PAY, "PayClient.close_order", "after", 0.04),
    Point("notice read, not booked", "services.payments.booking", "book", "before", 0.02),
    Point(
        "all written, not committed", "services.kernel.endings", "Ending.finish", "after", 0.006
    ),
    Point(
        "committed, nothing done since",
        "pymongo.asynchronous.client_session",
        "AsyncClientSession.with_transaction",
        "after",
        0.006,
    ),
    Point("refund due, not sent", PAY, "PayClient.refund", "before", 0.04),
    Point("refund taken, not written", PAY, "PayClient.refund", "after", 0.08),
    Point("refund's end heard, not booked", PAY, "PayClient.query_refund", "after", 0.04),
    Point("job leased, not begun", STORE, "claim", "after", 0.003),
    Point("job done, not written", STORE, "finish", "before", 0.01),
    Point("job called done", STORE, "finish", "after", 0.003),
    Point(
        "message taken, not written",
        "services.wechat.mini_program",
        "MiniProgram.send_subscribe_message",
        "after",
        0.02,
    ),
)


class Wish(msgspec.Struct):
    """How this process is to die: `factor` times each chance; `log` is told at which point.

    `at`: the point at which it is to die OFTENER times as likely.
    """

    factor: float
    log: str
    seed: int
    at: str = ""


def main() -> None:
    die_with(os.getppid())
    wish = msgspec.json.decode(os.environ[VARIABLE], type=Wish)  # noqa: TID251  # not a setting of the product
    for module, name, value in WAITS:
        _replace(module, name, lambda _, value=value: value)
    chance = random.Random()  # noqa: S311  # which kill comes when; seeded in each process
    for point in POINTS:
        _replace(point.module, point.name, lambda old, at=point: dying(old, at, wish, chance))
    cli = importlib.import_module("server.cli")
    importlib.import_module(f"server.cli.{sys.argv[1]}")
    while True:
        sys.stdout.flush()
        parent, pid = os.getpid(), os.fork()
        if not pid:
            die_with(parent)
            chance.seed(f"{wish.seed} {os.getpid()}")
            os._exit(cli.main(sys.argv[1:]))
        say(f"{BORN} {pid}")
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        say(f"{DIED} {code}")
        if code != -signal.SIGKILL:
            time.sleep(PAUSE)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _replace(module: str, name: str, change: Callable[[Any], Any]) -> None:
    """Put something in the place of what is there. AttributeError when nothing is."""
    owner: Any = importlib.import_module(module)
    *outer, last = name.split(".")
    for each in outer:
        owner = getattr(owner, each)
    setattr(owner, last, change(getattr(owner, last)))


def dying(
    old: Callable[..., Awaitable[Any]], point: Point, wish: Wish, chance: random.Random
) -> Callable[..., Awaitable[Any]]:
    """Return the function, at whose beginning or end the process now and then is killed."""
    likely = point.chance * wish.factor * (OFTENER if point.title == wish.at else 1)

    def maybe_die() -> None:
        if chance.random() < likely:
            log = os.open(wish.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(log, f"{point.title}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    async def new(*args: Any, **more: Any) -> Any:
        if point.when == "before":
            maybe_die()
        result = await old(*args, **more)
        if point.when == "after":
            maybe_die()
        return result

    return new


if __name__ == "__main__":
    main()
