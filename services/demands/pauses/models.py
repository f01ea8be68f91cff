"""Pauses of demands: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.demands.pauses.states import DemandPauseState
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.permissions import Role
from services.kernel.types import Id, Reason
from services.kernel.vault import Sealed

REASON: Final = Sealed("demand_pauses", "reason")


class DemandPauseKind(Labelled):
    """Kind of reason to ask nobody for a time."""

    DISPUTE = "dispute", "有争议"
    AGREEMENT = "agreement", "已达成缴费约定"
    HARDSHIP = "hardship", "家庭困难"
    MISTAKE = "mistake", "账单待核对"
    PUBLIC = "public", "统一安排"
    OTHER = "other", "其他"


class Pause(Struct, kw_only=True):
    """Pause of demands at a place: a home, a compound, up to the city.

    `of_home`: whether it is of a single home. `firm`: only of what this firm is owed; "" for
    all. `reason_sealed`: such text names people.
    `until`: its last day; None until somebody lifts it.
    """

    id: str = field(name="_id")
    place: str
    of_home: bool
    firm: str = ""
    kind: DemandPauseKind
    reason_sealed: str
    from_day: Day
    until: Day | None = None
    by: str
    role: Role | None
    at: datetime
    state: DemandPauseState
    lifted_by: str = ""
    lifted_at: datetime | None = None


class SetDemandPause(Struct, forbid_unknown_fields=True, kw_only=True):
    """Pause to set, from today on.

    `kind`: Kind of the reason.
    `reason`: Why, for colleagues to read.
    `until`: Last day of the pause; without it until somebody lifts it.
    `firm_id`: Firm of which nothing is demanded; without it nobody demands anything. What the
        people of a firm set is always of their own firm.
    """

    kind: DemandPauseKind
    reason: Reason
    until: Day | None = None
    firm_id: Id | None = None


class DemandPauseSort(Labelled):
    PLACE = "place", "按地点"


class DemandPausesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which pauses to list.

    `state`: Pauses that are set or lifted; both without it.
    `kind`: Kind of the reason; all without it.
    `sort`: Order of the list.
    """

    state: DemandPauseState | None = None
    kind: DemandPauseKind | None = None
    sort: DemandPauseSort = DemandPauseSort.PLACE


class DemandPauseView(Struct, kw_only=True):
    """Pause of demands at a place and below it.

    `pause_id`: Opaque id of the pause.
    `place`: Path of the place.
    `address`: Address of the place.
    `firm`: Name of the firm of which nothing is demanded; null for all.
    `kind`: Kind of the reason.
    `reason`: Why.
    `from_day`: Its first day.
    `until`: Its last day; null until somebody lifts it.
    `role`: Office of who set it; null where it was not kept.
    `at`: When it was set.
    `state`: Whether it is set or lifted.
    `lifted_at`: When it was lifted; null before.
    """

    pause_id: str
    place: str
    address: str
    firm: Annotated[str | None, Meta(examples=["安居物业"])]
    kind: DemandPauseKind
    reason: Annotated[str, Meta(examples=["水费分摊正在核对"])]
    from_day: Day
    until: Annotated[Day | None, Meta(examples=["2026-06-30"])]
    role: Role | None
    at: datetime
    state: DemandPauseState
    lifted_at: datetime | None
