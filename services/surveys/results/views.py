"""Views of results: the same for all who may see them."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.labels import label_of
from services.kernel.views import show
from services.places import actions as places
from services.residencies.models import Relation
from services.surveys.answers.models import OFFICE
from services.surveys.models import Survey
from services.surveys.questions import QuestionKind, SurveyQuestion
from services.surveys.results.models import SurveyFigure, SurveyResult, SurveyResultRow

EVERYBODY, BY_OFFICE = "全部", "有职务的人"
WITHHELD, WRITTEN, UNANSWERED = "人数太少,不公布", "见文字意见", "没有人填写"
PERCENT = 100


async def rows(
    deps: Dependencies, survey: Survey, found: Sequence[SurveyResult]
) -> list[SurveyResultRow]:
    """Show results with addresses and labels: one query however many."""
    addresses = await places.addresses(deps, sorted({row.place for row in found}))
    return [_row(survey, row, addresses.get(row.place, "")) for row in found]


def _row(survey: Survey, row: SurveyResult, address: str) -> SurveyResultRow:
    question = survey.questions[row.question - 1]
    figures = _figures(question, row)
    return show(
        row,
        SurveyResultRow,
        address=address,
        relation=row.relation or None,
        relation_label=_label(row.relation),
        text=question.text,
        figures=figures,
        mean=_mean(question, row),
        spoken=_spoken(row, figures),
    )


def _label(relation: str) -> str:
    if relation == OFFICE:
        return BY_OFFICE
    return label_of(Relation, relation) if relation else EVERYBODY


def _figures(question: SurveyQuestion, row: SurveyResult) -> list[SurveyFigure]:
    """Return all answers that were possible, also those that nobody chose."""
    if not row.answered:
        return []
    number, steps = row.question, _steps(question)
    parts = (
        [(f"{number}_{at}", name) for at, name in enumerate(question.rows, 1)]
        if question.rows
        else [(f"{number}", "")]
    )
    return [
        SurveyFigure(row=name, label=label, count=count, percent=_percent(count, row.answered))
        for token, name in parts
        for step, label in enumerate(steps, 1)
        for count in [row.counts.get(f"{token}={step}", 0)]
    ]


def _steps(question: SurveyQuestion) -> list[str]:
    """Return the labels of what could be chosen: options, or steps of a scale."""
    scale = question.scale
    if scale is None:
        return question.options
    if len(scale.labels) == scale.to:
        return scale.labels
    middle = [f"{step}" for step in range(2, scale.to)]
    return [f"1 {scale.labels[0]}", *middle, f"{scale.to} {scale.labels[-1]}"]


def _percent(count: int, of: int) -> int:
    return (count * PERCENT * 2 + of) // (of * 2) if of else 0


def _mean(question: SurveyQuestion, row: SurveyResult) -> int | None:
    if question.kind is not QuestionKind.SCALE or not row.answered:
        return None
    total = sum(int(token.partition("=")[2]) * n for token, n in row.counts.items())
    return (total * PERCENT * 2 + row.answered) // (row.answered * 2)


def _spoken(row: SurveyResult, figures: Sequence[SurveyFigure]) -> str:
    if row.answered is None:
        return WITHHELD
    if not row.answered:
        return UNANSWERED
    said = [f"{f.row and f.row + ':'}{f.label} {f.count}({f.percent}%)" for f in figures]
    return ";".join(said) or WRITTEN
