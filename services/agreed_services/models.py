"""Agreed services: what is kept, sent and seen of services that a building agrees to."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.agreed_services.states import ServiceState
from services.fees.models import PayeeId, Usages
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery, ShortListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE, Id, Reason, Remark
from services.photos.models import PhotoUrl
from services.places.models import Usage

MOST_HOMES: Final = 3000  # their shares stand in one document
MOST_MONTHS: Final = 36
MOST_PHOTOS: Final = 6
MOST_SHOWN: Final = 50  # of one home, the latest
CLOSE: Final = "agreed_services.close"  # the job that counts the answers
BILL: Final = "agreed_services.bill"  # the job that bills a month

ServiceTitle = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["单元门禁维护"])
]
ServiceFen = Annotated[int, Meta(ge=1, le=10**9)]
AreaPrice = Annotated[int, Meta(ge=1, le=10**7)]  # 0.0001 yuan per m²
Percent = Annotated[int, Meta(ge=1, le=100)]
Source = Annotated[
    str,
    Meta(min_length=1, max_length=100, pattern=LINE, examples=["2单元业主议事规则第5条"]),
]


class Pricing(Labelled):
    """How the price of a service is set."""

    HOME = "home", "每户"
    AREA = "area", "每平方米"
    SUM_BY_HOME = "sum_by_home", "总额按户分摊"
    SUM_BY_AREA = "sum_by_area", "总额按面积分摊"

    @property
    def by_area(self) -> bool:
        return self in (Pricing.AREA, Pricing.SUM_BY_AREA)

    @property
    def is_sum(self) -> bool:
        return self in (Pricing.SUM_BY_HOME, Pricing.SUM_BY_AREA)


class Rhythm(Labelled):
    """How often a service is charged."""

    ONCE = "once", "一次"
    MONTHLY = "monthly", "每月"


class ServicePart(Labelled):
    """Which homes pay for a service once it is agreed."""

    ALL = "all", "全部房屋"
    AGREEING = "agreeing", "同意的房屋"


class Counting(Labelled):
    """What the share of agreement is counted by."""

    HOMES = "homes", "按户数"
    HOMES_AND_AREA = "homes_and_area", "按户数和面积"


class Share(Struct, frozen=True):
    """Share of one home. `area`: in 0.01 m²; 0 where it is not known and not needed."""

    home: str
    area: int
    amount_fen: int


class AgreedService(Struct, kw_only=True):
    """Service for a place that its homes are asked about, with what each would pay.

    `slot`: "title|place" until it is over, unique per compound: asked once at a time.
    `amount_fen`: for each home, or the whole sum; `price`: in 0.0001 yuan per m². Of a month
    where it is monthly. `homes`, `area`: of all that are asked; `agreed`, `agreed_area`,
    `declined`: of the answers so far. `month`: the month to be billed next, `done`: how many of
    its shares the worker has looked at.
    """

    id: str = field(name="_id")
    compound: str
    place: str
    slot: str
    title: str
    description: str
    pricing: Pricing
    amount_fen: int = 0
    price: int = 0
    rhythm: Rhythm
    part: ServicePart
    from_day: Day
    to_day: Day
    closing_day: Day
    closes_at: datetime
    needed_percent: int
    counting: Counting
    source: str
    photos: list[str] = []
    usages: list[Usage]
    payee: str
    account: str
    payee_name: str
    shares: list[Share] = []  # by path of the homes; empty where they are not read
    homes: int
    area: int
    agreed: int = 0
    agreed_area: int = 0
    declined: int = 0
    state: ServiceState = ServiceState.PROPOSED
    month: str = ""
    done: int = 0
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""
    counted_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_because: str = ""

    @property
    def is_enough(self) -> bool:
        """Tell whether as many agreed as are needed, by homes and, if asked, by area."""
        enough = self.agreed * 100 >= self.needed_percent * self.homes
        if self.counting is Counting.HOMES:
            return enough
        return enough and self.agreed_area * 100 >= self.needed_percent * self.area


class Answer(Struct, kw_only=True):
    """Answer of one home to a service: the last one of its owners before the closing day.

    `person`: who gave it; "" for one on paper, which `entered_by` wrote down. `photo_ids`: of
    the paper. `owners`: ids of the residencies by which they owned the home then: of who gave
    it, or of all owners who were known where it is on paper. It is that household's alone.
    """

    id: str = field(name="_id")
    service: str
    home: str
    area: int
    agree: bool
    person: str = ""
    entered_by: str = ""
    photo_ids: list[str] = []
    owners: list[str] = []
    at: datetime

    @property
    def on_paper(self) -> bool:
        return not self.person


class NewAgreedService(Struct, forbid_unknown_fields=True, kw_only=True):
    """Service to ask the homes of a place about, once another person has looked at it.

    `title`: What it is, e.g. 单元门禁维护.
    `description`: What is done, how often, and by whom.
    `pricing`: How the price is set.
    `amount_fen`: What each home pays, or the whole sum, in fen; a month's where it is monthly.
    `price`: Price per square metre, in 0.0001 yuan; a month's where it is monthly.
    `rhythm`: How often it is charged.
    `part`: Which homes pay; those who did not agree pay nothing for `agreeing`.
    `from_day`: First day of the service; the first of a month where it is monthly.
    `to_day`: Last day of the service; the last of a month where it is monthly.
    `closing_day`: Last day on which homes may answer, before the first day of the service.
    `needed_percent`: How many must agree, in percent of all homes that are asked.
    `counting`: What the share of agreement is counted by.
    `source`: Rule or decision that says how many must agree.
    `photo_ids`: Photos of the offer or the contract (purpose `charge`).
    `usages`: Kinds of homes that are asked; all of them without it.
    `payee_id`: Payee of the place that provides it and is paid.
    """

    title: ServiceTitle
    description: Remark
    pricing: Pricing
    amount_fen: ServiceFen | None = None
    price: AreaPrice | None = None
    rhythm: Rhythm
    part: ServicePart
    from_day: Day
    to_day: Day
    closing_day: Day
    needed_percent: Percent
    counting: Counting
    source: Source
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []
    usages: Usages = field(default_factory=lambda: list(Usage))
    payee_id: PayeeId


class DecideAgreedService(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about a service that was proposed.

    `approve`: Whether homes are asked; otherwise it is withdrawn, also by who proposed it.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class EndAgreedService(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End of a service: withdrawn while homes are asked; no month more is billed afterwards.

    `reason`: Why, for the owners to read.
    """

    reason: Reason


