"""Actions on shared costs: proposed with all shares, approved by another person, then billed.

What is approved is what was looked at: the shares are kept as they were divided, and no later
correction of an area changes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import check_day, months_between
from services.kernel.interests import SamePerson
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.places.models import Kind, Place
from services.residencies import actions as residencies
from services.shared_costs import participants, store, views
from services.shared_costs.division import divide
from services.shared_costs.models import (
    BILL,
    DecideSharedCost,
    NewSharedCost,
    Share,
    SharedCost,
    SharedCostsQuery,
    SharedCostView,
    SharesQuery,
    ShareView,
)
from services.shared_costs.refusals import BadSharedCost, SharedCostDecided, SharedCostExists
from services.shared_costs.states import TABLE, SharedCostAction

PLACES = (Kind.COMPOUND, Kind.BUILDING, Kind.UNIT)
MONTHS = 12  # that one bill may be for
BY_HOME = Keyset(Key("home"))
MISSING = "没有找到这笔公摊费"


async def propose(
    deps: Dependencies, actor: Actor, place: str, request: NewSharedCost
) -> SharedCostView:
    """Split a cost over the homes of a place, to be looked at and approved.

    Raises NotFound, BadSharedCost, UnmeasuredHomes, UnknownPayee, PayeeMayNotCharge,
    SharedCostExists, OwnHome, OtherPayee.
    """
    found = await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    if found.kind not in PLACES:
        raise BadSharedCost("公摊费请登记在小区、楼栋或单元上")
    _check_days(request)
    days = (request.from_day, request.to_day)
    payee = await charters.payee_for(deps, request.payee_id, place, HomeFee.SHARED_COST, days)
    homes = await participants.of(deps, place, request)
    weights = await participants.weights(deps, request, homes)
    cost = _draft(deps, actor, place, request, payee=payee, weights=weights)
    await _require_own_money(deps, actor, cost)

    async def save(tx: Transaction) -> None:
        if not await places.use(deps, [place], tx=tx):
            raise errors.NotFound("没有找到这个地方")
        who, since = actor.person_id, cost.from_day
        await residencies.require_none_below(deps, tx, who, cost.place, since)
        await _hold_homes(deps, tx, homes)
        await store.insert(deps.db, tx, cost)
        await _attach(deps, tx, actor, cost)
        await _record(deps, tx, actor, Act.SHARED_COST_PROPOSED, cost)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise SharedCostExists("这份凭证在这里已经登记过分摊") from None
    return await views.view(deps, cost)


def _check_days(request: NewSharedCost) -> None:
    first, last = check_day(request.from_day), check_day(request.to_day)
    if last < first:
        raise BadSharedCost("结束日期不能早于开始日期")
    if months_between(first[:7], last[:7]) >= MONTHS:
        raise BadSharedCost(f"一次分摊最多 {MONTHS} 个月的费用")


def _draft(
    deps: Dependencies,
    actor: Actor,
    place: str,
    request: NewSharedCost,
    *,
    payee: Payee,
    weights: Mapping[str, int],
) -> SharedCost:
    divided = divide(request.total_fen, weights)
    said = ("title", "total_fen", "split", "from_day", "to_day", "document_number")
    return SharedCost(
        id=deps.new_id(),
        compound=places.compound_of(place),
        place=place,
        slot=f"{request.document_number}|{place}",
        photos=list(dict.fromkeys(request.photo_ids)),
        left_out=len(set(request.left_out)),
        left_out_because=request.left_out_because or "",
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        shares=[Share(home, weights[home], fen) for home, fen in divided.items()],
        homes=len(divided),
        weight=sum(weights.values()),
        proposed_by=actor.person_id,
        proposed_at=deps.now(),
        **{name: getattr(request, name) for name in said},
    )


async def _hold_homes(deps: Dependencies, tx: Transaction, homes: Sequence[Place]) -> None:
    """Mark the homes as used, so that no import takes one back that is to be billed."""
    there = await places.use(deps, [home.id for home in homes], tx=tx)
    if len(there) != len(homes):
        raise errors.NotFound("有房屋刚刚撤销登记,请重试")


async def _require_own_money(deps: Dependencies, actor: Actor, cost: SharedCost) -> None:
    """Raise OtherPayee for a firm's people where another payee is paid."""
    money = own_money.Money(
        kinds=frozenset({HomeFee.SHARED_COST.value}),
        first=cost.from_day,
        last=cost.to_day,
        accounts=frozenset({cost.account}),
    )
    await own_money.require(deps, actor, cost.place, money)


