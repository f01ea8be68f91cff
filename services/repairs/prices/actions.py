"""Actions on prices of repairs in homes: set by the firm, ended by it or by the community.

A price belongs to the contract by which the firm serves the compound. When that is over its
prices are, too, and the next firm begins with none.
"""

from collections.abc import Iterable, Sequence

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, plus_days
from services.kernel.documents import digest_id
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show as shown
from services.places import actions as places
from services.places.models import Kind
from services.repairs.prices import store, views
from services.repairs.prices.models import (
    MOST,
    EndPrice,
    Line,
    NewPrice,
    Price,
    PriceItem,
    PriceList,
    PricesQuery,
    PriceView,
)
from services.repairs.prices.refusals import (
    BadPrice,
    NoContract,
    PriceEnded,
    PriceMovedOn,
    PriceOutOfBand,
    PricesFull,
    PriceUnknown,
)


async def check(deps: Dependencies, place: str, lines: Sequence[Line], day: Day) -> list[Price]:
    """Return the price of each line of a quote, in their order.

    Raises PriceUnknown, PriceOutOfBand with the first line that is wrong.
    """
    prices = {price.code: price for price in await _counting(deps, place, day)}
    found: list[Price] = []
    for number, line in enumerate(lines):
        price = prices.get(line.code)
        if price is None:
            raise PriceUnknown("价目表里没有这一项", line=number, item=line.code)
        if not price.low_fen <= line.unit_fen <= price.high_fen:
            band = {"low_fen": price.low_fen, "high_fen": price.high_fen}
            raise PriceOutOfBand(
                "这一项的单价不在价目表的范围内", line=number, item=line.code, **band
            )
        found.append(price)
    return found


async def show(deps: Dependencies, place: str) -> PriceList:
    """Return the prices that count today in the compound of a place. Raises NotFound."""
    await places.get(deps, places.compound_of(place))
    prices = await _counting(deps, place, deps.today())
    return PriceList(items=[shown(price, PriceItem) for price in prices])


async def _counting(deps: Dependencies, place: str, day: Day) -> list[Price]:
    """Return the prices that count on a day in the compound of a place, by code."""
    signed = await contracts.of_compound(deps, places.compound_of(place))
    held = [each.id for each in signed if each.from_day <= day <= each.to_day]
    versions = await store.begun(deps.db, held[0], day) if held else []
    return [price for price in latest(versions) if price.to_day is None or day <= price.to_day]


def latest(versions: Iterable[Price]) -> list[Price]:
    """Return the latest version of each item of a contract, by code."""
    found: dict[str, Price] = {}
    for price in sorted(versions, key=lambda price: (price.code, price.version)):
        found[price.code] = price
    return list(found.values())


async def write(deps: Dependencies, actor: Actor, place: str, request: NewPrice) -> PriceView:
    """Write the next version of an item's price. Of two at once, the first counts.

    Raises NotFound, InvalidInput, BadPrice, NoContract, PriceMovedOn, PricesFull.
    """
    found = await places.access_place(deps, actor, place, Permission.SET_REPAIR_PRICES)
    if found.kind is not Kind.COMPOUND:
        raise BadPrice("价目请设在小区上")
    if check_day(request.from_day) < deps.today():
        raise BadPrice("开始日期不能早于今天")
    if request.high_fen < request.low_fen:
        raise BadPrice("最高价不能低于最低价")
    contract = await contracts.holding(deps, place)
    if contract is None:
        raise NoContract("今天没有物业企业服务这个小区,不能设价目")
    new = _draft(deps, actor, request, place=place, contract=contract.id)

    async def save(tx: Transaction) -> Price:
        return await _put(deps, tx, actor, new)

    try:
        written = await deps.in_transaction(save)
    except DuplicateKeyError:  # somebody was first: now it is seen
        written = await deps.in_transaction(save)
    return await views.view(deps, written)


def _draft(
    deps: Dependencies, actor: Actor, request: NewPrice, *, place: str, contract: str
) -> Price:
    asked = msgspec.structs.asdict(request)
    version = asked.pop("after_version") + 1
    return Price(
        id=digest_id("repair_price", contract, request.code, version),
        place=place,
        contract=contract,
        version=version,
        set_by=actor.person_id,
        set_at=deps.now(),
        **asked,
    )


async def _put(deps: Dependencies, tx: Transaction, actor: Actor, new: Price) -> Price:
    """Insert a version behind the latest of its item; the same again is the same."""
    await places.hold(deps, tx, new.place)  # of two new items at once, one sees the other
    last = await store.latest(deps.db, tx, new.contract, new.code)
    number = last.version if last else 0
    if last is not None and _same(last, new):
        about = {"place": last.place, "subject": last.id}
        await audit.record(deps, tx, actor, Act.REPAIR_PRICE_SET, **about, again=True)
        return last
    if number != new.version - 1:
        raise PriceMovedOn("刚刚有人改过,请刷新后再试", version=number)
    if last is None and await store.count_items(deps.db, tx, new.contract) >= MOST:
        raise PricesFull("价目太多了,请先整理", most=MOST)
    await store.insert(deps.db, tx, new)
    said = ("contract", "code", "version", "low_fen", "high_fen", "from_day")
    facts = {name: getattr(new, name) for name in said}
    about = {"place": new.place, "subject": new.id}
    await audit.record(deps, tx, actor, Act.REPAIR_PRICE_SET, **about, **facts)
    return new


def _same(one: Price, other: Price) -> bool:
    """Tell whether two versions say the same, whoever wrote them and whether they ended."""
    own = {"set_by": "", "set_at": one.set_at, "to_day": None, "ended_by": "", "ended_at": None}
    return msgspec.structs.replace(one, **own) == msgspec.structs.replace(other, **own)


async def end(deps: Dependencies, actor: Actor, price_id: str, request: EndPrice) -> PriceView:
    """Bring the last day of a price forward. Quotes that were accepted stay as they are.

    Raises NotFound, InvalidInput, BadPrice, PriceEnded.
    """
    last = check_day(request.last_day)

    async def save(tx: Transaction) -> Price:
        price = await _access(deps, tx, actor, price_id)
        about = {"place": price.place, "subject": price.id}
        if price.to_day == last:
            await audit.record(deps, tx, actor, Act.REPAIR_PRICE_ENDED, **about, again=True)
            return price
        if last < plus_days(deps.today(), -1):
            raise BadPrice("结束日期最早是昨天")
        ended = msgspec.structs.replace(
            price, to_day=last, ended_by=actor.person_id, ended_at=deps.now()
        )
        is_later = price.to_day is not None and last > price.to_day
        if is_later or not await store.end(deps.db, tx, ended, price.to_day):
            raise PriceEnded("价目的结束日期只能提前", to_day=price.to_day)
        await audit.record(deps, tx, actor, Act.REPAIR_PRICE_ENDED, **about, last_day=last)
        return ended

    return await views.view(deps, await deps.in_transaction(save))


async def _access(deps: Dependencies, tx: Transaction, actor: Actor, price_id: str) -> Price:
    return accessible(
        actor,
        await store.find(deps.db, tx, price_id),
        Permission.OVERSEE_REPAIR_PRICES,
        at=lambda price: price.place,
        missing="没有找到这条价目",
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: PricesQuery
) -> Page[PriceView]:
    """Return the versions of prices of the compounds under a place, of all days."""
    await places.access_place(deps, actor, place, Permission.OVERSEE_REPAIR_PRICES)
    found = await store.page(deps.db, place, query)
    return found.of(await views.views(deps, found.items))
