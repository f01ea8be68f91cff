"""Races in tests: two transactions that both began before one of them wrote."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction


def begin_together(monkeypatch: pytest.MonkeyPatch, collection: str) -> None:
    """Let the next two transactions each read, and then go on at one moment.

    Both see what was there before; a later attempt of one of them waits for nobody. Nothing is
    written into the audit: rows of one lane wait for each other, which would hide the race.
    """
    begun, both, usual = [0], asyncio.Event(), Dependencies.in_transaction

    async def in_transaction(
        self: Dependencies, work: Callable[[Transaction], Awaitable[Any]]
    ) -> Any:
        async def waits(tx: Transaction) -> Any:
            await self.db[collection].find_one({"_id": "nothing"}, session=tx)
            begun[0] += 1
            if begun[0] == 2:
                both.set()
            await both.wait()
            return await work(tx)

        return await usual(self, waits)

    async def unwritten(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr(Dependencies, "in_transaction", in_transaction)
    monkeypatch.setattr(audit, "record", unwritten)
