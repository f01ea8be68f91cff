"""Actions on deposits: taken at the counter, asked back, decided by another, paid out.

A deposit is nobody's income: it is owed to who paid it. So no rate and no arrears know it, and
what is not given back needs a reason, a document and two people.
"""

from collections.abc import Sequence
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money, visibility
from services.counter_payments import actions as counter_payments
from services.counter_payments.actions import VoucherUsed
from services.counter_payments.models import CounterWay, Taken
from services.counter_payments.vouchers import actions as vouchers
from services.dependencies import Dependencies, Transaction
from services.deposits import journals, notify, store, views
from services.deposits.models import (
    PAYER,
    AskDepositReturn,
    DecideDepositReturn,
    Deposit,
    DepositsQuery,
    DepositView,
    MyDeposits,
    ObjectToDeduction,
    ReviewDepositReturn,
    TakeDeposit,
)
from services.deposits.refusals import BadDeposit, DepositMovedOn
from services.deposits.states import TABLE, DepositAction, DepositState
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.homes import household
from services.kernel import interests
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, day_of, end_of, start_of
from services.kernel.documents import Document
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.ledger import actions as ledger
from services.ledger.models import bank, card_machine
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.residencies import actions as residencies

MISSING = "没有找到这笔押金"
MOVED_ON = "这笔押金刚有变动,请刷新看看"
_UNREVIEWED: Final[Document] = {
    "objecting": False,
    "reviewed_by": "",
    "reviewed_at": None,
    "reviewed_because": "",
}


async def take(
    deps: Dependencies, actor: Actor, home: str, request: TakeDeposit
) -> DepositView:
    """Book a deposit, once for each voucher. The same again is the same deposit.

    Raises NotFound, OwnHome, OtherPayee, VoucherUsed, BadPaymentDay, UnknownPayee,
    PayeeMayNotCharge.
    """
    require_at(actor, Permission.TAKE_PAYMENTS, home)
    slip = Taken(way=request.way, voucher=request.voucher, paid_on=request.paid_on)
    counter_payments.require_day(deps, slip)
    # one that looks after homes today
    of, today = HomeFee.SERVICE_FEE, [deps.today()]
    payee = await charters.payee_for(deps, request.payee_id, home, of, today)
    deposit_id = await vouchers.name(deps, payee.account, request.way, request.voucher)
    deposit = _draft(deps, actor, home, request, deposit_id, payee=payee)
    await _require_own_money(deps, actor, deposit, by=Permission.TAKE_PAYMENTS)

    async def save(tx: Transaction) -> Deposit:
        household.require_not_own(actor, await household.hold(deps, tx, home))
        before = await store.find(deps.db, deposit.id, tx=tx)
        if before is not None:
            _require_same(deps, before, deposit)
            await record(deps, tx, actor, Act.DEPOSIT_TAKEN, before, again=True)
            return before
        if await counter_payments.booked(deps, [deposit.id]):
            raise VoucherUsed("这个票据号已登记过一笔缴费,请核对票据")
        await store.insert(deps.db, tx, deposit)
        await ledger.post(deps, tx, journals.taken(deposit))
        await record(deps, tx, actor, Act.DEPOSIT_TAKEN, deposit)
        await notify.tell(deps, tx, deposit)
        return deposit

    try:
        done = await deps.in_transaction(save)
    except DuplicateKeyError:  # the same voucher at this moment
        done = await deps.in_transaction(save)
    return await views.view(deps, done)


def _draft(
    deps: Dependencies,
    actor: Actor,
    home: str,
    request: TakeDeposit,
    deposit_id: str,
    *,
    payee: Payee,
) -> Deposit:
    now, account = deps.now(), payee.account
    earlier = request.paid_on is not None and request.paid_on < day_of(now)
    return Deposit(
        id=deposit_id,
        compound=places.compound_of(home),
        home=home,
        kind=request.kind,
        why=request.why,
        payer_sealed=PAYER.seal(deps.vault, deposit_id, request.payer_name),
        payee=payee.id,
        account=account,
        payee_name=payee.name,
        way=request.way,
        voucher=request.voucher,
        amount_fen=request.amount_fen,
        paid_at=start_of(request.paid_on) if earlier and request.paid_on else now,
        taken_by=actor.person_id,
        taken_at=now,
    )


def _require_same(deps: Dependencies, before: Deposit, wish: Deposit) -> None:
    """Raise VoucherUsed unless a deposit is what somebody asks for once more."""
    said = ("home", "kind", "amount_fen", "taken_by")
    same = all(getattr(before, name) == getattr(wish, name) for name in said)
    payers = {PAYER.open(deps.vault, each.id, each.payer_sealed) for each in (before, wish)}
    if not same or len(payers) != 1:
        raise VoucherUsed("这个票据号已登记过一笔押金,请核对票据")


