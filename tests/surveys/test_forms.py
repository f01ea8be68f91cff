"""Questions and answers to them: what fits, what does not, and how it is kept."""

from typing import Any

import msgspec
import pytest

from services.surveys import questions
from services.surveys.answers import forms
from services.surveys.answers.models import GivenAnswer
from services.surveys.questions import BadQuestions, SurveyQuestion
from tests.build.surveys import LAMPS, MARK, PARTS, ROWS, WORDS

ASKED = msgspec.convert([LAMPS, PARTS, MARK, WORDS, ROWS], list[SurveyQuestion])
WHOLE: list[dict[str, Any]] = [
    {"question": 1, "choices": [2]},
    {"question": 2, "choices": [3, 1]},
    {"question": 3, "mark": 4},
    {"question": 4, "text": " 多种花 "},
    {"question": 5, "marks": [10, 1]},
]


def filled(*answers: dict[str, Any]) -> forms.Filled:
    return forms.filled(ASKED, msgspec.convert(answers, list[GivenAnswer]))


def test_each_answer_is_kept_as_what_is_counted() -> None:
    found = filled(*WHOLE)
    assert found.choices == [
        *("1", "1=2", "2", "2=1", "2=3", "3", "3=4", "4", "5", "5_1=10", "5_2=1")
    ]
    assert found.texts == {4: "多种花"}
    again = forms.given(ASKED, found.choices, found.texts)
    assert [each.marks for each in again][-1] == [10, 1]
    assert (again[1].choices, again[2].mark, again[3].text) == ([1, 3], 4, "多种花")
    assert [each.question for each in forms.given(ASKED, found.choices, {})] == [1, 2, 3, 5]


ONE = {"question": 1, "choices": [1]}


@pytest.mark.parametrize(
    ("answers", "question", "fault"),
    [
        ([], 1, "required"),
        ([ONE, ONE], 1, "answered_twice"),
        ([ONE, {"question": 9, "mark": 1}], 9, "unknown_question"),
        ([{"question": 1, "mark": 1}], 1, "wrong_form"),
        ([{"question": 1}], 1, "wrong_form"),
        ([{"question": 1, "choices": [1], "text": "x"}], 1, "wrong_form"),
        ([{"question": 1, "choices": [3]}], 1, "unknown_choice"),
        ([{"question": 1, "choices": [1, 2]}], 1, "too_many"),
        ([ONE, {"question": 2, "choices": [1, 1]}], 2, "unknown_choice"),
        ([ONE, {"question": 2, "choices": [1, 2, 3]}], 2, "too_many"),
        ([ONE, {"question": 3, "mark": 6}], 3, "off_scale"),
        ([ONE, {"question": 5, "marks": [1]}], 5, "rows_missing"),
    ],
)
def test_what_does_not_fit_is_named(answers: Any, question: int, fault: str) -> None:
    with pytest.raises(forms.SurveyAnswerMisfit) as refused:
        filled(*answers)
    [found] = refused.value.details["faults"]
    assert (found.question, found.fault) == (question, fault)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(forms.SurveyAnswerMisfit) as refused:
        filled({"question": 3, "mark": 9})
    assert [each.question for each in refused.value.details["faults"]] == [1, 3]


@pytest.mark.parametrize(
    ("question", "changes", "fault"),
    [
        (LAMPS, {"options": ["同意"]}, "options_needed"),
        (LAMPS, {"options": ["同意", "同意"]}, "option_twice"),
        (LAMPS, {"rows": ["保洁"]}, "not_of_this_kind"),
        (LAMPS, {"at_least": 1}, "not_of_this_kind"),
        (PARTS, {"at_least": 3}, "bad_limits"),
        (PARTS, {"at_most": 4}, "bad_limits"),
        (MARK, {"scale": {"to": 7, "labels": ["差", "好"]}}, "bad_scale"),
        (MARK, {"scale": {"to": 5, "labels": ["差"]}}, "bad_scale"),
        (MARK, {"scale": None}, "bad_scale"),
        (WORDS, {"options": ["好"]}, "not_of_this_kind"),
        (ROWS, {"rows": []}, "rows_needed"),
        (ROWS, {"rows": ["保洁", "保洁"]}, "rows_needed"),
    ],
)
def test_what_nobody_could_answer_is_not_asked(
    question: dict[str, Any], changes: dict[str, Any], fault: str
) -> None:
    asked = msgspec.convert([LAMPS, question | changes], list[SurveyQuestion])
    with pytest.raises(BadQuestions) as refused:
        questions.check(asked)
    [found] = refused.value.details["faults"]
    assert (found.question, found.fault) == (2, fault)
