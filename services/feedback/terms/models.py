"""Terms of feedback (办理时限): how long it may lie with each office."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.working_time.models import WORKING_DAY

# From an hour to sixty working days: nobody is to wait longer.
Minutes = Annotated[int, Meta(ge=60, le=60 * WORKING_DAY, examples=[WORKING_DAY])]
VersionNumber = Annotated[int, Meta(ge=0, le=10**6, examples=[1])]


class Spans(Struct, frozen=True, kw_only=True):
    """Minutes of working time for each office with which feedback can lie.

    No law says how soon a head answers. A unit head is a neighbour and volunteer: a working day
    to look; each rung above has more to ask and to arrange. The firm has as long as a
    community. A department follows rules of its own, and the community asks there.
    """

    unit_head: int = WORKING_DAY
    building_head: int = WORKING_DAY
    grid_head: int = 2 * WORKING_DAY
    community_staff: int = 3 * WORKING_DAY
    subdistrict_staff: int = 5 * WORKING_DAY
    firm_manager: int = 3 * WORKING_DAY
    department: int = 10 * WORKING_DAY


DEFAULTS: Final = Spans()


class Terms(Struct, kw_only=True):
    """Terms of a city. `id`: its path. `version`: how often they were set."""

    id: str = field(name="_id")
    spans: Spans
    version: int
    set_by: str
    set_at: datetime


class SetFeedbackTerms(Struct, forbid_unknown_fields=True, kw_only=True):
    """Terms to set, in minutes of working time. What lies somewhere keeps its deadline.

    `after_version`: Version that was seen; 0 for the product's own.
    `unit_head`: For the unit head.
    `building_head`: For the building head.
    `grid_head`: For the grid head.
    `community_staff`: For the community.
    `subdistrict_staff`: For the subdistrict.
    `firm_manager`: For the firm, beside the ladder.
    `department`: For a department, beside the ladder.
    """

    after_version: VersionNumber
    unit_head: Minutes = DEFAULTS.unit_head
    building_head: Minutes = DEFAULTS.building_head
    grid_head: Minutes = DEFAULTS.grid_head
    community_staff: Minutes = DEFAULTS.community_staff
    subdistrict_staff: Minutes = DEFAULTS.subdistrict_staff
    firm_manager: Minutes = DEFAULTS.firm_manager
    department: Minutes = DEFAULTS.department


class FeedbackTermsView(Struct, kw_only=True):
    """Terms that count today, in minutes of working time.

    `version`: How often they were set; 0 for the product's own.
    `unit_head`: For the unit head.
    `building_head`: For the building head.
    `grid_head`: For the grid head.
    `community_staff`: For the community.
    `subdistrict_staff`: For the subdistrict.
    `firm_manager`: For the firm, beside the ladder.
    `department`: For a department, beside the ladder.
    """

    version: int
    unit_head: Minutes
    building_head: Minutes
    grid_head: Minutes
    community_staff: Minutes
    subdistrict_staff: Minutes
    firm_manager: Minutes
    department: Minutes
