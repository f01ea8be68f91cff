"""Words of an answer: what somebody chose, as they read it in the export of their data."""

from collections.abc import Iterator, Sequence

from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.surveys import store as surveys
from services.surveys.answers import forms
from services.surveys.answers.models import GivenAnswerView
from services.surveys.questions import SurveyQuestion


async def add(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Add to rows about surveys the title, what was asked and what was chosen: one query."""
    ids = sorted({row["survey"] for row in rows})
    found = {survey.id: survey for survey in await surveys.find_many(deps.db, ids)}
    for row in rows:
        survey = found.get(row["survey"])
        if survey is None:
            continue
        row["title"] = survey.title
        if "choices" in row:
            row["said"] = [*spoken(survey.questions, row["choices"])]
        else:
            row["asked"] = survey.questions[row["question"] - 1].text


def spoken(questions: Sequence[SurveyQuestion], choices: Sequence[str]) -> Iterator[str]:
    """Yield each question with what was chosen; of what was written, nothing."""
    for given in forms.given(questions, choices, {}):
        question = questions[given.question - 1]
        yield f"{question.text}:{'、'.join(_chosen(question, given))}"


def _chosen(question: SurveyQuestion, given: GivenAnswerView) -> Iterator[str]:
    yield from (question.options[choice - 1] for choice in given.choices)
    yield from (f"{row}{mark}分" for row, mark in zip(question.rows, given.marks, strict=False))
    if given.mark is not None:
        yield f"{given.mark}分"
