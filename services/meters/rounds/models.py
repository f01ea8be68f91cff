"""Rounds of metered bills: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.pages import ListQuery, ShortListQuery
from services.meters.consumption import MeterObstacle
from services.meters.models import DialValue, MeterKind, Serial
from services.meters.rounds.states import MeterRoundState

BILL: Final = "meters.bill"  # the job that bills the meters

Counts = Annotated[dict[str, int], Meta(examples=[{"never_read": 2}])]


class MeterRound(Struct, kw_only=True):
    """Round in which the meters of one kind in a compound are billed up to a day.

    `id`: a digest of these, so that the same round asked for again is this one. `after`: home
    and id of the last meter that was looked at. `left`: obstacle → meters not billed for it.
    """

    id: str = field(name="_id")
    place: str
    kind: MeterKind
    to_day: Day
    state: MeterRoundState = MeterRoundState.BILLING
    after: list[str] = []
    bills: int = 0
    estimated: int = 0
    amount_fen: int = 0
    left: dict[str, int] = {}
    asked_by: str
    asked_at: datetime


class StartMeterRound(Struct, forbid_unknown_fields=True, kw_only=True):
    """Round of metered bills to start.

    `kind`: Meters that are billed.
    `to_day`: Day up to whose end they are billed; a day that is over.
    """

    kind: MeterKind
    to_day: Day


class MeterRoundsQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rounds to list, the latest day first.

    `kind`: Meters that were billed; all without it.
    `state`: How far they are; all without it.
    """

    kind: MeterKind | None = None
    state: MeterRoundState | None = None


class MeterDuesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which meters to look at, and up to which day.

    `kind`: Meters that would be billed.
    `to_day`: Day up to whose end they would be billed; yesterday without it.
    """

    kind: MeterKind = MeterKind.WATER
    to_day: Day | None = None


class MeterRoundView(Struct, kw_only=True):
    """Round of metered bills.

    `round_id`: Id of the round that billed it.
    `place`: Path of the compound.
    `kind`: Meters that are billed.
    `to_day`: Day up to whose end they are billed.
    `state`: How far it is.
    `bills`: Number of bills.
    `estimated`: Number of these that are estimated.
    `amount_fen`: Sum of the bills, in fen.
    `left`: Number of meters that were not billed, by reason.
    `asked_at`: When it was started.
    """

    round_id: Annotated[str, Meta(examples=["7m2k9x4c1v8b5n3q"])]
    place: str
    kind: MeterKind
    to_day: Annotated[Day, Meta(examples=["2026-11-30"])]
    state: MeterRoundState
    bills: int
    estimated: int
    amount_fen: int
    left: Counts
    asked_at: datetime


class MeterDueView(Struct, kw_only=True):
    """What a meter would be billed for, or why not.

    `meter_id`: Opaque id of the meter.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: What it counts.
    `serial`: Number on the meter.
    `first_day`: First day that would be billed; null when nothing is.
    `last_day`: Last day that would be billed; null when nothing is.
    `before`: Value of the dial up to which the home is billed, in 0.001 of the unit.
    `after`: Value up to which it would be; null when nothing is.
    `is_estimated`: Whether that value is estimated.
    `amount_fen`: What would be billed, in fen.
    `explanation`: The whole computation, in Chinese; empty when nothing is.
    `because`: Why nothing is billed; null otherwise.
    """

    meter_id: str
    home: str
    address: str
    kind: MeterKind
    serial: Serial
    first_day: Day | None
    last_day: Day | None
    before: DialValue
    after: Annotated[int | None, Meta(examples=[1_244_500])]
    is_estimated: bool
    amount_fen: int
    explanation: str
    because: MeterObstacle | None
