"""Contents of notices: what one version says, and how it is checked."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from services.kernel.labels import Labelled
from services.kernel.types import LINE, TEXT, Id
from services.photos.models import Media, PhotoUrl

MOST_ATTACHMENTS: Final = 20
LONGEST_TEXT: Final = 20_000
Title = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["停水通知"])]
Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=TEXT,
        examples=["3月5日8时至12时因管网检修停水。\n- 请提前储水\n- 请关好水龙头"],
    ),
]
SignedBy = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["新城社区居委会"])
]
FileName = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["停水范围.pdf"])
]
Option = Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["上午"])]
FormKey = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["water_outage"])
]
Blank = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE, examples=["8时"])]
Instant = Annotated[datetime, Meta(tz=True)]
Revision = Annotated[int, Meta(ge=0, le=2**31 - 1, examples=[3])]


class AnswerForm(Labelled):
    YES_NO = "yes_no", "是或否"
    CHOICE = "choice", "选一项"
    TEXT = "text", "文字"  # at most 200 signs


class YesNo(Labelled):
    YES = "yes", "是"
    NO = "no", "否"


class Question(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Question of a notice that asks for an answer.

    `form`: Form of the answers.
    `options`: Answers to choose from, two to ten; none for the other forms.
    `until`: Instant until which it is answered, and an answer can be changed.
    """

    form: AnswerForm
    options: Annotated[list[Option], Meta(max_length=10)] = []
    until: Instant


class Attachment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Picture or paper of a notice.

    `photo_id`: Id that the upload (purpose `notice`) was answered with.
    `name`: Name of the file, as people read it; null for none.
    """

    photo_id: Id
    name: FileName | None = None


class Content(Struct, frozen=True, kw_only=True):
    """What a notice says in one version, and how long. As in Notice."""

    title: str
    text: str
    attachments: list[Attachment] = []
    shown_until: datetime | None = None
    pinned: bool = False
    question: Question | None = None


class Version(Struct, kw_only=True):
    """Version of a notice as it was read. `because`: why it was corrected after that."""

    number: int
    title: str
    text: str
    attachments: list[Attachment] = []
    published_at: datetime
    because: str = ""


class Proposal(Struct, kw_only=True):
    """Correction that waits for a second pair of eyes. `tell_again`: as in CorrectNotice."""

    content: Content
    because: str
    by: str
    at: datetime
    tell_again: bool = False


# What clients see


class AttachmentView(Struct, kw_only=True):
    """Picture or paper of a notice.

    `photo_id`: Opaque id of the file.
    `name`: Name of the file, as people read it; null for none.
    `media`: Media type of the file.
    """

    photo_id: str
    name: FileName | None
    media: Media


class AttachmentLinks(Struct, kw_only=True):
    """Addresses of a notice's pictures and papers, for five minutes.

    `items`: Addresses, in the order of the notice.
    """

    items: list[PhotoUrl]


class QuestionView(Struct, kw_only=True):
    """Question of a notice.

    `form`: Form of the answers.
    `options`: Answers to choose from; none for the other forms.
    `until`: Instant until which it is answered, and an answer can be changed.
    """

    form: AnswerForm
    options: list[Option]
    until: datetime
