"""Consents: one agreement of one person to one text."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.consents.policies import PolicyKey
from services.kernel.days import Day

Version = Annotated[int, Meta(ge=1, le=10**6)]


class Consent(Struct, kw_only=True):
    """One agreement to one text. Written once; a withdrawal adds its instant and no more."""

    id: str = field(name="_id")
    person: str
    policy: PolicyKey
    version: int
    sha256: str  # of the text that was shown
    given_at: datetime
    withdrawn_at: datetime | None = None


# What clients send and see


class GiveConsent(Struct, forbid_unknown_fields=True):
    """Agreement to a text in the version that was read, which has to be the current one.

    `policy`: Text that is agreed to.
    `version`: Version that was shown.
    """

    policy: PolicyKey
    version: Version


class PolicyView(Struct, kw_only=True):
    """Text that people are asked to agree to.

    `policy`: Key of the text.
    `version`: Number of the version, from 1.
    `title`: Title of the text, in Chinese.
    `from_day`: First day of this version.
    `sha256`: SHA-256 of the text, as hexadecimal digits.
    `text`: The text itself, in Markdown.
    """

    policy: PolicyKey
    version: int
    title: str
    from_day: Day
    sha256: str
    text: str


class ConsentView(Struct, kw_only=True):
    """Agreement of a person to a text.

    `consent_id`: Opaque id of the agreement.
    `policy`: Text that was agreed to.
    `version`: Version of the text.
    `sha256`: SHA-256 of the text that was shown, as hexadecimal digits.
    `given_at`: When it was agreed to.
    `withdrawn_at`: When the agreement was withdrawn; null while it holds.
    """

    consent_id: str
    policy: PolicyKey
    version: int
    sha256: str
    given_at: datetime
    withdrawn_at: datetime | None


class Withdrawal(Struct, kw_only=True):
    """Agreement that was withdrawn.

    `policy`: Text that is agreed to no longer.
    `withdrawn_at`: When it was withdrawn.
    `explanation`: What goes on and what does not, in Chinese, for the person to read.
    """

    policy: PolicyKey
    withdrawn_at: datetime
    explanation: str
