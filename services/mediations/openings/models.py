"""Openings of mediations: what is sent by a party, or by an office for parties."""

from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.labels import Labelled
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import Phone, Remark
from services.mediations.models import Matter
from services.mediations.parties.models import MOST
from services.mediations.states import MediationState
from services.people.models import PersonName


class Office(Labelled):
    """Office that a dispute may be about; who holds it does not mediate then."""

    UNIT_HEAD = "unit_head", Role.UNIT_HEAD.label
    BUILDING_HEAD = "building_head", Role.BUILDING_HEAD.label
    GRID_HEAD = "grid_head", Role.GRID_HEAD.label
    COMMUNITY_STAFF = "community_staff", Role.COMMUNITY_STAFF.label
    MEDIATION_MEMBER = "mediation_member", Role.MEDIATION_MEMBER.label


class NewParty(Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody with whom there is a dispute.

    `name`: Name, as the register has it.
    `home`: Path of their home; without it for somebody who lives elsewhere.
    `phone`: Number that the mediator may call.
    """

    name: PersonName
    home: PlacePath | None = None
    phone: Phone | None = None


class OpenMediation(Struct, forbid_unknown_fields=True, kw_only=True):
    """Wish that somebody mediates. It is free, and nobody has to take part.

    `matter`: What sort of dispute it is; the others are told so much.
    `statement`: What happened; the mediator alone reads it.
    `home`: Path of my home, when the dispute is mine; without it an office opens it for others.
    `parties`: The others in the dispute; by an office, all of them.
    `about`: Offices over these homes whose holders are in the dispute or complained of.
    """

    matter: Matter
    statement: Remark
    home: PlacePath | None = None
    parties: Annotated[list[NewParty], Meta(min_length=1, max_length=MOST)]
    about: Annotated[list[Office], Meta(max_length=5)] = []


class Opened(Struct, kw_only=True):
    """Mediation that was opened. An office that opened it sees no more of it.

    `mediation_id`: Opaque id of the mediation.
    `state`: How far it is.
    """

    mediation_id: str
    state: MediationState
