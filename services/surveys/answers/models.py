"""Answers to surveys: one row for each home, or each person, that answered."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import TEXT
from services.kernel.vault import Vault
from services.residencies.models import Relation
from services.surveys.models import (
    Per,
    SignedBy,
    Title,
)
from services.surveys.questions import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Number,
    SurveyQuestionView,
)
from services.surveys.states import SurveyState

OFFICE: Final = "office"  # the relation of who answers by office
Choice = Annotated[int, Meta(ge=1, le=MOST_OPTIONS, examples=[1])]
Mark = Annotated[int, Meta(ge=1, le=10, examples=[4])]
Words = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=TEXT, examples=["三楼的灯最暗"])
]


class SurveyAnswer(Struct, kw_only=True):
    """One answer, as it is counted. Its words are kept apart (services/surveys/texts).

    `by_home`: whether it is the home's or the person's. `answerer`: the key of who gave or
    entered it, the same for all that they give to the survey; results are told of groups of
    answerers. `keys`: for whom it is (seats.py); each of them has one answer in a survey.
    `person`: who gave it last; empty after they left, and of one from paper. `home`: whose it
    is, or of whom the person is; empty of an office's, and after the person left. `place`:
    where it is counted: the home or the office's place. `relation`: Relation of who gave it to
    the home, or OFFICE. `choices`: tokens of what was answered (forms.py). `paper`: whether a
    head entered it from paper, and `entered_by` which. `linked`: whether it is told whose it
    is: until some time after the end (retention.py).
    """

    id: str = field(name="_id")
    survey: str
    by_home: bool
    answerer: str = ""
    keys: list[str] = []
    person: str = ""
    home: str = ""
    place: str
    relation: str
    choices: list[str] = []
    paper: bool = False
    entered_by: str = ""
    linked: bool = True
    answered_at: datetime


def answer_key(vault: Vault, survey_id: str, whose: str) -> str:
    """Name for whom an answer is: a home by its path, a person by what is known of them.

    The id of a row is its first key.

    A keyed fingerprint, because ids of texts follow from it, and staff read those.
    """
    return vault.blind_id(survey_id, whose, purpose="survey-answer")


# What clients send


class GivenAnswer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Answer to one question, in the field of its kind.

    `question`: Number of the question, from 1.
    `choices`: Chosen options by their position, from 1, of a single or multiple choice.
    `mark`: Step on a scale.
    `marks`: Steps on the scale of a matrix, one for each row, in their order.
    `text`: Words, of a question to write.
    """

    question: Number
    choices: Annotated[list[Choice], Meta(max_length=MOST_OPTIONS)] = []
    mark: Mark | None = None
    marks: Annotated[list[Mark], Meta(max_length=MOST_OPTIONS)] = []
    text: Words | None = None


class GivenAnswerView(Struct, kw_only=True):
    """Answer to one question, in the field of its kind.

    `question`: Number of the question, from 1.
    `choices`: Chosen options by their position, from 1; none for the other kinds.
    `mark`: Step on a scale; null for the other kinds.
    `marks`: Steps on the scale of a matrix; none for the other kinds.
    `text`: Words; null for the other kinds.
    """

    question: int
    choices: list[Choice] = []
    mark: Mark | None = None
    marks: list[Mark] = []
    text: Words | None = None


Answers = Annotated[list[GivenAnswer], Meta(max_length=MOST_QUESTIONS)]


class AnswerSurvey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to a survey; all of it each time.

    `answers`: Answers to the questions; without those that are left out.
    `home`: Path of my home that answers; needed where I belong to several that are asked.
    """

    answers: Answers
    home: PlacePath | None = None


class EnterSurveyAnswer(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer of a home as it stands on paper.

    `answers`: Answers to the questions; without those that are left out.
    `relation`: Relation to the home of who filled in the paper.
    """

    answers: Answers
    relation: Relation


class MySurveysQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of my surveys to list."""


# What clients see


class MySurveyAnswer(Struct, kw_only=True):
    """Answer that I, or somebody of my home, gave.

    `home`: Path of the home that answered; null for mine by office.
    `mine`: Whether I gave it last; nobody else of the home reads what I chose.
    `paper`: Whether a head entered it from paper.
    `answers`: What I answered; empty where it is not mine.
    `answered_at`: When it was given or changed last.
    """

    home: PlacePath | None
    mine: bool
    paper: bool
    answers: list[GivenAnswerView]
    answered_at: datetime


class MySurvey(Struct, kw_only=True):
    """Survey in the list of who is asked.

    `survey_id`: Opaque id of the survey.
    `state`: State of the survey; withdrawn ones are listed for seven days.
    `title`: Title, on one line.
    `signed_by`: Who asks.
    `per`: Whether each home or each person has one answer.
    `opened_at`: When it was opened.
    `closes_at`: Until when it is answered.
    `published_at`: When its results were published; null before.
    `asks_me`: Whether I, or a home of mine, may answer it now.
    `is_answered`: Whether all of us who may have answered; false again three months later,
    when answers are nobody's any more.
    `because`: Why it was withdrawn; else empty.
    """

    survey_id: str
    state: SurveyState
    title: Title
    signed_by: SignedBy
    per: Per
    opened_at: datetime
    closes_at: datetime
    published_at: datetime | None
    asks_me: bool
    is_answered: bool
    because: Annotated[str, Meta(examples=[""])]


class MySurveyView(MySurvey, kw_only=True):
    """Survey, as who is asked sees it. Of one that was withdrawn only the reason is left.

    `text`: What it is about.
    `questions`: What is asked.
    `homes`: Paths of my homes that may answer now; none where I answer by office.
    `answers`: What my homes and I answered; empty three months after the end.
    `summary`: What comes of it, in words, once results are published; empty for nothing.
    """

    text: Annotated[str, Meta(examples=["楼道灯经常不亮,想听听大家的意见。"])]
    questions: list[SurveyQuestionView]
    homes: Annotated[
        list[PlacePath], Meta(examples=[["cc.chaoyang.guilin.xincheng.c07.b3.u2.502"]])
    ]
    answers: list[MySurveyAnswer]
    summary: Annotated[str, Meta(examples=["多数住户同意,下月开始更换。"])]


class EnteredAnswer(Struct, kw_only=True):
    """Answer that was entered from paper.

    `home`: Path of the home.
    `relation`: Relation to the home of who filled in the paper.
    `answers`: What was entered.
    `answered_at`: When it was entered.
    """

    home: PlacePath
    relation: Relation
    answers: list[GivenAnswerView]
    answered_at: datetime
