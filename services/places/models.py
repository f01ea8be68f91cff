from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.documents import ONE_LINE
from services.money import Area
from services.paths import PlacePath

Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=ONE_LINE)]


class Kind(StrEnum):
    """The government ladder, then what people live in."""

    CITY = auto()
    DISTRICT = auto()
    SUBDISTRICT = auto()
    COMMUNITY = auto()
    COMPOUND = auto()
    BUILDING = auto()
    UNIT = auto()
    HOME = auto()


LADDER: Final = tuple(Kind)


class Usage(StrEnum):
    """What an exclusive part (专有部分) is used as."""

    FLAT = auto()
    SHOP = auto()
    GARAGE = auto()
    STORAGE = auto()


class Place(Struct, kw_only=True):
    """One node of the tree. `address` is its full Chinese name below the community."""

    id: str = field(name="_id")  # the materialised path
    kind: Kind
    name: str
    address: str
    area: Area | None = None  # 0.01 m², homes only
    usage: Usage | None = None  # homes only
    source: str = ""  # the import that made it
    used: bool = False  # something hangs on it: no import may take it back
    created_at: datetime


class NewPlace(Struct, forbid_unknown_fields=True, kw_only=True):
    """A place of the ladder down to the unit; homes come from a register."""

    path: PlacePath
    kind: Kind
    name: Name


class PlaceView(Struct, kw_only=True):
    path: str
    kind: Kind
    name: str
    address: str
    area: int | None = None
    usage: Usage | None = None
