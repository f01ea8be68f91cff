"""Agreements of a mediation: their versions, and what is confirmed of them."""

import hashlib
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.types import TEXT as TEXT_PATTERN
from services.kernel.types import Id
from services.kernel.vault import Sealed

TEXT: Final = Sealed("mediation_agreements", "text")
LONGEST: Final = 4000
# Working days until the follow-up: where the mediator names no other number, and about a year.
FOLLOWED_UP_AFTER: Final = 20
MOST_DAYS: Final = 250
Terms = Annotated[str, Meta(min_length=1, max_length=LONGEST, pattern=TEXT_PATTERN)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class Form(Labelled):
    """Form of an agreement (人民调解法 art. 28)."""

    WRITTEN = "written", "协议书"
    ORAL = "oral", "口头协议(记录)"


class Agreement(Struct, kw_only=True):
    """Version of an agreement. `sha256`: of the words that are confirmed; it stays."""

    id: str = field(name="_id")
    mediation: str
    version: int
    form: Form
    text_sealed: str
    sha256: str
    by: str
    created_at: datetime


def agreement_id(mediation_id: str, version: int) -> str:
    return f"{mediation_id}:{version:04d}"


def digest(mediation_id: str, version: int, form: Form, text: str) -> str:
    """Return what is confirmed: the SHA-256 of the mediation, the version, form and words."""
    whole = "\n".join((mediation_id, str(version), form, text))
    return hashlib.sha256(whole.encode()).hexdigest()


class ProposeAgreement(Struct, forbid_unknown_fields=True, kw_only=True):
    """Agreement as the mediator writes it down. It calls the parties 甲方, 乙方 and so on.

    `form`: Whether it is a paper, or the record of what was said.
    `text`: What each party does, and until when.
    `follow_up_days`: Working days after which the mediator asks whether it is kept.
    """

    form: Form
    text: Terms
    follow_up_days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = FOLLOWED_UP_AFTER


class ConfirmAgreement(Struct, forbid_unknown_fields=True, kw_only=True):
    """Word of a party on the agreement that they were shown.

    `sha256`: `sha256` of the agreement.
    `agree`: Whether they agree to it; a no takes it back to the talks.
    """

    sha256: Sha256
    agree: bool


class NoteSignature(Struct, forbid_unknown_fields=True, kw_only=True):
    """Word of a party on paper, as the mediator notes it.

    `sha256`: `sha256` of the agreement that was signed.
    `agree`: Whether they signed it; a no takes it back to the talks.
    `photo_ids`: Ids of the photos of the signed paper (purpose `case`); needed for a yes.
    """

    sha256: Sha256
    agree: bool
    photo_ids: Annotated[list[Id], Meta(max_length=6)] = []


class AgreementView(Struct, kw_only=True):
    """Agreement that the parties are to confirm, or that is in force.

    `version`: Number of the version.
    `form`: Whether it is a paper, or the record of what was said.
    `text`: What each party does.
    `sha256`: What a party sends back to confirm exactly this.
    `in_force_at`: Since when it is in force; null before all have confirmed.
    `follow_up_days`: Working days after which the mediator asks whether it is kept.
    """

    version: int
    form: Form
    text: Annotated[str, Meta(examples=["甲方晚上九点后不练琴。"])]
    sha256: Sha256
    in_force_at: datetime | None
    follow_up_days: int
