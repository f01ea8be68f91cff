"""One resident who signed in, with bills that WeChat Pay takes."""

from datetime import datetime
from typing import Any

from bench.speed.within import residents
from bench.speed.within.site import Site

HOME = f"{residents.COMPOUND}.payer.u1.101"


async def write(site: Site, *, person: str, pairs: int) -> list[list[str]]:
    """Let a person owe so many pairs of bills at a home of theirs; return the ids of each."""
    now, account = site.deps.now(), account_of(site)
    residency = {**residents.residency(0), "_id": f"of-{person}", "home": HOME}
    await site.deps.db.places.insert_one(residents.place(HOME, 1, now))
    await site.deps.db.residencies.insert_one({**residency, "person": person})
    rows = [owed(number, account, now) for number in range(2 * pairs)]
    await site.deps.db.bills.insert_many(rows)
    ids = [row["_id"] for row in rows]
    return [ids[at : at + 2] for at in range(0, len(ids), 2)]


async def account(site: Site) -> str:
    return account_of(site)


def account_of(site: Site) -> str:
    """Return the key of a merchant account, of one that is no partner's."""
    clients = site.deps.merchants.items()
    return next(key for key, client in clients if client.account.mode == "direct")


def owed(number: int, account: str, now: datetime) -> dict[str, Any]:
    """Return the bill of a month, of one fee: WeChat shows one payee."""
    row = residents.bill(HOME, 2 * number, "owing", now)
    return {**row, "_id": f"payer{number:021d}", "account": account}
