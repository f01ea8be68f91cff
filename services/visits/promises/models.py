"""Promises to pay (承诺缴费): what is kept, sent and seen of them. Never an amount."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.visits.promises.states import PromiseState

FARTHEST_DAYS: Final = 92  # a promise for a later day says nothing


class Promise(Struct, kw_only=True):
    """Word of a home, given to a head, that it pays what it owes by a day.

    `keeper`: to whom, see offices/keepers.py. `residencies`: of the household that gave it,
    `people`: who of them was bound. `bills`: what was owed then: what is billed later was not
    promised. `due_at`: the end of the day. `waits`: whether the head has still something to do.
    `ended_at`: since when it is no longer open. `forget_at`: when it goes: a year later.
    """

    id: str = field(name="_id")
    home: str
    keeper: str
    residencies: list[str]
    people: list[str]
    bills: list[str]
    day: Day
    due_at: datetime
    state: PromiseState
    waits: bool = True
    noted_by: str
    noted_at: datetime
    ended_at: datetime | None = None
    forget_at: datetime | None = None


class NewPromise(Struct, forbid_unknown_fields=True, kw_only=True):
    """Promise of a home to note.

    `home`: Path of the home.
    `day`: Last day by which it pays, today at the earliest.
    """

    home: PlacePath
    day: Day


class PromiseSort(Labelled):
    SOONEST = "soonest", "日期早的在前"
    LATEST = "latest", "日期晚的在前"


class PromisesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which promises to list.

    `state`: Waiting, kept, broken, paid late or closed ones.
    `home`: Path of a home: its promises only.
    `sort`: Order of the list.
    """

    state: PromiseState | None = None
    home: PlacePath | None = None
    sort: PromiseSort = PromiseSort.SOONEST


class PromiseView(Struct, kw_only=True):
    """Promise to pay, as the head to whom it was given sees it.

    `promise_id`: Opaque id of the promise.
    `home`: Path of the home.
    `address`: Address of the home.
    `day`: Last day by which it pays.
    `state`: Whether it waits, was kept, was broken, was paid after its day or is closed.
    `noted_at`: When it was noted.
    `ended_at`: Since when it is kept, broken or closed; null before.
    """

    promise_id: str
    home: PlacePath
    address: str
    day: Day
    state: PromiseState
    noted_at: datetime
    ended_at: datetime | None
