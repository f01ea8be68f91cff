"""Actions on agreed services: proposed, opened by another person, listed, ended.

What homes agree to is what they read: each share is kept as it was worked out, and no later
correction of an area changes it. Source: 长府办发〔2021〕12号, art. 11.
"""

from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from services.agreed_services import jobs, notify, store, terms, views
from services.agreed_services.models import (
    CLOSE,
    AgreedService,
    AgreedServicesQuery,
    AgreedServiceView,
    DecideAgreedService,
    EndAgreedService,
    NewAgreedService,
    ServiceHomesQuery,
    ServiceHomeView,
    Share,
)
from services.agreed_services.refusals import (
    AgreedServiceBilling,
    AgreedServiceExists,
    AgreedServiceMovedOn,
    BadAgreedService,
)
from services.agreed_services.states import TABLE, ServiceAction, ServiceState
from services.audit import actions as audit
from services.bills import own_money
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.jobs import actions as queue
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import end_of
from services.kernel.interests import SamePerson
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.places.models import Kind
from services.residencies import actions as residencies

PLACES = (Kind.COMPOUND, Kind.BUILDING, Kind.UNIT)
BY_HOME = Keyset(Key("home"))
MISSING = "没有找到这项服务"
MOVED_ON = "这项服务刚有变动,请刷新看看"


async def propose(
    deps: Dependencies, actor: Actor, place: str, request: NewAgreedService
) -> AgreedServiceView:
    """Write down a service that homes of a place are to be asked about.

    Raises NotFound, BadAgreedService, AreaUnknown, UnknownPayee, PayeeMayNotCharge,
    AgreedServiceExists, OwnHome, OtherPayee, TooLarge.
    """
    found = await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    if found.kind not in PLACES:
        raise BadAgreedService("请登记在小区、楼栋或单元上")
    terms.check(request, deps.today())
    days = (request.from_day, request.to_day)
    payee = await charters.payee_for(deps, request.payee_id, place, HomeFee.SERVICE_FEE, days)
    shares = terms.shares_of(request, await terms.homes_of(deps, place, request))
    service = _draft(deps, actor, place, request, payee=payee, shares=shares)
    await _require_own_money(deps, actor, service)

    async def save(tx: Transaction) -> None:
        who, today = actor.person_id, deps.today()
        await residencies.require_none_below(deps, tx, who, place, today)
        there = await places.use(deps, [share.home for share in shares], tx=tx)
        if len(there) != len(shares):
            raise errors.NotFound("有房屋刚刚撤销登记,请重试")
        await store.insert(deps.db, tx, service)
        await _attach(deps, tx, actor, service)
        await _record(deps, tx, actor, Act.AGREED_SERVICE_PROPOSED, service)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise AgreedServiceExists("这里已有同名的服务在征求意见或执行") from None
    return await views.view(deps, service)


def _draft(
    deps: Dependencies,
    actor: Actor,
    place: str,
    request: NewAgreedService,
    *,
    payee: Payee,
    shares: list[Share],
) -> AgreedService:
    said = (
        *("title", "description", "pricing", "rhythm", "part", "from_day", "to_day"),
        *("closing_day", "needed_percent", "counting", "source"),
    )
    return AgreedService(
        id=deps.new_id(),
        compound=places.compound_of(place),
        place=place,
        slot=f"{request.title}|{place}",
        amount_fen=request.amount_fen or 0,
        price=request.price or 0,
        closes_at=end_of(request.closing_day),
        photos=list(dict.fromkeys(request.photo_ids)),
        usages=list(request.usages),
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        shares=shares,
        homes=len(shares),
        area=sum(share.area for share in shares),
        proposed_by=actor.person_id,
        proposed_at=deps.now(),
        **{name: getattr(request, name) for name in said},
    )


async def _require_own_money(deps: Dependencies, actor: Actor, service: AgreedService) -> None:
    """Raise OtherPayee for a firm's people where another payee is paid."""
    money = own_money.Money(
        kinds=frozenset({HomeFee.SERVICE_FEE.value}),
        first=service.from_day,
        last=service.to_day,
        accounts=frozenset({service.account}),
    )
    await own_money.require(deps, actor, service.place, money)


async def _attach(
    deps: Dependencies, tx: Transaction, actor: Actor, service: AgreedService
) -> None:
    if service.photos:
        await photos.attach(
            deps,
            tx,
            actor,
            service.photos,
            subject=service.id,
            place=service.place,
            needs=Permission.RUN_BILLS,
            owner="",
            purposes={PhotoPurpose.CHARGE},
        )


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, service: AgreedService
) -> None:
    facts: dict[str, Any] = {"place": service.place, "subject": service.id}
    said = (
        *("title", "pricing", "amount_fen", "price", "rhythm", "part", "needed_percent"),
        *("homes", "agreed", "from_day", "to_day", "payee", "source"),
    )
    facts |= {name: getattr(service, name) for name in said}
    await audit.record(deps, tx, actor, act, **facts)


