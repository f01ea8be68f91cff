"""Actions on returns of prepaid money: asked for by one of the staff, approved by another.

Asking reserves nothing, as bills are paid from the money first. Approving takes it out, so that
no bill is paid from it any more; whoever fetches it signs at the counter
(docs/decisions/80-prepayment-returns.md).
"""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, interests
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import day_of
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.ledger.models import Posting, payable
from services.payments.prepayment_returns import notify, store, views
from services.payments.prepayment_returns.models import (
    AskReturn,
    PrepaymentReturn,
    ReturnsQuery,
    ReturnView,
)
from services.payments.prepayment_returns.states import TABLE, ReturnAction, ReturnState
from services.payments.receipts import numbers
from services.payments.refund_requests.models import RefundDecision
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.prepayments import actions as prepayments
from services.prepayments import draws
from services.prepayments.draws import NotEnough
from services.prepayments.models import Prepayment
from services.residencies import actions as residencies

MISSING = "没有找到这项预存款退还"
GONE = "没有找到这笔预存款"


class ReturnMovedOn(errors.Conflict):
    """Somebody decided, withdrew or paid it out meanwhile."""

    code = "return_moved_on"


class ReturnOpen(errors.Conflict):
    """Another return of the prepayment waits for a decision."""

    code = "return_open"


async def ask(
    deps: Dependencies, actor: Actor, prepayment_id: str, wish: AskReturn
) -> ReturnView:
    """Ask that money is given back which a home paid in advance.

    Raises NotFound, OwnHome, OtherPayee, NotEnough, ReturnOpen.
    """
    by = Permission.REFUND_PAYMENTS
    found = accessible(
        actor,
        await prepayments.find(deps, prepayment_id),
        by,
        at=lambda prepayment: prepayment.home,
        missing=GONE,
    )
    await _require_own_money(deps, actor, found, by=by)
    return_id = deps.new_id()

    async def save(tx: Transaction) -> PrepaymentReturn:
        prepayment = await require_apart(deps, tx, actor, prepayment_id)
        made = _draft(deps, actor, prepayment, wish, return_id=return_id)
        await store.insert(deps.db, tx, made)
        await attach(deps, tx, actor, made, made.photos)
        await record(deps, tx, actor, Act.RETURN_ASKED, made)
        return made

    try:
        made = await deps.in_transaction(save)
    except DuplicateKeyError:
        raise ReturnOpen("这笔预存款已有一项退还在等待批准") from None
    return await views.view(deps, made)


async def _require_own_money(
    deps: Dependencies, actor: Actor, of: Prepayment | PrepaymentReturn, *, by: Permission
) -> None:
    """Raise OtherPayee for a firm's people where another payee has the money."""
    today = deps.today()
    kinds, accounts = frozenset({of.kind}), frozenset({of.account})
    money = own_money.Money(kinds=kinds, first=today, last=today, accounts=accounts)
    own = await own_money.find(deps, actor, of.home, by=by)
    if own is not None and not own.holds(money):
        raise interests.OtherPayee(own_money.REFUSED)


async def require_apart(
    deps: Dependencies, tx: Transaction, actor: Actor, prepayment_id: str
) -> Prepayment:
    """Return a prepayment as this transaction reads it, to somebody whose money it is not.

    Raises OwnHome for whoever belongs to the home, will, or did since money lies there.
    """
    found = await prepayments.find(deps, prepayment_id, tx=tx)
    if found is None:
        raise errors.NotFound(GONE)
    first = min(day_of(found.opened_at), found.owners_until or deps.today())
    own = await residencies.homes_since(deps, actor.person_id, found.home, first, tx=tx)
    interests.require_apart(own, [found.home])
    return found


def _draft(
    deps: Dependencies, actor: Actor, of: Prepayment, wish: AskReturn, *, return_id: str
) -> PrepaymentReturn:
    """Return what somebody asks for. Raises NotEnough."""
    now, fen = deps.now(), of.fen if wish.amount_fen is None else wish.amount_fen
    if not 0 < fen <= of.fen:
        raise NotEnough("预存余额不足,请刷新后再试")
    return PrepaymentReturn(
        id=return_id,
        number=numbers.reference(return_id, now),
        prepayment=of.id,
        home=of.home,
        compound=places.compound_of(of.home),
        kind=of.kind,
        account=of.account,
        payee_name=of.payee_name,
        amount_fen=fen,
        reason=wish.reason,
        photos=list(dict.fromkeys(wish.photo_ids)),
        asked_by=actor.person_id,
        asked_at=now,
    )


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    made: PrepaymentReturn,
    photo_ids: Sequence[str],
) -> None:
    """Attach photos to a return: for who sees what its home paid. Raises NotFound."""
    if photo_ids:
        needs, purposes = Permission.VIEW_DEBTORS, {PhotoPurpose.CHARGE}
        about: dict[str, Any] = {"subject": made.id, "place": made.home}
        about |= {"needs": needs, "purposes": purposes}
        await photos.attach(deps, tx, actor, photo_ids, **about)


