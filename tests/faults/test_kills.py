"""Kills of the product while people pay: a few by day, more by night, `make faults` at length.

By day also that mutants still apply, and that the checks find what they are for.
"""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from operator import attrgetter
from typing import Any, Final

import pytest

from tests.build.cast import Estate
from tests.depth import by_night
from tests.faults.fault import ROOT
from tests.faults.kills import within
from tests.faults.kills.evidence import books
from tests.faults.kills.evidence.books import Books
from tests.faults.kills.evidence.checks import CHECKS, Evidence, found
from tests.faults.kills.evidence.truth import Truth
from tests.faults.kills.mutants import MUTANTS, Edit, Mutant, edited
from tests.faults.kills.plan import BY_DAY, SHORT
from tests.faults.kills.run import end_all, run

JOURNAL: Final = "pay:1:T1"


PLAN: Final = SHORT if by_night() else BY_DAY


@pytest.mark.slow
@pytest.mark.deep
def test_nothing_is_lost_when_processes_are_killed() -> None:
    outcome = asyncio.run(run(PLAN))
    assert outcome.is_right, outcome
    assert outcome.kills.total() >= PLAN.kills


async def test_a_task_that_swallows_being_cancelled_is_ended_too() -> None:
    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.wait([task], timeout=0)
    await end_all([task])
    assert task.cancelled()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.title)
def test_a_mutant_still_applies(mutant: Mutant) -> None:
    assert mutant.finds in CHECKS
    assert mutant.at in {"", *(point.title for point in within.POINTS)}
    texts: dict[str, str] = {}
    for edit in mutant.edits:
        text = texts.get(edit.file) or (ROOT / edit.file).read_text(encoding="utf-8")
        texts[edit.file] = edited(text, edit)
    for file, text in texts.items():
        compile(text, file, "exec")


def test_a_mutant_that_no_longer_fits_is_told() -> None:
    with pytest.raises(LookupError, match="does not hold once"):
        edited("a a", Edit("file", "a", "b"))


def test_what_is_changed_in_a_process_is_still_there() -> None:
    for module, name, _ in within.WAITS:
        assert hasattr(import_module(module), name)
    for point in within.POINTS:
        assert callable(attrgetter(point.name)(import_module(point.module)))


def evidence() -> Evidence:
    """Return what one payment of 30 left, for bills of 20 and 10 of which one was void."""
    order = {"out_trade_no": "P1", "transaction_id": "T1", "total_fen": 30, "state": "REFUND"}
    refund = {"order_key": "1/P1", "status": "SUCCESS", "refund_fen": 10}
    truth = Truth(
        {"P1": order}, {"XP1": refund}, Counter({("o1", "receipt"): 1, ("o1", "refund"): 1})
    )
    bills = {
        "B1": {"owed_fen": 0, "state": "paid", "paid": [{"journal": JOURNAL, "fen": 20}]},
        "B2": {"owed_fen": 0, "state": "void", "paid": []},
        "B3": {"owed_fen": 40, "state": "owing", "paid": []},
    }
    journals = {
        "issue:B1": journal("issue", {"receivable:B1": 20, "income:a:c": -20}),
        "issue:B2": journal("issue", {"receivable:B2": 10, "income:a:c": -10}),
        "issue:B3": journal("issue", {"receivable:B3": 40, "income:a:c": -40}),
        "void:B2": journal("void", {"receivable:B2": -10, "income:a:c": 10}),
        JOURNAL: journal(
            "payment", {"wechat:f": 30, "receivable:B1": -20, "overpaid:P1": -10}, payment="P1"
        ),
        "refund:1:R1": journal("refund", {"overpaid:P1": 10, "wechat:f": -10}, refund="XP1"),
    }
    for name, row in journals.items():
        row["_id"] = name
    done = {"open": False, "state": "done", "last_error": ""}
    kept = Books(
        payments={"P1": {"state": "paid", "open": False}},
        bills=bills,
        journals=journals,
        refunds={"XP1": {"state": "done"}},
        receipts={"P1": {"amount_fen": 20}},
        jobs={"payments.check:P1": {**done}, "payments.refund:XP1:0": {**done}},
        notices={"f:E1": {}},
        messages={"M1": {"template": "payment_received", "page": "detail?id=P1"}},
        altered=[],
    )
    return Evidence(truth, kept, ["P1"], ["f:E1"])


