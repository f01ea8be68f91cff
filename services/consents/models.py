"""What somebody agreed to, when, and until when."""

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
    """The version that was read: an older one than the current is not enough."""

    policy: PolicyKey
    version: Version


class PolicyView(Struct, kw_only=True):
    """`text`: Markdown."""

    policy: PolicyKey
    version: int
    title: str
    from_day: Day
    sha256: str
    text: str


class ConsentView(Struct, kw_only=True):
    consent_id: str
    policy: PolicyKey
    version: int
    sha256: str
    given_at: datetime
    withdrawn_at: datetime | None


class Withdrawal(Struct, kw_only=True):
    """`explanation`: what goes on and what does not, for the person to read."""

    policy: PolicyKey
    withdrawn_at: datetime
    explanation: str
