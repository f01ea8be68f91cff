"""Actions on deliveries of cash: offered by who took it, taken over by somebody else.

Both count. What was booked leaves the giver's hand in the ledger, what was counted is in the
payee's safe, and a difference stays with the giver's name until somebody settles it.
"""

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money
from services.counter_payments.deliveries import store
from services.counter_payments.deliveries.models import (
    CashInHand,
    DeliveriesQuery,
    Delivery,
    DeliveryView,
    MyCash,
    OfferCash,
    TakeCash,
)
from services.counter_payments.deliveries.states import TABLE, DeliveryAction
from services.counter_payments.drawers import actions as drawers
from services.dependencies import Dependencies, Transaction
from services.fees.payees import actions as payees
from services.fees.payees.models import Payee
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, end_of, start_of
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, cash_difference, cash_in_hand, safe
from services.places import actions as places

MISSING = "没有找到这次交款"


class NoCash(errors.Conflict):
    """Nothing is booked as taken and not handed over, and nothing was counted."""

    code = "no_cash"


class DeliveryOpen(errors.Conflict):
    """An earlier delivery of the same payee's money waits to be taken over."""

    code = "delivery_open"


class DeliveryMovedOn(errors.Conflict):
    code = "delivery_moved_on"


class CountsDiffer(errors.Conflict):
    """Both count again: the giver withdraws the delivery, and offers it anew."""

    code = "counts_differ"


class OwnDelivery(errors.Forbidden):
    """Two people sign for cash."""

    code = "own_delivery"


async def held(deps: Dependencies, actor: Actor, place: str) -> MyCash:
    """Return the cash of payees of a place that the actor took and has not handed over."""
    require_at(actor, Permission.TAKE_PAYMENTS, place)
    items = []
    for payee in await _payees(deps, place):
        account = cash_in_hand(payee.account, actor.person_id)
        if fen := await ledger.balance(deps, account):
            named = {"account": payee.account, "payee_name": payee.name}
            items.append(CashInHand(**named, amount_fen=fen))
    return MyCash(items=items)


async def _payees(deps: Dependencies, place: str) -> list[Payee]:
    """Return one payee for each account around a place."""
    found = await payees.around(deps, [place])
    return [*{payee.account: payee for payee in found}.values()]


async def offer(
    deps: Dependencies, actor: Actor, place: str, request: OfferCash
) -> DeliveryView:
    """Offer the cash that the actor took for a payee, as they counted it.

    Raises NotFound, NoCash, DeliveryOpen.
    """
    require_at(actor, Permission.TAKE_PAYMENTS, place)
    named = {payee.account: payee.name for payee in await _payees(deps, place)}
    if request.account not in named:
        raise errors.NotFound("这里没有这个收款单位")
    made_id = deps.new_id()
    await drawers.add(deps, request.account, actor.person_id)

    async def save(tx: Transaction) -> Delivery:
        booked_fen = await drawers.hold(deps, tx, request.account, actor.person_id)
        if not booked_fen and not request.counted_fen:
            raise NoCash("没有需要交接的现金")
        made = Delivery(
            id=made_id,
            compound=places.compound_of(place),
            account=request.account,
            payee_name=named[request.account],
            given_by=actor.person_id,
            given_at=deps.now(),
            booked_fen=booked_fen,
            counted_fen=request.counted_fen,
            note=request.note or "",
        )
        await store.insert(deps.db, tx, made)
        await _note(deps, tx, actor, Act.CASH_OFFERED, made)
        return made

    try:
        made = await deps.in_transaction(save)
    except DuplicateKeyError:
        raise DeliveryOpen("上一次交款还没有人接收,请先撤回或等待接收") from None
    return _view(made)


async def require_none_open(
    deps: Dependencies, tx: Transaction, actor: Actor, account: str
) -> None:
    """Raise DeliveryOpen while the actor offers the cash of a payee: it was counted so."""
    if await store.find_open(deps.db, tx, actor.person_id, account):
        raise DeliveryOpen("您有一次交款还没有人接收,请先撤回或等待接收")


