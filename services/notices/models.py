"""Notices: what is kept, sent and seen of them by those who send."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from services.audiences.models import Audience, Lack
from services.kernel.days import Month
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import LINE, Reason
from services.notices.contents.models import (
    Attachment,
    AttachmentView,
    Blank,
    Content,
    FormKey,
    Instant,
    Proposal,
    Question,
    QuestionView,
    Revision,
    SignedBy,
    Text,
    Title,
    Version,
)
from services.notices.states import NoticeState
from services.places.models import Usage
from services.residencies.models import Relation

NoticeId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=LINE,
        description="Id of the notice, as lists show it.",
    ),
]


class NoticeKind(Labelled):
    INFORMATION = "information", "通知"
    POLICY = "policy", "政策法规"
    ASKS_ANSWER = "asks_answer", "需要回复"
    EMERGENCY = "emergency", "紧急通知"


class Notice(Struct, kw_only=True):
    """One notice. Its text is kept once, whoever reads it; lists are read without it.

    `role`: the office under which it goes out. `place`: smallest place around `places`, which
    are those of the audience. `senders`: tokens of who works on it (senders.py). `audience`: as
    it was asked for; from publication on as it was frozen. `readers`: tokens of who reads it
    (services/audiences). `doors`: tokens of the places whose homes it means
    (services/audiences/doors.py). `writers`: who wrote or changed what is not out yet: the
    draft, or a correction since the present version. `revision`: rises with every write, so
    that of two the second fails. `schedule`: number of the present schedule; a job of an
    earlier one does nothing. `scheduled_approved`: whether what has its hour was approved
    before. `version`: 0 before publication. `history`: the versions before the present one.
    `told_again`: the editions of which those were told who had been told of one before.
    `position`: what readers' lists are sorted by, pinned ones first.
    """

    id: str = field(name="_id")
    kind: NoticeKind
    state: NoticeState = NoticeState.DRAFT
    role: Role
    place: str
    places: list[str]
    senders: list[str]
    author: str
    changed_by: str
    writers: list[str] = []
    title: str
    text: str = ""
    attachments: list[Attachment] = []
    signed_by: str
    audience: Audience
    shown_from: datetime | None = None
    shown_until: datetime | None = None
    pinned: bool = False
    question: Question | None = None
    revision: int = 0
    created_at: datetime
    changed_at: datetime
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    sent_back_because: str = ""
    schedule: int = 0
    scheduled_by: str = ""
    scheduled_approved: bool = False
    publish_at: datetime | None = None
    version: int = 0
    readers: list[str] = []
    doors: list[str] = []
    position: str = ""
    published_at: datetime | None = None
    published_by: str = ""
    corrected_at: datetime | None = None
    corrected_because: str = ""
    proposal: Proposal | None = None
    history: list[Version] = []
    told_again: list[int] = []
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_because: str = ""

    @property
    def content(self) -> Content:
        return Content(**{name: getattr(self, name) for name in Content.__struct_fields__})


def position(published_at: datetime, notice_id: str, *, pinned: bool) -> str:
    """Return a text that sorts notices: pinned ones last, then by time; read from its end."""
    return f"{int(pinned)}.{int(published_at.timestamp() * 1000):015d}.{notice_id}"


# What clients send


class NewNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Notice to draft; nobody is told before it is published.

    `kind`: Kind of the notice; the office decides which may be sent.
    `audience`: Who is meant.
    `signed_by`: Who signs it, as people read it.
    `title`: Title; of the template where none is given.
    `text`: Text in paragraphs, lists of lines that begin with "- ", and links; no HTML. Of the
    template where none is given.
    `template`: Template of a usual notice; none without it.
    `values`: Values for the blanks of the template.
    `attachments`: Pictures and papers, twenty at most.
    `shown_from`: Instant from which it is shown; at once when it is published without it.
    `shown_until`: Instant until which it is shown; without end without it.
    `pinned`: Whether it stands above the others.
    `question`: Question that is to be answered; only of a notice that asks for an answer.
    """

    kind: NoticeKind
    audience: Audience
    signed_by: SignedBy
    title: Title | None = None
    text: Text | None = None
    template: FormKey | None = None
    values: dict[FormKey, Blank] = {}
    attachments: Annotated[list[Attachment], Meta(max_length=200)] = []
    shown_from: Instant | None = None
    shown_until: Instant | None = None
    pinned: bool = False
    question: Question | None = None


class ChangeNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Changes of a draft. What is left out stays as it is.

    `audience`: Who is meant.
    `signed_by`: Who signs it, as people read it.
    `title`: Title, on one line.
    `text`: Text, as of a new notice.
    `attachments`: Pictures and papers, twenty at most.
    `shown_from`: Instant from which it is shown; null for at once.
    `shown_until`: Instant until which it is shown; null for without end.
    `pinned`: Whether it stands above the others.
    `question`: Question that is to be answered.
    `revision`: Revision of the notice that was read; with it, no change is lost unseen.
    """

    audience: Audience | UnsetType = UNSET
    signed_by: SignedBy | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    attachments: Annotated[list[Attachment], Meta(max_length=200)] | UnsetType = UNSET
    shown_from: Instant | UnsetType | None = UNSET
    shown_until: Instant | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    question: Question | UnsetType = UNSET
    revision: Revision | UnsetType = UNSET


class ReviewNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Word of the second pair of eyes.

    `approve`: Whether it may go out.
    `revision`: Revision of the notice that was read: nothing else is approved.
    `reason`: Why it may not; needed to send it back.
    """

    approve: bool
    revision: Revision
    reason: Reason | None = None


class PublishNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Publication of a notice.

    `at`: Instant to publish it at; at once, or from when it is to be shown, without it.
    `revision`: Revision of the notice that was read; with it, nothing unseen goes out.
    """

    at: Instant | None = None
    revision: Revision | UnsetType = UNSET


class CorrectNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Correction of a published notice. What is left out stays as it is.

    `because`: What was wrong; readers see it.
    `title`: Right title.
    `text`: Right text.
    `attachments`: Right pictures and papers, twenty at most.
    `shown_until`: Instant until which it is shown; null for without end.
    `pinned`: Whether it stands above the others.
    `answers_until`: Instant until which it is answered.
    `tell_again`: Whether those are told again who had been told, or had read it; the others are
    told of the right text anyway.
    `revision`: Revision of the notice that was read; with it, no correction is lost unseen.
    """

    because: Reason
    title: Title | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    attachments: Annotated[list[Attachment], Meta(max_length=200)] | UnsetType = UNSET
    shown_until: Instant | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    answers_until: Instant | UnsetType = UNSET
    tell_again: bool = False
    revision: Revision | UnsetType = UNSET


class WithdrawNotice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Withdrawal of a published notice.

    `because`: Why; readers see it.
    `tell_again`: Whether those are told of it who had been told of the notice, or had read it.
    """

    because: Reason
    tell_again: bool = False


class NoticeSort(Labelled):
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class NoticesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which notices to list.

    `kind`: Kind of the notices; all without it.
    `state`: State of the notices; all without it.
    `place`: Path of a place; those for it and below it, for all of mine without it.
    `sort`: Order of the list.
    """

    kind: NoticeKind | None = None
    state: NoticeState | None = None
    place: PlacePath | None = None
    sort: NoticeSort = NoticeSort.NEWEST


# What clients see


class NoticeSummary(Struct, kw_only=True):
    """Notice in the list of who sends.

    `notice_id`: Opaque id of the notice.
    `kind`: Kind of the notice.
    `state`: State of the notice.
    `role`: Office under which it goes out.
    `place`: Smallest place around all that are meant.
    `address`: That place, as people say it.
    `title`: Title, on one line.
    `signed_by`: Who signs it.
    `pinned`: Whether it stands above the others.
    `version`: Number of the present version; 0 before publication.
    `created_at`: When it was drafted.
    `publish_at`: When it is, or was, to be published by itself; null for none.
    `published_at`: When it was published; null before.
    `shown_until`: Until when it is shown; null for without end.
    `withdrawn_at`: When it was withdrawn; null when it was not.
    """

    notice_id: str
    kind: NoticeKind
    state: NoticeState
    role: Role
    place: PlacePath
    address: str
    title: Title
    signed_by: SignedBy
    pinned: bool
    version: int
    created_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    shown_until: datetime | None
    withdrawn_at: datetime | None


class AudienceView(Struct, kw_only=True):
    """Who is meant by a notice.

    `places`: Paths of places; everything under them is meant.
    `relations`: Residents with one of these relations to a home there.
    `roles`: Holders of one of these offices.
    `usages`: Only homes of these uses; all where there is none.
    `owing_since`: Only homes that still owe for a month up to this one; null for all.
    `lacks`: Only residents who have none of what is named here.
    """

    places: Annotated[list[PlacePath], Meta(examples=[["cc.chaoyang.guilin.xincheng.c07"]])]
    relations: list[Relation]
    roles: list[Role]
    usages: list[Usage]
    owing_since: Annotated[Month, Meta(examples=["2026-01"])] | None
    lacks: list[Lack]


class VersionView(Struct, kw_only=True):
    """Version of a notice that was read before a correction.

    `version`: Number of the version, from 1.
    `title`: Title, on one line.
    `text`: Text, in paragraphs.
    `published_at`: When this version was published.
    `because`: Why it was corrected.
    """

    version: int
    title: Title
    text: Text
    published_at: datetime
    because: Annotated[str, Meta(examples=["停水时间有误"])]


class ProposalView(Struct, kw_only=True):
    """Correction that waits for a second pair of eyes.

    `title`: Title after it.
    `text`: Text after it.
    `because`: What was wrong.
    `by`: Id of the person who wrote it.
    `at`: When it was written.
    `tell_again`: Whether those are told again who had been told.
    """

    title: Title
    text: Text
    because: Annotated[str, Meta(examples=["停水时间有误"])]
    by: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9n"])]
    at: datetime
    tell_again: bool


class NoticeView(NoticeSummary, kw_only=True):
    """Notice, as those see it who send it.

    `revision`: Rises with every write; sent back, it says what was read.
    `text`: Text, in paragraphs.
    `attachments`: Pictures and papers.
    `audience`: Who is meant; from publication on as it was taken then.
    `shown_from`: From when it is shown; null for at once.
    `question`: Question that is to be answered; null for none.
    `author`: Id of the person who drafted it.
    `sent_back_because`: Why a reviewer sent it back, or why it could not go out; else empty.
    `proposal`: Correction that waits for a second pair of eyes; null for none.
    `versions`: Versions before the present one, the oldest first.
    `withdrawn_because`: Why it was withdrawn; empty when it was not.
    """

    revision: Revision
    text: Text
    attachments: list[AttachmentView]
    audience: AudienceView
    shown_from: datetime | None
    question: QuestionView | None
    author: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9n"])]
    sent_back_because: Annotated[str, Meta(examples=[""])]
    proposal: ProposalView | None
    versions: list[VersionView]
    withdrawn_because: Annotated[str, Meta(examples=[""])]
