"""Readings of notices: who read which version, and what was answered."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.documents import digest_id
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import TEXT
from services.kernel.vault import Sealed
from services.notices.contents.models import AttachmentView, QuestionView, SignedBy, Text, Title
from services.notices.models import NoticeId, NoticeKind
from services.notices.states import NoticeState

ANSWER: Final = Sealed("notice_readings", "answer")
ANSWERED: Final = "已回复"  # for who may not read what a home answered
AnswerText = Annotated[str, Meta(min_length=1, max_length=200, pattern=TEXT, examples=["yes"])]


class Reading(Struct, kw_only=True):
    """What one person read of a notice, or what one home or person answered to it.

    `person`: who read or answered; empty after they left, and where a head answered for a home.
    `version`: latest edition that was read; 0 in the answer of a home. `home`: whose answer it
    is; empty of an office's. `choice`: "yes", "no" or the option; empty where the answer is a
    text. `answer_sealed`: the answer in words, of a text. `entered_by`: head or staff who wrote
    down what somebody without a phone said.
    """

    id: str = field(name="_id")
    notice: str
    person: str = ""
    version: int = 0
    first_at: datetime | None = None
    read_at: datetime | None = None
    home: str = ""
    answered: bool = False
    answered_at: datetime | None = None
    choice: str = ""
    answer_sealed: str = ""
    entered_by: str = ""


def reading_id(notice_id: str, whose: str) -> str:
    """Name a row: of a person by their id, of a home's answer by its path."""
    return digest_id("notice_reading", notice_id, whose)


# What clients send


class MyNoticesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which of my notices to list.

    `kind`: Kind of the notices; all without it.
    """

    kind: NoticeKind | None = None


class ReadNotices(Struct, forbid_unknown_fields=True, kw_only=True):
    """Notices that were shown.

    `notice_ids`: Ids of the notices.
    """

    notice_ids: Annotated[list[NoticeId], Meta(min_length=1, max_length=100)]


class AnswerNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to a notice.

    `answer`: "yes" or "no", one of the options, or the text, as the question asks.
    `home`: Path of my home that answers; needed where I belong to several that are asked.
    """

    answer: AnswerText
    home: PlacePath | None = None


class EnterAnswer(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer of a home, as somebody there said it who has no phone.

    `answer`: "yes" or "no", one of the options, or the text, as the question asks.
    """

    answer: AnswerText


class AnswerSort(Labelled):
    NEWEST = "newest", "最新在前"
    HOME = "home", "按房屋"


class AnswersQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which answers to list.

    `choice`: "yes", "no" or an option; all without it.
    `entered`: Those that were entered for somebody, or those that were not; all without it.
    `sort`: Order of the list.
    """

    choice: AnswerText | None = None
    entered: bool | None = None
    sort: AnswerSort = AnswerSort.NEWEST


# What clients see


class MyAnswer(Struct, kw_only=True):
    """Answer that I, or somebody of my home, gave.

    `home`: Path of the home that answered; null for mine by office.
    `answer`: What was answered, as its question asks; 已回复 where who answered left the home.
    `answered_at`: When it was given.
    `entered`: Whether a head or staff entered it.
    """

    home: PlacePath | None
    answer: AnswerText
    answered_at: datetime
    entered: bool


class MyNotice(Struct, kw_only=True):
    """Notice in the list of a reader.

    `notice_id`: Opaque id of the notice.
    `kind`: Kind of the notice.
    `title`: Title, on one line.
    `signed_by`: Who signs it.
    `pinned`: Whether it stands above the others.
    `published_at`: When it was published.
    `corrected_at`: When it was corrected last; null for never.
    `shown_until`: Until when it is shown; null for without end.
    `answers_until`: Until when it is answered; null where nothing is asked.
    `asks_me`: Whether I, or a home of mine, answer it; a head also reads what others answer.
    `state`: Published, or withdrawn; so for seven days.
    `because`: What the last correction was about, or why it was withdrawn; else empty.
    `is_read`: Whether I read this version; of one that was withdrawn, that it was.
    `is_changed`: Whether I read it before it was corrected or withdrawn.
    """

    notice_id: str
    kind: NoticeKind
    title: Title
    signed_by: SignedBy
    pinned: bool
    published_at: datetime
    corrected_at: datetime | None
    shown_until: datetime | None
    answers_until: datetime | None
    asks_me: bool
    state: NoticeState
    because: Annotated[str, Meta(examples=["停水时间有误"])]
    is_read: bool
    is_changed: bool


class MyNoticeView(MyNotice, kw_only=True):
    """Notice, as a reader sees it. Of one that was withdrawn only the reason is left.

    `version`: Number of the version, from 1.
    `text`: Text; empty of one that was withdrawn.
    `attachments`: Pictures and papers.
    `question`: Question that is to be answered, by me where `asks_me` says so; null for none.
    `answers`: What my homes and I answered.
    """

    version: int
    text: Text
    attachments: list[AttachmentView]
    question: QuestionView | None
    answers: list[MyAnswer]


class UnreadNotices(Struct, kw_only=True):
    """Notices that are shown to me and that I have not read since they were last changed.

    `unread`: Number of notices; of the newest thousand.
    """

    unread: int


class AnswerView(Struct, kw_only=True):
    """Answer to a notice, as its senders see it.

    `home`: Path of the home that answered; null where an office was asked.
    `address`: Address of that home; empty for none.
    `person_id`: Opaque id of who answered by office; null where a home answered.
    `answer`: What was answered, as its question asks.
    `answer_label`: The same, as people read it.
    `entered`: Whether a head or staff entered it for somebody without a phone.
    `answered_at`: When it was given, or changed last.
    """

    home: PlacePath | None
    address: str
    person_id: str | None
    answer: AnswerText
    answer_label: Annotated[str, Meta(examples=["是"])]
    entered: bool
    answered_at: datetime
