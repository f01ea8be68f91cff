"""City clients: systems that read and file repairs; what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.pages import ListQuery
from services.kernel.types import LINE
from services.kernel.vault import Vault
from services.places.models import Kind

KEY_BYTES: Final = 24  # 192 random bits: 32 characters of base64url
# A client answers for whole compounds: what lies in them is told apart by its reports.
PLACES: Final = frozenset(
    {Kind.CITY, Kind.DISTRICT, Kind.SUBDISTRICT, Kind.COMMUNITY, Kind.COMPOUND}
)

ClientName = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["城市运行管理平台"])
]


class CityClient(Struct, kw_only=True):
    """System of a city that reads and files repairs of a place by a key.

    `key_index`: keyed fingerprint of the key, which is shown once and kept nowhere.
    `filed`: how many reports it filed; each writes it, so that two at once are told apart.
    """

    id: str = field(name="_id")
    name: str
    place: str
    key_index: str
    filed: int = 0
    added_by: str
    added_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


def key_index(vault: Vault, key: str) -> str:
    """Return the keyed fingerprint of a key, by which its client is found."""
    return vault.blind(key, purpose="city-client")


# What clients send and see


class NewCityClient(Struct, forbid_unknown_fields=True, kw_only=True):
    """System that shall read and file repairs of a place.

    `name`: What people call the system.
    """

    name: ClientName


class CityClientsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which city clients to list, the longest known first.

    `ended`: Only those whose key is ended, or only those in use.
    """

    ended: bool | None = None


class CityClientView(Struct, kw_only=True):
    """System that reads and files repairs of a place.

    `client_id`: Opaque id of the client.
    `name`: What people call the system.
    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `filed`: How many reports it filed.
    `added_at`: When it was added.
    `ended_at`: When its key was ended; null while it is in use.
    """

    client_id: str
    name: ClientName
    place: str
    address: str
    filed: int
    added_at: datetime
    ended_at: datetime | None


class AddedCityClient(Struct, kw_only=True):
    """City client with its key.

    `client`: What is kept of it, without the key.
    `api_key`: Key of the client; shown this once.
    """

    client: CityClientView
    api_key: Annotated[str, Meta(examples=["b0VtY2xpZW50a2V5MDAwMDAwMDAwMDA"])]
