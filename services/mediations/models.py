"""Mediations: what is kept of them, and what is seen of them in lists."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.cases.models import CaseFields
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.vault import Sealed
from services.mediations.states import MediationAction, MediationState

NOTE: Final = Sealed("mediations", "note")
OUTCOME: Final = Sealed("mediations", "outcome")
# What was written goes three years after the end: so long one may sue upon an agreement
# (民法典 art. 188), and needs the record of the mediation (人民调解法 art. 27).
KEPT_FOR: Final = timedelta(days=3 * 365)


class Matter(Labelled):
    """Matter of a dispute. What exactly, only the mediator reads."""

    NOISE = "noise", "噪音"
    LEAK = "leak", "漏水渗水"
    SPACE = "space", "占用公共空间"
    PARKING = "parking", "停车"
    PETS = "pets", "养宠物"
    RENOVATION = "renovation", "装修"
    FAMILY = "family", "家庭"
    TENANCY = "tenancy", "租赁"
    SERVICE = "service", "物业服务"
    MONEY = "money", "钱款往来"
    OTHER = "other", "其他"


class EndReason(Labelled):
    """Reason why a mediation ends without an agreement (人民调解法 art. 26)."""

    FAR_APART = "far_apart", "各方意见差距较大"
    NOT_REACHED = "not_reached", "一直联系不上一方"
    NOT_FITTING = "not_fitting", "不适合调解"
    ELSEWHERE = "elsewhere", "已通过其他途径处理"


class Mediation(CaseFields, kw_only=True):
    """Mediation of a dispute between two to ten parties, in one community.

    `place`: the community, and no smaller place: what names it, e.g. the audit, tells no home.
    `person`: the party who opened it; "" where an office did (`filed_by`). `people`: parties
    with an account, as long as they have it. `homes`: of the parties. `excluded`: people in
    office whom it is about. `note_sealed`: what an office wrote when it opened it. `holder`:
    the mediator; `appointment`: by which office. `version`: of the agreement; 0 for none.
    `follow_up_days`: of the agreement; 0 before. `outcome_sealed`: what the mediator wrote at
    the end. `opened_in`, `agreed_in`, `kept_in`: quarters, for figures. `early`: whether the
    outcome was noted before its day. `cleared`: what was written has gone.
    """

    id: str = field(name="_id")
    place: str
    matter: Matter
    state: MediationState
    person: str
    filed_by: str
    created_at: datetime
    steps: int = 0
    entered_at: datetime | None = None
    people: list[str] = field(default_factory=list)
    homes: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    note_sealed: str = ""
    appointment: str = ""
    version: int = 0
    follow_up_days: int = 0
    reason: EndReason | None = None
    outcome_sealed: str = ""
    agreed_at: datetime | None = None
    ended_at: datetime | None = None
    opened_in: str = ""
    agreed_in: str = ""
    kept_in: str = ""
    early: bool = False
    cleared: bool = False


class Near(Struct, frozen=True):
    """In whose disputes somebody has an interest, by the homes of today.

    `person`: themself. `people`: they and whoever belongs to a home of theirs. `homes`: theirs.
    """

    person: str
    people: list[str]
    homes: list[str]


class MediationsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which mediations to list.

    `state`: State of the mediations; all without it.
    `to_assign`: Only those that go on and have no mediator.
    """

    state: MediationState | None = None
    to_assign: bool = False


class MediationRow(Struct, kw_only=True):
    """Mediation in a list: nothing that says who or what exactly.

    `mediation_id`: Opaque id of the mediation.
    `place`: Path of the community.
    `address`: Name of the community.
    `matter`: What sort of dispute it is.
    `state`: How far it is.
    `is_party`: Whether I am one of the parties.
    `is_mediator`: Whether I mediate.
    `has_mediator`: Whether somebody mediates.
    `due_at`: Until when it should go on, or when it is followed up; null for no such day.
    `overdue`: Whether that has passed.
    `created_at`: When it was opened.
    """

    mediation_id: str
    place: str
    address: str
    matter: Matter
    state: MediationState
    is_party: bool
    is_mediator: bool
    has_mediator: bool
    due_at: datetime | None
    overdue: bool
    created_at: datetime


class Circle(Labelled):
    """Circle of those who know of a mediation, by what they do in it."""

    PARTY = "party", "当事人"
    MEDIATOR = "mediator", "调解员"
    MEMBER = "member", "调解委员"


class Steps(Struct, kw_only=True):
    """What may be done with a mediation.

    `steps`: What I can do with it now.
    """

    steps: list[MediationAction]
