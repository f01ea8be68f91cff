"""Fee rules: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id
from services.places.models import Usage

# A slip of the decimal point costs a whole compound's trust: 100 yuan per m² and month, 10,000
# yuan per home and month, and 1,000 yuan per person and month, are far above any real tariff.
RulePrice = Annotated[int, Meta(ge=1, le=10**6)]
MonthlyFen = Annotated[int, Meta(ge=1, le=10**6)]
PersonFen = Annotated[int, Meta(ge=1, le=10**5)]
SourceTitle = Annotated[str, Meta(min_length=1, max_length=100, pattern=LINE)]
SourceNumber = Annotated[str, Meta(max_length=60, pattern=rf"^$(?!\n)|{LINE}")]
Months = Annotated[int, Meta(ge=1, le=12)]
DueDay = Annotated[int, Meta(ge=1, le=31)]
DueDays = Annotated[int, Meta(ge=1, le=180)]
PayeeName = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE)]
PayeeId = Id
AccountKey = Annotated[str, Meta(min_length=1, max_length=32, pattern=LINE)]


class FeeKind(Labelled):
    PROPERTY_FEE = "property_fee", "物业费"
    WASTE_FEE = "waste_fee", "生活垃圾处理费"


class HomeFee(Labelled):
    """Kind of a bill that the owners of a home owe: a fee by the month, or a charge beside it.

    Rules, runs and rates know fees by the month only, so that no rate of the city's plan moves
    by what one compound splits or reads from meters; who owes what knows all of these.
    """

    PROPERTY_FEE = FeeKind.PROPERTY_FEE.value, FeeKind.PROPERTY_FEE.label
    WASTE_FEE = FeeKind.WASTE_FEE.value, FeeKind.WASTE_FEE.label
    METERED_FEE = "metered_fee", "计量费"
    SHARED_COST = "shared_cost", "公摊费"
    SERVICE_FEE = "service_fee", "增值服务费"
    LATE_FEE = "late_fee", "违约金"  # of another bill, by the contract (民法典 art. 585)


class BillKind(Labelled):
    """Kind of a bill: what the owners of a home owe, or a repair that was ordered once."""

    PROPERTY_FEE = HomeFee.PROPERTY_FEE.value, HomeFee.PROPERTY_FEE.label
    WASTE_FEE = HomeFee.WASTE_FEE.value, HomeFee.WASTE_FEE.label
    METERED_FEE = HomeFee.METERED_FEE.value, HomeFee.METERED_FEE.label
    SHARED_COST = HomeFee.SHARED_COST.value, HomeFee.SHARED_COST.label
    SERVICE_FEE = HomeFee.SERVICE_FEE.value, HomeFee.SERVICE_FEE.label
    LATE_FEE = HomeFee.LATE_FEE.value, HomeFee.LATE_FEE.label
    REPAIR_FEE = "repair_fee", "维修费"


class HandOver(Labelled):
    """Who owes the month in which a home changes hands, as the service contract says.

    No law of the state says it (LAW: 民法典 art. 944, 945); Shanghai's rules let the seller pay
    that month, as is done here where a contract says nothing.
    """

    SELLER = "seller", "交接当月由原业主承担"
    BUYER = "buyer", "交接当月由新业主承担"
    DAYS = "days", "交接当月按天数分担"


class BillingPeriod(Labelled):
    """Time that one bill of a rule is for; services/fees/periods.py says which days."""

    MONTHLY = "monthly", "按月"
    QUARTERLY = "quarterly", "按季"
    HALF_YEARLY = "half_yearly", "按半年"
    YEARLY = "yearly", "按年"
    ANNIVERSARY = "anniversary", "按周年"  # twelve months from a day that is not the first


class BilledAt(Labelled):
    """End of its period at which a bill is made."""

    START = "start", "期初出账"
    END = "end", "期末出账"


class Proration(Labelled):
    """Method by which a month is charged in which something changes, as the contract says.

    No law of the state names one (docs/decisions/65-periods-and-proration.md); what each
    charges stands in services/fees/proration.py.
    """

    ACTUAL_DAYS = "actual_days", "按实际天数"
    THIRTY_DAYS = "thirty_days", "按30天制"
    NEXT_MONTH = "next_month", "变动从次月起算"
    FULL_MONTH = "full_month", "不足一个月按整月"


class SourceKind(Labelled):
    CONTRACT = "contract", "物业服务合同"
    LAW = "law", "法规政策"
    DECISION = "decision", "业主共同决定"


class RuleSource(Struct, frozen=True, kw_only=True):
    """Document that a fee rule rests on (价格法 art. 13: no charge that is not laid open).

    `kind`: What the document is.
    `title`: Title of the document.
    `number`: Number of the document; empty when it has none.
    """

    kind: SourceKind
    title: str
    number: str


class FeeRule(Struct, kw_only=True):
    """Price of one kind of fee for homes under a place, from a day on. Only its end may change.

    Exactly one of `price` (0.0001 yuan per m² and month), `monthly_fen` (a home and month) and
    `person_fen` (a registered person and month).
    Exactly one of `due_day` (of a month) and `due_days` (after issue).
    `anniversary_day`: the day from which the years of all homes count; None: each home's own.
    `version`: number among the rules of its place and kind, in the order in which they were
    written; 0 for those from before they were numbered. `source`: None for some of those.
    `slots`: "kind|start_day|usage" for each usage, unique per place, so that of two rules of
    one place one always starts later and no choice between them is ever a coin toss.
    """

    id: str = field(name="_id")
    place: str
    kind: FeeKind
    price: int | None = None
    monthly_fen: int | None = None
    person_fen: int | None = None
    usages: list[Usage]
    start_day: Day
    end_day: Day | None = None  # inclusive; before start_day: withdrawn
    due_day: int | None = None
    due_days: int | None = None
    hand_over: HandOver = HandOver.SELLER
    period: BillingPeriod = BillingPeriod.MONTHLY
    timing: BilledAt = BilledAt.START
    anniversary_day: Day | None = None
    proration: Proration = Proration.ACTUAL_DAYS
    source: RuleSource | None = None
    version: int = 0
    payee: str = ""  # rules from before there were payees have none
    account: str  # of the payee, and its name, as they were when the rule was written
    payee_name: str
    slots: list[str]
    created_by: str
    created_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


Usages = Annotated[list[Usage], Meta(min_length=1, max_length=len(Usage))]


class NewRuleSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Document that a new fee rule rests on.

    `kind`: What the document is.
    `title`: Title of the document.
    `number`: Number of the document; none without it.
    """

    kind: SourceKind
    title: SourceTitle
    number: SourceNumber = ""


