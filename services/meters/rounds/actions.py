"""Actions on rounds of metered bills: looked at, started, and then billed by the worker."""

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import own_money
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, plus_days
from services.kernel.documents import digest_id
from services.kernel.pages import Key, Keyset, Page
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.meters import actions as meters
from services.meters.consumption import MeterObstacle
from services.meters.models import Meter, MeterKind
from services.meters.prices import actions as prices
from services.meters.refusals import BadMeter
from services.meters.rounds import store
from services.meters.rounds.dues import Basis, Due, dues, price_on
from services.meters.rounds.models import (
    BILL,
    MeterDuesQuery,
    MeterDueView,
    MeterRound,
    MeterRoundsQuery,
    MeterRoundView,
    StartMeterRound,
)
from services.places import actions as places
from services.places.models import Kind
from services.residencies import owners

BY_METER = Keyset(Key("home"), Key())


class NoMeterPrice(errors.Conflict):
    """Nobody wrote down what a unit costs on that day."""

    code = "no_meter_price"


class MeterRoundExists(errors.Conflict):
    """The meters were billed up to this day already."""

    code = "meter_round_exists"


async def start(
    deps: Dependencies, actor: Actor, place: str, request: StartMeterRound
) -> MeterRoundView:
    """Bill the meters of a kind in a compound up to a day that is over.

    Raises NotFound, BadMeter, NoMeterPrice, MeterRoundExists, OtherPayee.
    """
    found = await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    if found.kind is not Kind.COMPOUND:
        raise BadMeter("请以小区为单位按表计费")
    if check_day(request.to_day) >= deps.today():
        raise BadMeter("只能计费到已经过完的一天")
    price = price_on(await prices.of_kind(deps, place, request.kind), request.to_day)
    if price is None:
        raise NoMeterPrice("请先设定这一天的计量单价")
    await _require_own_money(deps, actor, place, request.to_day, price.account)
    new = MeterRound(
        id=digest_id("meters", place, request.kind, request.to_day),
        place=place,
        kind=request.kind,
        to_day=request.to_day,
        asked_by=actor.person_id,
        asked_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await store.insert(deps.db, tx, new)
        await jobs.enqueue(deps, tx, BILL, new.id, round=new.id)
        facts = {"kind": new.kind, "to_day": new.to_day}
        about = {"place": place, "subject": new.id}
        await audit.record(deps, tx, actor, Act.METERS_BILLED, **about, **facts)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise MeterRoundExists("这些表已经计费到这一天") from None
    return view(new)


async def _require_own_money(
    deps: Dependencies, actor: Actor, place: str, day: Day, account: str
) -> None:
    money = own_money.Money(
        kinds=frozenset({HomeFee.METERED_FEE.value}),
        first=day,
        last=day,
        accounts=frozenset({account}),
    )
    await own_money.require(deps, actor, place, money)


def view(found: MeterRound) -> MeterRoundView:
    return show(found, MeterRoundView, round_id=found.id)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: MeterRoundsQuery
) -> Page[MeterRoundView]:
    """Return the rounds of a compound, the latest day first. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    return (await store.page(deps.db, places.compound_of(place), query)).map(view)


async def preview(
    deps: Dependencies, actor: Actor, place: str, query: MeterDuesQuery
) -> Page[MeterDueView]:
    """Return what each meter under a place would be billed for now, by home.

    Raises NotFound.
    """
    await places.access_place(deps, actor, place, Permission.RUN_BILLS)
    compound = places.compound_of(place)
    to_day = check_day(query.to_day or plus_days(deps.today(), -1))
    after, limit = BY_METER.read(query.cursor) or [], query.limit + 1
    some = await meters.of_kind(deps, place, query.kind, after=after, limit=limit)
    basis = await basis_of(deps, compound, query.kind, some)
    rows = [{"home": meter.home, "_id": meter.id} for meter in some]
    shown = some[: query.limit]
    addresses = await places.addresses(deps, sorted({meter.home for meter in shown}))
    views = [
        _due(meter, dues(meter, to_day, basis), addresses.get(meter.home, meter.home))
        for meter in shown
    ]
    return BY_METER.cut(rows, query.limit).of(views)


async def basis_of(
    deps: Dependencies,
    place: str,
    kind: MeterKind,
    some: Sequence[Meter],
    *,
    tx: Transaction | None = None,
) -> Basis:
    """Return what meters are billed by."""
    found = await prices.of_kind(deps, place, kind, tx=tx)
    payees = sorted({price.payee for price in found})
    known = {payee: await charters.charter_of(deps, payee, place) for payee in payees}
    homes = sorted({meter.home for meter in some})
    turns = await owners.turns_of(deps, homes, tx=tx) if homes else {}
    return Basis(found, {payee: c for payee, c in known.items() if c}, turns)


def _due(meter: Meter, found: list[Due] | MeterObstacle, address: str) -> MeterDueView:
    some = [] if isinstance(found, MeterObstacle) else found
    last = some[-1].usage if some else None
    return MeterDueView(
        meter_id=meter.id,
        home=meter.home,
        address=address,
        kind=meter.kind,
        serial=meter.serial,
        first_day=some[0].usage.first if some else None,
        last_day=last.last if last else None,
        before=meter.billed_value,
        after=last.after if last else None,
        is_estimated=last is not None and last.is_estimated,
        amount_fen=sum(due.amount_fen for due in some),
        explanation=";".join(due.explanation for due in some),
        because=found if isinstance(found, MeterObstacle) else None,
    )
