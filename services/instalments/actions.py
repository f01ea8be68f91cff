"""Actions on instalment agreements: offered, agreed by who owes it, approved by another person.

While one is kept nobody asks for its bills. Paying is paying the bills, in whatever sums.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import actions as bills
from services.bills import own_money
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Dependencies, Transaction
from services.instalments import debtors, notify, progress, store, views
from services.instalments.models import (
    AnswerInstalments,
    DecideInstalments,
    Instalments,
    InstalmentsQuery,
    InstalmentsView,
    MyInstalments,
    OfferInstalments,
)
from services.instalments.refusals import (
    BadInstalments,
    InstalmentBillsChanged,
    InstalmentsExist,
    InstalmentsMoved,
)
from services.instalments.states import TABLE, InstalmentsAction, InstalmentsState
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, day_of, is_too_far
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.templates import Template
from services.photos import actions as photos
from services.photos.models import PhotoPurpose

MISSING: Final = "没有找到这项分期约定"


async def offer(
    deps: Dependencies, actor: Actor, home: str, wish: OfferInstalments
) -> InstalmentsView:
    """Offer parts to who owes some bills, or enter what they signed on paper.

    Raises NotFound, BadInstalments, InstalmentsExist, OwnHome, OtherPayee.
    """
    by = Permission.RUN_BILLS
    found = await bills.access_many_by_office(deps, actor, wish.bill_ids, by)
    if {bill.home for bill in found} != {home}:
        raise errors.NotFound("没有找到账单")
    await own_money.require_all(deps, actor, found, by=by)
    found.sort(key=lambda bill: (bill.due_on or "", bill.id))
    _check(deps, found, wish)
    agreement = _draft(deps, actor, found, wish)
    people = await debtors.people(deps, home, agreement.liable_on)
    deciders = await notify.deciders_of(deps, agreement) if agreement.photos else set()

    async def save(tx: Transaction) -> None:
        for bill in found:
            await bills.require_no_debtor(deps, tx, actor, bill)
        if not await bills.hold(deps, tx, found):
            raise InstalmentBillsChanged("账单刚刚有变化,请刷新后重试")
        await store.insert(deps.db, tx, agreement)
        await _attach(deps, tx, actor, agreement)
        await _tell_of(deps, tx, agreement, people, deciders)
        await _record(deps, tx, actor, Act.INSTALMENTS_OFFERED, agreement)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise InstalmentsExist("有账单已经在另一项分期约定里") from None
    return await views.one(deps, agreement)


def _check(deps: Dependencies, found: Sequence[Bill], wish: OfferInstalments) -> None:
    """Raise BadInstalments unless parts and bills belong together."""
    if any(bill.state is not BillState.OWING or bill.debtor for bill in found):
        raise BadInstalments("只能约定还没有缴清的房屋账单")
    if len({(bill.account, bill.owners_until) for bill in found}) > 1:
        raise BadInstalments("一项约定只能是同一业主欠同一收款单位的账单")
    days = [check_day(part.due_on) for part in wish.parts]
    if days[0] < deps.today() or is_too_far(days[-1], deps.today()):
        raise BadInstalments("每期的日期请选今天起两年以内")
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise BadInstalments("每期的日期要一期比一期晚")
    if sum(part.amount_fen for part in wish.parts) != sum(bill.owed_fen for bill in found):
        raise BadInstalments("各期金额加起来要等于欠费金额")


def _draft(
    deps: Dependencies, actor: Actor, found: Sequence[Bill], wish: OfferInstalments
) -> Instalments:
    on_paper = bool(wish.photo_ids)
    return Instalments(
        id=deps.new_id(),
        home=found[0].home,
        liable_on=found[0].liable_on,
        account=found[0].account,
        payee_name=found[0].payee_name,
        bills=[bill.id for bill in found],
        amount_fen=sum(part.amount_fen for part in wish.parts),
        parts=wish.parts,
        grace_days=wish.grace_days,
        stops_late_charges=wish.stops_late_charges,
        photos=list(dict.fromkeys(wish.photo_ids)),
        state=InstalmentsState.AGREED if on_paper else InstalmentsState.OFFERED,
        offered_by=actor.person_id,
        offered_at=deps.now(),
        agreed_at=deps.now() if on_paper else None,
    )


async def _attach(
    deps: Dependencies, tx: Transaction, actor: Actor, agreement: Instalments
) -> None:
    if agreement.photos:
        await photos.attach(
            deps,
            tx,
            actor,
            agreement.photos,
            subject=agreement.id,
            place=agreement.home,
            needs=Permission.RUN_BILLS,
            owner="",
            purposes={PhotoPurpose.CHARGE},
        )


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, agreement: Instalments
) -> None:
    facts: dict[str, Any] = {"place": agreement.home, "subject": agreement.id}
    facts |= {"amount_fen": agreement.amount_fen, "parts": len(agreement.parts)}
    await audit.record(deps, tx, actor, act, **facts, on_paper=bool(agreement.photos))


async def _tell(
    deps: Dependencies,
    tx: Transaction,
    people: Sequence[str],
    template: Template,
    agreement: Instalments,
) -> None:
    first = agreement.parts[0]
    await notify.notify(deps, tx, people, template, agreement, first, agreement.amount_fen)


async def _tell_of(
    deps: Dependencies,
    tx: Transaction,
    agreement: Instalments,
    people: Sequence[str],
    deciders: Iterable[str],
) -> None:
    """Tell of the new state of an agreement whom it concerns.

    `people`: who owes it. `deciders`: who may approve it. Who offered it is told what others
    said, and not what they entered or took back themselves.
    """
    match agreement.state:
        case InstalmentsState.OFFERED:
            await _tell(deps, tx, people, notify.OFFERED, agreement)
        case InstalmentsState.AGREED:
            await notify.notify_deciders(deps, tx, deciders, agreement)
        case InstalmentsState.KEPT:
            await _tell(deps, tx, people, notify.HOLDS, agreement)
    if _is_news_at_office(agreement):
        await notify.notify_office(deps, tx, agreement)


def _is_news_at_office(agreement: Instalments) -> bool:
    """Tell whether somebody else than who offered an agreement brought it to its state."""
    match agreement.state:
        case InstalmentsState.OFFERED:
            return False
        case InstalmentsState.AGREED:
            return bool(agreement.agreed_as)  # on paper, who offered it entered that
        case _:
            return agreement.decided_by != agreement.offered_by


async def answer(
    deps: Dependencies, actor: Actor, agreement_id: str, request: AnswerInstalments
) -> InstalmentsView:
    """Agree to what was offered, or not; only who owes it.

    Raises NotFound, InstalmentsMoved.
    """
    found = await store.find(deps.db, agreement_id)
    owing = await debtors.of(deps, found.home, found.liable_on) if found else []
    own = next((row.id for row in owing if row.person == actor.person_id), None)
    if found is None or own is None:
        raise errors.NotFound(MISSING)
    action = InstalmentsAction.AGREE if request.agree else InstalmentsAction.DECLINE
    changes = {"agreed_as": own, "agreed_at": deps.now()} if request.agree else {}
    return await _move(deps, actor, found, action, changes)


async def decide(
    deps: Dependencies, actor: Actor, agreement_id: str, request: DecideInstalments
) -> InstalmentsView:
    """Have an agreement hold, or refuse it.

    Raises NotFound, SamePerson, InstalmentsMoved, InstalmentBillsChanged, OwnHome, OtherPayee.
    """
    by = Permission.RUN_BILLS
    found = accessible(
        actor,
        await store.find(deps.db, agreement_id),
        by,
        at=lambda agreement: agreement.home,
        missing=MISSING,
    )
    known = await bills.access_many_by_office(deps, actor, found.bills, by)
    await own_money.require_all(deps, actor, known, by=by)
    if request.approve and found.offered_by == actor.person_id:
        raise SamePerson("提出的人不能自己批准,请另一位工作人员批准")
    action = InstalmentsAction.APPROVE if request.approve else InstalmentsAction.REFUSE
    changes: dict[str, Any] = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
    }
    return await _move(deps, actor, found, action, changes)


async def _move(
    deps: Dependencies,
    actor: Actor,
    found: Instalments,
    action: InstalmentsAction,
    changes: dict[str, Any],
) -> InstalmentsView:
    people = await debtors.people(deps, found.home, found.liable_on)
    is_agreed = action is InstalmentsAction.AGREE
    deciders = await notify.deciders_of(deps, found) if is_agreed else set()
    is_by_office = action in {InstalmentsAction.APPROVE, InstalmentsAction.REFUSE}

    async def save(tx: Transaction) -> Instalments:
        for bill_id in found.bills if is_by_office else ():
            bill = await bills.get(deps, bill_id, tx=tx)
            await bills.require_no_debtor(deps, tx, actor, bill)
        moved = await store.move(deps.db, tx, found.id, action, **changes)
        if moved is None:
            raise InstalmentsMoved("这项分期约定的状态已变化,请刷新")
        if action is InstalmentsAction.APPROVE:
            await _require_as_agreed(deps, tx, moved)
        await _tell_of(deps, tx, moved, people, deciders)
        await _record(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return await views.one(deps, await deps.in_transaction(save))


async def _require_as_agreed(
    deps: Dependencies, tx: Transaction, agreement: Instalments
) -> None:
    """Raise InstalmentBillsChanged where more is owed than was agreed, or a bill is void.

    Also where a part was not paid in time while it waited: it would be broken at once.
    """
    found = [await bills.get(deps, bill_id, tx=tx) for bill_id in agreement.bills]
    is_void = any(bill.state is BillState.VOID for bill in found)
    owed_fen = sum(bill.owed_fen for bill in found)
    if is_void or owed_fen > agreement.amount_fen:
        raise InstalmentBillsChanged("账单有变化,请按现在的欠费重新约定")
    first = progress.first_left(agreement, found)
    if first and progress.is_broken(agreement, first, deps.today()):
        raise InstalmentBillsChanged("第一期的日期已过,请重新约定")


async def mine(deps: Dependencies, actor: Actor) -> MyInstalments:
    """Return the agreements about what the actor owes, the latest first."""
    homes = sorted(actor.windows(Permission.PAY_BILLS))
    found = await store.of_homes(deps.db, homes) if homes else []
    own = [
        each
        for each in found
        if actor.person_id in await debtors.people(deps, each.home, each.liable_on)
    ]
    own.sort(key=lambda each: (each.offered_at, each.id), reverse=True)
    return MyInstalments(items=await views.several(deps, own))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: InstalmentsQuery
) -> Page[InstalmentsView]:
    """Return the agreements of homes under a place; to a firm those of its own money."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    own = await own_money.find(deps, actor, place, by=Permission.VIEW_DEBTORS)
    accounts = own.accounts if own else None
    found = await store.page(deps.db, place, query, accounts=accounts)
    return found.of(await views.several(deps, found.items))


# For packages that ask for what is owed


async def kept(deps: Dependencies, homes: Sequence[str]) -> set[str]:
    """Return the bills of some homes that are in an agreement which is kept."""
    found = await store.of_homes(deps.db, homes) if homes else []
    return {
        bill for each in found if each.state is InstalmentsState.KEPT for bill in each.bills
    }


async def spans(
    deps: Dependencies, homes: Sequence[str]
) -> list[tuple[str, bool, Day, Day | None]]:
    """Return (bill, whether late charges stop by itself, first day, last day) of agreements.

    Of those that are or were kept; the last day is None while one is.
    """
    found = await store.of_homes(deps.db, homes) if homes else []
    held = (InstalmentsState.KEPT, InstalmentsState.BROKEN, InstalmentsState.DONE)
    return [
        (bill, each.stops_late_charges, day_of(each.decided_at), _last(each))
        for each in found
        if each.state in held and each.decided_at is not None
        for bill in each.bills
    ]


def _last(agreement: Instalments) -> Day | None:
    return day_of(agreement.ended_at) if agreement.ended_at else None
