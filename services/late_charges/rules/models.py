"""Rules of late charges (违约金): what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import HomeFee, PayeeId
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, WHOLE, Reason
from services.late_charges.rules.states import LateRuleState

MILLION: Final = 1_000_000
# Of a day, in millionths of what is owed: 500 is 0.05 %. A slip of the decimal point costs a
# whole compound's trust: 1 % a day is far above any contract.
DailyRate = Annotated[int, Meta(ge=1, le=10_000, examples=[500])]
AfterDays = Annotated[int, Meta(ge=1, le=365, examples=[1])]
# Share of a bill that its late charges never exceed.
Cap = Annotated[int, Meta(ge=1, le=10 * WHOLE, examples=[3000], extra={"unit": "basis_points"})]
Clause = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=LINE, examples=["物业服务合同第18条"])
]
PageNumber = Annotated[int, Meta(ge=1, le=999, examples=[7])]


class LateStop(Labelled):
    """Time for which a contract has no late charge counted."""

    PAUSE = "pause", "暂停催缴期间"  # a dispute, an agreement, hardship, a bill in doubt
    MEDIATION = "mediation", "调解期间"
    INSTALMENTS = "instalments", "按分期约定缴费期间"


class LateRule(Struct, kw_only=True):
    """Rule of one payee's late charges in a compound. Only its state and its end may change.

    Its source is a clause of the contract: without one nobody owes any (民法典 art. 585).
    `slots`: "account|kind|start_day", unique per compound while it is not refused.
    `proposed_warning`, `decided_warning`: what was to be known about its rate then, and who
    proposed or approved it said to have read; "" for nothing.
    """

    id: str = field(name="_id")
    place: str
    payee: str
    account: str
    payee_name: str
    kinds: list[HomeFee]
    daily_rate: DailyRate
    after_days: AfterDays
    cap: Cap | None
    stops: list[LateStop]
    source: Clause
    page: PageNumber
    version: int
    start_day: Day
    end_day: Day | None = None  # inclusive
    slots: list[str]
    state: LateRuleState = LateRuleState.PROPOSED
    proposed_by: str
    proposed_at: datetime
    proposed_warning: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""
    decided_warning: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None


class NewLateRule(Struct, forbid_unknown_fields=True, kw_only=True):
    """Late charges that a contract has, which hold once another person approves.

    `payee_id`: Payee of the compound whose bills they are charged on.
    `kinds`: Kinds of bills; late charges themselves bear none.
    `daily_rate`: Rate of a day, in millionths of what is owed: 500 is 0.05 %.
    `after_days`: How many days after the due day the first day counts that is charged.
    `cap`: Share of a bill that its late charges never exceed, in hundredths of a percent;
        without it there is no such limit.
    `stops`: Times for which the contract has none counted.
    `source`: Clause of the contract.
    `page`: Page of the contract where it stands.
    `start_day`: First day of the bills that they are charged on; earlier bills bear none.
    `acknowledged`: Whether the warning was read that the rate is above what a court would
        usually leave.
    """

    payee_id: PayeeId
    kinds: Annotated[list[HomeFee], Meta(min_length=1, max_length=len(HomeFee))]
    daily_rate: DailyRate
    after_days: AfterDays = 1
    cap: Cap | None = None
    stops: Annotated[list[LateStop], Meta(max_length=len(LateStop))]
    source: Clause
    page: PageNumber
    start_day: Day
    acknowledged: bool = False


class DecideLateRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about a rule.

    `approve`: Whether it holds; otherwise it is refused, or taken back by who proposed it.
    `acknowledged`: Whether the warning about its rate was read.
    `reason`: Why.
    """

    approve: bool
    acknowledged: bool = False
    reason: Reason


class EndLateRule(Struct, forbid_unknown_fields=True):
    """End of a rule, also another one than it has.

    `end_day`: Last day of bills that late charges are charged on.
    """

    end_day: Day


class LateRuleSort(Labelled):
    NEWEST = "newest", "最新提出的在前"
    PLACE = "place", "按小区"


class LateRulesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rules to list.

    `state`: How far they are; all without it.
    `account`: Key of the payee's merchant account; all without it.
    `sort`: Order of the list.
    """

    state: LateRuleState | None = None
    account: Annotated[str, Meta(min_length=1, max_length=32, pattern=LINE)] | None = None
    sort: LateRuleSort = LateRuleSort.NEWEST


class LateRuleView(Struct, kw_only=True):
    """Rule of one payee's late charges in a compound.

    `rule_id`: Opaque id of the rule.
    `place`: Path of the compound.
    `address`: Address of the compound, as people say it.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who receives the money.
    `kinds`: Kinds of bills that it is for.
    `daily_rate`: Rate of a day, in millionths of what is owed.
    `after_days`: How many days after the due day the first day counts that is charged.
    `cap`: Share of a bill that its late charges never exceed; null for no such limit.
    `stops`: Times for which none is counted.
    `source`: Clause of the contract.
    `page`: Page of the contract where it stands.
    `version`: Number of the rule among those of the compound.
    `start_day`: First day of the bills that it is for.
    `end_day`: Last day of the bills that it is for; null for none.
    `warning`: What to know about its rate today; empty where it is usual.
    `state`: How far it is.
    `proposed_by`: Id of who proposed it.
    `proposed_at`: When it was proposed.
    `proposed_warning`: Warning about its rate that who proposed it said to have read, as it was
        then; empty for none.
    `decided_by`: Id of who decided; empty before.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    `decided_warning`: Warning about its rate that who approved it said to have read, as it was
        then; empty for none.
    """

    rule_id: str
    place: str
    address: str
    account: str
    payee_name: str
    kinds: list[HomeFee]
    daily_rate: DailyRate
    after_days: AfterDays
    cap: Cap | None
    stops: list[LateStop]
    source: Clause
    page: PageNumber
    version: int
    start_day: Day
    end_day: Annotated[Day | None, Meta(examples=[None])]
    warning: Annotated[str, Meta(examples=[""])]
    state: LateRuleState
    proposed_by: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9j"])]
    proposed_at: datetime
    proposed_warning: Annotated[str, Meta(examples=[""])]
    decided_by: Annotated[str, Meta(examples=[""])]
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]
    decided_warning: Annotated[str, Meta(examples=[""])]
