"""Deaths of a worker on the way of a broadcast: before or after any of its writes."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final

import pytest

from services.messaging import bulk_store
from services.messaging.broadcasts import homes_store, store
from services.messaging.deliveries import actions as deliveries
from services.messaging.push_turns import store as push_turns_store


class Killed(BaseException):
    """What `kill -9` does: nothing after this instruction happens."""


# Every write on the way of a broadcast, where a worker may be killed before or after it.
WRITES: Final[list[tuple[Any, str]]] = [
    (homes_store, "put"),
    (homes_store, "note"),
    (bulk_store, "put"),
    (bulk_store, "start"),
    (bulk_store, "lose_sending"),
    (store, "note"),
    (store, "move"),
    (deliveries, "deliver"),
    (bulk_store, "accept"),
    (push_turns_store, "take"),
]


def deadly(
    monkeypatch: pytest.MonkeyPatch,
    deaths: Iterator[str],
    writes: Sequence[tuple[Any, str]] = tuple(WRITES),
) -> None:
    """Let the worker die before or after its writes, as the deaths say."""

    def dying(write: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def attempt(*args: Any, **named: Any) -> Any:
            death = next(deaths, "no")
            if death == "before":
                raise Killed
            result = await write(*args, **named)
            if death == "after":
                raise Killed
            return result

        return attempt

    for module, name in writes:
        monkeypatch.setattr(module, name, dying(getattr(module, name)))
