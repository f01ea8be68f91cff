"""Prices of paid repairs in homes: what is kept, sent and seen of a firm's price list."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id

# Items of one contract: a list that a resident can still read.
MOST: Final = 300

ItemCode = Annotated[
    str, Meta(min_length=2, max_length=40, pattern=r"^[a-z0-9_]+$(?!\n)", examples=["tap"])
]
ItemLabel = Annotated[str, Meta(min_length=1, max_length=40, pattern=LINE)]
Unit = Annotated[str, Meta(min_length=1, max_length=8, pattern=LINE)]
# A slip of two digits costs a resident's trust: no repair of a home has a unit of 100,000 yuan.
UnitFen = Annotated[int, Meta(ge=0, le=10**7)]
VersionNumber = Annotated[int, Meta(ge=0, le=10**6)]


class PriceKind(Labelled):
    LABOUR = "labour", "人工"
    MATERIAL = "material", "材料"


class Price(Struct, kw_only=True):
    """Version of the price band of one item, per unit. Only its last day may change.

    On a day the highest version counts whose first day has come, unless that one is over: an
    earlier one does not come back.
    """

    id: str = field(name="_id")  # a digest of contract, code and version
    place: str  # the compound
    contract: str
    code: str
    label: str
    unit: str
    kind: PriceKind
    low_fen: int
    high_fen: int
    version: int
    from_day: Day
    to_day: Day | None = None  # inclusive
    set_by: str
    set_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


class Line(Struct, frozen=True, kw_only=True):
    """Line of a quote, as far as the price list is about it.

    `code`: Item of the price list.
    `unit_fen`: What one unit of it shall cost, in fen.
    """

    code: str
    unit_fen: int


class NewPrice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Price band of an item, from a day on.

    `after_version`: Latest version of the item that was seen; 0 for a new item.
    `code`: Stable code of the item.
    `label`: Name, as residents read it.
    `unit`: What one of it is, e.g. 个, 米 or 小时.
    `kind`: Whether it is labour or material.
    `low_fen`: Lowest price of a unit, in fen.
    `high_fen`: Highest price of a unit, in fen.
    `from_day`: First day for new quotes, today at the earliest.
    """

    after_version: VersionNumber
    code: ItemCode
    label: ItemLabel
    unit: Unit
    kind: PriceKind
    low_fen: UnitFen
    high_fen: UnitFen
    from_day: Day


class EndPrice(Struct, forbid_unknown_fields=True, kw_only=True):
    """End of a price.

    `last_day`: Last day for new quotes, from yesterday on; it can only become earlier.
    """

    last_day: Day


class PriceSort(Labelled):
    PLACE = "place", "按地点"
    NEWEST = "newest", "最新设定的在前"


class PricesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which versions of prices to list.

    `contract_id`: Contract that they are of.
    `kind`: Whether they are of labour or of material.
    `on_day`: Day that lies between their first and their last day.
    `sort`: Order of the list.
    """

    contract_id: Id | None = None
    kind: PriceKind | None = None
    on_day: Day | None = None
    sort: PriceSort = PriceSort.PLACE


class PriceView(Struct, kw_only=True):
    """Version of the price band of an item.

    `price_id`: Opaque id of the version.
    `place`: Path of the compound.
    `address`: Name of the compound, as people say it.
    `contract_id`: Contract of the firm whose price it is.
    `code`: Stable code of the item.
    `label`: Name, as residents read it.
    `unit`: What one of it is.
    `kind`: Whether it is labour or material.
    `low_fen`: Lowest price of a unit, in fen.
    `high_fen`: Highest price of a unit, in fen.
    `version`: Number of the version, the first is 1.
    `from_day`: First day for new quotes.
    `to_day`: Last day for new quotes; null for none.
    `set_at`: When it was written.
    """

    price_id: str
    place: str
    address: str
    contract_id: str
    code: Annotated[str, Meta(examples=["tap"])]
    label: Annotated[str, Meta(examples=["换水龙头"])]
    unit: Annotated[str, Meta(examples=["个"])]
    kind: PriceKind
    low_fen: int
    high_fen: int
    version: int
    from_day: Day
    to_day: Day | None
    set_at: datetime


class PriceItem(Struct, kw_only=True):
    """Price band of an item, as residents read it.

    `code`: Stable code of the item.
    `label`: Name of the item.
    `unit`: What one of it is.
    `kind`: Whether it is labour or material.
    `low_fen`: Lowest price of a unit, in fen.
    `high_fen`: Highest price of a unit, in fen.
    """

    code: Annotated[str, Meta(examples=["tap"])]
    label: Annotated[str, Meta(examples=["换水龙头"])]
    unit: Annotated[str, Meta(examples=["个"])]
    kind: PriceKind
    low_fen: int
    high_fen: int


class PriceList(Struct, kw_only=True):
    """Prices of repairs in homes that count today.

    `items`: Items by code; none where no firm serves the compound, or it set no prices.
    """

    items: list[PriceItem]
