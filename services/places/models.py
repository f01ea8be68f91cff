"""Places and grids: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Area
from services.kernel.pages import ListQuery
from services.kernel.paths import SEGMENT, PlacePath
from services.kernel.types import LINE, Reason

Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE)]
MAX_BUILDINGS: Final = 200


class Kind(Labelled):
    """The government ladder, what people live in, and the grid, which lies beside them."""

    CITY = "city", "市"
    DISTRICT = "district", "区"
    SUBDISTRICT = "subdistrict", "街道"
    COMMUNITY = "community", "社区"
    COMPOUND = "compound", "小区"
    BUILDING = "building", "楼栋"
    UNIT = "unit", "单元"
    HOME = "home", "房屋"
    GRID = "grid", "网格"  # a named list of buildings of one community; nothing lies under it

    @property
    def depth(self) -> int:
        """How many segments the path of such a place has. Raises ValueError for a grid."""
        return LADDER.index(self) + 1


# The rungs of the tree: a place's rung is how many segments its path has.
LADDER: Final = (
    Kind.CITY,
    Kind.DISTRICT,
    Kind.SUBDISTRICT,
    Kind.COMMUNITY,
    Kind.COMPOUND,
    Kind.BUILDING,
    Kind.UNIT,
    Kind.HOME,
)


class Usage(Labelled):
    """Use of an exclusive part (专有部分)."""

    FLAT = "flat", "住宅"
    SHOP = "shop", "商铺"
    GARAGE = "garage", "车库"
    STORAGE = "storage", "仓房"


class Measure(Struct, frozen=True, kw_only=True):
    """Area and use that a home had until a day, that day included."""

    to_day: Day
    area: Area | None
    usage: Usage | None


# Of an office: a landline, a hotline or a mobile number, as people dial it.
OfficePhone = Annotated[str, Meta(pattern=r"^[0-9+][0-9 -]{3,18}[0-9]$(?!\n)")]
Hours = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE)]


class ContactLine(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Line of an office that residents may call.

    `phone`: Number of the office, as people dial it.
    `hours`: When somebody answers, in Chinese.
    """

    phone: OfficePhone
    hours: Hours


class Place(Struct, kw_only=True):
    """One node of the tree. `address` is its full Chinese name below the community.

    Of homes only: `earlier` holds the areas and uses that counted before, the oldest first;
    `retired_from` is the first day on which there is no such home, `merged_into` the home that
    it turned out to be. Nothing is removed: what was billed and paid there stays.
    """

    id: str = field(name="_id")  # the materialised path
    kind: Kind
    name: str
    address: str
    area: Area | None = None  # 0.01 m², homes only
    usage: Usage | None = None  # homes only
    source: str = ""  # the import that made it
    used: bool = False  # something hangs on it: no import may take it back
    earlier: list[Measure] = []
    renamed: bool = False  # the name is no longer the one that its path was made from
    retired_from: Day | None = None
    merged_into: str | None = None
    contact: ContactLine | None = None  # communities and compounds only
    heads_see_debts: bool = True  # whether its heads see which homes owe; communities only
    created_at: datetime


class StandingHome(Struct, frozen=True):
    """Home that is not retired, as much as it takes to say whom it means."""

    id: str = field(name="_id")
    usage: Usage | None = None


class GridChange(Struct, kw_only=True):
    """Buildings of a grid from an instant on, and why they changed."""

    at: datetime
    by: str
    reason: str
    buildings: list[str]


class Grid(Place, kw_only=True):
    """A grid (网格): buildings of one community, of any of its compounds.

    A building lies in one grid at most. `history`: the latest changes, the newest last.
    """

    buildings: list[str]
    history: list[GridChange] = []


class TakenPath(Struct, frozen=True):
    """Path that is taken.

    `path`: Path of the place or grid that is there already.
    """

    path: str


class NewPlace(Struct, forbid_unknown_fields=True, kw_only=True):
    """Place of the ladder down to the unit; homes come from a register.

    `path`: Path of the place, below one that exists.
    `kind`: Kind of the place.
    `name`: Name of the place, e.g. 春光小区.
    """

    path: PlacePath
    kind: Kind
    name: Name


class PlaceSort(Labelled):
    PATH = "path", "按编号"
    NEWEST = "newest", "新登记的在前"


class PlacesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which places to list.

    `kind`: Kind of place, e.g. buildings of a compound.
    `usage`: What homes are used as; all without it.
    `has_area`: Only homes whose area is known, or only the rest; both without it.
    `retired`: Also homes that are retired.
    `sort`: Order of the list.
    """

    kind: Kind
    usage: Usage | None = None
    has_area: bool | None = None
    retired: bool = False
    sort: PlaceSort = PlaceSort.PATH


class GridsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which grids to list.

    `building`: Path of a building: the grid in which it lies; all without it.
    `has_buildings`: Only grids that have some, or only those dissolved; both without it.
    `sort`: Order of the list.
    """

    building: PlacePath | None = None
    has_buildings: bool | None = None
    sort: PlaceSort = PlaceSort.PATH


class PlaceView(Struct, kw_only=True):
    """Place of the ladder from the city down to the home.

    `path`: Path of the place.
    `kind`: Kind of the place.
    `name`: Name of the place, e.g. 3栋.
    `address`: Address of the place, as people say it.
    `area`: Area of a home in 0.01 m², e.g. 8530; null when not known.
    `usage`: What a home is used as; null for other places.
    `retired_from`: First day on which there is no such home; null for all that stand.
    `contact`: Line of its office, of a community or compound; null for none.
    `heads_see_debts`: Whether the heads of a community see which homes owe; null elsewhere.
    `created_at`: When it was entered.
    """

    path: str
    kind: Kind
    name: str
    address: str
    area: int | None = None
    usage: Usage | None = None
    retired_from: Day | None = None
    contact: ContactLine | None = None
    heads_see_debts: bool | None = None
    created_at: datetime


class HeadsSeeDebts(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whether the heads of a community see which homes owe.

    `allowed`: Whether they do; their list of unpaid homes and what follows from it.
    """

    allowed: bool


Segment = Annotated[str, Meta(pattern=rf"^{SEGMENT}$(?!\n)", max_length=20)]
Buildings = Annotated[list[PlacePath], Meta(max_length=MAX_BUILDINGS)]


class NewGrid(Struct, forbid_unknown_fields=True, kw_only=True):
    """Grid to make.

    `segment`: Last part of the grid's path, below the community's.
    `name`: Name of the grid, e.g. 第一网格.
    `buildings`: Paths of its buildings.
    """

    segment: Segment
    name: Name
    buildings: Annotated[list[PlacePath], Meta(min_length=1, max_length=MAX_BUILDINGS)]


class ChangeGrid(Struct, forbid_unknown_fields=True, kw_only=True):
    """List of all the buildings of a grid from now on.

    `buildings`: Paths of the buildings; an empty list dissolves the grid.
    `reason`: Why it is changed, for the audit.
    """

    buildings: Buildings
    reason: Reason


class BuildingView(Struct, kw_only=True):
    """Building of a grid.

    `path`: Path of the building.
    `address`: Address of the building, as people say it.
    """

    path: str
    address: str


class GridView(Struct, kw_only=True):
    """Grid of a community.

    `path`: Path of the grid.
    `name`: Name of the grid, e.g. 第一网格.
    `buildings`: Buildings of the grid.
    `created_at`: When it was made.
    """

    path: str
    name: str
    buildings: list[BuildingView]
    created_at: datetime
