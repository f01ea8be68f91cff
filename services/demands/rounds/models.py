"""Rounds of demands: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.bills.arrears.models import FormerOwners
from services.demands.models import DemandWay
from services.demands.rounds.states import DemandRoundState
from services.demands.threats import Sentence
from services.fees.models import HomeFee
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery
from services.kernel.permissions import Role

# A household gets one message, or one letter, in so many days.
EveryDays = Annotated[int, Meta(ge=7, le=90, examples=[15])]
OverdueDays = Annotated[int, Meta(ge=1, le=3650, examples=[1])]
# A letter asks to pay within so many days: what is reasonable, no law says (民法典 art. 944).
PayWithin = Annotated[int, Meta(ge=7, le=90, examples=[30])]
EVERY_DAYS: Final = 15
PAY_WITHIN: Final = 30


class DemandRoundWay(Labelled):
    """Way by which a round asks."""

    MESSAGE = DemandWay.MESSAGE.value, DemandWay.MESSAGE.label
    LETTER = DemandWay.LETTER.value, DemandWay.LETTER.label


class SkippedBecause(Labelled):
    """Reason why a household is not asked in a round."""

    OWN_HOME = "own_home", "办理人自家,由别人办理"
    PAUSED = "paused", "已暂停催缴"
    AGREED = "agreed", "按分期约定缴费"
    DISPUTED = "disputed", "争议正在处理"
    PROMISED = "promised", "已承诺缴费,约定日未到"
    PAYMENT_UNDER_WAY = "payment_under_way", "正在缴费"
    ASKED_BEFORE = "asked_before", "近期已提醒"
    NOBODY_BOUND = "nobody_bound", "没有绑定微信,请打印通知书"
    NOBODY_KNOWN = "nobody_known", "登记表里没有业主"


class Round(Struct, kw_only=True):
    """Round of demands under a place. `after`, `version`: how far, and the fence of its worker.

    `accounts`: only what is paid into these; None for all. `due_spans`: of one by a rule, first
    and last due day of the bills that call for it; else `overdue_days` says how late they are.
    `by`: who started it, "" for a rule; `apart`: homes of their own.
    """

    id: str = field(name="_id")
    place: str
    way: DemandRoundWay
    kind: HomeFee | None = None
    accounts: list[str] | None = None
    firm: str = ""
    overdue_days: int = 1
    due_spans: list[tuple[Day, Day]] = []
    every_days: int = EVERY_DAYS
    pay_within: int = PAY_WITHIN
    note: str = ""
    by: str = ""
    role: Role | None = None
    apart: list[str] = []
    day: Day
    started_at: datetime
    state: DemandRoundState
    after: str = ""
    version: int = 0
    demands: int = 0
    skipped: int = 0
    amount_fen: int = 0
    done_at: datetime | None = None


class Skip(Struct, kw_only=True):
    """Household that is not asked in a round, and why. `until`: of a pause or a promise."""

    id: str = field(name="_id")  # round, home and household
    round_id: str
    home: str
    household: str
    because: SkippedBecause
    until: Day | None = None
    amount_fen: int


def skip_id(round_id: str, home: str, household: str) -> str:
    return f"{round_id}@{home}@{household}"


# What clients send


class StartDemandRound(Struct, forbid_unknown_fields=True, kw_only=True):
    """Round of demands to start.

    `way`: Messages to who owes, or letters to print for those who have no WeChat.
    `kind`: Fee to ask for; all fees without it.
    `overdue_days`: Homes with a bill whose due day is over since so many days, at least one.
    `every_days`: A household that was asked by this way within so many days is left out.
    `pay_within`: Days within which a letter asks to pay.
    `note`: Sentence to add to the fixed text; none without it.
    """

    way: DemandRoundWay = DemandRoundWay.MESSAGE
    kind: HomeFee | None = None
    overdue_days: OverdueDays = 1
    every_days: EveryDays = EVERY_DAYS
    pay_within: PayWithin = PAY_WITHIN
    note: Sentence | None = None


class DemandRoundSort(Labelled):
    NEWEST = "newest", "最新的在前"


class DemandRoundsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rounds to list.

    `way`: Way by which they ask; both without it.
    `state`: How far they are; all without it.
    `sort`: Order of the list.
    """

    way: DemandRoundWay | None = None
    state: DemandRoundState | None = None
    sort: DemandRoundSort = DemandRoundSort.NEWEST


class DemandSkipSort(Labelled):
    HOME = "home", "按房屋"


class DemandSkipsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which households that were left out to list.

    `because`: Why; all without it.
    `sort`: Order of the list.
    """

    because: SkippedBecause | None = None
    sort: DemandSkipSort = DemandSkipSort.HOME


# What clients see


class DemandRoundView(Struct, kw_only=True):
    """Round of demands under a place.

    `round_id`: Opaque id of the round.
    `place`: Path of the place.
    `address`: Address of the place.
    `way`: Way by which it asks.
    `kind`: Fee that it asks for; null for all.
    `overdue_days`: Since how many days a due day had to be over.
    `every_days`: Within how many days a household is asked once.
    `note`: Sentence that was added; empty for none.
    `planned`: Whether a rule started it.
    `role`: Office of who started it; null for a rule.
    `state`: How far it is.
    `demands`: Number of households that are asked, as far as it is.
    `skipped`: Number of households that are left out, each with its reason.
    `amount_fen`: Sum of what is asked for, in fen.
    `started_at`: When it was started.
    `done_at`: When all homes were gone through; null before.
    """

    round_id: str
    place: str
    address: str
    way: DemandRoundWay
    kind: HomeFee | None
    overdue_days: int
    every_days: int
    note: Annotated[str, Meta(examples=["周六上午物业在小区门口办理。"])]
    planned: bool
    role: Role | None
    state: DemandRoundState
    demands: int
    skipped: int
    amount_fen: Fen
    started_at: datetime
    done_at: datetime | None


class DemandSkipView(Struct, kw_only=True):
    """Household that was left out of a round.

    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `owners_until`: Last day on which the debtors owned it; null while they do.
    `because`: Why it was left out.
    `until`: Last day of the pause or the promise; null for none.
    `amount_fen`: What it owed then, in fen.
    """

    place: str
    address: str
    owners_until: FormerOwners
    because: SkippedBecause
    until: Annotated[Day | None, Meta(examples=["2026-06-30"])]
    amount_fen: Fen
