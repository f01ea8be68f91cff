"""Kills of the product while people pay: a few by day, more by night, `make faults` at length.

By day also that mutants still apply, and that the checks find what they are for.
"""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
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
CASH: Final = "counter:C1"
BACK: Final = "refund:1:R2"


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
    """Return what one payment of 30 left, for bills of 20 and 10 of which one was void.

    Of the 20, 5 went back by hand; the receipt is reversed by them.
    """
    order = {"out_trade_no": "P1", "transaction_id": "T1", "total_fen": 30, "state": "REFUND"}
    refund = {"order_key": "1/P1", "status": "SUCCESS", "refund_fen": 10}
    by_hand = {**refund, "refund_fen": 5}
    truth = Truth(
        {"P1": order},
        {"XP1": refund, "HP101": by_hand},
        Counter({("o1", "receipt"): 1, ("o1", "refund"): 1}),
    )
    bills = {
        "B1": {"owed_fen": 5, "state": "owing", "paid": [{"journal": JOURNAL, "fen": 15}]},
        "B2": {"owed_fen": 0, "state": "void", "paid": []},
        "B3": {"owed_fen": 40, "state": "owing", "paid": []},
        "B4": {"owed_fen": 0, "state": "paid", "paid": [{"journal": CASH, "fen": 50}]},
    }
    journals = {
        "issue:B1": journal("issue", {"receivable:B1": 20, "income:a:c": -20}),
        "issue:B2": journal("issue", {"receivable:B2": 10, "income:a:c": -10}),
        "issue:B3": journal("issue", {"receivable:B3": 40, "income:a:c": -40}),
        "issue:B4": journal("issue", {"receivable:B4": 50, "income:a:c": -50}),
        CASH: journal(
            "counter_payment",
            {"cash_in_hand:f:s": 50, "receivable:B4": -50},
            counter_payment="C1",
            voucher="K-1",
        ),
        "void:B2": journal("void", {"receivable:B2": -10, "income:a:c": 10}),
        JOURNAL: journal(
            "payment", {"wechat:f": 30, "receivable:B1": -20, "overpaid:P1": -10}, payment="P1"
        ),
        "refund:1:R1": journal("refund", {"overpaid:P1": 10, "wechat:f": -10}, refund="XP1"),
        BACK: journal(
            "refund",
            {"receivable:B1": 5, "wechat:f": -5},
            refund="HP101",
            payment="P1",
            request="Q1",
        ),
    }
    for name, row in journals.items():
        row["_id"] = name
    done = {"open": False, "state": "done", "last_error": ""}
    kept = Books(
        payments={"P1": {"state": "paid", "open": False}},
        bills=bills,
        journals=journals,
        refunds={"XP1": {"state": "done"}, "HP101": {"state": "done"}},
        receipts={
            "P1": {"amount_fen": 20},
            "P1-1": {"amount_fen": 5, "reverses": "P1"},
            "C1": {"amount_fen": 50},
        },
        jobs={
            "payments.check:P1": {**done},
            "payments.refund:XP1:0": {**done},
            "payments.refund:HP101:0": {**done},
        },
        notices={"f:E1": {}},
        messages={
            "M1": {
                "template": "payment_received",
                "page": "detail?id=P1",
                "attempted_at": datetime(2026, 3, 2, tzinfo=UTC),
            }
        },
        requests={
            "Q1": {
                "payment": "P1",
                "state": "done",
                "amount_fen": 5,
                "lines": [{"bill_id": "B1", "amount_fen": 5}],
            }
        },
        altered=[],
    )
    return Evidence(truth, kept, ["P1"], ["f:E1"], {"K-1": 50, "K-2": None}, {"Q1": 5})


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


def send_by_hand_twice(e: Evidence) -> None:
    e.truth.refunds["HP102"] = copy.deepcopy(e.truth.refunds["HP101"])


def send_nothing_by_hand(e: Evidence) -> None:
    del e.truth.refunds["HP101"]


