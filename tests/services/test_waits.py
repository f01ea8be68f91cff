"""Calls at once: so many at a time, and none left alone."""

import asyncio

import pytest

from services.kernel.waits import MOST_AT_ONCE, of_each


async def test_so_many_are_asked_at_once_and_no_more() -> None:
    under_way, most = 0, 0

    async def call(key: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(3):
            await asyncio.sleep(0)
        under_way -= 1
        return key * key

    keys = [*range(3 * MOST_AT_ONCE), 0]
    assert await of_each(keys, call) == {key: key * key for key in keys}
    assert (under_way, most) == (0, MOST_AT_ONCE)


async def test_a_failure_is_raised_when_all_have_ended() -> None:
    ended = list[int]()

    async def call(key: int) -> None:
        if key == 0:
            message = "away"
            raise ConnectionError(message)
        await asyncio.sleep(0)
        ended.append(key)

    with pytest.raises(ConnectionError):
        await of_each(range(20), call)
    assert sorted(ended) == [*range(1, 20)]
