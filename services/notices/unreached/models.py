"""Homes that a notice means and did not reach, for whoever may knock at their doors."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.messaging.broadcasts.models import Because
from services.notices.contents.models import Title
from services.notices.visits.models import VisitResult

# What clients send


class UnreachedQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which homes to list that one notice did not reach.

    `because`: Homes that were not reached for this reason; all without it.
    `place`: Path of a place; homes below it, all without it.
    """

    because: Because | None = None
    place: PlacePath | None = None


class UnreachedHomesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which homes of a place to list that its notices did not reach.

    `because`: Homes that were not reached for this reason; all without it.
    """

    because: Because | None = None


# What clients see


class UnreachedHome(Struct, kw_only=True):
    """Home that a notice means and that it did not reach.

    `home`: Path of the home.
    `address`: Address of the home.
    `notice_id`: Opaque id of the notice.
    `title`: Title of the notice.
    `because`: How far what it was told got.
    `people`: People of the home who have the notice in their inbox.
    `visits`: How often somebody knocked because of the notice.
    `last_visit_at`: When that was recorded last; null for never.
    `last_visit_result`: What came of it; null for never.
    """

    home: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋2单元502号"])]
    notice_id: str
    title: Title
    because: Because
    people: int
    visits: int
    last_visit_at: datetime | None
    last_visit_result: VisitResult | None
