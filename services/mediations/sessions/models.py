"""Sessions of a mediation: when and where one meets, who came, and what was said."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.types import TEXT as TEXT_PATTERN
from services.kernel.types import Id, Instant, Reason
from services.kernel.vault import Sealed
from services.mediations.parties.models import MOST as MOST_PARTIES
from services.mediations.sessions.states import SessionState

WHERE: Final = Sealed("mediation_sessions", "where")
MINUTES: Final = Sealed("mediation_sessions", "minutes")
MOST: Final = 30  # of one mediation
Minutes = Annotated[str, Meta(min_length=1, max_length=4000, pattern=TEXT_PATTERN)]


class Session(Struct, kw_only=True):
    """Session of a mediation. `present`: ids of the parties who came. `by`: who planned it."""

    id: str = field(name="_id")
    mediation: str
    state: SessionState
    begins: datetime
    where_sealed: str
    minutes_sealed: str = ""
    present: list[str] = []
    by: str
    created_at: datetime


class PlanSession(Struct, forbid_unknown_fields=True, kw_only=True):
    """When and where the parties meet the mediator.

    `begins`: When it begins.
    `where`: Where, as people find it.
    """

    begins: Instant
    where: Reason


class HoldSession(Struct, forbid_unknown_fields=True, kw_only=True):
    """What came of a session.

    `minutes`: What was said; the mediator alone reads it (人民调解法 art. 27).
    `present`: Ids of the parties who came.
    """

    minutes: Minutes
    present: Annotated[list[Id], Meta(max_length=MOST_PARTIES)]


class MediationSessionView(Struct, kw_only=True):
    """Session of a mediation.

    `session_id`: Opaque id of the session.
    `state`: Whether it is planned, was held or was cancelled.
    `begins`: When it begins.
    `where`: Where; null once it is cleared.
    `present`: Ids of the parties who came.
    `minutes`: What was said, for the mediator; else null.
    """

    session_id: str
    state: SessionState
    begins: datetime
    where: Annotated[str, Meta(examples=["社区调解室"])] | None
    present: Annotated[list[str], Meta(examples=[["01hzy3v7k2m4n6p8q0r2s4t6v8:01"]])]
    minutes: Annotated[str, Meta(examples=["双方约定晚上十点后不练琴"])] | None
