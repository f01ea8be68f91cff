"""Numbers of receipts: a reference that waits for nothing, and a series without gaps.

The reference is drawn with the receipt. Where its payee asks for it, the worker draws a number
of the payee's series of the year afterwards: a counter would make every payment wait for the
one before. Counter and receipts are written in one transaction, so that one that fails draws
nothing: no number is missing, and none is there twice.
"""

import hashlib
from datetime import datetime
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of
from services.kernel.documents import encode
from services.payments.receipts import store

BATCH: Final = 100


class SeriesMoved(Exception):
    """Somebody else drew numbers of the series; the job draws again."""


def reference(receipt_id: str, at: datetime) -> str:
    """Number a receipt without waiting for any other, e.g. 20261123-4T9K2MXA7Q.

    Fifty bits within a day: two alike are a matter of centuries, and would harm nothing.
    """
    digest = hashlib.sha256(receipt_id.encode()).digest()
    letters = encode(int.from_bytes(digest[:8], "big"), 10).upper()
    return f"{day_of(at).replace('-', '')}-{letters}"


def series_of(account: str, booked_at: datetime) -> str:
    """Name the series of a payee and a year, e.g. firm:2026.

    The payee by its account, which is nobody else's; the year in which the books got it, so
    that a payment that is found in January changes no closed year.
    """
    return f"{account}:{day_of(booked_at)[:4]}"


async def draw(deps: Dependencies, series: str) -> int:
    """Number the receipts of a series that wait, as they were booked; return how many.

    At most BATCH of them. Raises SeriesMoved.
    """

    async def work(tx: Transaction) -> int:
        waiting = await store.unnumbered(deps.db, tx, series, limit=BATCH)
        if not waiting:
            return 0
        last = await store.last_serial(deps.db, tx, series)
        ids = [receipt.id for receipt in waiting]
        if not await store.number(deps.db, tx, series, ids, last=last):
            raise SeriesMoved(series)
        return len(ids)

    return await deps.in_transaction(work)
