"""Residents of one compound, each with a home, bills and a session, written straight in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from bench.speed.within.site import Site
from services.sessions import tokens

COMPOUND: Final = "cc.chaoyang.guilin.xincheng.garden"
HOMES_IN_A_UNIT: Final = 24
AT_ONCE: Final = 2_000
KINDS: Final = ("property_fee", "waste_fee")
FEN: Final = 24_550
Row = dict[str, Any]


def home(number: int) -> str:
    unit, door = divmod(number, HOMES_IN_A_UNIT)
    return f"{COMPOUND}.b{unit // 4:04d}.u{unit % 4 + 1}.{door + 101}"


def person(number: int) -> str:
    return f"bench{number:021d}"


def session(number: int) -> str:
    return f"session{number:019d}"


def month(number: int) -> str:
    """Return a month by its number since January 2020."""
    return f"{2020 + number // 12}-{number % 12 + 1:02d}"


async def write(site: Site, *, count: int, owing: int, paid: int) -> list[str]:
    """Write so many residents with so many bills each; return their access tokens."""
    now = site.deps.now()
    await insert(site, "places", (place(home(n), n, now) for n in range(count)))
    await insert(site, "residencies", (residency(n) for n in range(count)))
    await insert(site, "sessions", (signed_in(n, now) for n in range(count)))
    await insert(
        site,
        "bills",
        (
            bill(home(n), each, "owing" if each < owing else "paid", now)
            for n in range(count)
            for each in range(owing + paid)
        ),
    )
    vault = site.deps.vault
    return [
        tokens.issue_access(vault, person_id=person(n), session_id=session(n), serial=0, at=now)
        for n in range(count)
    ]


async def insert(site: Site, name: str, rows: Iterator[Row]) -> None:
    while batch := list(islice(rows, AT_ONCE)):
        await site.deps.db[name].insert_many(batch, ordered=False)


def place(path: str, number: int, now: datetime) -> Row:
    return {
        "_id": path,
        "kind": "home",
        "name": path.rpartition(".")[2],
        "address": f"新城花园{number}号",
        "area": 8_900,
        "usage": "flat",
        "created_at": now,
    }


def residency(number: int) -> Row:
    return {
        "_id": f"residency{number}",
        "home": home(number),
        "relation": "owner",
        "name_sealed": "",
        "person": person(number),
        "from_day": "2020-01-01",
        "to_day": None,
        "source": "bench",
    }


def signed_in(number: int, now: datetime) -> Row:
    """Return a session. `bench_home` is read by those we compare with, not by the product."""
    return {
        "_id": session(number),
        "person": person(number),
        "kind": "wechat",
        "generation": 0,
        "rotated_at": now,
        "created_at": now,
        "expires_at": now + timedelta(days=30),
        "revoked_at": None,
        "bench_home": home(number),
    }


def bill(of: str, number: int, state: str, now: datetime) -> Row:
    """Return the `number`-th bill of a home, two a month."""
    period, kind = month(number // 2), KINDS[number % 2]
    return {
        "_id": f"{of}|{number}",
        "run_id": f"run{number // 2}",
        "rule_id": "rule",
        "kind": kind,
        "home": of,
        "period": period,
        "months": 1,
        "slots": [f"{kind}|{period}"],
        "amount_fen": FEN,
        "explanation": "89.00 m² × 2.50 元/m²/月 × 1 个月 = 222.50 元",
        "account": "default",
        "payee_name": "新城社区居委会",
        "state": state,
        "due_on": f"{period}-28",
        "created_at": now,
        "issued_at": now,
        "paid_at": now if state == "paid" else None,
        "edition": 0,
        "holds": 0,
    }
