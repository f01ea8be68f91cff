"""Texts of surveys: what was written, apart from who wrote it and what else they answered."""

from collections.abc import Iterable
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.dependencies import Dependencies
from services.kernel.pages import ListQuery
from services.kernel.types import Id
from services.kernel.vault import Sealed
from services.surveys.answers.models import SurveyAnswer, Words
from services.surveys.questions import Number
from services.surveys.texts.states import TextState

TEXT: Final = Sealed("survey_texts", "text")
TextId = Annotated[Id, Meta(description="Id of the text, as the list has it.")]


class SurveyText(Struct, kw_only=True):
    """What was written to one question. It goes when who wrote it leaves.

    Its id is a keyed fingerprint: no list of it tells in which order homes answered, and nobody
    who reads it finds out of which home it is.
    """

    id: str = field(name="_id")
    survey: str
    question: int
    answer: str
    person: str = ""
    text_sealed: str
    state: TextState = TextState.PRIVATE
    chosen_by: str = ""


def text_of(deps: Dependencies, answer: SurveyAnswer, question: int, said: str) -> SurveyText:
    """Return the row of what was written, sealed."""
    row_id = deps.vault.blind_id(answer.id, question, purpose="survey-text")
    return SurveyText(
        id=row_id,
        survey=answer.survey,
        question=question,
        answer=answer.id,
        person=answer.person,
        text_sealed=TEXT.seal(deps.vault, row_id, said),
    )


def words_of(deps: Dependencies, row: SurveyText) -> str:
    return TEXT.open(deps.vault, row.id, row.text_sealed)


def by_question(deps: Dependencies, rows: Iterable[SurveyText]) -> dict[int, str]:
    """Return question → what was written, of one answer."""
    return {row.question: words_of(deps, row) for row in rows}


# What clients send and see


class SurveyTextsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which texts of a survey to list.

    `question`: Number of the question; all without it.
    `state`: How far a text is on the way to be shown; all without it.
    """

    question: Number | None = None
    state: TextState | None = None


class SurveyTextView(Struct, kw_only=True):
    """What somebody wrote, without who.

    `text_id`: Opaque id of the text.
    `question`: Number of the question.
    `text`: What was written.
    `state`: Whether it is to be shown to those who were asked.
    """

    text_id: str
    question: int
    text: Words
    state: TextState


class ShownText(Struct, kw_only=True):
    """What somebody wrote, chosen and checked.

    `question`: Number of the question.
    `text`: What was written.
    """

    question: int
    text: Words
