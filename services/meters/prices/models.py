"""Prices of what meters count: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.fees.models import PayeeId
from services.kernel.days import Day
from services.kernel.pages import ListQuery
from services.kernel.types import LINE
from services.meters.models import MeterKind

# 100 yuan a unit is far above any real tariff.
UnitPrice = Annotated[int, Meta(ge=1, le=10**6, examples=[28_000])]
Source = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=LINE, examples=["长发改价格〔2025〕1号"])
]


class MeterPrice(Struct, kw_only=True):
    """Price of one unit in a compound from a day on, in 0.0001 yuan. Never changed.

    A later `version` for the same day takes the place of the earlier one.
    """

    id: str = field(name="_id")
    place: str
    kind: MeterKind
    price: int
    from_day: Day
    version: int
    source: str
    payee: str
    account: str
    payee_name: str
    written_by: str
    written_at: datetime


class NewMeterPrice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Price of one unit from a day on.

    `kind`: Meters that it is for.
    `price`: Price of one unit, in 0.0001 yuan, e.g. 28000 for 2.80 yuan.
    `from_day`: First day of the price.
    `source`: Document that sets it.
    `payee_id`: Payee of the compound that is paid.
    """

    kind: MeterKind
    price: UnitPrice
    from_day: Day
    source: Source
    payee_id: PayeeId


class MeterPricesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which prices to list, the latest first day first.

    `kind`: Meters that they are for; all without it.
    """

    kind: MeterKind | None = None


class MeterPriceView(Struct, kw_only=True):
    """Price of one unit in a compound from a day on.

    `price_id`: Opaque id of the price.
    `place`: Path of the compound.
    `kind`: Meters that it is for.
    `price`: Price of one unit, in 0.0001 yuan.
    `from_day`: First day of the price.
    `version`: Number among the prices for this day; the highest counts.
    `source`: Document that sets it.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who receives the money.
    `written_at`: When it was written.
    """

    price_id: str
    place: str
    kind: MeterKind
    price: UnitPrice
    from_day: Day
    version: int
    source: Source
    account: str
    payee_name: str
    written_at: datetime
