"""Counters of what work costs, read from the servers and from the kernel."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.speed.stage import Product, Servers

# What drivers and the server itself send beside the work, and what we look with: no product
# uses `count`, which is of old.
NOT_WORK: Final = frozenset(
    {"hello", "isMaster", "ping", "serverStatus", "endSessions", "count"}
)
OPENING: Final = ("CLIENT ", "HELLO ", "AUTH ", "SELECT ")  # of a connection to Redis, once
LAST: Final = "that was all"
TICKS: Final = 100  # USER_HZ of every Linux that Python runs on


def commands(shared: Servers) -> int:
    """Return how many commands MongoDB ran that are work."""
    found: Mapping[str, Any] = shared.mongo.admin.command("serverStatus")["metrics"]["commands"]
    return sum(
        int(value["total"])
        for name, value in found.items()
        if isinstance(value, dict) and name not in NOT_WORK
    )


def count(product: Product, collection: str, where: Mapping[str, Any]) -> int:
    """Count documents by a command that is not counted as work."""
    answer = product.db.command("count", collection, query=where)
    return int(answer["n"])


@contextmanager
def trips(product: Product) -> Iterator[list[int]]:
    """Count round trips to Redis meanwhile; the list holds the count at the end."""
    found: list[int] = []
    with product.redis.monitor() as monitor:
        yield found
        product.redis.echo(LAST)
        found.append(_until_last(monitor))


def _until_last(monitor: Any) -> int:
    """Count what clients sent; what a script calls inside is no round trip."""
    count = 0
    for told in monitor.listen():
        if LAST in told["command"]:
            return count
        is_opening = told["command"].upper().startswith(OPENING)
        count += told["client_type"] != "lua" and not is_opening
    return count


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, with that of its children that have ended.

    Fields 14 to 17 of /proc/pid/stat.
    """
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


@contextmanager
def processors(**pids: int) -> Iterator[dict[str, float]]:
    """Measure what processes use meanwhile; name → seconds of processor, at the end."""
    began = {name: cpu_seconds(pid) for name, pid in pids.items()}
    found: dict[str, float] = {}
    yield found
    found |= {name: cpu_seconds(pid) - began[name] for name, pid in pids.items()}
