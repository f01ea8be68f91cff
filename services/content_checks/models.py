"""Content checks: what is kept, sent and seen."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.content_checks.states import CheckState
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Reason
from services.kernel.vault import Sealed

# Callers have stricter bounds of their own: these keep a check to five texts and nine pictures.
MOST_CHARS: Final = 10_000
MOST_PHOTOS: Final = 9
# How long the text is kept after the end, for complaints (PIPL art. 19: no longer than needed).
KEPT_FOR: Final = timedelta(days=30)
# A verdict comes within half an hour, sometimes before our own note of the call, or it is of
# nothing of ours.
VERDICTS_KEPT_FOR: Final = timedelta(days=3)

TEXT: Final = Sealed("content_checks", "text")
REASON: Final = Sealed("content_checks", "reason")


class Finding(Labelled):
    """What was found in a piece of text or a picture, in WeChat's words."""

    PASS = "pass", "未发现问题"  # WeChat's word for harmless
    REVIEW = "review", "需要人工审核"
    RISKY = "risky", "违规"


STRICTNESS: Final = (Finding.PASS, Finding.REVIEW, Finding.RISKY)


class ContentCheck(Struct, kw_only=True):
    """One check of one version of a text and its pictures.

    `subject`: what the content is, "notice_question:<id>". `open_key`: the subject while the
    check is open, so that one version of it is checked at a time. `pieces`: how many the text
    is cut into. `found`: part (text_0, text_1 … and ids of photos) → what was found in it.
    `sent`: photo → when it was submitted. `expires_at`: when it is removed; null while it is
    open.
    """

    id: str = field(name="_id")
    subject: str
    open_key: str | None
    place: str
    author: str
    state: CheckState = CheckState.PENDING
    text_sealed: str
    pieces: int
    photo_ids: list[str] = []
    found: dict[str, Finding] = {}
    sent: dict[str, list[datetime]] = {}
    created_at: datetime
    decided_by: str = ""
    reason_sealed: str | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def parts(self) -> list[str]:
        """Names of all that is judged by itself."""
        return [*text_parts(self.pieces), *self.photo_ids]

    @property
    def finding(self) -> Finding | None:
        """What was found in all of it; None while an answer is missing that could change it."""
        known = strictest(self.found.get(part) for part in self.parts)
        is_whole = all(part in self.found for part in self.parts)
        return known if is_whole or known is Finding.RISKY else None


def text_parts(pieces: int) -> list[str]:
    return [f"text_{number}" for number in range(pieces)]


def strictest(found: Iterable[Finding | None]) -> Finding | None:
    """Return the worst of what was found; None when nothing was."""
    return max((each for each in found if each), key=STRICTNESS.index, default=None)


class MediaVerdict(Struct, kw_only=True):
    """Submission of a picture and WeChat's verdict on it, whichever came first.

    `check`, `photo`: what we submitted; empty until our own call's answer is noted.
    `finding`, `error_code`: what WeChat pushed; null and 0 until it does.
    """

    trace_id: str = field(name="_id")
    check: str = ""
    photo: str = ""
    finding: Finding | None = None
    error_code: int = 0
    expires_at: datetime


# What clients send and see

CheckId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the check, as the list has it.")
]


class DecideContent(Struct, forbid_unknown_fields=True, kw_only=True):
    """Decision of a person on what WeChat could not judge.

    `passed`: Whether others may see it.
    `reason`: Why, for whoever looks into it later.
    """

    passed: bool
    reason: Reason


class CheckSort(Labelled):
    OLDEST = "oldest", "最早在前"
    NEWEST = "newest", "最新在前"


class ChecksQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which checks to list.

    `state`: State of the checks; without it, those that wait for a person.
    `place`: Path of a place; without it all places of whoever asks.
    `sort`: Order of the list.
    """

    state: CheckState | None = None
    place: PlacePath | None = None
    sort: CheckSort = CheckSort.OLDEST


class CheckedPhoto(Struct, kw_only=True):
    """Picture of a check.

    `photo_id`: Opaque id of the photo.
    `url`: Address that shows it for five minutes, relative to the server.
    `finding`: What WeChat found in it; null when it has not answered.
    """

    photo_id: str
    url: Annotated[str, Meta(examples=["/photos/01kt9a7c4m8q2v5x1z3b6d0e9p?expires=1772424"])]
    finding: Finding | None


class CheckView(Struct, kw_only=True):
    """Content check, as those see it who decide.

    Not who wrote it: the words are judged and not the neighbour.

    `check_id`: Opaque id of the check.
    `subject`: What the text belongs to: its kind and its id.
    `about`: What that is, as people say it; empty where it is gone.
    `place`: Path of the place where it would be read.
    `address`: Address of that place, as people say it.
    `state`: How far the check is.
    `may_decide`: Whether the reader may decide: not on words of their own or of their own home.
    `text`: What was written; null for who may not decide, unless it is their own.
    `text_finding`: What WeChat found in the text; null when it has not answered.
    `photos`: The pictures with it; null for who does not see the text.
    `reason`: Why a person decided so; null when none did.
    `created_at`: When it was written.
    `ended_at`: When the check was over; null before.
    """

    check_id: str
    subject: Annotated[str, Meta(examples=["notice_question:01kt9a7c4m8q2v5x1z3b6d0ec1"])]
    about: Annotated[str, Meta(examples=["通知“停水通知”下的提问"])]
    place: PlacePath
    address: str
    state: CheckState
    may_decide: bool
    text: Annotated[str, Meta(examples=["二次供水什么时候恢复?"])] | None
    text_finding: Finding | None
    photos: list[CheckedPhoto] | None
    reason: Annotated[str, Meta(examples=["是正常的提问"])] | None
    created_at: datetime
    ended_at: datetime | None