async def decide(
    deps: Dependencies, actor: Actor, return_id: str, decision: RefundDecision
) -> ReturnView:
    """Approve a return that somebody else asked for, or refuse it, also once it was approved.

    Raises NotFound, OtherPayee, OwnHome, SamePerson, ReturnMovedOn, NotEnough.
    """
    action = ReturnAction.APPROVE if decision.approve else ReturnAction.REFUSE
    found = await access(deps, actor, return_id, by=TABLE.needs(action))
    if found.asked_by == actor.person_id:
        raise SamePerson("申请退还的人不能自己审批,请另一位工作人员办理")
    decided = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": decision.reason,
    }

    async def save(tx: Transaction) -> PrepaymentReturn:
        prepayment = await require_apart(deps, tx, actor, found.prepayment)
        moved = await move(deps, tx, found, action, **decided)
        if action is ReturnAction.APPROVE:
            await _take_out(deps, tx, moved, prepayment)
        elif found.state is ReturnState.APPROVED:
            await _take_back(deps, tx, moved, prepayment)
        await record(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return await views.view(deps, await deps.in_transaction(save))


async def _take_out(
    deps: Dependencies, tx: Transaction, made: PrepaymentReturn, prepayment: Prepayment
) -> None:
    """Owe the money of an approved return, instead of keeping it for bills to come."""
    to = Posting(payable(made.account, made.id), -made.amount_fen)
    await draws.take_out(deps, tx, prepayment.id, made.amount_fen, to)
    await notify.notify_owners(deps, tx, made, prepayment, notify.APPROVED)


async def _take_back(
    deps: Dependencies, tx: Transaction, made: PrepaymentReturn, prepayment: Prepayment
) -> None:
    """Keep the money of a return for bills to come again: nobody fetched it."""
    whence = Posting(payable(made.account, made.id), made.amount_fen)
    await draws.take_back(deps, tx, prepayment.id, made.amount_fen, whence)
    await notify.notify_owners(deps, tx, made, prepayment, notify.NOT_FETCHED)


async def move(
    deps: Dependencies,
    tx: Transaction,
    found: PrepaymentReturn,
    action: ReturnAction,
    **changes: Any,
) -> PrepaymentReturn:
    """Move a return on from the state in which it was read. Raises ReturnMovedOn.

    DuplicateKeyError when its voucher handed out the money of another one.
    """
    moved_on = ReturnMovedOn("这项退还已经处理过了,请刷新")
    TABLE.require(found.state, action, moved_on)
    key = {"_id": found.id, "state": found.state}
    moved = await store.move(deps.db, tx, key, action, **changes)
    if moved is None:
        raise moved_on
    return moved


async def withdraw(deps: Dependencies, actor: Actor, return_id: str) -> ReturnView:
    """Withdraw one's own request that nobody decided. Raises NotFound, ReturnMovedOn."""
    found = accessible(
        actor,
        await store.find(deps.db, return_id),
        people=lambda made: [made.asked_by],
        missing=MISSING,
    )

    async def save(tx: Transaction) -> PrepaymentReturn:
        action = ReturnAction.WITHDRAW
        moved = await move(deps, tx, found, action)
        await record(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return await views.view(deps, await deps.in_transaction(save))


async def access(
    deps: Dependencies, actor: Actor, return_id: str, *, by: Permission
) -> PrepaymentReturn:
    """Return a return that the actor may handle. Raises NotFound, OtherPayee.

    Its household is left to `require_apart`.
    """
    found = accessible(
        actor,
        await store.find(deps.db, return_id),
        by,
        at=lambda made: made.home,
        missing=MISSING,
    )
    await _require_own_money(deps, actor, found, by=by)
    return found


async def is_voucher_used(
    deps: Dependencies, tx: Transaction, account: str, voucher: str, *, but: str
) -> bool:
    """Tell whether a transfer of a payee handed out the money of a return; `but`: not this."""
    return await store.is_voucher_used(deps.db, tx, account, voucher, but=but)


async def find_many(deps: Dependencies, ids: Sequence[str]) -> dict[str, PrepaymentReturn]:
    """Return id → return, of those that are there: for other packages, not for people."""
    return await store.find_many(deps.db, ids)


async def of_vouchers(deps: Dependencies, account: str, vouchers: Sequence[str]) -> list[str]:
    """Return the ids of the returns that transfers of a payee gave back."""
    return await store.of_vouchers(deps.db, account, vouchers)


async def of_prepayments(
    deps: Dependencies, account: str, ids: Sequence[str]
) -> list[PrepaymentReturn]:
    """Return the returns of some prepayments: for other packages, not for people."""
    return await store.of_prepayments(deps.db, account, ids)


async def shown(deps: Dependencies, made: PrepaymentReturn) -> ReturnView:
    """Return a return as who handles it sees it."""
    return await views.view(deps, made)


async def get(deps: Dependencies, actor: Actor, return_id: str) -> ReturnView:
    """Return a return; to a firm's people of money that was paid to it. Raises NotFound."""
    by = Permission.VIEW_DEBTORS
    found = await own_money.accessible(
        deps,
        actor,
        await store.find(deps.db, return_id),
        by,
        at=lambda made: made.home,
        missing=MISSING,
    )
    return await views.view(deps, found)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ReturnsQuery
) -> Page[ReturnView]:
    """Returns of a compound or a part of it; to a firm of money paid to it. NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    own = await own_money.find(deps, actor, place, by=Permission.VIEW_DEBTORS)
    accounts = own.accounts if own else None
    compound = places.compound_of(place)
    found = await store.page(deps.db, compound, place, query, accounts=accounts)
    return found.of(await views.views(deps, found.items))


async def record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, made: PrepaymentReturn
) -> None:
    """Write an act about a return into the audit."""
    facts: dict[str, Any] = {"place": made.home, "subject": made.id}
    facts |= {"prepayment": made.prepayment, "amount_fen": made.amount_fen}
    await audit.record(deps, tx, actor, act, **facts)
