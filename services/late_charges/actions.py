"""Actions on late charges: shown while they grow, proposed up to a day, approved by another.

Nothing becomes a debt by itself. Not charging is how they are waived; what was billed is
corrected or given up by a note, as any bill.
"""

from typing import Any, Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money, visibility
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import FIRST_DAY, Day, check_day, plus_days
from services.kernel.interests import SamePerson, require_apart
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.late_charges import lines, store, views
from services.late_charges.models import (
    BILL,
    MOST_LINES,
    DecideLateFees,
    LateChargesSoFar,
    LateFees,
    LateFeesQuery,
    LateFeesView,
    LateLine,
    LateLinesQuery,
    LateLineView,
    NewLateFees,
)
from services.late_charges.refusals import (
    BadLateFees,
    LateFeesDecided,
    LateFeesWait,
    NoLateFees,
)
from services.late_charges.states import TABLE, LateFeesAction
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Kind
from services.residencies import actions as residencies

PLACES: Final = (Kind.COMPOUND, Kind.BUILDING, Kind.UNIT, Kind.HOME)
MOST_HOMES: Final = 3000
HOMES_AT_ONCE: Final = 200
BY_LINE: Final = Keyset(Key("home"), Key("bill"))
MISSING: Final = "没有找到这批违约金"


async def mine(deps: Dependencies, actor: Actor) -> LateChargesSoFar:
    """Return what the actor's late bills come to so far: no debt, and shown apart."""
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    day = _yesterday(deps)
    found = await lines.of_homes(deps, [*claims.windows], day) if claims.windows else []
    own = [line for line in found if claims.covers(line.home, line.liable_on)]
    return await views.so_far(deps, own, day)


async def of_home(deps: Dependencies, actor: Actor, home: str) -> LateChargesSoFar:
    """Return what late bills of a home come to so far; to a firm its own. Raises NotFound."""
    accessible(actor, home, Permission.VIEW_DEBTORS, at=str, missing="没有找到这套房屋")
    homes = [home, *await place_homes.merged_into(deps, [home])]
    day = _yesterday(deps)
    found = await lines.of_homes(deps, homes, day)
    own = await own_money.find(deps, actor, home, by=Permission.VIEW_DEBTORS)
    its = [line for line in found if own is None or line.account in own.accounts]
    return await views.so_far(deps, its, day)


def _yesterday(deps: Dependencies) -> Day:
    """Return the last day that is over: what is owed today is known tonight."""
    return plus_days(deps.today(), -1)


async def propose(
    deps: Dependencies, actor: Actor, place: str, wish: NewLateFees
) -> LateFeesView:
    """Count the late charges of a payee at a place, to be looked at and approved.

    Raises NotFound, BadLateFees, UnknownPayee, NoLateFees, TooLarge, LateFeesWait, OwnHome,
    OtherPayee.
    """
    found = await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    if found.kind not in PLACES:
        raise BadLateFees("违约金请按小区、楼栋、单元或房屋计收")
    if check_day(wish.to_day) > _yesterday(deps):
        raise BadLateFees("违约金最多算到昨天")
    if bool(wish.left_out) != bool(wish.left_out_because):
        raise BadLateFees("不收的房屋和原因请一起填写")
    payee = (await charters.require(deps, wish.payee_id, place)).payee
    await _require_own_money(deps, actor, place, payee.account)
    counted = await _count(deps, place, wish, payee.account)
    fees = _draft(deps, actor, place, wish, payee=payee, counted=counted)

    async def save(tx: Transaction) -> None:
        if not await places.use(deps, [place], tx=tx):
            raise errors.NotFound("没有找到这个地方")
        await _require_not_own(deps, tx, actor, fees)
        await store.insert(deps.db, tx, fees)
        await _record(deps, tx, actor, Act.LATE_FEES_PROPOSED, fees)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise LateFeesWait("这个收款单位还有一批违约金没有处理完,请先处理") from None
    return (await views.several(deps, [fees]))[0]


async def _count(
    deps: Dependencies, place: str, wish: NewLateFees, account: str
) -> list[LateLine]:
    """Return the lines of a place but of the homes that are left out.

    Raises TooLarge, BadLateFees, NoLateFees.
    """
    rows = await places.of_kind_under(
        deps, place, Kind.HOME, after="", limit=MOST_HOMES + 1, retired=True
    )
    homes = [row.id for row in rows]
    if len(homes) > MOST_HOMES:
        raise errors.TooLarge(f"一次最多 {MOST_HOMES} 户,请按楼栋分开计收")
    if not {*wish.left_out} <= {*homes}:
        raise BadLateFees("不收的房屋里有这里没有的房屋")
    asked = [home for home in homes if home not in {*wish.left_out}]
    found: list[LateLine] = []
    for start in range(0, len(asked), HOMES_AT_ONCE):
        some = asked[start : start + HOMES_AT_ONCE]
        found += await lines.of_homes(deps, some, wish.to_day, account=account)
    if len(found) > MOST_LINES:
        raise errors.TooLarge(f"一次最多 {MOST_LINES} 张账单,请按楼栋分开计收")
    if not found:
        raise NoLateFees("这里到这一天没有可收的违约金")
    return found