async def _require_own_money(
    deps: Dependencies, actor: Actor, deposit: Deposit, *, by: Permission
) -> None:
    """Raise OtherPayee for a firm's people where another payee keeps it."""
    own = await own_money.find(deps, actor, deposit.home, by=by)
    if own is not None and deposit.account not in own.accounts:
        raise interests.OtherPayee(own_money.REFUSED)


async def record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, deposit: Deposit, **more: Any
) -> None:
    """Write an act into the audit, without names."""
    said = ("kind", "amount_fen", "deduct_fen", "way", "voucher", "account")
    facts: dict[str, Any] = {name: getattr(deposit, name) for name in said}
    about = {"place": deposit.home, "subject": deposit.id}
    await audit.record(deps, tx, actor, act, **about, **facts, **more)


async def ask(
    deps: Dependencies, actor: Actor, deposit_id: str, request: AskDepositReturn
) -> DepositView:
    """Ask that a deposit is given back, in full or less a deduction.

    Raises NotFound, BadDeposit, DepositMovedOn, OwnHome, OtherPayee.
    """
    found = await access(deps, actor, deposit_id, Permission.REFUND_PAYMENTS)
    _require_grounds(found, request)
    changes: dict[str, Any] = {
        "deduct_fen": request.deduct_fen,
        "deducted_because": request.deducted_because or "",
        "photos": list(dict.fromkeys(request.photo_ids)),
        "asked_by": actor.person_id,
        "asked_at": deps.now(),
        "decided_by": "",
        "decided_at": None,
        "decided_because": "",
        "objected_at": None,
        **_UNREVIEWED,
    }

    async def save(tx: Transaction) -> Deposit:
        moved = await move(deps, tx, actor, found, DepositAction.ASK, changes)
        await attach(deps, tx, actor, moved, moved.photos)
        return moved

    return await views.view(deps, await deps.in_transaction(save))


def _require_grounds(deposit: Deposit, request: AskDepositReturn) -> None:
    """Raise BadDeposit for a deduction of more, or one without reason or document."""
    if request.deduct_fen > deposit.amount_fen:
        raise BadDeposit("扣除金额不能超过押金")
    grounded = bool(request.deducted_because and request.photo_ids)
    if request.deduct_fen and not grounded:
        raise BadDeposit("扣除押金请写明原因并上传凭证照片")
    if request.deducted_because and not request.deduct_fen:
        raise BadDeposit("不扣除押金时不填扣除原因")


async def decide(
    deps: Dependencies, actor: Actor, deposit_id: str, request: DecideDepositReturn
) -> DepositView:
    """Approve the return of a deposit that somebody else asked for, or leave it kept.

    Where all of it is deducted nothing is left to give back, and it is booked at once.
    Raises NotFound, SamePerson, DepositMovedOn, OwnHome, OtherPayee.
    """
    found = await access(deps, actor, deposit_id, Permission.RUN_BILLS)
    if request.approve and found.asked_by == actor.person_id:
        raise SamePerson("申请的人不能自己批准,请另一位工作人员批准")
    approving = DepositAction.APPROVE if found.back_fen else DepositAction.DEDUCT
    action = approving if request.approve else DepositAction.REFUSE
    changes: dict[str, Any] = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
        "objecting": False,
    }
    if not request.approve:
        changes |= {"deduct_fen": 0, "deducted_because": ""}

    async def save(tx: Transaction) -> Deposit:
        moved = await move(deps, tx, actor, found, action, changes)
        if action is DepositAction.DEDUCT:
            await ledger.post(deps, tx, journals.returned(moved))
        return moved

    return await views.view(deps, await deps.in_transaction(save))


async def review(
    deps: Dependencies, actor: Actor, deposit_id: str, request: ReviewDepositReturn
) -> DepositView:
    """Take an approval back while nothing was paid out, or answer the payer's objection to it.

    What was deducted whole is booked back; the return is asked for and decided anew by two.
    Raises NotFound, DepositMovedOn, OwnHome, OtherPayee.
    """
    found = await access(deps, actor, deposit_id, Permission.RUN_BILLS)
    said = {"reviewed_by": actor.person_id, "reviewed_at": deps.now()}
    said |= {"reviewed_because": request.reason}
    work = _take_back if request.take_back else _answer
    done = await deps.in_transaction(lambda tx: work(deps, tx, actor, found, said))
    return await views.view(deps, done)


async def _take_back(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Deposit, said: Document
) -> Deposit:
    action, was_booked = DepositAction.TAKE_BACK, found.state is DepositState.DEDUCTED
    changes = {**said, "deduct_fen": 0, "deducted_because": "", "objecting": False}
    changes["reversals"] = found.reversals + was_booked
    moved = await move(deps, tx, actor, found, action, changes)
    if was_booked:
        await ledger.post(deps, tx, journals.reversal(moved, moved.reversals))
    return moved


