"""Surveys: what is kept, sent and seen of them by those who ask."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType, field

from services.audiences.models import Audience
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import LINE, TEXT, Instant, Reason
from services.residencies.models import Relation
from services.surveys.questions import (
    MOST_QUESTIONS,
    SurveyQuestion,
    SurveyQuestionView,
)
from services.surveys.states import SurveyState

SurveyId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=LINE,
        description="Id of the survey, as lists show it.",
    ),
]
Title = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["楼道照明"])]
SignedBy = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["新城社区居委会"])
]
Introduction = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2_000,
        pattern=TEXT,
        examples=["楼道灯经常不亮,想听听大家的意见。"],
    ),
]
Summary = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2_000,
        pattern=TEXT,
        examples=["多数住户同意,下月开始更换。"],
    ),
]
Revision = Annotated[int, Meta(ge=0, le=2**31 - 1, examples=[3])]
Questions = Annotated[list[SurveyQuestion], Meta(min_length=1, max_length=MOST_QUESTIONS)]


class Per(Labelled):
    """Who has one answer."""

    HOME = "home", "每户一份"
    PERSON = "person", "每人一份"


class Finest(Labelled):
    """Smallest place that has results of its own."""

    COMPOUND = "compound", "小区"
    BUILDING = "building", "楼栋"
    UNIT = "unit", "单元"


DEPTHS: Final = {Finest.COMPOUND: 5, Finest.BUILDING: 6, Finest.UNIT: 7}  # segments of a path


class Survey(Struct, kw_only=True):
    """One survey.

    `role`, `place`, `places`, `senders`, `audience`, `readers`, `doors`, `revision`: as in
    Notice (services/notices/models.py). `text`, `questions`: lists go without. `counted_at`:
    when its results were counted, once; None before. `summary`: what whoever asked says about
    them.
    """

    id: str = field(name="_id")
    state: SurveyState = SurveyState.DRAFT
    role: Role
    place: str
    places: list[str]
    senders: list[str]
    author: str
    changed_by: str
    title: str
    text: str = ""
    signed_by: str
    questions: list[SurveyQuestion] = []
    audience: Audience
    per: Per
    finest: Finest
    by_relation: bool
    closes_at: datetime
    revision: int = 0
    created_at: datetime
    changed_at: datetime
    readers: list[str] = []
    doors: list[str] = []
    opened_at: datetime | None = None
    opened_by: str = ""
    closed_at: datetime | None = None
    counted_at: datetime | None = None
    summary: str = ""
    published_at: datetime | None = None
    published_by: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_because: str = ""


# What clients send


class NewSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Survey to draft; nobody is asked before it is opened.

    `title`: Title, on one line.
    `text`: What it is about.
    `signed_by`: Who asks, as people read it.
    `audience`: Who is asked. Not by debts, nor by what people lack.
    `questions`: What is asked, thirty at most.
    `closes_at`: Instant until which it is answered, and an answer can be changed.
    `per`: Whether each home or each person has one answer.
    `finest`: Smallest places that have results of their own.
    `by_relation`: Whether these are also told by relation to the home.
    """

    title: Title
    text: Introduction
    signed_by: SignedBy
    audience: Audience
    questions: Questions
    closes_at: Instant
    per: Per = Per.HOME
    finest: Finest = Finest.BUILDING
    by_relation: bool = False


class ChangeSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Changes of a draft. What is left out stays as it is.

    `title`: Title, on one line.
    `text`: What it is about.
    `signed_by`: Who asks, as people read it.
    `audience`: Who is asked.
    `questions`: What is asked.
    `closes_at`: Instant until which it is answered.
    `per`: Whether each home or each person has one answer.
    `finest`: Smallest places that have results of their own.
    `by_relation`: Whether these are also told by relation to the home.
    `revision`: Revision of the survey that was read; with it, no change is lost unseen.
    """

    title: Title | UnsetType = UNSET
    text: Introduction | UnsetType = UNSET
    signed_by: SignedBy | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    questions: Questions | UnsetType = UNSET
    closes_at: Instant | UnsetType = UNSET
    per: Per | UnsetType = UNSET
    finest: Finest | UnsetType = UNSET
    by_relation: bool | UnsetType = UNSET
    revision: Revision | UnsetType = UNSET


class OpenSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Opening of a survey.

    `revision`: Revision of the survey that was read; with it, nothing unseen is asked.
    """

    revision: Revision | UnsetType = UNSET


class ExtendSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Longer time to answer.

    `closes_at`: Instant until which it is answered, later than before.
    """

    closes_at: Instant


class PublishSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Publication of the results to those who were asked.

    `summary`: What comes of it, in words; nothing without it.
    """

    summary: Summary | None = None


class WithdrawSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Withdrawal of a survey.

    `because`: Why; those who were asked see it.
    """

    because: Reason


class SurveySort(Labelled):
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class SurveysQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which surveys to list.

    `state`: State of the surveys; all without it.
    `place`: Path of a place; those of its offices, of all of mine without it.
    `sort`: Order of the list.
    """

    state: SurveyState | None = None
    place: PlacePath | None = None
    sort: SurveySort = SurveySort.NEWEST


class PlaceSurveysQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of the open surveys of a place to list.

    `per`: Those in which homes, or people, answer; all without it.
    """

    per: Per | None = None


# What clients see


class PlaceSurvey(Struct, kw_only=True):
    """Open survey that asks homes of a place.

    `survey_id`: Opaque id of the survey.
    `title`: Title, on one line.
    `signed_by`: Who asks.
    `per`: Whether each home or each person has one answer; papers are entered for homes.
    `opened_at`: When it was opened.
    `closes_at`: Until when it is answered.
    """

    survey_id: str
    title: Title
    signed_by: SignedBy
    per: Per
    opened_at: datetime
    closes_at: datetime


class SurveySummary(Struct, kw_only=True):
    """Survey in the list of who asks.

    `survey_id`: Opaque id of the survey.
    `state`: State of the survey.
    `role`: Office that asks.
    `place`: Smallest place around all that are asked.
    `address`: That place, as people say it.
    `title`: Title, on one line.
    `signed_by`: Who asks.
    `per`: Whether each home or each person has one answer.
    `created_at`: When it was drafted.
    `opened_at`: When it was opened; null before.
    `closes_at`: Until when it is answered.
    `closed_at`: When it was closed; null before.
    `counted_at`: When its results were counted; null before.
    `published_at`: When its results were published; null before.
    `withdrawn_at`: When it was withdrawn; null when it was not.
    """

    survey_id: str
    state: SurveyState
    role: Role
    place: PlacePath
    address: str
    title: Title
    signed_by: SignedBy
    per: Per
    created_at: datetime
    opened_at: datetime | None
    closes_at: datetime
    closed_at: datetime | None
    counted_at: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None


class SurveyView(SurveySummary, kw_only=True):
    """Survey, as those see it who ask.

    `revision`: Rises with every write; sent back, it says what was read.
    `text`: What it is about.
    `questions`: What is asked.
    `places`: Paths of places; everything under them is asked.
    `relations`: Relations to a home of those who are asked.
    `roles`: Offices whose holders are asked.
    `finest`: Smallest places that have results of their own.
    `by_relation`: Whether these are also told by relation to the home.
    `author`: Id of the person who drafted it.
    `entries_to_settle`: Paper answers whose second entry is missing or differs; the results
    wait for them.
    `summary`: What comes of it, in words; empty for nothing.
    `withdrawn_because`: Why it was withdrawn; empty when it was not.
    """

    revision: Revision
    text: Introduction
    questions: list[SurveyQuestionView]
    places: Annotated[list[PlacePath], Meta(examples=[["cc.chaoyang.guilin.xincheng.c07"]])]
    relations: list[Relation]
    roles: list[Role]
    finest: Finest
    by_relation: bool
    author: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9n"])]
    entries_to_settle: int
    summary: Annotated[str, Meta(examples=["多数住户同意,下月开始更换。"])]
    withdrawn_because: Annotated[str, Meta(examples=[""])]
