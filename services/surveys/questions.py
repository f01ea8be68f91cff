"""Questions of a survey: what may be asked, and how a question is checked."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from services.kernel import errors
from services.kernel.labels import Labelled
from services.kernel.types import LINE, TEXT
from services.kernel.views import show

MOST_QUESTIONS: Final = 30
MOST_OPTIONS: Final = 20
FEWEST_OPTIONS: Final = 2
SCALES: Final = (5, 10)
ENDS: Final = 2  # labels of a scale: of its two ends, or of each step

Words = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=TEXT, examples=["楼道灯要不要换成声控的?"])
]
Label = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["同意"])]
Number = Annotated[int, Meta(ge=1, le=MOST_QUESTIONS, examples=[1])]


class QuestionKind(Labelled):
    SINGLE = "single", "单选"
    MULTIPLE = "multiple", "多选"
    SCALE = "scale", "打分"
    SHORT_TEXT = "short_text", "填写"
    MATRIX = "matrix", "逐项打分"


class Scale(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Scale from 1 to `to`.

    `to`: Highest step, 5 or 10.
    `labels`: Words for the two ends, or for each step.
    """

    to: Annotated[int, Meta(ge=1, le=10, examples=[5])]
    labels: Annotated[list[Label], Meta(max_length=10, examples=[["很不满意", "很满意"]])]


