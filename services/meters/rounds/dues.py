"""Dues of a meter: what its use costs by the prices of its days, each computation on one line.

Pure functions. Use between two readings is spread evenly over its days; where the price changes
between them, each price counts for its share of the days (by actual days, as fee rules do).
Whoever is paid by the price of the last day is paid all of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from services.fees.models import HomeFee
from services.fees.payees.charters import Charter
from services.kernel.days import Day, days_apart, plus_days
from services.kernel.money import PRICE_PER_FEN, half_up, price_yuan, yuan
from services.meters.consumption import MeterObstacle, Usage, usages
from services.meters.models import Meter
from services.meters.prices.models import MeterPrice
from services.meters.views import THOUSANDTHS, dial


class Basis(Struct, frozen=True):
    """What meters of one kind are billed by: prices, whichever counts first, and payees.

    `charters`: payee id → its charter. `turns`: home → first days of other owners.
    """

    prices: Sequence[MeterPrice]
    charters: Mapping[str, Charter]
    turns: Mapping[str, Sequence[Day]] = {}


class Due(Struct, frozen=True):
    """One bill of a meter."""

    usage: Usage
    price: MeterPrice
    amount_fen: int
    explanation: str


def dues(meter: Meter, to_day: Day, basis: Basis) -> list[Due] | MeterObstacle:
    """Return the bills of a meter up to a day, or why there is none."""
    found = usages(meter, to_day, basis.turns.get(meter.home, ()))
    if isinstance(found, MeterObstacle):
        return found
    bills: list[Due] = []
    for usage in found:
        parts = list(_parts(basis.prices, usage))
        if any(price is None for price, _ in parts):
            return MeterObstacle.NO_PRICE
        priced = [(price, days) for price, days in parts if price]
        paid = priced[-1][0]
        charter = basis.charters.get(paid.payee)
        if charter is None or charter.obstacle(HomeFee.METERED_FEE, usage.last):
            return MeterObstacle.NO_PAYEE
        fen = _cost(usage, priced)
        if not fen:
            return MeterObstacle.NOTHING_USED
        bills.append(Due(usage, paid, fen, explain(meter, usage, priced, fen)))
    return bills


def price_on(prices: Sequence[MeterPrice], day: Day) -> MeterPrice | None:
    """Return the price of a day: of the latest first day, of that the latest version."""
    return next((price for price in prices if price.from_day <= day), None)


def _parts(
    prices: Sequence[MeterPrice], usage: Usage
) -> Iterator[tuple[MeterPrice | None, int]]:
    """Yield the prices of a use with the number of days of each."""
    turns = sorted({p.from_day for p in prices if usage.first < p.from_day <= usage.last})
    firsts = [usage.first, *turns]
    for first, following in zip(firsts, [*turns, plus_days(usage.last, 1)], strict=True):
        yield price_on(prices, first), days_apart(first, following)


def _cost(usage: Usage, parts: Sequence[tuple[MeterPrice, int]]) -> int:
    """Return what a use costs in fen: exact until the end, rounded half up once."""
    days = sum(count for _, count in parts)
    rate = sum((Fraction(price.price * count, days) for price, count in parts), Fraction(0))
    return half_up(usage.units * rate / (THOUSANDTHS * PRICE_PER_FEN))


def explain(
    meter: Meter, usage: Usage, parts: Sequence[tuple[MeterPrice, int]], fen: int
) -> str:
    """Write a bill on one line: 水表(表号1) 10→20.5,用10.5立方米 × 2.80元 = 29.40元."""
    unit, days = meter.unit.label, sum(count for _, count in parts)
    after = f"{dial(usage.after)}{'(估算)' if usage.is_estimated else ''}"
    said = f"{meter.kind.label}(表号{meter.serial}) {dial(usage.before)}→{after}"
    if usage.corrects:
        said += f",其中{dial(usage.corrects)}{unit}此前按估算计费,本次按实际读数多退少补"
    prices = [f"{price_yuan(price.price)}元" for price, _ in parts]
    if len(parts) > 1:
        shares = [f"{count}/{days}天" for _, count in parts]
        spread = " + ".join(map(" × ".join, zip(prices, shares, strict=True)))
        return f"{said},用{dial(usage.units)}{unit} × ({spread}) = {yuan(fen)}元"
    return f"{said},用{dial(usage.units)}{unit} × {prices[0]} = {yuan(fen)}元"
