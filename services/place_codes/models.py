"""Place codes: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id
from services.kernel.vault import Sealed, Vault
from services.place_codes.states import PlaceCodeState
from services.places.models import Kind

TOKEN_BYTES: Final = 16  # 128 random bits: 22 characters of base64url
TOKEN: Final = Sealed("place_codes", "token")
# Not a home: what is printed there would say to every visitor which home it is.
PLACES: Final = frozenset({Kind.COMPOUND, Kind.BUILDING, Kind.UNIT})


class PlaceCodeKind(Labelled):
    """What a code hangs at."""

    DOOR = "door", "单元门"
    LIFT = "lift", "电梯"
    PUMP = "pump", "水泵"
    SWITCH_ROOM = "switch_room", "配电间"
    MANHOLE = "manhole", "窨井"
    OTHER = "other", "其他"


CodeLabel = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["2号电梯"])
]
# Category of reports, as its own package names it; nobody looks it up here.
CategoryCode = Annotated[
    str, Meta(pattern=r"^[0-9a-z_.-]{1,60}$(?!\n)", examples=["lift_stuck"])
]


class PlaceCode(Struct, kw_only=True):
    """Code of a place, or of a thing there.

    The token is found by a keyed fingerprint and kept sealed, so that a sheet can be printed
    again, but by nobody who has the database alone. `open_key`: what there is one code in use
    for; None once it ended.
    """

    id: str = field(name="_id")
    place: str
    kind: PlaceCodeKind
    label: str
    suggests: str | None = None
    token_index: str
    token_sealed: str
    state: PlaceCodeState = PlaceCodeState.IN_USE
    open_key: str | None = None
    added_by: str
    added_at: datetime
    renewed_by: str | None = None
    renewed_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None


def token_index(vault: Vault, token: str) -> str:
    """Return the keyed fingerprint of a token, by which it is found."""
    return vault.blind(token, purpose="place-code")


# What clients send and see


class NewPlaceCode(Struct, forbid_unknown_fields=True, kw_only=True):
    """Code to make.

    `kind`: What it hangs at.
    `label`: What people call it, as the sheet says it.
    `suggests`: Category of report to begin with; none without it.
    """

    kind: PlaceCodeKind
    label: CodeLabel
    suggests: CategoryCode | None = None


class PlaceCodeSort(Labelled):
    PLACE = "place", "按地点"
    NEWEST = "newest", "新添加的在前"


class PlaceCodesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which codes to list.

    `kind`: What they hang at; anything without it.
    `state`: State of the codes; any without it.
    `sort`: Order of the list.
    """

    kind: PlaceCodeKind | None = None
    state: PlaceCodeState | None = None
    sort: PlaceCodeSort = PlaceCodeSort.PLACE


class SheetsQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which codes to print.

    `kind`: What they hang at; anything without it.
    `code_id`: Only code to print; all in use without it.
    """

    kind: PlaceCodeKind | None = None
    code_id: Id | None = None


class PlaceCodeView(Struct, kw_only=True):
    """Code of a place, or of a thing there; its token stands on the printed sheet alone.

    `code_id`: Id of the code, which is not the token on its sheet.
    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `kind`: What it hangs at.
    `label`: What people call it.
    `suggests`: Category of report to begin with; null for none.
    `state`: State of the code.
    `added_at`: When it was made.
    `renewed_at`: When its token was last replaced; null for never.
    `ended_at`: When it was ended; null while it is in use.
    """

    code_id: str
    place: str
    address: str
    kind: PlaceCodeKind
    label: CodeLabel
    suggests: CategoryCode | None
    state: PlaceCodeState
    added_at: datetime
    renewed_at: datetime | None
    ended_at: datetime | None


class ScannedCode(Struct, kw_only=True):
    """What a scanned code stands for.

    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `kind`: What the code hangs at.
    `label`: What people call it.
    `suggests`: Category of report to begin with; null for none.
    """

    place: str
    address: str
    kind: PlaceCodeKind
    label: CodeLabel
    suggests: CategoryCode | None
