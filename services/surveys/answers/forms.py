"""Forms of answers: what was sent, checked question by question, as tokens to be counted.

A token is what is counted by itself: "3" says that question 3 was answered, "3=2" with its
second option or step, "3_4=5" that row 4 of it has five.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from services.kernel import errors
from services.surveys.answers.models import GivenAnswer, GivenAnswerView
from services.surveys.questions import (
    Fault,
    QuestionFault,
    QuestionFaults,
    QuestionKind,
    SurveyQuestion,
    limits,
)

K = QuestionKind
# Kind → the field of an answer that it is answered in.
FIELDS: Final = {
    K.SINGLE: "choices",
    K.MULTIPLE: "choices",
    K.SCALE: "mark",
    K.MATRIX: "marks",
    K.SHORT_TEXT: "text",
}


class SurveyAnswerMisfit(errors.InvalidInput):
    """Answers do not fit the questions; `faults` in details says which, and why."""

    code = "survey_answer_misfit"
    details_type = QuestionFaults


class Filled(Struct, frozen=True):
    """Answers that fit. `texts`: number of a question → what was written."""

    choices: list[str]
    texts: dict[int, str]


def filled(questions: Sequence[SurveyQuestion], given: Iterable[GivenAnswer]) -> Filled:
    """Return what was answered. Raises SurveyAnswerMisfit with every question that is wrong."""
    by_number = defaultdict[int, list[GivenAnswer]](list)
    for each in given:
        by_number[each.question].append(each)
    asked = dict(enumerate(questions, 1))
    faults = [
        QuestionFault(question=number, fault=fault)
        for number in sorted({*asked, *by_number})
        if (fault := _fault(asked.get(number), by_number.get(number, [])))
    ]
    if faults:
        first = faults[0]
        message = f"第{first.question}题:{first.fault.label}"
        raise SurveyAnswerMisfit(message, faults=faults)
    kept = [only for number in sorted(by_number) for only in by_number[number]]
    texts = {each.question: each.text.strip() for each in kept if each.text is not None}
    return Filled([token for each in kept for token in _tokens(each)], texts)


def _fault(question: SurveyQuestion | None, given: Sequence[GivenAnswer]) -> Fault | None:
    if question is None:
        return Fault.UNKNOWN_QUESTION
    match given:
        case []:
            return Fault.REQUIRED if question.required else None
        case [only]:
            return next(_faults(question, only), None)
        case _:
            return Fault.ANSWERED_TWICE


def _faults(question: SurveyQuestion, given: GivenAnswer) -> Iterator[Fault]:
    used = {name for name in FIELDS.values() if getattr(given, name) not in (None, [])}
    if used != {FIELDS[question.kind]}:
        yield Fault.WRONG_FORM
        return
    if given.choices:
        yield from _of_choices(question, given.choices)
    if given.marks and len(given.marks) != len(question.rows):
        yield Fault.ROWS_MISSING
    top = question.scale.to if question.scale else 0
    if any(mark > top for mark in (*given.marks, *([given.mark] if given.mark else []))):
        yield Fault.OFF_SCALE


def _of_choices(question: SurveyQuestion, choices: Sequence[int]) -> Iterator[Fault]:
    fewest, most = limits(question)
    if max(choices) > len(question.options) or len({*choices}) < len(choices):
        yield Fault.UNKNOWN_CHOICE
    if len(choices) < fewest:
        yield Fault.TOO_FEW
    if len(choices) > most:
        yield Fault.TOO_MANY


def _tokens(given: GivenAnswer) -> Iterator[str]:
    number = given.question
    yield f"{number}"
    yield from (f"{number}={choice}" for choice in sorted(given.choices))
    yield from (f"{number}_{row}={mark}" for row, mark in enumerate(given.marks, 1))
    if given.mark is not None:
        yield f"{number}={given.mark}"


def given(
    questions: Sequence[SurveyQuestion], choices: Iterable[str], texts: Mapping[int, str]
) -> list[GivenAnswerView]:
    """Return answers as they were sent, from what is kept of them.

    Of a question to write whose words are gone, nothing.
    """
    values = defaultdict[int, list[int]](list)
    for token in choices:
        name, _, value = token.partition("=")
        values[int(name.partition("_")[0])] += [int(value)] if value else []
    found = []
    for number in sorted(values):
        field = FIELDS[questions[number - 1].kind]
        said: Any = {
            "choices": values[number],
            "marks": values[number],
            "mark": next(iter(values[number]), None),
            "text": texts.get(number),
        }[field]
        if said not in (None, []):
            found.append(GivenAnswerView(question=number, **{field: said}))
    return found
