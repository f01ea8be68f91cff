"""Actions on bills: what residents see of what they owe, payment and voiding."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.audit import actions as audit
from services.bills import own_money, store, visibility
from services.bills.models import (
    Bill,
    BillView,
    MonthsAfterVoid,
    MyBills,
    MyBillsQuery,
    OwedBills,
    VoidBill,
)
from services.bills.states import TABLE, BillAction, BillState
from services.bills.sums import changes as sums
from services.bills.views import shown, title_of, views
from services.dependencies import Dependencies, Transaction
from services.fees.liability import until
from services.kernel import errors, unions
from services.kernel.access import accessible
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.interests import require_apart
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require
from services.kernel.unions import Part
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, income, receivable
from services.places import actions as places
from services.residencies import actions as residencies


class BillNotOwing(errors.Conflict):
    """Paid, void or still a draft. Paid bills are refunded, not voided."""

    code = "bill_not_owing"


async def listing(deps: Dependencies, actor: Actor, query: MyBillsQuery) -> MyBills:
    """Bills that the actor owes, or their household, the latest first.

    Also of homes that they left, of the time when they owned them; of their homes of today not
    what is owed by who owned them before. What was paid is shown from the first day of the
    actor's own relation on, and not to who only pays for others, or left: their own payments
    and receipts are theirs.
    """
    pays_for = visibility.claims(actor, Permission.PAY_BILLS)
    if query.state == "paid":
        seen = visibility.claims(actor, Permission.VIEW_HOME)
        bills, named = store.part_paid(seen, query), places.part([*seen.since])
    else:
        bills, named = store.part_owing(pays_for, query), places.part([*pays_for.since])
    found = await unions.read(deps.db, [bills, named])
    page = store.page_of(found.of(bills), query)
    is_whole = query.state == "owing" and not query.cursor and page.next_cursor is None
    owed = total(page.items) if is_whole else await store.owed(deps.db, pays_for)
    items = shown(deps, page.items, places.addresses_in(found.of(named)))
    return MyBills(items=items, next_cursor=page.next_cursor, owed=owed)


def total(bills: Sequence[Bill]) -> OwedBills:
    """Return the number and the sum of bills."""
    return OwedBills(count=len(bills), amount_fen=sum(bill.owed_fen for bill in bills))


async def repairs_of(deps: Dependencies, actor: Actor, query: MyBillsQuery) -> Page[BillView]:
    """Bills of repairs that the actor ordered, the latest first; never among their fees."""
    state = BillState.PAID if query.state == "paid" else BillState.OWING
    found = await store.of_debtor(deps.db, actor.person_id, state, query)
    return found.of(await views(deps, found.items))


async def states_of(deps: Dependencies, bill_ids: Sequence[str]) -> dict[str, BillState]:
    """Return bill id → its state, of those that exist."""
    return {bill.id: bill.state for bill in await store.find_many(deps.db, bill_ids)}


async def settled_at(deps: Dependencies, bill_ids: Sequence[str]) -> dict[str, datetime | None]:
    """Return bill id → since when it is paid or void; None for one that is owed still."""
    found = await store.find_many(deps.db, bill_ids)
    return {
        bill.id: None if bill.state is BillState.OWING else bill.paid_at or bill.voided_at
        for bill in found
    }


def part(bill_ids: Sequence[str]) -> Part[Bill]:
    """Return the query for bills, to be read with others; then `access`."""
    return store.part(bill_ids)


def access(actor: Actor, bill_ids: Sequence[str], found: Sequence[Bill]) -> list[Bill]:
    """Return bills that were read and that the actor pays for, each once, as asked for.

    A repair is paid by whoever ordered it, wherever they live now, and by nobody else.
    NotFound when one of them is missing, a draft, somebody else's, also one that is owed by who
    owned the home before, or was settled before the actor had anything to do with the home;
    Forbidden for who pays for no home and asks for more than repairs of their own.
    """
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    own = {bill.id: bill for bill in found if visibility.pays(actor, claims, bill)}
    if not own.keys() >= set(bill_ids):
        require(actor, Permission.PAY_BILLS)
        raise errors.NotFound("没有找到账单")
    return [own[bill_id] for bill_id in dict.fromkeys(bill_ids)]


async def access_many_by_office(
    deps: Dependencies, actor: Actor, bill_ids: Sequence[str], permission: Permission
) -> list[Bill]:
    """Return bills of homes where the actor holds a permission, each once, as asked for.

    NotFound when one is missing, a draft or of another place.
    """
    found = {bill.id: bill for bill in await store.find_many(deps.db, bill_ids)}
    own = [
        accessible(actor, bill, permission, at=lambda bill: bill.home, missing="没有找到账单")
        for bill in (found.get(bill_id) for bill_id in dict.fromkeys(bill_ids))
    ]
    if any(bill.state is BillState.DRAFT for bill in own):
        raise errors.NotFound("没有找到账单")
    return own


async def hold(deps: Dependencies, tx: Transaction, bills: Sequence[Bill]) -> bool:
    """Hold bills for an order in its transaction; False unless all still owe what they did.

    A write, not a read: a payment or a void at the same moment then conflicts with it.
    """
    return await store.hold(deps.db, tx, bills)


def look_up(field: str, *, into: str) -> Document:
    """Return the stage that reads, into a field, the bills whose ids a document has."""
    return store.look_up(field, into=into)


async def follow_owners(
    deps: Dependencies, tx: Transaction, home: str, turns: Sequence[Day]
) -> None:
    """Write until when those who owe the bills of a home own it, when it changes hands."""
    firsts = ["", *turns]
    await store.follow_owners(deps.db, tx, home, [(d, until(d, turns)) for d in firsts])


async def count_void(deps: Dependencies, tx: Transaction, bill_ids: Sequence[str]) -> int:
    """Count those of the bills that were voided."""
    found = await store.find_many(deps.db, bill_ids, tx=tx)
    return sum(bill.state is BillState.VOID for bill in found)


async def find_many(deps: Dependencies, bill_ids: Sequence[str]) -> list[Bill]:
    """Return those of some bills that exist, whatever state they are in; for other packages."""
    return await store.find_many(deps.db, bill_ids)


async def get(deps: Dependencies, bill_id: str, *, tx: Transaction | None = None) -> Bill:
    """Return a bill, whatever state it is in. Raises NotFound."""
    found = await store.find_many(deps.db, [bill_id], tx=tx)
    if not found:
        raise errors.NotFound("没有找到账单")
    return found[0]


async def void(deps: Dependencies, actor: Actor, bill_id: str, request: VoidBill) -> BillView:
    """Void an unpaid bill, with a reason and a reversing journal.

    Raises BillNotOwing, OwnHome, OtherPayee.
    """
    bill = await access_by_office(deps, actor, bill_id)
    voided = {
        "voided_at": deps.now(),
        "voided_by": actor.person_id,
        "void_reason": request.reason,
    }

    async def save(tx: Transaction) -> Bill:
        await require_no_debtor(deps, tx, actor, bill)
        found = await _released(deps, tx, bill_id)
        _require_voidable(found)
        await withdraw(deps, tx, [found], voided, months=request.months)
        about: dict[str, Any] = {"place": found.home, "subject": bill_id}
        about |= {"amount_fen": found.due_fen, "months": request.months}
        await audit.record(deps, tx, actor, TABLE.act(BillAction.VOID), **about)
        return found

    found = await deps.in_transaction(save)
    # as it was issued: a draft that was read before has no day yet, maybe another amount
    [view] = await views(
        deps, [msgspec.structs.replace(found, state=BillState.VOID, owed_fen=0)]
    )
    return view


async def _released(deps: Dependencies, tx: Transaction, bill_id: str) -> Bill:
    """Return a bill that is about to be voided, without what paid it by itself."""
    [found] = await store.find_many(deps.db, [bill_id], tx=tx)
    if not found.paid:
        return found
    for release in deps.features.voided:
        await release(deps, tx, [found])
    return await get(deps, bill_id, tx=tx)


def _require_voidable(bill: Bill) -> None:
    """Raise BillNotOwing unless all of a bill is owed."""
    if bill.state is not BillState.OWING:
        raise BillNotOwing("这张账单已缴或已作废,不能作废")
    if bill.paid:
        raise BillNotOwing("这张账单已缴了一部分,请先退款再作废")


async def access_by_office(deps: Dependencies, actor: Actor, bill_id: str) -> Bill:
    """Return a bill to who may void or correct it. Raises NotFound, OtherPayee."""
    found = await store.find_many(deps.db, [bill_id])
    bill = accessible(
        actor,
        next(iter(found), None),
        TABLE.needs(BillAction.VOID),
        at=lambda bill: bill.home,
        missing="没有找到账单",
    )
    await own_money.require(deps, actor, bill.home, own_money.Money.of_bill(bill))
    return bill


async def require_no_debtor(
    deps: Dependencies, tx: Transaction, actor: Actor, bill: Bill
) -> None:
    """Raise OwnHome if the actor belongs to the home, will, or did when the bill began.

    Also for a repair that they ordered themselves, wherever they live now.
    """
    if bill.debtor == actor.person_id:
        require_apart([bill.home], [bill.home])
    since = f"{bill.period}-01"
    own = await residencies.homes_since(deps, actor.person_id, bill.home, since, tx=tx)
    require_apart(own, [bill.home])


async def require_no_debtors(
    deps: Dependencies, tx: Transaction, actor: Actor, bills: Sequence[Bill]
) -> None:
    """Raise OwnHome for who owes one of the bills, or lived there when it began."""
    for bill in bills:
        await require_no_debtor(deps, tx, actor, bill)


async def withdraw(
    deps: Dependencies,
    tx: Transaction,
    bills: Sequence[Bill],
    voided: Document,
    *,
    months: MonthsAfterVoid,
) -> None:
    """Void bills that this transaction read as owing whole, each with its reversing journal."""
    reopen = months is MonthsAfterVoid.OPEN
    await store.void_many(deps.db, tx, bills, voided, reopen=reopen)
    await sums.record(deps, tx, before=bills)
    await ledger.post_many(deps, tx, [_reversal(bill, voided["voided_at"]) for bill in bills])
    for follow in deps.features.owing:
        await follow(deps, tx, bills)


def _reversal(bill: Bill, at: datetime) -> Journal:
    compound = places.compound_of(bill.home)
    return Journal(
        id=f"void:{bill.id}",
        kind="void",
        place=compound,
        at=at,
        postings=[
            Posting(income(bill.kind, compound), bill.due_fen),
            Posting(receivable(bill.id), -bill.due_fen),
        ],
        reference={"bill": bill.id},
    )


async def issued_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Bill]:
    """Return the issued bills that homes owe or owed, also those that are paid or void."""
    return await store.of_home(deps.db, homes, tx=tx)


async def titles_of(deps: Dependencies, bill_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return bill id → its title and how many months it is for; for who paid it."""
    found = await store.find_many(deps.db, bill_ids)
    return {bill.id: (title_of(bill), bill.months) for bill in found}