async def _answer(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Deposit, said: Document
) -> Deposit:
    await _require_not_own(deps, tx, actor, found)
    is_decided = found.state is not DepositState.ASKED  # who decides answers it then
    answered = await store.answer_objection(deps.db, tx, found, said) if is_decided else None
    if answered is None:
        raise DepositMovedOn("这笔押金没有待答复的异议")
    await record(deps, tx, actor, Act.DEPOSIT_OBJECTION_ANSWERED, answered)
    await notify.answered(deps, tx, answered)
    return answered


async def object_to(
    deps: Dependencies, actor: Actor, deposit_id: str, request: ObjectToDeduction
) -> DepositView:
    """Keep what the payer says against a deduction, once.

    Raises NotFound, DepositMovedOn, OwnHome, OtherPayee.
    """
    found = await access(deps, actor, deposit_id, Permission.TAKE_PAYMENTS)
    now = deps.now()

    async def save(tx: Transaction) -> Deposit:
        await _require_not_own(deps, tx, actor, found)
        said = await store.add_objection(deps.db, tx, found.id, request.note, now)
        if said is None:
            raise DepositMovedOn("这笔押金没有扣除,或已登记过异议")
        await record(deps, tx, actor, Act.DEPOSIT_OBJECTED, said)
        return said

    return await views.view(deps, await deps.in_transaction(save))


async def move(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Deposit,
    action: DepositAction,
    changes: Document,
) -> Deposit:
    """Move a deposit as it was read, with audit and news. Raises DepositMovedOn, OwnHome."""
    await _require_not_own(deps, tx, actor, found)
    said = ("asked_at", "deduct_fen", "objected_at", "state", "reversals")
    key = {"_id": found.id, **{name: getattr(found, name) for name in said}}
    TABLE.require(found.state, action, DepositMovedOn(MOVED_ON))
    moved = await store.move(deps.db, tx, key, action, **changes)
    if moved is None:
        raise DepositMovedOn(MOVED_ON)
    await record(deps, tx, actor, TABLE.act(action), moved)
    await notify.tell(deps, tx, moved)
    return moved


async def _require_not_own(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Deposit
) -> None:
    """Raise OwnHome for who belongs to the home, or did since the deposit was paid.

    The home may be retired meanwhile: its deposit is given back all the same.
    """
    await places.hold(deps, tx, found.home)
    since = day_of(found.paid_at)
    own = await residencies.homes_since(deps, actor.person_id, found.home, since, tx=tx)
    interests.require_apart(own, [found.home])


async def access(deps: Dependencies, actor: Actor, deposit_id: str, by: Permission) -> Deposit:
    """Return a deposit of which the actor may dispose. Raises NotFound, OtherPayee."""
    found = accessible(
        actor,
        await store.find(deps.db, deposit_id),
        by,
        at=lambda deposit: deposit.home,
        missing=MISSING,
    )
    await _require_own_money(deps, actor, found, by=by)
    return found


async def attach(
    deps: Dependencies, tx: Transaction, actor: Actor, deposit: Deposit, ids: list[str]
) -> None:
    """Attach the photos of a document to a deposit."""
    if ids:
        await photos.attach(
            deps,
            tx,
            actor,
            ids,
            subject=deposit.id,
            place=deposit.home,
            needs=Permission.RUN_BILLS,
            owner="",
            purposes={PhotoPurpose.CHARGE},
        )


async def mine(deps: Dependencies, actor: Actor) -> MyDeposits:
    """Return the deposits of homes whose bills were the actor's when each was paid."""
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    found = await store.of_homes(deps.db, [*claims.windows])
    own = [each for each in found if claims.covers(each.home, day_of(each.paid_at))]
    own.sort(key=lambda each: each.paid_at, reverse=True)
    return MyDeposits(items=await views.views(deps, own))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: DepositsQuery
) -> Page[DepositView]:
    """Return the deposits of homes under a place; to a firm those that it keeps itself."""
    by = Permission.TAKE_PAYMENTS
    require_at(actor, by, place)
    own = await own_money.find(deps, actor, place, by=by)
    accounts = own.accounts if own else None
    found = await store.page(deps.db, place, query, accounts=accounts)
    return found.of(await views.views(deps, found.items))


async def find_many(deps: Dependencies, ids: Sequence[str]) -> dict[str, Deposit]:
    """Return id → deposit, of those that are there: for other packages, not for people."""
    return await store.find_many(deps.db, ids)


async def taken(
    deps: Dependencies, account: str, way: CounterWay, first: Day, last: Day
) -> list[Deposit]:
    """Return the deposits that were booked in a span, in a way other than cash."""
    lies_in = card_machine(account) if way is CounterWay.POS else bank(account)
    span, kinds = (start_of(first), end_of(last)), [journals.DEPOSIT]
    booked = ledger.of_account(deps, lies_in, kinds, *span)
    found = await find_many(deps, [each.reference["deposit"] async for each in booked])
    return [*found.values()]