class NewFeeRule(Struct, forbid_unknown_fields=True, kw_only=True):
    """Fee rule to make: one price or sum per month, one of `due_day` and `due_days`.

    `kind`: Fee that the rule sets.
    `price`: Price in 0.0001 yuan per m² and month, e.g. 6000 for 0.60 yuan.
    `monthly_fen`: Sum per home and month, in fen.
    `person_fen`: Sum per registered person and month, in fen.
    `usages`: Kinds of homes that the rule is for; all of them without it.
    `start_day`: First day of the rule.
    `end_day`: Last day of the rule; none without it.
    `due_day`: Day of the month by which to pay.
    `due_days`: Days after issue by which to pay.
    `hand_over`: Who owes the month in which a home is sold, by the service contract.
    `period`: Time that one bill is for.
    `timing`: Whether a bill is made at the start or at the end of its period.
    `anniversary_day`: Day from which the years count, for bills by the year from a day on;
        without it each home's count from the day on which its owners took it over.
    `proration`: How a month is charged in which something changes, by the service contract.
    `source`: Document that the rule rests on; whatever is not as the law leaves it needs one.
    `payee_id`: Payee of the place, which may charge this fee on these days.
    """

    kind: FeeKind
    price: RulePrice | None = None
    monthly_fen: MonthlyFen | None = None
    person_fen: PersonFen | None = None
    usages: Usages = field(default_factory=lambda: list(Usage))
    start_day: Day
    end_day: Day | None = None
    due_day: DueDay | None = None
    due_days: DueDays | None = None
    hand_over: HandOver = HandOver.SELLER
    period: BillingPeriod = BillingPeriod.MONTHLY
    timing: BilledAt = BilledAt.START
    anniversary_day: Day | None = None
    proration: Proration = Proration.ACTUAL_DAYS
    source: NewRuleSource | None = None
    payee_id: PayeeId


class EndFeeRule(Struct, forbid_unknown_fields=True):
    """End of a fee rule.

    `end_day`: Last day of the rule; a day before its start withdraws the rule.
    """

    end_day: Day


class FeeRuleSort(Labelled):
    OLDEST = "oldest", "最早设定的在前"
    NEWEST = "newest", "最新设定的在前"
    PLACE = "place", "按地点"


class FeeRulesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which fee rules to list.

    `kind`: Fee that they set; all of them without it.
    `account`: Key of the payee's merchant account; all without it.
    `on_day`: Day on which they hold; whenever they do without it.
    `sort`: Order of the list.
    """

    kind: FeeKind | None = None
    account: AccountKey | None = None
    on_day: Day | None = None
    sort: FeeRuleSort = FeeRuleSort.OLDEST


class FeeRuleView(Struct, kw_only=True):
    """Price that homes under a place pay from a day on.

    `rule_id`: Opaque id of the rule.
    `place`: Path of the place whose homes pay.
    `address`: Address of that place, as people say it.
    `kind`: Fee that the rule sets.
    `price`: Price in 0.0001 yuan per m² and month; null when it is a monthly sum.
    `monthly_fen`: Sum per home and month, in fen; null when it is another price.
    `person_fen`: Sum per registered person and month, in fen; null when it is another price.
    `usages`: Kinds of homes that the rule is for.
    `start_day`: First day of the rule.
    `end_day`: Last day of the rule; null for none.
    `due_day`: Day of the month by which to pay; null when it is days after issue.
    `due_days`: Days after issue by which to pay; null when it is a day of the month.
    `hand_over`: Who owes the month in which a home is sold.
    `period`: Time that one bill is for.
    `timing`: Whether a bill is made at the start or at the end of its period.
    `anniversary_day`: Day from which the years count; null when each home has its own.
    `proration`: How a month is charged in which something changes.
    `source`: Document that the rule rests on; null when none was written down.
    `version`: Number among the rules of the place for this fee; 0 when they had none yet.
    `created_by`: Id of who wrote the rule.
    `created_at`: When it was written.
    `payee_id`: Payee of the rule; null when none of the place fits it: nothing is billed by it.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who receives the money.
    """

    rule_id: str
    place: str
    address: str
    kind: FeeKind
    price: int | None
    monthly_fen: int | None
    person_fen: int | None
    usages: list[Usage]
    start_day: Day
    end_day: Day | None
    due_day: int | None
    due_days: int | None
    hand_over: HandOver
    period: BillingPeriod
    timing: BilledAt
    anniversary_day: Day | None
    proration: Proration
    source: RuleSource | None
    version: int
    created_by: str
    created_at: datetime
    payee_id: str | None
    account: str
    payee_name: str
