"""Terms of feedback (办理时限): how long it may lie with each office."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

WORKING_DAY: Final = 420  # minutes: 08:30 to 11:30, 13:00 to 17:00
# From an hour to sixty working days: nobody is to wait longer.
Minutes = Annotated[int, Meta(ge=60, le=60 * WORKING_DAY, examples=[WORKING_DAY])]
VersionNumber = Annotated[int, Meta(ge=0, le=10**6, examples=[1])]


class Spans(Struct, frozen=True, kw_only=True):
    """Minutes of working time for each office with which feedback can lie.

    No law says how soon a head answers. A unit head is a neighbour and volunteer: a working day
    to look; each rung above has more to ask and to arrange. The firm has as long as a
    community. A department follows rules of its own, and the community asks there.

    `unit_head`: For the unit head.
    `building_head`: For the building head.
    `grid_head`: For the grid head.
    `community_staff`: For the community.
    `subdistrict_staff`: For the subdistrict.
    `firm_manager`: For the firm, beside the ladder.
    `department`: For a department, beside the ladder.
    """

    unit_head: Minutes = WORKING_DAY
    building_head: Minutes = WORKING_DAY
    grid_head: Minutes = 2 * WORKING_DAY
    community_staff: Minutes = 3 * WORKING_DAY
    subdistrict_staff: Minutes = 5 * WORKING_DAY
    firm_manager: Minutes = 3 * WORKING_DAY
    department: Minutes = 10 * WORKING_DAY


class Terms(Struct, kw_only=True):
    """Terms of a city. `id`: its path. `version`: how often they were set."""

    id: str = field(name="_id")
    spans: Spans
    version: int
    set_by: str
    set_at: datetime


class SetTerms(Struct, forbid_unknown_fields=True, kw_only=True):
    """Terms to set. What lies somewhere already keeps its deadline.

    `after_version`: Version that was seen; 0 for the product's own.
    `spans`: Minutes of working time for each office.
    """

    after_version: VersionNumber
    spans: Spans


class FeedbackTermsView(Struct, kw_only=True):
    """Terms that count today.

    `spans`: Minutes of working time for each office.
    `version`: How often they were set; 0 for the product's own.
    """

    spans: Spans
    version: int
