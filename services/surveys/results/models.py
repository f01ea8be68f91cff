"""Results of surveys: figures by place, question and relation, as they were counted once."""

from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.surveys.questions import Label, Number, Words


class SurveyResult(Struct, kw_only=True):
    """Figures of one question at one place, of all there or of one relation.

    `position`: what lists are sorted by. `relation`: "" for all there. `answered`: how many
    answered the question; None where fewer than five did, or where it would tell of fewer than
    five beside it; then nothing else is kept. `counts`: token (answers/forms.py) → answers.
    """

    id: str = field(name="_id")
    survey: str
    position: str
    place: str
    question: int
    relation: str = ""
    answered: int | None = None
    counts: dict[str, int] = {}


# What clients send


class SurveyResultsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which results of a survey to list.

    `place`: Path of a place; results of this place, of all places without it.
    `question`: Number of a question; all without it.
    """

    place: PlacePath | None = None
    question: Number | None = None


class MySurveyResultsQuery(SurveyResultsQuery, forbid_unknown_fields=True, kw_only=True):
    """Which results of a survey that asked me to list.

    `place`: Path of a place; results of this place, of all places without it.
    `question`: Number of a question; all without it.
    """


# What clients see


class SurveyFigure(Struct, kw_only=True):
    """How many chose an answer.

    `row`: Row of a matrix; empty for none.
    `label`: Option, or step of the scale, as people read it.
    `count`: How many chose it.
    `percent`: Share of those who answered the question, in whole percent.
    """

    row: Annotated[str, Meta(examples=[""])]
    label: Label
    count: int
    percent: int


class SurveyResultRow(Struct, kw_only=True):
    """Figures of one question at one place.

    `place`: Path of the place.
    `address`: That place, as people say it.
    `relation`: Relation to a home, or office, of whom these are; null for all there.
    `relation_label`: The same, as people read it.
    `question`: Number of the question.
    `text`: What was asked.
    `answered`: How many answered it; null where it would tell of fewer than five.
    `figures`: How many chose what; none where that is withheld, and of what was written.
    `mean`: Mean mark in hundredths, of a scale; null for none.
    `spoken`: The figures in words.
    """

    place: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋"])]
    relation: Annotated[str, Meta(examples=["owner"])] | None
    relation_label: Annotated[str, Meta(examples=["业主"])]
    question: int
    text: Words
    answered: int | None
    figures: list[SurveyFigure]
    mean: Annotated[int, Meta(examples=[425])] | None
    spoken: Annotated[str, Meta(examples=["同意 12(80%);不同意 3(20%)"])]