async def take(
    deps: Dependencies, actor: Actor, delivery_id: str, request: TakeCash
) -> DeliveryView:
    """Take over cash that somebody else offered, counted once more.

    Raises NotFound, OwnDelivery, CountsDiffer, DeliveryMovedOn.
    """
    found = await _access(deps, actor, delivery_id)
    if found.given_by == actor.person_id:
        raise OwnDelivery("自己收的现金要由别人清点接收")
    if found.counted_fen != request.counted_fen:
        raise CountsDiffer("双方清点的金额不一致,请重新清点")

    async def save(tx: Transaction) -> Delivery:
        action, now = DeliveryAction.TAKE, deps.now()
        by = {"taken_by": actor.person_id, "taken_at": now}
        moved = await store.move(deps.db, tx, delivery_id, action, **by)
        if moved is None:
            raise DeliveryMovedOn("这次交款已经接收或撤回")
        await ledger.post(deps, tx, _journal(deps, moved))
        await _note(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return _view(await deps.in_transaction(save))


async def withdraw(deps: Dependencies, actor: Actor, delivery_id: str) -> DeliveryView:
    """Withdraw one's own delivery that nobody took. Raises NotFound, DeliveryMovedOn."""
    found = accessible(
        actor,
        await store.find(deps.db, delivery_id),
        people=lambda delivery: [delivery.given_by],
        missing=MISSING,
    )

    async def save(tx: Transaction) -> Delivery:
        action = DeliveryAction.WITHDRAW
        moved = await store.move(deps.db, tx, found.id, action)
        if moved is None:
            raise DeliveryMovedOn("这次交款已经接收或撤回")
        await _note(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return _view(await deps.in_transaction(save))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: DeliveriesQuery
) -> Page[DeliveryView]:
    """Deliveries of a compound; to a firm those of its own money. Raises NotFound."""
    require_at(actor, Permission.KEEP_CASH, place)
    own = await own_money.find(deps, actor, place, by=Permission.KEEP_CASH)
    compound, accounts = places.compound_of(place), own.accounts if own else None
    return (await store.page(deps.db, compound, query, accounts=accounts)).map(_view)


async def taken_on(deps: Dependencies, account: str, first: Day, last: Day) -> list[Delivery]:
    """Return what was taken over of an account in a span: for other packages."""
    return await store.taken_on(deps.db, account, start_of(first), end_of(last))


async def handed_over_until(deps: Dependencies, account: str, person: str) -> datetime | None:
    """Return until when somebody handed over what they took; None for never."""
    found = await store.last_given(deps.db, account, person)
    return found.given_at if found else None


async def _access(deps: Dependencies, actor: Actor, delivery_id: str) -> Delivery:
    return await own_money.accessible(
        deps,
        actor,
        await store.find(deps.db, delivery_id),
        TABLE.needs(DeliveryAction.TAKE),
        at=lambda delivery: delivery.compound,
        missing=MISSING,
    )


def _journal(deps: Dependencies, delivery: Delivery) -> Journal:
    person, account = delivery.given_by, delivery.account
    difference_fen = delivery.booked_fen - delivery.counted_fen
    amounts = {
        safe(account): delivery.counted_fen,
        cash_in_hand(account, person): -delivery.booked_fen,
        cash_difference(account, person): difference_fen,
    }
    return Journal(
        id=f"delivery:{delivery.id}",
        kind="cash_delivery",
        place=delivery.compound,
        at=deps.now(),
        postings=[Posting(name, fen) for name, fen in amounts.items() if fen],
        reference={"delivery": delivery.id},
    )


def _view(delivery: Delivery) -> DeliveryView:
    return show(
        delivery,
        DeliveryView,
        delivery_id=delivery.id,
        difference_fen=delivery.counted_fen - delivery.booked_fen,
        note=delivery.note or None,
        taken_by=delivery.taken_by or None,
    )


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, delivery: Delivery
) -> None:
    about: dict[str, Any] = {"place": delivery.compound, "subject": delivery.id}
    about |= {"account": delivery.account, "booked_fen": delivery.booked_fen}
    about |= {"counted_fen": delivery.counted_fen}
    await audit.record(deps, tx, actor, act, **about)
