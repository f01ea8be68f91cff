"""Charge (单项收费): a bill beside the monthly runs, of something ordered, read or shared."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from services.bills import store
from services.bills.due_days import NOTICE_DAYS, due_on
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Dependencies, Transaction
from services.fees import liability
from services.fees.models import BillKind
from services.fees.payees import actions as payees
from services.kernel.days import Day, day_of, last_day, months_between
from services.kernel.documents import digest_id
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, income, receivable
from services.places import actions as places
from services.residencies import owners

MOST_MONTHS: Final = 12  # of a bill; one of more days names its days


class Charge(Struct, frozen=True, kw_only=True):
    """What is charged. `source`: id of what it is for; it is charged once, ever.

    `batch`: id of what is charged to many homes, who are then told together (charge_news).
    A repair is owed by who ordered it (`debtor`); anything else by who owned the home on
    `liable_on`, the first day without it (民法典 art. 944). `from_day`, `to_day`: what it is
    for; the day of its issue without them. `payee`, `account`, `payee_name`: who is paid, as
    they were when it was ordered. `explanation`: the whole computation on one line, in Chinese.
    """

    kind: BillKind
    source: str
    batch: str = ""
    home: str
    debtor: str = ""
    from_day: Day = ""
    to_day: Day = ""
    liable_on: Day = ""
    payee: str
    account: str
    payee_name: str
    amount_fen: int
    explanation: str


class WrongDebtor(ValueError):
    """A bug of ours: a repair names who owes it, and nothing else does."""


async def issue(deps: Dependencies, tx: Transaction, charge: Charge) -> Bill:
    """Make a bill that is owed from now on. The caller sees to it that it is asked for once.

    DuplicateKeyError when its source was charged before.
    """
    [bill] = await issue_all(deps, tx, [charge])
    return bill


async def issue_all(
    deps: Dependencies, tx: Transaction, charges: Sequence[Charge]
) -> list[Bill]:
    """Make bills as `issue` does, some hundreds at most. No rate counts any of them.

    Who owned the homes is read in this transaction: one may have changed hands meanwhile.
    """
    now = deps.now()
    drafts = [_draft(charge, now) for charge in charges]
    homes = sorted({bill.home for bill in drafts if not bill.debtor})
    turns = await owners.turns_of(deps, homes, tx=tx) if homes else {}
    issued = [_issued(bill, turns.get(bill.home, ()), now) for bill in drafts]
    await store.insert_drafts(deps.db, tx, drafts)
    if not await store.issue(deps.db, tx, issued):
        raise RuntimeError("drafts of this transaction are no drafts")
    await payees.mark_charged(deps, tx, {bill.payee for bill in issued})
    await ledger.post_many(deps, tx, [journal_of(bill, now) for bill in issued])
    return issued


def _issued(bill: Bill, hand_overs: Sequence[Day], at: datetime) -> Bill:
    return msgspec.structs.replace(
        bill,
        state=BillState.OWING,
        issued_at=at,
        due_on=due_on(bill, day_of(at)),
        owners_until=None if bill.debtor else liability.until(bill.liable_on, hand_overs),
    )


def id_of(kind: BillKind, source: str) -> str:
    """Name the bill of a source: one, however often it is charged."""
    return digest_id("charge", kind, source)


def _draft(charge: Charge, at: datetime) -> Bill:
    """Return the bill of some days. Whole months are billed as such, and named so."""
    if (charge.kind is BillKind.REPAIR_FEE) != bool(charge.debtor):
        raise WrongDebtor(f"{charge.kind} of {charge.source}")
    today = day_of(at)
    first, last = charge.from_day or today, charge.to_day or today
    months = months_between(first[:7], last[:7]) + 1
    is_whole = first.endswith("-01") and last == last_day(last[:7]) and months <= MOST_MONTHS
    return Bill(
        id=id_of(charge.kind, charge.source),
        run_id=charge.batch,
        rule_id="",
        kind=charge.kind,
        home=charge.home,
        period=first[:7],
        months=min(months, MOST_MONTHS),
        from_day=None if is_whole else first,
        to_day=None if is_whole else last,
        slots=[f"{charge.kind}|{charge.source}"],
        amount_fen=charge.amount_fen,
        explanation=charge.explanation,
        payee=charge.payee,
        account=charge.account,
        payee_name=charge.payee_name,
        due_days=NOTICE_DAYS,
        debtor=charge.debtor,
        liable_on=charge.liable_on or first,
        created_at=at,
    )


def journal_of(bill: Bill, at: datetime) -> Journal:
    """Return the journal by which a bill becomes a debt."""
    compound = places.compound_of(bill.home)
    return Journal(
        id=f"issue:{bill.id}",
        kind="issue",
        place=compound,
        at=at,
        postings=[
            Posting(receivable(bill.id), bill.amount_fen),
            Posting(income(bill.kind, compound), -bill.amount_fen),
        ],
        reference={"bill": bill.id, "run": bill.run_id},
    )