async def _attach(deps: Dependencies, tx: Transaction, actor: Actor, cost: SharedCost) -> None:
    if cost.photos:
        await photos.attach(
            deps,
            tx,
            actor,
            cost.photos,
            subject=cost.id,
            place=cost.place,
            needs=Permission.RUN_BILLS,
            owner="",
            purposes={PhotoPurpose.CHARGE},
        )


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, cost: SharedCost
) -> None:
    facts: dict[str, Any] = {"place": cost.place, "subject": cost.id}
    said = ("total_fen", "split", "homes", "from_day", "to_day", "payee", "document_number")
    facts |= {name: getattr(cost, name) for name in said}
    await audit.record(deps, tx, actor, act, **facts)


async def decide(
    deps: Dependencies, actor: Actor, cost_id: str, request: DecideSharedCost
) -> SharedCostView:
    """Have the shares of a cost billed, or refuse it.

    Raises NotFound, SamePerson, SharedCostDecided, PayeeMayNotCharge, OwnHome, OtherPayee.
    """
    cost = await _access(deps, actor, cost_id)
    await _require_own_money(deps, actor, cost)
    if request.approve:
        days = (cost.from_day, cost.to_day)
        await charters.payee_for(deps, cost.payee, cost.place, HomeFee.SHARED_COST, days)
        if cost.proposed_by == actor.person_id:
            raise SamePerson("登记的人不能自己批准,请另一位工作人员批准")
    action = SharedCostAction.APPROVE if request.approve else SharedCostAction.REFUSE
    decided: dict[str, Any] = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
    }
    if not request.approve:
        decided["slot"] = f"refused|{cost.id}"  # frees the document

    async def save(tx: Transaction) -> None:
        who, since = actor.person_id, cost.from_day
        await residencies.require_none_below(deps, tx, who, cost.place, since)
        if not await store.move(deps.db, tx, cost.id, action, **decided):
            raise SharedCostDecided("这笔公摊费已经处理过了,请刷新")
        if request.approve:
            await jobs.enqueue(deps, tx, BILL, cost.id, cost=cost.id)
        await _record(deps, tx, actor, TABLE.act(action), cost)

    await deps.in_transaction(save)
    state = TABLE.target(action)
    return await views.view(deps, msgspec.structs.replace(cost, state=state, **decided))


async def _access(
    deps: Dependencies, actor: Actor, cost_id: str, *, shares: bool = False
) -> SharedCost:
    return accessible(
        actor,
        await store.find(deps.db, cost_id, shares=shares),
        Permission.RUN_BILLS,
        at=lambda cost: cost.place,
        missing=MISSING,
    )


async def _own(
    deps: Dependencies, actor: Actor, cost_id: str, *, shares: bool = False
) -> SharedCost:
    """Return a cost, to a firm's people only one that their firm is paid for."""
    cost = await _access(deps, actor, cost_id, shares=shares)
    by, place, account = Permission.RUN_BILLS, cost.place, cost.account
    await own_money.require_seen(deps, actor, place, account, by=by, missing=MISSING)
    return cost


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: SharedCostsQuery
) -> Page[SharedCostView]:
    """Return the costs that are split at a place and below it, the latest days first.

    To a firm those that it is paid for itself.
    """
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    own = await own_money.find(deps, actor, place, by=Permission.RUN_BILLS)
    found = await store.page(deps.db, place, query, accounts=own.accounts if own else None)
    return found.of(await views.views(deps, found.items))


async def place_of(deps: Dependencies, actor: Actor, cost_id: str) -> str:
    """Return the place of a cost, for the audit of an export."""
    return (await _own(deps, actor, cost_id)).place


async def shares_of(
    deps: Dependencies, actor: Actor, cost_id: str, query: SharesQuery
) -> Page[ShareView]:
    """Return what each home pays of a cost, by home.

    Raises NotFound, to a firm's people also where another payee is paid.
    """
    cost = await _own(deps, actor, cost_id, shares=True)
    under = query.under or cost.place
    page = BY_HOME.of_kept([s for s in cost.shares if covers(under, s.home)], query)
    return page.of(await views.shares(deps, cost, page.items))
