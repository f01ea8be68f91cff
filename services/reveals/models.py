"""Requests to see a whole phone, name or identity number."""

from enum import StrEnum, auto
from typing import Annotated

from msgspec import Meta, Struct


class Field(StrEnum):
    PHONE = auto()
    NAME = auto()
    ID_NUMBER = auto()


class Reason(StrEnum):
    """Why staff need the whole of it (PIPL art. 6: as little as the purpose asks for)."""

    URGENT_REPAIR = auto()  # water, gas, lift: somebody must be reached now
    CONTACT_RESIDENT = auto()  # a notice or bill that does not reach them otherwise
    VERIFY_IDENTITY = auto()  # they stand at the window, or ask to be bound
    CORRECT_REGISTER = auto()  # they say that what we hold is wrong
    CARE = auto()  # old, ill or alone: somebody looks in
    LEGAL_DUTY = auto()  # a court, the police or another authority asks in writing


class Reveal(Struct, forbid_unknown_fields=True):
    """Request for a whole value, and its purpose.

    `fields`: Which of the masked fields to show.
    `reason`: What it is needed for; kept in the audit.
    """

    fields: Annotated[list[Field], Meta(min_length=1, max_length=len(Field))]
    reason: Reason


class Revealed(Struct, kw_only=True):
    """Values that were asked for; null for what is not held, or was not asked for.

    `phone`: Whole phone number, with country code.
    `name`: Whole name.
    `id_number`: Whole identity number.
    """

    phone: str | None = None
    name: str | None = None
    id_number: str | None = None
