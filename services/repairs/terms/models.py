"""Terms of repairs (时限): how soon somebody comes, and how soon it is mended."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import Id
from services.repairs.categories.models import CategoryCode
from services.repairs.classes import Danger
from services.working_time.models import Pace, Span

# A planned repair waits for the warm season, half a year; nothing is promised for longer.
LONGEST_MINUTES: Final = 200 * 24 * 60
Minutes = Annotated[int, Meta(ge=5, le=LONGEST_MINUTES)]
VersionNumber = Annotated[int, Meta(ge=0, le=10**6)]


class Terms(Struct, frozen=True, kw_only=True):
    """Terms that a ticket has, computed once when it is filed.

    `version_id`: id of the version they come from; "default" for the product's own.
    """

    response: Span
    completion: Span
    version_id: str


class TermsVersion(Struct, kw_only=True):
    """Version of the terms of one scope. It is never changed and never removed.

    A scope is a place, a contract ("" for whoever serves the place), a category with all that
    lies in it ("" for all), and a class of danger. On a day the highest version counts whose
    first day has come. One without spans says nothing: what is said more generally counts.
    """

    id: str = field(name="_id")  # a digest of the scope and the version
    place: str  # a city or a compound
    contract: str = ""
    category: str = ""
    danger: Danger
    version: int
    from_day: Day
    response: Span | None = None
    completion: Span | None = None
    set_by: str
    set_at: datetime


class Allowance(Struct, forbid_unknown_fields=True, kw_only=True):
    """Length of time that something may take.

    `minutes`: Minutes, at least 5.
    `pace`: Whether they count day and night or in working hours.
    """

    minutes: Minutes
    pace: Pace


class NewTerms(Struct, forbid_unknown_fields=True, kw_only=True):
    """Version of terms to write, which counts from a day on.

    `after_version`: Latest version of these terms that was seen; 0 for the first.
    `contract_id`: Contract of the compound that agrees on them; whoever serves it without it.
    `category`: Category, with all that lies in it; all categories without it.
    `danger`: Class of danger.
    `response`: Until somebody takes it on. Without both, what is said more generally counts.
    `completion`: Until it is mended.
    `from_day`: First day for new tickets, today at the earliest.
    """

    after_version: VersionNumber
    contract_id: Id | None = None
    category: CategoryCode | None = None
    danger: Danger
    response: Allowance | None = None
    completion: Allowance | None = None
    from_day: Day


class TermsSort(Labelled):
    PLACE = "place", "按地点"
    NEWEST = "newest", "最新设定的在前"


class TermsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which versions of terms to list.

    `contract_id`: Contract that agrees on them.
    `category`: Category they are for, not those it lies in.
    `danger`: Class of danger.
    `begun_by`: Latest first day.
    `sort`: Order of the list.
    """

    contract_id: Id | None = None
    category: CategoryCode | None = None
    danger: Danger | None = None
    begun_by: Day | None = None
    sort: TermsSort = TermsSort.PLACE


class TermsView(Struct, kw_only=True):
    """Version of terms of repairs.

    `version_id`: Opaque id of the version.
    `place`: Path of the city or compound.
    `address`: Name of that place, as people say it.
    `contract_id`: Contract that agrees on them; null for whoever serves the place.
    `category`: Category, with all that lies in it; null for all.
    `category_label`: Name of the category; empty for all.
    `danger`: Class of danger.
    `version`: Number of the version, the first is 1.
    `from_day`: First day for new tickets.
    `response`: Until somebody takes it on; null where what is said more generally counts.
    `completion`: Until it is mended; null where what is said more generally counts.
    `set_at`: When it was written.
    """

    version_id: str
    place: str
    address: str
    contract_id: str | None
    category: Annotated[str, Meta(examples=["water_leak"])] | None
    category_label: Annotated[str, Meta(examples=["水管漏水"])]
    danger: Danger
    version: int
    from_day: Day
    response: Allowance | None
    completion: Allowance | None
    set_at: datetime


class TermsOrigin(Labelled):
    """Who set the terms that count."""

    DEFAULT = "default", "系统默认"
    CITY = "city", "全市"
    COMPOUND = "compound", "小区"
    CONTRACT = "contract", "物业合同"


class EffectiveTermsQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """For which repairs to tell the terms that count.

    `category`: Category of the repairs; those without terms of their own without it.
    """

    category: CategoryCode | None = None


class EffectiveTerms(Struct, kw_only=True):
    """Terms that a repair of a class of danger would have today.

    `danger`: Class of danger.
    `response`: Until somebody takes it on.
    `completion`: Until it is mended.
    `origin`: Who set them.
    `version_id`: Id of the version that says so; null for the product's own.
    """

    danger: Danger
    response: Allowance
    completion: Allowance
    origin: TermsOrigin
    version_id: str | None


class EffectiveTermsView(Struct, kw_only=True):
    """Terms that count today at a place, for each class of danger.

    `place`: Path of the place.
    `contract_id`: Contract of the firm that serves it today; null for none.
    `items`: One for each class, the most dangerous first.
    """

    place: str
    contract_id: str | None
    items: list[EffectiveTerms]
