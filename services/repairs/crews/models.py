"""Crews of repairs: who works at a place, what they can, and how much they have on hand."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.permissions import Role
from services.repairs.categories.models import Skill

Skills = Annotated[list[Skill], Meta(max_length=len(Skill))]


class CrewMember(Struct, kw_only=True):
    """What somebody who works on repairs at a place can do.

    `given_at`: when they were last chosen in turn.
    """

    id: str = field(name="_id")
    place: str  # the compound
    person: str
    skills: list[Skill]
    on_duty: bool = True
    given_at: datetime | None = None
    changed_by: str
    changed_at: datetime


def member_id(place: str, person: str) -> str:
    """Return the id of a person's row at a place: each has one there."""
    return f"{place}:{person}"


# What clients send and see


class SetCrewMember(Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody can do, and whether they are there.

    `skills`: Their trades.
    `on_duty`: Whether they are chosen in turn at present.
    """

    skills: Skills
    on_duty: bool = True


class CrewMemberView(Struct, kw_only=True):
    """Somebody who works on repairs at a place.

    `person`: Their opaque id, for handing a repair out.
    `name`: Their name; null where nobody wrote it down.
    `roles`: Their offices there.
    `is_of_firm`: Whether they work for the firm; what it has is handed to its people only.
    `skills`: Their trades, as whoever hands repairs out wrote them down.
    `on_duty`: Whether they are chosen in turn; not before their trades are written down.
    `on_hand`: How many repairs they have on hand, here and elsewhere.
    """

    person: Annotated[str, Meta(examples=["01hzy3v7k2m4n6p8q0r2s4t6v8"])]
    name: Annotated[str, Meta(examples=["刘建国"])] | None
    roles: list[Role]
    is_of_firm: bool
    skills: list[Skill]
    on_duty: bool
    on_hand: int


class RepairCrew(Struct, kw_only=True):
    """Who works on repairs at a place today.

    `items`: All of them, those with the least on hand first.
    """

    items: list[CrewMemberView]
