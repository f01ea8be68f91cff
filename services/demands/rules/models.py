"""Rules of demands: on which days a compound's homes are reminded by themselves."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.demands.rounds.models import EVERY_DAYS, EveryDays
from services.kernel.days import Day
from services.kernel.permissions import Role

# Days after the due day: never on it, and never before it.
DaysAfter = Annotated[int, Meta(ge=1, le=365, examples=[3])]


class DemandRule(Struct, kw_only=True):
    """Rule of one creditor in a compound. `id`: compound and firm.

    `firm`: only what this firm is owed is asked for; "" for all, as the community does.
    `last_on`: the last day on which it was looked at; None before.
    """

    id: str = field(name="_id")
    place: str
    firm: str = ""
    days_after: list[int]
    every_days: int
    is_on: bool
    by: str
    role: Role | None
    at: datetime
    version: int = 0
    last_on: Day | None = None


def rule_id(place: str, firm: str) -> str:
    return f"{place}|{firm}"


class SetDemandRule(Struct, forbid_unknown_fields=True, kw_only=True):
    """Rule of a compound to set.

    `days_after`: On how many days after a due day who has not paid is reminded.
    `every_days`: A household that was reminded within so many days is left out.
    `is_on`: Whether the rule reminds anybody.
    """

    days_after: Annotated[list[DaysAfter], Meta(min_length=1, max_length=6)]
    every_days: EveryDays = EVERY_DAYS
    is_on: bool = True


class DemandRuleView(Struct, kw_only=True):
    """Rule by which homes of a compound are reminded by themselves.

    `place`: Path of the compound.
    `days_after`: On how many days after a due day who has not paid is reminded.
    `every_days`: A household that was reminded within so many days is left out.
    `is_on`: Whether the rule reminds anybody.
    `role`: Office of who set it; null where it was not kept.
    `at`: When it was set.
    """

    place: str
    days_after: list[DaysAfter]
    every_days: EveryDays
    is_on: bool
    role: Role | None
    at: datetime