class SurveyQuestion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Question of a survey; its number is its position, from 1.

    `kind`: Kind of the question.
    `text`: What is asked.
    `required`: Whether nobody answers the survey without it. Without it yes, but of a short
    text: who ticks on paper seldom writes.
    `options`: Answers to choose from, of a single or multiple choice.
    `at_least`: Fewest choices of a multiple choice; 1 without it.
    `at_most`: Most choices of a multiple choice; all without it.
    `scale`: Scale of a mark, or of all rows of a matrix.
    `rows`: What the rows of a matrix are about.
    """

    kind: QuestionKind
    text: Words
    required: bool | None = None
    options: Annotated[list[Label], Meta(max_length=MOST_OPTIONS)] = []
    at_least: Annotated[int, Meta(ge=1, le=MOST_OPTIONS)] | None = None
    at_most: Annotated[int, Meta(ge=1, le=MOST_OPTIONS)] | None = None
    scale: Scale | None = None
    rows: Annotated[list[Label], Meta(max_length=MOST_OPTIONS)] = []

    def __post_init__(self) -> None:
        """Say whether it is required, where whoever asks did not."""
        if self.required is None:
            is_required = self.kind is not QuestionKind.SHORT_TEXT
            msgspec.structs.force_setattr(self, "required", is_required)


class ScaleView(Struct, kw_only=True):
    """Scale from 1 to `to`.

    `to`: Highest step.
    `labels`: Words for the two ends, or for each step.
    """

    to: int
    labels: list[Label]


class SurveyQuestionView(Struct, kw_only=True):
    """Question of a survey.

    `number`: Number of the question, from 1.
    `kind`: Kind of the question.
    `text`: What is asked.
    `required`: Whether nobody answers the survey without it.
    `options`: Answers to choose from; a choice is its position, from 1.
    `at_least`: Fewest choices; null where it is no choice.
    `at_most`: Most choices; null where it is no choice.
    `scale`: Scale of a mark or of all rows; null for none.
    `rows`: What the rows of a matrix are about.
    """

    number: Number
    kind: QuestionKind
    text: Words
    required: bool
    options: list[Label]
    at_least: int | None
    at_most: int | None
    scale: ScaleView | None
    rows: list[Label]


class Fault(Labelled):
    """What is wrong with a question, or with an answer to one."""

    OPTIONS_NEEDED = "options_needed", "至少要有两个选项"
    OPTION_TWICE = "option_twice", "选项重复了"
    BAD_LIMITS = "bad_limits", "最少和最多可选的项数不对"
    BAD_SCALE = "bad_scale", "分值只能是1到5或1到10,并写明两端或每一分的意思"
    ROWS_NEEDED = "rows_needed", "要写明逐项打分的是哪些内容,不能重复"
    NOT_OF_THIS_KIND = "not_of_this_kind", "这种题型没有这一项"
    UNKNOWN_QUESTION = "unknown_question", "没有这道题"
    ANSWERED_TWICE = "answered_twice", "这道题答了两次"
    REQUIRED = "required", "这道题必须回答"
    WRONG_FORM = "wrong_form", "答案和题型不符"
    UNKNOWN_CHOICE = "unknown_choice", "没有这个选项"
    TOO_FEW = "too_few", "选得太少"
    TOO_MANY = "too_many", "选得太多"
    OFF_SCALE = "off_scale", "超出了分值范围"
    ROWS_MISSING = "rows_missing", "请给每一项打分"


class QuestionFault(Struct, frozen=True, kw_only=True):
    """What is wrong at one question.

    `question`: Number of the question, from 1.
    `fault`: What is wrong.
    """

    question: int
    fault: Fault


class QuestionFaults(Struct, frozen=True, kw_only=True):
    """All that is wrong, question by question.

    `faults`: Each question once, with the first thing that is wrong.
    """

    faults: list[QuestionFault]


class BadQuestions(errors.InvalidInput):
    """Questions cannot be asked so; `faults` in details says which, and why."""

    code = "survey_bad_questions"
    details_type = QuestionFaults


def check(questions: Iterable[SurveyQuestion]) -> None:
    """Raise BadQuestions for questions that nobody could answer."""
    found = [
        QuestionFault(question=number, fault=fault)
        for number, question in enumerate(questions, 1)
        if (fault := next(_faults(question), None))
    ]
    if found:
        first = found[0]
        raise BadQuestions(f"第{first.question}题:{first.fault.label}", faults=found)


def _faults(question: SurveyQuestion) -> Iterator[Fault]:
    kind = question.kind
    has_options = kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}
    has_scale = kind in {QuestionKind.SCALE, QuestionKind.MATRIX}
    limits = [each for each in (question.at_least, question.at_most) if each is not None]
    if (
        (question.options and not has_options)
        or (question.scale and not has_scale)
        or (question.rows and kind is not QuestionKind.MATRIX)
        or (limits and kind is not QuestionKind.MULTIPLE)
    ):
        yield Fault.NOT_OF_THIS_KIND
    if has_options:
        yield from _of_options(question)
    if has_scale and not _is_good(question.scale):
        yield Fault.BAD_SCALE
    if kind is QuestionKind.MATRIX and not (
        question.rows and len({*question.rows}) == len(question.rows)
    ):
        yield Fault.ROWS_NEEDED


def _of_options(question: SurveyQuestion) -> Iterator[Fault]:
    if len(question.options) < FEWEST_OPTIONS:
        yield Fault.OPTIONS_NEEDED
    if len({*question.options}) < len(question.options):
        yield Fault.OPTION_TWICE
    fewest, most = limits(question)
    if not fewest <= most <= len(question.options):
        yield Fault.BAD_LIMITS


def _is_good(scale: Scale | None) -> bool:
    return scale is not None and scale.to in SCALES and len(scale.labels) in {ENDS, scale.to}


def limits(question: SurveyQuestion) -> tuple[int, int]:
    """Return the fewest and the most choices of a question with options."""
    if question.kind is QuestionKind.SINGLE:
        return 1, 1
    most = question.at_most if question.at_most is not None else len(question.options)
    return question.at_least or 1, most


def shown(questions: Sequence[SurveyQuestion]) -> list[SurveyQuestionView]:
    """Show questions with their numbers."""
    return [_view(number, each) for number, each in enumerate(questions, 1)]


def _view(number: int, question: SurveyQuestion) -> SurveyQuestionView:
    fewest, most = limits(question) if question.options else (None, None)
    return show(
        question,
        SurveyQuestionView,
        number=number,
        at_least=fewest,
        at_most=most,
        scale=question.scale and show(question.scale, ScaleView),
    )