def forget_what_was_approved(e: Evidence) -> None:
    e.books.requests["Q1"]["state"] = "asked"


def lose_what_was_approved(e: Evidence) -> None:
    e.books.requests.clear()


def give_back_another_sum(e: Evidence) -> None:
    e.books.requests["Q1"]["amount_fen"] = 4


def reopen_another_bill(e: Evidence) -> None:
    e.books.journals[BACK]["postings"][0]["account"] = "receivable:B4"


def reopen_by_more(e: Evidence) -> None:
    e.books.journals[BACK]["postings"][0]["amount_fen"] = 6


def reopen_without_request(e: Evidence) -> None:
    e.books.journals[BACK]["reference"]["request"] = "Q2"


def reverse_no_receipt(e: Evidence) -> None:
    del e.books.receipts["P1-1"]


def leave_a_refund(e: Evidence) -> None:
    e.books.refunds["XP1"]["state"] = "sent"


def let_a_job_die(e: Evidence) -> None:
    e.books.jobs["payments.check:P1"]["state"] = "dead"


def forget_a_job(e: Evidence) -> None:
    del e.books.jobs["payments.refund:XP1:0"]


def leave_an_order(e: Evidence) -> None:
    e.books.payments["P1"] |= {"state": "prepaid", "open": True}


def lose_cash(e: Evidence) -> None:
    del e.books.journals[CASH]


def take_cash_twice(e: Evidence) -> None:
    e.books.journals["counter:C2"] = copy.deepcopy(e.books.journals[CASH])


def take_cash_of_nobody(e: Evidence) -> None:
    e.books.journals[CASH]["reference"]["voucher"] = "K-3"


def change_a_journal(e: Evidence) -> None:
    e.books.altered.append("changed after it was written")


def reopen_a_bill(e: Evidence) -> None:
    e.books.bills["B1"] |= {"state": "owing", "owed_fen": 20, "paid": []}


def tell_twice(e: Evidence) -> None:
    e.truth.messages["o1", "receipt"] = 2


def tell_nobody(e: Evidence) -> None:
    e.books.messages.clear()


def push_nothing(e: Evidence) -> None:
    e.books.messages["M1"]["attempted_at"] = None


def issue_no_receipt(e: Evidence) -> None:
    e.books.receipts.clear()


def give_no_receipt_for_cash(e: Evidence) -> None:
    del e.books.receipts["C1"]


def forget_a_notice(e: Evidence) -> None:
    e.books.notices.clear()


BREACHES: Final[dict[str, tuple[Callable[[Evidence], None], ...]]] = {
    "payments lost": (lose,),
    "payments booked twice": (book_twice,),
    "payments booked wrongly": (book_another_sum, leave_an_order),
    "excess not back exactly once": (send_back_twice, send_nothing_back),
    "refunds by hand not back exactly once": (
        send_by_hand_twice,
        send_nothing_by_hand,
        forget_what_was_approved,
        lose_what_was_approved,
        give_back_another_sum,
    ),
    "bills not reopened by what went back": (
        reopen_another_bill,
        reopen_by_more,
        reopen_without_request,
    ),
    "refunds not done and booked once": (leave_a_refund,),
    "jobs left or dead": (let_a_job_die,),
    "changes without their job": (forget_a_job,),
    "orders stuck": (leave_an_order,),
    "cash lost, or booked twice": (lose_cash, take_cash_twice, take_cash_of_nobody),
    "ledger out of balance": (change_a_journal, book_another_sum, send_back_twice),
    "bills unlike the journal": (reopen_a_bill, lose, reopen_another_bill),
    "messages sent twice, or missing in the inbox": (tell_twice, tell_nobody, push_nothing),
    "receipts wrong": (issue_no_receipt, give_no_receipt_for_cash, reverse_no_receipt),
    "notices answered and not kept": (forget_a_notice,),
}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_finds_what_it_is_for(check: str) -> None:
    for breach in BREACHES[check]:
        broken = evidence()
        breach(broken)
        assert found(broken)[check], breach.__name__