async def decide(
    deps: Dependencies, actor: Actor, service_id: str, request: DecideAgreedService
) -> AgreedServiceView:
    """Ask the homes about a service that somebody else proposed, or withdraw it.

    Raises NotFound, SamePerson, AgreedServiceMovedOn, PayeeMayNotCharge, OwnHome, OtherPayee.
    """
    found = await _access(deps, actor, service_id)
    await _require_own_money(deps, actor, found)
    if request.approve:
        days = (found.from_day, found.to_day)
        await charters.payee_for(deps, found.payee, found.place, HomeFee.SERVICE_FEE, days)
        if found.proposed_by == actor.person_id:
            raise SamePerson("登记的人不能自己核对,请另一位工作人员核对")
        if found.closes_at <= deps.now():
            raise AgreedServiceMovedOn("答复截止日已过,请撤回后重新登记")
    key = {"_id": found.id, "state": ServiceState.PROPOSED}
    changes: dict[str, Any] = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
    }
    action = ServiceAction.OPEN if request.approve else ServiceAction.WITHDRAW
    return await _move(deps, actor, found, action, key, changes)


async def end(
    deps: Dependencies, actor: Actor, service_id: str, request: EndAgreedService
) -> AgreedServiceView:
    """Withdraw a service that homes are asked about, or bill no further month of it.

    A month is billed to all homes or to none: while one is being billed, nobody ends it.
    Raises NotFound, AgreedServiceMovedOn, AgreedServiceBilling, OwnHome, OtherPayee.
    """
    found = await _access(deps, actor, service_id)
    await _require_own_money(deps, actor, found)
    is_agreed = found.state is ServiceState.AGREED
    if is_agreed and found.done:
        raise AgreedServiceBilling("正在出这个月的账单,请几分钟后再试")
    action = ServiceAction.END if is_agreed else ServiceAction.WITHDRAW
    TABLE.require(found.state, action, AgreedServiceMovedOn(MOVED_ON))
    changes: dict[str, Any] = {
        "ended_by": actor.person_id,
        "ended_at": deps.now(),
        "ended_because": request.reason,
    }
    key = {"_id": found.id, "state": found.state, "done": 0}
    return await _move(deps, actor, found, action, key, changes)


async def _move(
    deps: Dependencies,
    actor: Actor,
    found: AgreedService,
    action: ServiceAction,
    key: dict[str, Any],
    changes: dict[str, Any],
) -> AgreedServiceView:
    is_open = action is ServiceAction.OPEN
    changes |= {} if is_open else {"slot": jobs.freed(found)}

    async def save(tx: Transaction) -> None:
        who, today = actor.person_id, deps.today()
        await residencies.require_none_below(deps, tx, who, found.place, today)
        if not await store.move(deps.db, tx, key, action, **changes):
            raise AgreedServiceMovedOn(MOVED_ON)
        if is_open:
            due = found.closes_at
            await queue.enqueue(deps, tx, CLOSE, found.id, due_at=due, service=found.id)
            await notify.opened(deps, tx, found)
        elif found.state is not ServiceState.PROPOSED:
            ended = msgspec.structs.replace(found, state=TABLE.target(action), **changes)
            await notify.closed(deps, tx, ended)
        await _record(deps, tx, actor, TABLE.act(action), found)

    await deps.in_transaction(save)
    state = TABLE.target(action)
    return await views.view(deps, msgspec.structs.replace(found, state=state, **changes))


async def _access(
    deps: Dependencies, actor: Actor, service_id: str, *, shares: bool = False
) -> AgreedService:
    return accessible(
        actor,
        await store.find(deps.db, service_id, shares=shares),
        Permission.RUN_BILLS,
        at=lambda service: service.place,
        missing=MISSING,
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: AgreedServicesQuery
) -> Page[AgreedServiceView]:
    """Return the services of a place and below it, the latest first days first.

    To a firm those that it is paid for itself.
    """
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    own = await own_money.find(deps, actor, place, by=Permission.RUN_BILLS)
    found = await store.page(deps.db, place, query, accounts=own.accounts if own else None)
    return found.of(await views.views(deps, found.items))


async def place_of(deps: Dependencies, actor: Actor, service_id: str) -> str:
    """Return the place of a service, for the audit of an export."""
    return (await _own(deps, actor, service_id)).place


async def _own(
    deps: Dependencies, actor: Actor, service_id: str, *, shares: bool = False
) -> AgreedService:
    """Return a service, to a firm's people only one that their firm is paid for."""
    service = await _access(deps, actor, service_id, shares=shares)
    by, place, account = Permission.RUN_BILLS, service.place, service.account
    await own_money.require_seen(deps, actor, place, account, by=by, missing=MISSING)
    return service


async def homes(
    deps: Dependencies, actor: Actor, service_id: str, query: ServiceHomesQuery
) -> Page[ServiceHomeView]:
    """Return what each home would pay and what it answered, by home.

    Raises NotFound, to a firm's people also where another payee is paid.
    """
    service = await _own(deps, actor, service_id, shares=True)
    under = query.under or service.place
    page = BY_HOME.of_kept([s for s in service.shares if covers(under, s.home)], query)
    return page.of(await views.homes(deps, service, page.items))