class AnswerService(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answer of a home of mine, which I may change until the closing day.

    `agree`: Whether the home agrees to the service and its price.
    """

    agree: bool


class PaperAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answer that an owner signed on paper.

    `agree`: Whether the home agrees to the service and its price.
    `photo_ids`: Photos of the paper (purpose `visit`).
    """

    agree: bool
    photo_ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_PHOTOS)]


class AgreedServicesQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which agreed services to list, the latest first days first.

    `state`: How far they are; all without it.
    `part`: Which homes pay; all without it.
    """

    state: ServiceState | None = None
    part: ServicePart | None = None


class ServiceHomesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which homes of a service to list, by home.

    `under`: Building, unit or home; the whole place without it.
    """

    under: PlacePath | None = None


class AgreedServiceView(Struct, kw_only=True):
    """Service that homes of a place are asked about, or agreed to.

    `service_id`: Opaque id of the service.
    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `title`: What it is.
    `description`: What is done, how often, and by whom.
    `pricing`: How the price is set.
    `amount_fen`: What each home pays, or the whole sum, in fen; 0 for a price by area.
    `price`: Price per square metre, in 0.0001 yuan; 0 for another pricing.
    `rhythm`: How often it is charged.
    `part`: Which homes pay.
    `from_day`: First day of the service.
    `to_day`: Last day of the service.
    `closing_day`: Last day on which homes may answer.
    `needed_percent`: How many must agree, in percent.
    `counting`: What the share of agreement is counted by.
    `source`: Rule or decision that says how many must agree.
    `photos`: Addresses of the photos of the offer.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who provides it and is paid.
    `homes`: Number of homes that are asked.
    `agreed`: Number of homes that agreed so far.
    `declined`: Number of homes that did not agree.
    `state`: How far it is.
    `proposed_at`: When it was proposed.
    `decided_at`: When another person looked at it; null before.
    `decided_because`: Why they decided so; empty before.
    `ended_at`: When it ended; null before.
    `ended_because`: Why it ended; empty before.
    """

    service_id: str
    place: str
    address: str
    title: ServiceTitle
    description: Annotated[str, Meta(examples=["门禁每月检修一次"])]
    pricing: Pricing
    amount_fen: int
    price: int
    rhythm: Rhythm
    part: ServicePart
    from_day: Day
    to_day: Annotated[Day, Meta(examples=["2026-12-31"])]
    closing_day: Annotated[Day, Meta(examples=["2026-03-20"])]
    needed_percent: Percent
    counting: Counting
    source: Source
    photos: list[PhotoUrl]
    account: str
    payee_name: str
    homes: int
    agreed: int
    declined: int
    state: ServiceState
    proposed_at: datetime
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]
    ended_at: datetime | None
    ended_because: Annotated[str, Meta(examples=[""])]


class ServiceHomeView(Struct, kw_only=True):
    """What one home would pay for a service, and what it answered.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `amount_fen`: What it would pay each time, in fen.
    `explanation`: How that is worked out, on one line, in Chinese.
    `agree`: Whether it agreed; null without an answer.
    `on_paper`: Whether the answer was given on paper; null without one.
    `answered_at`: When it answered; null without an answer.
    `by_owners`: Whether that was its owners of today; what those before them answered binds
    them alone. Null without an answer.
    """

    home: str
    address: str
    amount_fen: int
    explanation: Annotated[str, Meta(examples=["单元门禁维护,每户15.00元/月"])]
    agree: bool | None
    on_paper: bool | None
    answered_at: datetime | None
    by_owners: bool | None


class HomeService(Struct, kw_only=True):
    """Service that my home is asked about, and how it stands; no neighbour is named.

    `service`: The service and its counts.
    `amount_fen`: What my home would pay each time, in fen.
    `explanation`: How that is worked out, on one line, in Chinese.
    `agree`: What my household answered; null without an answer.
    `on_paper`: Whether that was on paper; null without an answer.
    """

    service: AgreedServiceView
    amount_fen: int
    explanation: Annotated[str, Meta(examples=["单元门禁维护,每户15.00元/月"])]
    agree: bool | None
    on_paper: bool | None


class HomeServices(Struct, kw_only=True):
    """Services that a home of mine is or was asked about.

    `items`: The latest first days first; at most fifty.
    """

    items: list[HomeService]
