"""Rules of fee reductions: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.fees.models import FeeKind
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, WHOLE, BasisPoints

# Share of a fee that is not charged, in hundredths of a percent; all of it is an exemption.
Share = Annotated[BasisPoints, Meta(le=WHOLE, examples=[3000])]
LongestMonths = Annotated[int, Meta(ge=1, le=36, examples=[12])]
Source = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=LINE, examples=["物业服务合同第12条"])
]


class Cause(Labelled):
    """Reason for which a home pays less. All but the first tell of hardship (PIPL art. 28)."""

    VACANT = "vacant", "空置房"
    LOW_INCOME = "low_income", "低保家庭"
    NEAR_LOW_INCOME = "near_low_income", "低保边缘家庭"
    EXTREME_POVERTY = "extreme_poverty", "特困人员"
    VETERAN_CARE = "veteran_care", "优抚对象"
    DISABILITY = "disability", "重度残疾人家庭"
    BEREAVED_FAMILY = "bereaved_family", "计划生育特殊家庭"
    OTHER = "other", "其他困难家庭"

    @property
    def is_sensitive(self) -> bool:
        """Tell whether it is for the community alone: it tells of people's hardship."""
        return self is not Cause.VACANT


class Decider(Labelled):
    """Office that decides on a request."""

    FIRM = "firm", "物业经理"
    COMMUNITY = "community", "社区工作人员"


class ReductionRule(Struct, kw_only=True):
    """Rule by which homes of a compound pay less. Only its end may change.

    Its source says by what: no law of the state gives an owner of a vacant home a discount
    (民法典 art. 944), so the contract or a paper of the city has to.
    `slots`: "cause|start_day" and "cause|version", unique per compound.
    """

    id: str = field(name="_id")
    place: str
    cause: Cause
    kinds: list[FeeKind]
    share: Share
    longest_months: LongestMonths
    decider: Decider
    source: Source
    version: int
    start_day: Day
    end_day: Day | None = None  # inclusive; before start_day: withdrawn
    slots: list[str]
    created_by: str
    created_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


Kinds = Annotated[list[FeeKind], Meta(min_length=1, max_length=len(FeeKind))]


class NewReductionRule(Struct, forbid_unknown_fields=True, kw_only=True):
    """Rule of a compound by which some of its homes pay less.

    `cause`: Reason for which a home pays less.
    `kinds`: Fees of which it pays less.
    `share`: Share that is not charged, in hundredths of a percent: at least 1; 10000 is all.
    `longest_months`: Longest time for which it may be granted at once.
    `decider`: Who decides on requests; the firm only on vacant homes and the property fee.
    `source`: Contract, law or paper that gives the reduction.
    `start_day`: First day of the rule.
    """

    cause: Cause
    kinds: Kinds
    share: Share
    longest_months: LongestMonths
    decider: Decider
    source: Source
    start_day: Day


class EndReductionRule(Struct, forbid_unknown_fields=True):
    """End of a rule.

    `end_day`: Last day of the rule; a day before its start withdraws it.
    """

    end_day: Day


class ReductionRuleSort(Labelled):
    NEWEST = "newest", "最新设定的在前"
    PLACE = "place", "按小区"


class ReductionRulesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rules to list.

    `cause`: Reason for which homes pay less; all of them without it.
    `on_day`: Day on which they hold; whenever they do without it.
    `sort`: Order of the list.
    """

    cause: Cause | None = None
    on_day: Day | None = None
    sort: ReductionRuleSort = ReductionRuleSort.NEWEST


class ReductionRuleView(Struct, kw_only=True):
    """Rule of a compound by which some of its homes pay less.

    `rule_id`: Opaque id of the rule.
    `place`: Path of the compound.
    `address`: Address of the compound, as people say it.
    `cause`: Reason for which a home pays less.
    `kinds`: Fees of which it pays less.
    `share`: Share that is not charged, in hundredths of a percent.
    `longest_months`: Longest time for which it may be granted at once.
    `decider`: Who decides on requests.
    `source`: Contract, law or paper that gives the reduction.
    `version`: Number of the rule among those of the compound for this cause.
    `start_day`: First day of the rule.
    `end_day`: Last day of the rule; null for none.
    """

    rule_id: str
    place: str
    address: str
    cause: Cause
    kinds: list[FeeKind]
    share: Share
    longest_months: LongestMonths
    decider: Decider
    source: Source
    version: int
    start_day: Day
    end_day: Day | None


class ReductionOffer(Struct, kw_only=True):
    """Reduction that an owner may ask for.

    `cause`: Reason for which a home pays less.
    `kinds`: Fees of which it pays less.
    `share`: Share that is not charged, in hundredths of a percent.
    `longest_months`: Longest time that may be asked for at once.
    `decider`: Who decides.
    `source`: Contract, law or paper that gives the reduction.
    `needs_document`: Whether the number of a certificate is needed.
    `earliest_day`: Earliest first day of a reduction by this rule.
    `latest_day`: Latest first day of it.
    `end_day`: Last day for which the rule can be asked for; null for none.
    """

    cause: Cause
    kinds: list[FeeKind]
    share: Share
    longest_months: LongestMonths
    decider: Decider
    source: Source
    needs_document: bool
    earliest_day: Day
    latest_day: Day
    end_day: Day | None
