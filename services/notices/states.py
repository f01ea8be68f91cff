"""State machine of a notice: this table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class NoticeState(Labelled):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "待审核"
    APPROVED = "approved", "审核通过"
    SCHEDULED = "scheduled", "定时发布"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


OUT: Final = frozenset({NoticeState.PUBLISHED, NoticeState.WITHDRAWN})


class NoticeAction(StrEnum):
    """Action that moves a notice from one state to another."""

    EDIT = auto()
    SUBMIT = auto()  # ask for a second pair of eyes
    APPROVE = auto()
    SEND_BACK = auto()
    RECALL = auto()  # back to a draft: out of a review, or off the schedule
    SCHEDULE = auto()
    PUBLISH = auto()
    HOLD_BACK = auto()  # its hour came, and it may not go out any more
    PROPOSE = auto()  # a correction that somebody else has to approve
    DISMISS = auto()  # such a correction
    CORRECT = auto()
    WITHDRAW = auto()


def edition(version: int, state: NoticeState) -> int:
    """Return the number of what readers are shown: the version, and one more once withdrawn."""
    return version + (state is NoticeState.WITHDRAWN)


S, A = NoticeState, NoticeAction
SEND, PUBLISHED, PROPOSED = (
    Permission.SEND_NOTICES,
    Act.NOTICE_PUBLISHED,
    Act.NOTICE_CORRECTION_PROPOSED,
)
# An edit starts from a draft alone: what was approved or has its hour is recalled first, so
# that what goes out is what was approved, and a job of before finds nothing to do.
TABLE: Final = Table(
    S.DRAFT,
    Transition(S.DRAFT, A.EDIT, S.DRAFT, SEND, act=Act.NOTICE_CHANGED),
    Transition(S.DRAFT, A.SUBMIT, S.IN_REVIEW, SEND, act=Act.NOTICE_SUBMITTED),
    Transition(S.IN_REVIEW, A.APPROVE, S.APPROVED, SEND, act=Act.NOTICE_REVIEWED),
    Transition(S.IN_REVIEW, A.SEND_BACK, S.DRAFT, SEND, act=Act.NOTICE_REVIEWED),
    Transition(S.IN_REVIEW, A.RECALL, S.DRAFT, SEND, act=Act.NOTICE_RECALLED),
    Transition(S.APPROVED, A.RECALL, S.DRAFT, SEND, act=Act.NOTICE_RECALLED),
    Transition(S.SCHEDULED, A.RECALL, S.DRAFT, SEND, act=Act.NOTICE_RECALLED),
    Transition(S.DRAFT, A.SCHEDULE, S.SCHEDULED, SEND, act=Act.NOTICE_SCHEDULED),
    Transition(S.APPROVED, A.SCHEDULE, S.SCHEDULED, SEND, act=Act.NOTICE_SCHEDULED),
    Transition(S.DRAFT, A.PUBLISH, S.PUBLISHED, SEND, act=PUBLISHED),
    Transition(S.APPROVED, A.PUBLISH, S.PUBLISHED, SEND, act=PUBLISHED),
    Transition(
        S.SCHEDULED,
        A.PUBLISH,
        S.PUBLISHED,
        SEND,
        due="publish_at",
        act=PUBLISHED,
    ),
    Transition(S.SCHEDULED, A.HOLD_BACK, S.DRAFT, act=Act.NOTICE_HELD_BACK),
    Transition(S.PUBLISHED, A.PROPOSE, S.PUBLISHED, SEND, act=PROPOSED),
    Transition(S.PUBLISHED, A.DISMISS, S.PUBLISHED, SEND, act=Act.NOTICE_REVIEWED),
    Transition(S.PUBLISHED, A.CORRECT, S.PUBLISHED, SEND, act=Act.NOTICE_CORRECTED),
    Transition(S.PUBLISHED, A.WITHDRAW, S.WITHDRAWN, SEND, act=Act.NOTICE_WITHDRAWN),
)


class NoticeStateDetails(Struct, frozen=True, kw_only=True):
    """State the notice is in.

    `state`: State of the notice at this moment, as far as it was read.
    """

    state: NoticeState


class NoticeMovedOn(errors.Conflict):
    """The notice is in another state, or was changed at the same time; `state` in details."""

    code = "notice_moved_on"
    details_type = NoticeStateDetails


# What to do instead, where an action does not start from the state that the notice is in.
INSTEAD: Final = {
    S.DRAFT: "这条通知还没有发布,直接修改即可",
    S.IN_REVIEW: "这条通知正在审核,请先收回再修改",
    S.APPROVED: "这条通知已经审核通过,请先收回再修改",
    S.SCHEDULED: "这条通知已经定时发布,请先收回再修改",
    S.PUBLISHED: "这条通知已经发布,有误请用更正",
    S.WITHDRAWN: "这条通知已经撤回",
}


def moved_on(state: NoticeState) -> NoticeMovedOn:
    """Return the refusal for who was overtaken: the notice was as they saw it a moment ago."""
    return NoticeMovedOn("这条通知刚刚有变动,请刷新后再试", state=state)


def not_from(state: NoticeState) -> NoticeMovedOn:
    """Return the refusal of an action that does not start from this state."""
    return NoticeMovedOn(INSTEAD[state], state=state)


def require(state: NoticeState, action: NoticeAction) -> None:
    """Raise NoticeMovedOn unless the action starts from this state."""
    TABLE.require(state, action, not_from(state))
