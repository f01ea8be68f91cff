"""Requests to belong to a home: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.home_requests.states import RequestState
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Id, IdNumber, Reason, Remark
from services.kernel.vault import Sealed, Vault
from services.people.models import PersonName
from services.residencies.models import Relation

MOST_PHOTOS: Final = 6
# What is typed into a request; kept sealed in the field of that name and `_sealed`.
FIELDS: Final = {
    name: Sealed("home_requests", name)
    for name in ("name", "id_number", "note", "advice", "decision")
}


class Claim(Labelled):
    """Relation that one may ask for. Who only pays is invited by an owner."""

    OWNER = "owner", Relation.OWNER.label
    CO_OWNER = "co_owner", Relation.CO_OWNER.label
    FAMILY = "family", Relation.FAMILY.label
    TENANT = "tenant", Relation.TENANT.label


class Known(Labelled):
    """Knowledge a head has of somebody."""

    YES = "yes", "认识"
    NO = "no", "不认识"
    UNSURE = "unsure", "不确定"


class Settlement(Labelled):
    """Outcome of a dispute about an owned home."""

    KEEP = "keep", "维持登记"  # it stays as it is
    SHARE = "share", "登记为共有人"  # the claimant is a co-owner
    REPLACE = "replace", "变更业主"  # the claimant is the owner, as after a sale


class HomeRequest(Struct, kw_only=True):
    """Request of a person to belong to a home. Whatever was typed is sealed.

    `person`: who wants it; none when staff file it for somebody without a phone (`filed_by`).
    `open_key`: one open request per person and home. `steps`, `entered_at`: of services/cases.
    `disputed`: others own the home.
    `erased`: the person left the product, and all text is gone.
    """

    id: str = field(name="_id")
    home: str
    relation: Relation
    person: str | None
    filed_by: str
    open_key: str | None
    state: RequestState
    steps: int = 0
    entered_at: datetime | None = None
    disputed: bool = False
    name_sealed: str
    id_number_sealed: str | None = None
    note_sealed: str | None = None
    photo_ids: list[str] = []
    from_day: Day | None = None
    to_day: Day | None = None
    created_at: datetime
    advised_by: str = ""
    advised_at: datetime | None = None
    advice: Known | None = None
    advice_sealed: str | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    settlement: Settlement | None = None
    decision_sealed: str | None = None
    residency: str | None = None  # what came of it
    erased: bool = False

    def seal(self, vault: Vault, text: str, field_name: str) -> str:
        """Seal what was typed into a field: name, id_number, note, advice, decision."""
        return FIELDS[field_name].seal(vault, self.id, text)

    def unseal(self, vault: Vault, field_name: str) -> str:
        """Text that was typed into a field; "" for none."""
        sealed: str | None = getattr(self, f"{field_name}_sealed")
        return FIELDS[field_name].open(vault, self.id, sealed) if sealed else ""


# What clients send and see


class FileRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """Request to belong to a home. A tenancy has a last day.

    `home`: Path of the home.
    `relation`: What the home is to the person.
    `name`: Name as on the deed or the contract.
    `on_behalf_of`: Instead of `name`, by staff: name of somebody without a phone.
    `id_number`: Identity number, 18 characters, to compare with the register.
    `photo_ids`: Ids of the photos of the proof (purpose `proof`).
    `from_day`: First day of the relation; today without it.
    `to_day`: Last day of the relation, e.g. of a tenancy.
    `note`: Anything else, for who decides.
    """

    home: PlacePath
    relation: Claim
    name: PersonName | None = None
    on_behalf_of: PersonName | None = None
    id_number: IdNumber | None = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []
    from_day: Day | None = None
    to_day: Day | None = None
    note: Remark | None = None


class GiveAdvice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Advice of a head about somebody who asked for a home.

    `known`: Whether the head knows them.
    `reason`: What the head knows, for who decides.
    """

    known: Known
    reason: Reason


class Decide(Struct, forbid_unknown_fields=True, kw_only=True):
    """Decision on a request.

    `accept`: Whether the person shall belong to the home.
    `reason`: Why, for the person to read.
    """

    accept: bool
    reason: Reason


class RequestSort(Labelled):
    OLDEST = "oldest", "最早在前"
    NEWEST = "newest", "最新在前"


class RequestsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which requests to list.

    `state`: State of the requests; without it, all that wait for somebody.
    `place`: Path of a place; without it all places of whoever asks.
    `relation`: What the home is to the person; all without it.
    `disputed`: Only those for homes that others own, or only the rest; both without it.
    `created_from`: First day on which they were filed.
    `created_to`: Last day on which they were filed.
    `sort`: Order of the list.
    """

    state: RequestState | None = None
    place: PlacePath | None = None
    relation: Claim | None = None
    disputed: bool | None = None
    created_from: Day | None = None
    created_to: Day | None = None
    sort: RequestSort = RequestSort.OLDEST


class MyRequest(Struct, kw_only=True):
    """Request as the person who filed it sees it.

    Not whether it is disputed: that would tell a stranger whose name the register has.

    `request_id`: Opaque id of the request.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `relation`: What the home is to the person.
    `name`: Name that was filed.
    `state`: How far the request is.
    `photo_ids`: Ids of the photos of the proof.
    `created_at`: When the request was filed.
    `decided_at`: When it was decided; null before.
    `reason`: Why it was decided so; null before.
    """

    request_id: str
    home: str
    address: str
    relation: Relation
    name: str
    state: RequestState
    photo_ids: list[str]
    created_at: datetime
    decided_at: datetime | None
    reason: str | None  # why it was decided so


class AdviceView(Struct, kw_only=True):
    """Advice of a head about somebody who asked for a home.

    `known`: Whether the head knows them.
    `reason`: What the head wrote.
    `at`: When the head said it.
    """

    known: Known
    reason: str
    at: datetime


class RequestView(Struct, kw_only=True):
    """Request as heads and the community see it.

    `request_id`: Opaque id of the request.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `relation`: What the home is to the person.
    `name_masked`: Name that was filed with all but the first character masked.
    `has_id_number`: Whether an identity number was filed.
    `matches_register`: Whether the register has the person for this home.
    `on_behalf`: Whether staff filed it for somebody.
    `note`: Note of who filed it, for who decides; else null.
    `photo_ids`: Ids of the photos of the proof, for who decides; else null.
    `from_day`: First day of the relation; null for the day of the decision.
    `to_day`: Last day of the relation; null for none.
    `state`: How far the request is.
    `disputed`: Whether others own the home.
    `advice`: What a head said; null before.
    `settlement`: How the dispute was settled; null when it was not.
    `reason`: Why it was decided so; null before.
    `created_at`: When the request was filed.
    `decided_at`: When it was decided; null before.
    """

    request_id: str
    home: str
    address: str
    relation: Relation
    name_masked: str
    has_id_number: bool
    matches_register: bool
    on_behalf: bool
    note: str | None
    photo_ids: list[str] | None
    from_day: Day | None
    to_day: Day | None
    state: RequestState
    disputed: bool
    advice: AdviceView | None
    settlement: Settlement | None
    reason: str | None
    created_at: datetime
    decided_at: datetime | None
