"""Residencies: who belongs to which home, from when to when."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.permissions import Role, Window


class Relation(Labelled):
    """Relation of a person to a home (民法典 art. 271: owners; the rest live there or pay)."""

    OWNER = "owner", "业主"
    CO_OWNER = "co_owner", "共有人"
    FAMILY = "family", "家属"
    TENANT = "tenant", "租户"
    PAYER = (
        "payer",
        "代缴亲友",
    )  # a relative elsewhere who pays for the home and sees nothing else of it


# What a relation lets a person do; services/kernel/permissions.py says what that is.
ROLE_OF: Final[dict[Relation, Role]] = {
    Relation.OWNER: Role.OWNER,
    Relation.CO_OWNER: Role.OWNER,
    Relation.FAMILY: Role.RESIDENT,
    Relation.TENANT: Role.TENANT,
    Relation.PAYER: Role.PAYER,
}
OWNERS: Final = (Relation.OWNER, Relation.CO_OWNER)


class Way(Labelled):
    """Way a person came to be bound to a residency."""

    PHONE = "phone", "手机号"  # proved the number the register has: lost again with the number
    REQUEST = "request", "申请"
    INVITATION = "invitation", "邀请"
    CODE = "code", "绑定码"


class ResidencyStep(Struct, kw_only=True):
    """Change of a residency by somebody, and why: `because` is sealed."""

    at: datetime
    by: str
    did: str
    because: str = ""


class Residency(Struct, kw_only=True):
    """Relation to a home, from when to when. `person` is set once they are bound to it.

    Rows are ended, not removed: history stays with those who lived it.

    `owes_since`: first day whose charges are those of this resident's household (owners.py); ""
    for all from the beginning. `disclosed_since`: first day whose charges they may see by
    consent of an owner of before, who `discloses` what they owe. `pays_fees`: a tenant who owes
    the tenancy's fees by contract.
    """

    id: str = field(name="_id")
    home: str
    relation: Relation
    name_sealed: str
    phone_sealed: str | None = None
    phone_index: str | None = None
    id_number_sealed: str | None = None
    id_number_index: str | None = None
    person: str | None = None
    bound_by: Way | None = None
    bound_at: datetime | None = None
    from_day: Day
    to_day: Day | None = None  # the last day, inclusive
    owes_since: str = ""
    disclosed_since: str | None = None
    discloses: bool = False
    pays_fees: bool = False
    source: str  # what wrote it: an import, request:…, invitation:… or staff:…
    recorded_by: str = ""  # the member of staff who wrote it for somebody
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_because: str = ""
    history: list[ResidencyStep] = []


class Tie(Struct, frozen=True, kw_only=True):
    """Residency without what names the resident: who may be told what about a home."""

    home: str
    relation: Relation
    person: str | None = None
    phone_index: str | None = None


class Belonging(Struct, frozen=True, kw_only=True):
    """Home of a person: what they may do there, or owe from then, and no more about them.

    `merged`: the homes that turned out to be this one; their bills are its own. The others are
    those of a residency.
    """

    home: str
    relation: Relation
    from_day: Day
    to_day: Day | None = None
    owes_since: str = ""
    disclosed_since: str | None = None
    pays_fees: bool = False
    merged: list[str] = []

    def is_over(self, today: Day) -> bool:
        return self.to_day is not None and self.to_day < today

    def window(self, today: Day) -> Window:
        """Return the days whose charges the person sees and pays: their household's.

        And those that were disclosed to them, while they belong to the home.
        """
        if self.is_over(today) or self.disclosed_since is None:
            return Window(self.owes_since, self.to_day or "")
        return Window(min(self.owes_since, self.disclosed_since), self.to_day or "")


class Claimant(Belonging, frozen=True, kw_only=True):
    """Home of a person who is bound to it, or left it and may owe something of it."""

    person: str


class Stay(Struct, frozen=True, kw_only=True):
    """Days on which somebody is registered for a home; `to_day` None while they are.

    `who`: the person, or the row of who did not sign in yet.
    """

    who: str
    from_day: Day
    to_day: Day | None

    def has(self, day: Day) -> bool:
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


class ResidentSort(Labelled):
    EARLIEST = "earliest", "先入住的在前"
    LATEST = "latest", "后入住的在前"


class ResidentsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which residents to list.

    `past`: Also who belonged to the home before; for the community.
    `relation`: What the home is to them; all without it.
    `sort`: Order of the list; without it the earliest first, and the latest with `past`.
    """

    past: bool = False
    relation: Relation | None = None
    sort: ResidentSort | None = None


class Enrolment(Struct, frozen=True, kw_only=True):
    """Person a register names for a home. `number`: among the home's people, from 0."""

    home: str
    number: int
    name: str
    phone: str | None  # E.164
    relation: Relation


class Newcomer(Struct, kw_only=True):
    """Person to be written into a home.

    `person`: who proved in the way `way` that it is them; without, whoever holds the phone.
    `recorded_by`: the member of staff who writes it for them.
    """

    home: str
    relation: Relation
    name: str
    phone: str | None = None  # E.164
    id_number: str | None = None  # normalised
    person: str | None = None
    way: Way | None = None
    from_day: Day
    to_day: Day | None = None
    source: str
    recorded_by: str = ""
    because: str = ""
