"""Rows of the audit: acts, their results and facts. Never a name, never a phone number."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from msgspec import Meta, Struct, field

from services.kernel.acts import Act
from services.kernel.chains import START
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Opaque

SubjectId = Annotated[Opaque, Meta(min_length=1)]

LANES: Final = 64
# Cybersecurity Law (网络安全法): network logs at least six months; ours stay a year.
KEEP: Final = timedelta(days=366)


class Result(Labelled):
    DONE = "done", "完成"
    REFUSED = "refused", "拒绝"


class Row(Struct, kw_only=True):
    """One act. `id` is lane and number, so that a missing row shows.

    `mac` is keyed and covers everything else, `previous` included: nobody who only holds the
    database can change, insert or take away a row without a later row showing it.
    """

    id: str = field(name="_id")
    at: datetime
    position: str  # sorts by time over all lanes
    person: str
    session: str
    act: Act
    result: Result
    code: str = ""  # why it was refused
    place: str
    under: list[str]  # the place and all above it, or nowhere: a scope is one equality
    subject: str  # the id of what it was done to
    on_behalf_of: str = ""  # the person or residency a member of staff acted for
    facts: dict[str, Any] = {}
    request_id: str
    address: str
    key_id: str
    previous: str
    mac: str = ""


class Head(Struct, kw_only=True):
    """The end of a lane."""

    lane: int = field(name="_id")
    number: int = 0
    mac: str = START


class RowSort(Labelled):
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class AuditQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rows of the audit to list.

    `person`: Id of the person who acted.
    `subject`: Id of what was acted on, e.g. a bill or an appointment.
    `act`: Kind of act.
    `result`: Whether it was done or refused.
    `place`: Path of a place that I audit: what was done there and below.
    `at_from`: First day of the acts.
    `at_to`: Last day of the acts.
    `sort`: Order of the list.
    """

    person: SubjectId | None = None
    subject: SubjectId | None = None
    act: Act | None = None
    result: Result | None = None
    place: PlacePath | None = None
    at_from: Day | None = None
    at_to: Day | None = None
    sort: RowSort = RowSort.NEWEST


class RowView(Struct, kw_only=True):
    """Row of the audit: one act of one person.

    `row`: Chain of the audit, and number of the row in it.
    `at`: When it happened.
    `position`: Position of the row in the list.
    `person_id`: Id of the person who acted.
    `act`: What was done or tried.
    `result`: Whether it was done or refused.
    `code`: Stable code of the refusal; empty when it was done.
    `place`: Path of the place it concerned; empty for none.
    `subject`: Id of what was acted on; empty for none.
    `on_behalf_of`: Id of the person or residency staff acted for; empty for none.
    `facts`: Further facts, by the kind of act; no personal data.
    `request_id`: Id of the request, as in the X-Request-Id header.
    `address`: Internet address that the request came from.
    """

    row: str
    at: datetime
    position: str
    person_id: str
    act: Act
    result: Result
    code: str
    place: str
    subject: str
    on_behalf_of: str
    facts: dict[str, Any]
    request_id: str
    address: str
