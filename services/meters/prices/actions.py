"""Actions on prices of what meters count: a new price is a new row, with its source."""

from collections.abc import Sequence

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.kernel.acts import Act
from services.kernel.days import check_day
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.meters.models import MeterKind
from services.meters.prices import store
from services.meters.prices.models import (
    MeterPrice,
    MeterPricesQuery,
    MeterPriceView,
    NewMeterPrice,
)
from services.meters.refusals import BadMeter
from services.places import actions as places
from services.places.models import Kind


async def add(
    deps: Dependencies, actor: Actor, place: str, request: NewMeterPrice
) -> MeterPriceView:
    """Write a price of a compound. For a day that has one, it takes its place.

    A compound's price is the same for all neighbours, also where it is the actor's own.
    Raises NotFound, BadMeter, UnknownPayee, PayeeMayNotCharge.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_FEES)
    if found.kind is not Kind.COMPOUND:
        raise BadMeter("计量单价请设在小区上")
    kind, days = HomeFee.METERED_FEE, [check_day(request.from_day)]
    payee = await charters.payee_for(deps, request.payee_id, place, kind, days)

    async def save(tx: Transaction) -> MeterPrice:
        await places.hold(deps, tx, place)  # of two at once, the second sees the first
        earlier = await store.of_kind(deps.db, place, request.kind, tx=tx)
        same = [price.version for price in earlier if price.from_day == request.from_day]
        price = _draft(deps, actor, place, request, payee=payee, version=len(same) + 1)
        await store.insert(deps.db, tx, price)
        said = ("kind", "price", "from_day", "version", "source", "payee")
        facts = {name: getattr(price, name) for name in said}
        about = {"place": place, "subject": price.id}
        await audit.record(deps, tx, actor, Act.METER_PRICE_SET, **about, **facts)
        return price

    return _view(await deps.in_transaction(save))


def _draft(
    deps: Dependencies,
    actor: Actor,
    place: str,
    request: NewMeterPrice,
    *,
    payee: Payee,
    version: int,
) -> MeterPrice:
    return MeterPrice(
        id=deps.new_id(),
        place=place,
        kind=request.kind,
        price=request.price,
        from_day=request.from_day,
        version=version,
        source=request.source,
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        written_by=actor.person_id,
        written_at=deps.now(),
    )


async def of_kind(
    deps: Dependencies, place: str, kind: MeterKind, *, tx: Transaction | None = None
) -> Sequence[MeterPrice]:
    """Return all prices of a kind in a compound, whichever counts first."""
    return await store.of_kind(deps.db, place, kind, tx=tx)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: MeterPricesQuery
) -> Page[MeterPriceView]:
    """Return the prices of a compound, the latest first. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.VIEW_UNPAID)
    return (await store.page(deps.db, places.compound_of(place), query)).map(_view)


def _view(price: MeterPrice) -> MeterPriceView:
    return show(price, MeterPriceView, price_id=price.id)
