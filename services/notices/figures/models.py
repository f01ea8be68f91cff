"""Figures of a notice: how far it reached, and how far its telling got."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.paths import PlacePath
from services.messaging.broadcasts.models import HomesReached, PeopleReached
from services.messaging.broadcasts.states import BroadcastState

# What clients send


class ReachQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Where to count.

    `place`: Path of a place of the notice; the place around all of it without it.
    """

    place: PlacePath | None = None


# What clients see


class NoticeProgress(Struct, kw_only=True):
    """Progress of telling those whom a notice is for: its inbox entries, and their pushes.

    Whether anybody looked is told by the reach of the notice alone. Every push that was tried
    is pushed, refused, failed or unknown. Figures about fewer than five homes are null for
    somebody who may not see the residents, and so are all while the homes are gathered.

    `notice_id`: Opaque id of the notice.
    `state`: How far it is.
    `version`: Number that rises with each step.
    `homes`: Homes that it means, as far as they are gathered.
    `people`: People who have it in their inbox.
    `tried`: Pushes that were tried, whatever came of them.
    `pushed`: Pushes that WeChat accepted.
    `refused`: Pushes that the person does not want, or allowed no more.
    `failed`: Pushes that WeChat refused for another reason.
    `unknown`: Pushes of which WeChat told nothing; they are not tried again.
    `dropped`: Pushes that were left out, by quiet hours or another push within the hour.
    `held`: People whose push waits: they got another within the hour, or WeChat was busy.
    `next_push_at`: When pushing goes on, e.g. after the quiet hours; null while it does, and
    when nothing is left to push.
    `done_at`: When it was done or stopped; null before.
    """

    notice_id: str
    state: BroadcastState
    version: int
    homes: int | None = None
    people: int | None = None
    tried: int | None = None
    pushed: int | None = None
    refused: int | None = None
    failed: int | None = None
    unknown: int | None = None
    dropped: int | None = None
    held: int | None = None
    next_push_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def event_id(self) -> str:
        """Name of this state of things; a stop does not count as a step."""
        return f"{self.version}-{self.state}"

    @property
    def is_last(self) -> bool:
        return self.state in {BroadcastState.DONE, BroadcastState.STOPPED}


class ReachedAt(Struct, kw_only=True):
    """Reach of a notice at one place.

    `place`: Path of the place.
    `address`: The place, as people say it.
    `homes`: Homes there; null where it would tell of fewer than five homes to somebody who may
    not see them.
    `people`: People there; null where `homes` is.
    """

    place: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋"])]
    homes: HomesReached | None
    people: PeopleReached | None


class NoticeReach(Struct, kw_only=True):
    """Reach of a notice at a place, counted when it is asked for.

    `notice_id`: Opaque id of the notice.
    `progress`: Progress of the telling, of the whole notice.
    `here`: Reach at the place.
    `below`: Reach at each place directly below it that is meant; none below a unit.
    """

    notice_id: str
    progress: NoticeProgress
    here: ReachedAt
    below: list[ReachedAt]
