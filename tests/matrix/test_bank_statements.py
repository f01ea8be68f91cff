"""Rows about the statements of banks, which a firm sees of its own account only."""

from typing import Any, Final

import pytest
from msgspec import convert

from mongo_indexes import bank_statements, bank_transfers, deposits, journal
from services.bank_statements.models import Statement
from services.bank_statements.states import BankStatementState
from services.bank_statements.transfers.models import BankDirection, Transfer
from services.bank_statements.transfers.states import BankTransferState
from services.counter_payments.refunds.models import PayoutWay
from services.deposits.journals import returned
from services.deposits.models import Deposit
from services.deposits.states import DepositState
from services.kernel.days import plus_days, start_of
from services.kernel.permissions import FIRM_ROLES, Permission
from services.ledger.actions import fingerprint
from services.ledger.models import (
    COUNTER_PAYMENT,
    Journal,
    Posting,
    card_machine,
    receivable,
)
from tests.build.bank_statements import csv_file
from tests.matrix import makers
from tests.matrix.posts import HOME, HOMES, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, Rule, decided
from tests.matrix.test_deposits import deposit
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

STATEMENTS: Final = "/api/v1/bank-statements"
TRANSFERS: Final = "/api/v1/bank-transfers"
ACCOUNT: Final = "an account is one firm's, whatever places it serves"
DAY: Final = "2026-03-01"
FIRST_CARDS: Final = "2021-01-01"
WHY: Final = "a firm's manager and cashier for its own account; a community for its own ones"
BARE: Final = "days, sums and numbers of an account: no places, homes or people"
KEEPS: Final = Permission.KEEP_CASH


def is_firms(post: Post) -> bool:
    """Both firms of the town are paid by one account."""
    return any(role in FIRM_ROLES and post.places(KEEPS) for role, _ in post.held)


def lists(post: Post, _: str) -> Outcome:
    return Outcome.ALLOWED if post.places(KEEPS) else Outcome.FORBIDDEN


def keeps(post: Post, _: str) -> Outcome:
    if not post.places(KEEPS):
        return Outcome.FORBIDDEN
    return Outcome.ALLOWED if is_firms(post) else Outcome.MISSING


def content(scene: Scene, _: Any) -> bytes:
    """A file that was not uploaded before."""
    return csv_file([(DAY, f"B{scene.number}", "1.00", "", "", "")])


async def statement(scene: Scene) -> str:
    made = Statement(
        id=scene.town.new_id(),
        account="firm",
        state=BankStatementState.READ,
        size_bytes=1,
        uploaded_by="test",
        uploaded_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(bank_statements.COLLECTION, made)


async def transfer(
    scene: Scene,
    state: BankTransferState = BankTransferState.OPEN,
    direction: BankDirection = BankDirection.IN,
    amount_fen: int = 100,
) -> Transfer:
    made = Transfer(
        id=scene.town.new_id(),
        account="firm",
        direction=direction,
        statement=await statement(scene),
        row=2,
        number=f"B{scene.number}",
        day=DAY,
        amount_fen=amount_fen,
        state=state,
    )
    await scene.town.insert(bank_transfers.COLLECTION, made)
    return made


async def waiting(scene: Scene) -> str:
    return (await transfer(scene)).id


async def aside(scene: Scene) -> str:
    return (await transfer(scene, BankTransferState.NO_FEE)).id


async def with_bill(scene: Scene) -> dict[str, str]:
    """A statement with a transfer, and a bill of the scene's home."""
    made, bill = await transfer(scene), await makers.bill(scene)
    return {"statement_id": made.statement, "transfer": made.id, "bill": bill.id}


def chosen(_: Scene, made: Any) -> dict[str, Any]:
    return {"transfers": [{"transfer_id": made["transfer"], "bill_ids": [made["bill"]]}]}


async def firms_account(_: Scene) -> dict[str, str]:
    return {"account": "firm"}


def books(post: Post, place: str) -> Outcome:
    """Who keeps the account, and takes money for the home whose bill it is."""
    outcome = keeps(post, place)
    if outcome is not Outcome.ALLOWED:
        return outcome
    takes = post.may(Permission.TAKE_PAYMENTS, place)
    return Outcome.ALLOWED if takes else Outcome.MISSING


async def with_payout(scene: Scene) -> dict[str, str]:
    """A row that left, and a deposit of the scene's home that was given back by transfer."""
    kept, paid = scene.town.world.db[deposits.COLLECTION], {"back": PayoutWay.TRANSFER}
    key = {"_id": await deposit(scene, DepositState.RETURNED)}
    change = {"$set": {**paid, "back_voucher": f"T{scene.number}", "paid_out_by": "test"}}
    await kept.update_one(key, change)
    given = convert(await kept.find_one(key), Deposit)
    booked = returned(given)
    booked.fingerprint = fingerprint(booked)
    await scene.town.insert(journal.COLLECTION, booked)
    made = await transfer(scene, direction=BankDirection.OUT, amount_fen=given.amount_fen)
    return {"transfer_id": made.id, "payout": booked.id}


async def with_cards(scene: Scene) -> dict[str, str]:
    """A transfer, and a day of its own on which the card machine took as much."""
    day, town = plus_days(FIRST_CARDS, scene.number), scene.town
    booked = Journal(
        id=town.new_id(),
        kind=COUNTER_PAYMENT,
        place=scene.place,
        at=start_of(day),
        postings=[Posting(card_machine("firm"), 100), Posting(receivable("b"), -100)],
    )
    booked.fingerprint = fingerprint(booked)
    await town.insert(journal.COLLECTION, booked)
    return {"transfer_id": await waiting(scene), "day": day}


def of_cards(_: Scene, made: Any) -> dict[str, Any]:
    return {"days": [made["day"]]}


def of_payout(_: Scene, made: Any) -> dict[str, Any]:
    return {"payout_id": made["payout"]}


def rule(*places: str) -> Rule:
    return decided(keeps, WHY, *places, permission=KEEPS)


FURNITURE: Final[Furniture] = ((waiting, tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        "/api/v1/accounts/{account}/bank-statements",
        rule(),
        makes=firms_account,
        body=content,
        beyond=ACCOUNT,
        bare=BARE,
    ),
    Row("get", STATEMENTS, decided(lists, WHY, permission=KEEPS), beyond=ACCOUNT, bare=BARE),
    Row(
        "get",
        f"{STATEMENTS}/{{statement_id}}",
        rule(),
        makes=statement,
        beyond=ACCOUNT,
        bare=BARE,
    ),
    Row(
        "post",
        f"{STATEMENTS}/{{statement_id}}/confirm",
        decided(books, WHY, HOME, permission=KEEPS),
        makes=with_bill,
        body=chosen,
        beyond=ACCOUNT,
    ),
    Row("get", TRANSFERS, decided(lists, WHY, permission=KEEPS), beyond=ACCOUNT, bare=BARE),
    Row(
        "post",
        f"{TRANSFERS}/{{transfer_id}}/payout",
        rule(HOME),
        makes=with_payout,
        body=of_payout,
        beyond=ACCOUNT,
    ),
    Row(
        "post",
        f"{TRANSFERS}/{{transfer_id}}/settlement",
        rule(),
        makes=with_cards,
        body=of_cards,
        beyond=ACCOUNT,
    ),
    Row(
        "post",
        f"{TRANSFERS}/{{transfer_id}}/set-aside",
        rule(),
        makes=waiting,
        body={"reason": "电费退款"},
        beyond=ACCOUNT,
    ),
    Row("post", f"{TRANSFERS}/{{transfer_id}}/take-back", rule(), makes=aside, beyond=ACCOUNT),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
