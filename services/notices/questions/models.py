"""Questions below a notice: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, TEXT, Id
from services.kernel.vault import Sealed
from services.notices.questions.states import QuestionState

QUESTION: Final = Sealed("notice_questions", "text")
PUBLISHED: Final = Sealed("notice_question_groups", "question")
ANSWER: Final = Sealed("notice_question_groups", "answer")
# Of one person below one notice, what was refused counted: enough to ask, and no more to read.
MOST_OF_ONE: Final = 5
QuestionId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=LINE,
        description="Id of a question below the notice, as the list of them shows it.",
    ),
]
QuestionText = Annotated[
    str,
    Meta(min_length=1, max_length=500, pattern=TEXT, examples=["二次供水什么时候恢复?"]),
]
AnswerText = Annotated[
    str, Meta(min_length=1, max_length=2_000, pattern=TEXT, examples=["当天 18 时前恢复。"])
]


class NoticeQuestion(Struct, kw_only=True):
    """Question of one person below one notice.

    `number`: from 1, of this person below this notice; unique, so that of several at once none
    is one too many. `state`: pending, passed or refused; after that its group says how far it
    is. `group`: empty until it passed.
    """

    id: str = field(name="_id")
    notice: str
    author: str
    number: int
    state: QuestionState = QuestionState.PENDING
    text_sealed: str
    group: str = ""
    asked_at: datetime


class QuestionGroup(Struct, kw_only=True):
    """Questions that ask the same below one notice, and the one answer to them.

    `asked`: questions in it. `worded_by`: the question whose own words were published, which go
    with it; empty where staff wrote it anew, into `question_sealed`.
    """

    id: str = field(name="_id")
    notice: str
    state: QuestionState = QuestionState.PASSED
    asked: int
    created_at: datetime
    worded_by: str = ""
    question_sealed: str = ""
    answer_sealed: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


# What clients send


class AskQuestion(Struct, forbid_unknown_fields=True, kw_only=True):
    """Question below a notice.

    `question`: What I want to know; neighbours do not see it before staff answer to all.
    """

    question: QuestionText


class GroupQuestion(Struct, forbid_unknown_fields=True, kw_only=True):
    """Correction of what the program took for the same.

    `same_as`: A question that asks the same: all that are with this one join it. Null: this
    question alone leaves the others.
    """

    same_as: QuestionId | None = field(name="with")


class AnswerQuestion(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to a question, and to all that ask the same.

    `answer`: What is answered, as plain text.
    `public`: Whether all readers of the notice see it; else only those who asked.
    `question`: The question as it is published, e.g. without a neighbour's name; as it was
    asked without it. Only with a public answer.
    """

    answer: AnswerText
    public: bool
    question: QuestionText | None = None


class QuestionSort(Labelled):
    MOST_ASKED = "most_asked", "提问最多在前"
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class QuestionsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which questions to list: what asks the same is one row.

    `group`: Id of such a row, to list its questions one by one.
    `state`: State of the questions; all that passed their check without it.
    `sort`: Order of the list.
    """

    group: Id | None = None
    state: QuestionState | None = None
    sort: QuestionSort = QuestionSort.MOST_ASKED


# What clients see


class QuestionRow(Struct, kw_only=True):
    """Question, or all that ask the same, as those see it who work on the notice.

    Not who asked: a head is a neighbour, too.

    `question_id`: Opaque id of the question, of a group the first one; null where all who asked
    have closed their accounts.
    `group_id`: Opaque id of all that ask the same.
    `asked`: How many ask the same; null where they are listed one by one.
    `question`: What was asked, of a group first.
    `state`: How far it is.
    `asked_at`: When it was asked; of a group, since when it is one.
    `published`: The question as it stands under the notice; null for none.
    `answer`: What staff answered; null before.
    `answered_at`: When it was answered; null before.
    """

    question_id: str | None
    group_id: str
    asked: int | None
    question: QuestionText
    state: QuestionState
    asked_at: datetime
    published: QuestionText | None
    answer: AnswerText | None
    answered_at: datetime | None


class MyQuestion(Struct, kw_only=True):
    """Question of mine.

    `question_id`: Opaque id of the question.
    `question`: What I asked.
    `state`: How far it is.
    `asked_at`: When I asked.
    `answer`: What staff answered; null before.
    `answered_at`: When it was answered; null before.
    """

    question_id: str
    question: QuestionText
    state: QuestionState
    asked_at: datetime
    answer: AnswerText | None
    answered_at: datetime | None


class PublishedQuestion(Struct, kw_only=True):
    """Question with its answer, as all readers of the notice see it.

    `question`: The question, as staff published it.
    `answer`: What staff answered, as plain text.
    `answered_at`: When it was answered.
    """

    question: QuestionText
    answer: AnswerText
    answered_at: datetime


class NoticeQuestions(Struct, kw_only=True):
    """Questions below a notice, as a reader sees them.

    `mine`: My own, the oldest first, on every page.
    `items`: Those published with their answers, the latest first.
    `next_cursor`: Send it as `cursor` for the next page; null on the last page.
    """

    mine: list[MyQuestion]
    items: list[PublishedQuestion]
    next_cursor: str | None
