"""Reminder letters (催缴通知书): what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.bills.arrears.models import FormerOwners, OldestDue
from services.demands.letters.states import DemandLetterState
from services.demands.models import MOST_PHOTOS, DemandLine, LetterHandedTo
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery
from services.kernel.permissions import Role
from services.kernel.types import Id

EXPORT: Final = "demand_letters"  # the kind of file that holds the letters of a large round


class Letter(Struct, kw_only=True):
    """Letter to one household of a home. What it says is never changed.

    `household`, `debtors`, `people`: as of a demand. `slots`: days of the household for which
    no other letter is made, unique per home. `photos`: the proof that it was handed over.
    """

    id: str = field(name="_id")
    round_id: str
    home: str
    household: str
    debtors: list[str]
    people: list[str]
    lines: list[DemandLine]
    amount_fen: Fen
    since: Day
    note: str = ""
    pay_within: int
    slots: list[str]
    state: DemandLetterState
    made_at: datetime
    done_by: str = ""
    role: Role | None = None
    done_at: datetime | None = None
    handed_to: LetterHandedTo | None = None
    photos: list[str] = []


class DeliverLetter(Struct, forbid_unknown_fields=True, kw_only=True):
    """What became of a letter.

    `handed_to`: Who took it, or where it was left; null when it could not be handed over.
    `photo_ids`: Photos that prove it (purpose `visit`); for a letterbox at least one.
    """

    handed_to: LetterHandedTo | None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []


class DemandLetterSort(Labelled):
    HOME = "home", "按房屋"


class DemandLettersQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which letters to list.

    `state`: What became of them; all without it.
    `round_id`: Only those of one round.
    `sort`: Order of the list.
    """

    state: DemandLetterState | None = None
    round_id: Id | None = None
    sort: DemandLetterSort = DemandLetterSort.HOME


class DemandLetterView(Struct, kw_only=True):
    """Reminder letter to a home.

    `letter_id`: Opaque id of the letter; it stands on the paper.
    `round_id`: Round of demands that made it.
    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `owners_until`: Last day on which the debtors owned it; null while they do.
    `debtors`: Masked names of who is asked.
    `amount_fen`: Sum of what was owed, in fen.
    `since`: Due day of the oldest bill.
    `state`: What became of it.
    `made_at`: When it was made.
    `handed_to`: Who took it, or where it was left; null before, and when nobody did.
    `role`: Office of who handed it over; null before.
    `done_at`: When that was recorded; null before.
    `photo_ids`: Photos that prove it.
    """

    letter_id: str
    round_id: str
    place: str
    address: str
    owners_until: FormerOwners
    debtors: list[Annotated[str, Meta(examples=["李*"])]]
    amount_fen: Fen
    since: OldestDue
    state: DemandLetterState
    made_at: datetime
    handed_to: LetterHandedTo | None
    role: Role | None
    done_at: datetime | None
    photo_ids: list[str]