def _draft(
    deps: Dependencies,
    actor: Actor,
    place: str,
    wish: NewLateFees,
    *,
    payee: Payee,
    counted: list[LateLine],
) -> LateFees:
    return LateFees(
        id=deps.new_id(),
        compound=places.compound_of(place),
        place=place,
        account=payee.account,
        payee_name=payee.name,
        to_day=wish.to_day,
        lines=counted,
        bills=len(counted),
        amount_fen=sum(line.fen for line in counted),
        left_out=sorted({*wish.left_out}),
        left_out_because=wish.left_out_because or "",
        proposed_by=actor.person_id,
        proposed_at=deps.now(),
    )


async def _require_own_money(
    deps: Dependencies, actor: Actor, place: str, account: str
) -> None:
    """Raise OtherPayee for a firm's people where another payee is paid."""
    kinds, into, day = frozenset({HomeFee.LATE_FEE.value}), frozenset({account}), deps.today()
    money = own_money.Money(kinds=kinds, first=day, last=day, accounts=into)
    await own_money.require(deps, actor, place, money)


async def _require_not_own(
    deps: Dependencies, tx: Transaction, actor: Actor, fees: LateFees
) -> None:
    """Raise OwnHome where a home of the actor's own is charged, or left out.

    What a home is left out of has no line that says since when it is: it is the home of whoever
    belonged to it at any time.
    """
    since = min(line.liable_on for line in fees.lines)
    person, compound = actor.person_id, fees.compound
    own = await residencies.homes_since(deps, person, compound, since, tx=tx)
    require_apart(own, [line.home for line in fees.lines])
    if fees.left_out:
        ever = await residencies.homes_since(deps, person, compound, FIRST_DAY, tx=tx)
        require_apart(ever, fees.left_out)


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, fees: LateFees
) -> None:
    facts: dict[str, Any] = {"place": fees.place, "subject": fees.id}
    said = ("account", "to_day", "bills", "amount_fen")
    facts |= {name: getattr(fees, name) for name in said}
    await audit.record(deps, tx, actor, act, **facts, left_out=len(fees.left_out))


async def decide(
    deps: Dependencies, actor: Actor, fees_id: str, request: DecideLateFees
) -> LateFeesView:
    """Have late charges billed, or refuse them.

    Raises NotFound, SamePerson, LateFeesDecided, OwnHome, OtherPayee.
    """
    fees = await _access(deps, actor, fees_id, with_lines=True)
    await _require_own_money(deps, actor, fees.place, fees.account)
    if request.approve and fees.proposed_by == actor.person_id:
        raise SamePerson("提出的人不能自己批准,请另一位工作人员批准")
    action = LateFeesAction.APPROVE if request.approve else LateFeesAction.REFUSE
    decided: dict[str, Any] = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
    }

    async def save(tx: Transaction) -> None:
        await _require_not_own(deps, tx, actor, fees)
        if not await store.move(deps.db, tx, fees.id, action, **decided):
            raise LateFeesDecided("这批违约金已经处理过了,请刷新")
        if request.approve:
            await jobs.enqueue(deps, tx, BILL, fees.id, fees=fees.id)
        await _record(deps, tx, actor, TABLE.act(action), fees)

    await deps.in_transaction(save)
    done = msgspec.structs.replace(fees, state=TABLE.target(action), **decided)
    return (await views.several(deps, [done]))[0]


async def _access(
    deps: Dependencies, actor: Actor, fees_id: str, *, with_lines: bool = False
) -> LateFees:
    return accessible(
        actor,
        await store.find(deps.db, fees_id, lines=with_lines),
        Permission.RUN_BILLS,
        at=lambda fees: fees.place,
        missing=MISSING,
    )


async def _own(
    deps: Dependencies, actor: Actor, fees_id: str, *, with_lines: bool = False
) -> LateFees:
    """Return late charges, to a firm's people only those of their own money."""
    fees = await _access(deps, actor, fees_id, with_lines=with_lines)
    by, place, account = Permission.RUN_BILLS, fees.place, fees.account
    await own_money.require_seen(deps, actor, place, account, by=by, missing=MISSING)
    return fees


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: LateFeesQuery
) -> Page[LateFeesView]:
    """Return the late charges of a place and below it; to a firm those of its own money."""
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    own = await own_money.find(deps, actor, place, by=Permission.RUN_BILLS)
    found = await store.page(deps.db, place, query, accounts=own.accounts if own else None)
    return found.of(await views.several(deps, found.items))


async def place_of(deps: Dependencies, actor: Actor, fees_id: str) -> str:
    """Return the place of late charges, for the audit of an export."""
    return (await _own(deps, actor, fees_id)).place


async def lines_of(
    deps: Dependencies, actor: Actor, fees_id: str, query: LateLinesQuery
) -> Page[LateLineView]:
    """Return what each bill is charged, by home. Raises NotFound, also for another payee's."""
    fees = await _own(deps, actor, fees_id, with_lines=True)
    under = query.under or fees.place
    page = BY_LINE.of_kept([line for line in fees.lines if covers(under, line.home)], query)
    return page.of(await views.lines(deps, page.items))