def journal(kind: str, postings: dict[str, int], **reference: str) -> dict[str, Any]:
    rows = [{"account": account, "amount_fen": fen} for account, fen in postings.items()]
    return {"kind": kind, "postings": rows, "reference": reference}


@pytest.mark.billed("2026-01")
async def test_books_are_read_as_the_product_keeps_them(estate: Estate) -> None:
    read = await books.read(estate.world.db)
    assert (len(read.bills), len(read.of_kind("issue")), read.altered) == (8, 8, [])
    [first, *_] = read.journals
    change = {"$set": {"postings.0.amount_fen": 1}}
    await estate.world.db.journal.update_one({"_id": first}, change)
    assert (await books.read(estate.world.db)).altered


def test_checks_find_nothing_where_all_is_right() -> None:
    assert not any(found(evidence()).values())


def lose(e: Evidence) -> None:
    del e.books.journals[JOURNAL]


def book_twice(e: Evidence) -> None:
    e.books.journals["pay:1:chance"] = copy.deepcopy(e.books.journals[JOURNAL])


def book_another_sum(e: Evidence) -> None:
    e.books.journals[JOURNAL]["postings"][0]["amount_fen"] = 31


def send_back_twice(e: Evidence) -> None:
    e.truth.refunds["XP1-2"] = copy.deepcopy(e.truth.refunds["XP1"])


def send_nothing_back(e: Evidence) -> None:
    del e.truth.refunds["XP1"]


def leave_a_refund(e: Evidence) -> None:
    e.books.refunds["XP1"]["state"] = "sent"


def let_a_job_die(e: Evidence) -> None:
    e.books.jobs["payments.check:P1"]["state"] = "dead"


def forget_a_job(e: Evidence) -> None:
    del e.books.jobs["payments.refund:XP1:0"]


def leave_an_order(e: Evidence) -> None:
    e.books.payments["P1"] |= {"state": "prepaid", "open": True}


def change_a_journal(e: Evidence) -> None:
    e.books.altered.append("changed after it was written")


def reopen_a_bill(e: Evidence) -> None:
    e.books.bills["B1"] |= {"state": "owing", "owed_fen": 20, "paid": []}


def tell_twice(e: Evidence) -> None:
    e.truth.messages["o1", "receipt"] = 2


def tell_nobody(e: Evidence) -> None:
    e.books.messages.clear()


def issue_no_receipt(e: Evidence) -> None:
    e.books.receipts.clear()


def forget_a_notice(e: Evidence) -> None:
    e.books.notices.clear()


BREACHES: Final[dict[str, tuple[Callable[[Evidence], None], ...]]] = {
    "payments lost": (lose,),
    "payments booked twice": (book_twice,),
    "payments booked wrongly": (book_another_sum, leave_an_order),
    "excess not back exactly once": (send_back_twice, send_nothing_back),
    "refunds not done and booked once": (leave_a_refund,),
    "jobs left or dead": (let_a_job_die,),
    "changes without their job": (forget_a_job,),
    "orders stuck": (leave_an_order,),
    "ledger out of balance": (change_a_journal, book_another_sum, send_back_twice),
    "bills unlike the journal": (reopen_a_bill, lose),
    "messages sent twice, or missing in the inbox": (tell_twice, tell_nobody),
    "receipts wrong": (issue_no_receipt,),
    "notices answered and not kept": (forget_a_notice,),
}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_finds_what_it_is_for(check: str) -> None:
    for breach in BREACHES[check]:
        broken = evidence()
        breach(broken)
        assert found(broken)[check], breach.__name__
