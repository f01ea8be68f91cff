"""Invariants of the books (docs/explanation/money.md), checked in the database."""

from collections import Counter
from itertools import product
from typing import Any

import msgspec

from services.bills.models import Bill
from services.bills.sums import arithmetic
from services.bills.sums.arithmetic import Fee
from services.kernel.paths import ancestors
from services.kernel.sums import Cells, nonzero
from services.ledger import actions as ledger
from services.ledger.models import Journal
from services.place_sums.models import UNIT_DEPTH
from tests.build.world import World


async def check(world: World) -> None:
    journals = await world.db.journal.find().to_list()
    payments = {p["_id"]: p for p in await world.db.payments.find().to_list()}
    bills = {b["_id"]: b for b in await world.db.bills.find().to_list()}
    refunds = await world.db.refunds.find().to_list()
    _balanced(journals)
    _cash_is_what_wechat_holds(journals)
    _one_journal_per_transaction(journals)
    _receivables_are_what_bills_say(journals, bills)
    _every_excess_has_one_refund(journals, refunds)
    _open_orders_share_no_bill(payments)
    _untouched(journals)
    await sums_check(world)


async def sums_check(world: World) -> None:
    sums = await world.db.place_sums.find({"source": "bills"}).to_list()
    bills = {b["_id"]: b for b in await world.db.bills.find().to_list()}
    _sums_are_what_bills_come_to(sums, bills)


def balances(journals: list[dict[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for journal in journals:
        for posting in journal["postings"]:
            found[posting["account"]] += posting["amount_fen"]
    return found


def _balanced(journals: list[dict[str, Any]]) -> None:
    for journal in journals:
        assert sum(p["amount_fen"] for p in journal["postings"]) == 0, journal["_id"]


def _cash_is_what_wechat_holds(journals: list[dict[str, Any]]) -> None:
    cash = {a: fen for a, fen in balances(journals).items() if a.startswith("wechat:")}
    assert all(fen >= 0 for fen in cash.values()), cash


def _one_journal_per_transaction(journals: list[dict[str, Any]]) -> None:
    named = [j["reference"]["transaction"] for j in journals if "transaction" in j["reference"]]
    assert len(named) == len(set(named))


def _receivables_are_what_bills_say(
    journals: list[dict[str, Any]], bills: dict[str, dict[str, Any]]
) -> None:
    found = balances(journals)
    for bill_id, bill in bills.items():
        left = bill["owed_fen"] if bill["state"] != "draft" else 0
        assert found[f"receivable:{bill_id}"] == left, (bill_id, bill["state"])
        paid_fen = sum(portion["fen"] for portion in bill["paid"])
        is_open = bill["state"] in {"draft", "owing"}
        assert bill["owed_fen"] == (bill["due_fen"] - paid_fen if is_open else 0)
        assert bill["state"] != "paid" or paid_fen == bill["due_fen"]


def _every_excess_has_one_refund(
    journals: list[dict[str, Any]], refunds: list[dict[str, Any]]
) -> None:
    for account, fen in balances(journals).items():
        if account.startswith("overpaid:"):
            own = [r for r in refunds if r["source"] == account]
            assert len(own) == 1, account
            assert -fen == (0 if own[0]["state"] == "done" else own[0]["amount_fen"])


def _open_orders_share_no_bill(payments: dict[str, dict[str, Any]]) -> None:
    held = Counter(b for p in payments.values() if p["open"] for b in p["bill_ids"])
    assert all(count == 1 for count in held.values()), held


def _untouched(journals: list[dict[str, Any]]) -> None:
    for document in journals:
        journal = msgspec.convert(document, Journal)
        assert ledger.fingerprint(journal) == journal.fingerprint, journal.id


def _sums_are_what_bills_come_to(
    sums: list[dict[str, Any]], bills: dict[str, dict[str, Any]]
) -> None:
    """Rows and what is not yet added to them, for every place from the unit to the city."""
    kept: dict[str, Cells] = {}
    moved: dict[str, arithmetic.Months] = {}
    for row in sums:
        for place in [row["place"]] if "depth" in row else _places_of(row["place"]):
            cells = kept.setdefault(place, Counter())
            for name, amount in row.get("cells", {}).items():
                at = f"{row['month']}|{name}" if "depth" in row else name
                month, _, cell = at.partition("|")
                cells[month, cell] += amount
        for alike in row.get("members", ()):
            for home, name in product(alike["of"], alike["moved"]):
                kind, what, month = name.split("|")
                of_home = moved.setdefault(home, Counter())
                of_home[kind, what, month] += alike["moved"][name]
    homes: dict[str, list[Fee]] = {home: [] for home in moved}
    for fee in arithmetic.fees(msgspec.convert([*bills.values()], list[Bill])):
        homes.setdefault(fee.home, []).append(fee)
    counted: dict[str, Cells] = {}
    for home, own in homes.items():
        cells, more = arithmetic.cells_of(own), _homes_of(moved.get(home, Counter()), own)
        for place in _places_of(home):
            counted.setdefault(place, Counter()).update(cells)
            kept.setdefault(place, Counter()).update(more)
    assert _some(kept) == _some(counted)


def _homes_of(moved: arithmetic.Months, own: list[Fee]) -> Cells:
    """What the rows do not have yet: the homes that it makes with all bills of a home."""
    now: arithmetic.Months = Counter()
    for fee in own:
        arithmetic.count(now, fee.kind, fee.period, is_owed=fee.owed_fen > 0)
    return arithmetic.homes_of(moved, now)


def _some(sums: dict[str, Cells]) -> dict[str, Cells]:
    found = {place: nonzero(cells.items()) for place, cells in sums.items()}
    return {place: cells for place, cells in found.items() if cells}


def _places_of(place: str) -> list[str]:
    return ancestors(place)[:UNIT_DEPTH]
