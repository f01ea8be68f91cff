"""Requests to see a whole phone, name or identity number."""

from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.labels import Labelled


class Field(Labelled):
    PHONE = "phone", "手机号"
    NAME = "name", "姓名"
    ID_NUMBER = "id_number", "身份证号"


class Reason(Labelled):
    """Why staff need the whole of it (PIPL art. 6: as little as the purpose asks for)."""

    URGENT_REPAIR = (
        "urgent_repair",
        "紧急维修",
    )  # water, gas, lift: somebody must be reached now
    CONTACT_RESIDENT = (
        "contact_resident",
        "联系住户",
    )  # what does not reach them otherwise
    VERIFY_IDENTITY = (
        "verify_identity",
        "核实身份",
    )  # at the window, or asking to be bound
    CORRECT_REGISTER = "correct_register", "更正登记"  # they say that what we hold is wrong
    CARE = "care", "关怀走访"  # old, ill or alone: somebody looks in
    FEEDBACK = "feedback", "办理民情"  # who said something is asked more
    LEGAL_DUTY = (
        "legal_duty",
        "依法提供",
    )  # an authority asks in writing


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
