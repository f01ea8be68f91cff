"""State machine of a repair: this table is the specification.

Closed is not fixed: only CONFIRMED is. CLOSED is what nobody said anything about for a week.
"""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from services.cases.kinds import Party, Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission, Role
from services.kernel.states import Table


class RepairState(Labelled):
    REPORTED = "reported", "待受理"
    REFUSED = "refused", "不予受理"
    APPEALED = "appealed", "申诉中"
    ACCEPTED = "accepted", "待派工"
    ASSIGNED = "assigned", "已派工"
    ON_THE_WAY = "on_the_way", "前往途中"
    WORKING = "working", "维修中"
    PAUSED = "paused", "已暂停"
    DONE = "done", "待确认"  # everybody is asked whether it is fixed
    CONFIRMED = "confirmed", "已修好"
    CLOSED = "closed", "无人反馈,已关闭"
    CANCELLED = "cancelled", "已取消"
    MERGED = "merged", "已并入其他报修"


class RepairAction(Labelled):
    EDIT = "edit", "修改报修"
    CANCEL = "cancel", "取消报修"
    ADD = "add", "补充说明"
    URGE = "urge", "催办"
    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "不予受理"
    APPEAL = "appeal", "申诉"
    UPHOLD = "uphold", "维持不予受理"
    OVERTURN = "overturn", "申诉成立,予以受理"
    RECLASSIFY = "reclassify", "更改类别"
    ASSIGN = "assign", "派工"
    TAKE = "take", "接单"
    GIVE_BACK = "give_back", "退单"
    PASS_BACK = "pass_back", "物业合同结束,交回社区"
    RELEASE = "release", "维修人员离岗,重新派工"
    SET_OUT = "set_out", "出发上门"
    START = "start", "开始维修"
    PAUSE = "pause", "暂停"
    RESUME = "resume", "恢复"
    WAKE = "wake", "暂停到期,恢复"
    FINISH = "finish", "完成维修"
    CONFIRM = "confirm", "确认修好"
    RETURN = "return", "反馈没修好"
    LAPSE = "lapse", "7天无人反馈,关闭"
    REOPEN = "reopen", "重新打开"
    MERGE = "merge", "并入其他报修"
    SPLIT = "split", "拆出新报修"
    REMARK = "remark", "备注"
    END_OUTAGE = "end_outage", "已恢复,请确认"


S, A, P = RepairState, RepairAction, Party
WORK, DISPATCH = Permission.WORK_ON_REPAIRS, Permission.DISPATCH_REPAIRS
# Somebody does it, or shall.
ON_HAND: Final = (S.ASSIGNED, S.ON_THE_WAY, S.WORKING, S.PAUSED)
UNDER_WAY: Final = (S.ACCEPTED, *ON_HAND)
OPEN: Final = (S.REPORTED, S.APPEALED, *UNDER_WAY, S.DONE)
FINISHED: Final = (S.DONE, S.CONFIRMED, S.CLOSED)
SILENCE: Final = timedelta(days=7)
REOPENED_WITHIN: Final = timedelta(days=30)
ALL: Final = (P.REPORTER, P.JOINERS)


def _stay(
    action: RepairAction, states: tuple[RepairState, ...], **row: object
) -> list[Step[RepairState, RepairAction]]:
    """Return rows of an action that leaves a repair in its state."""
    return [Step(state, action, state, **row) for state in states]  # type: ignore[arg-type]


def _from(
    states: tuple[RepairState, ...], action: RepairAction, to: RepairState, **row: object
) -> list[Step[RepairState, RepairAction]]:
    """Return rows of an action that leads from several states to one."""
    return [Step(state, action, to, **row) for state in states]  # type: ignore[arg-type]


TABLE: Final = Table(
    S.REPORTED,
    *_stay(A.EDIT, (S.REPORTED,), own=True, act=Act.REPAIR_CHANGED),
    *_from(
        (S.REPORTED, S.ACCEPTED, S.ASSIGNED),
        A.CANCEL,
        S.CANCELLED,
        own=True,
        act=Act.REPAIR_CANCELLED,
        tells=(P.EARLIER_HOLDER,),
    ),
    *_stay(
        A.ADD,
        (S.REPORTED, S.APPEALED, *UNDER_WAY),
        own=True,
        party=True,
        act=Act.REPAIR_ADDED_TO,
        tells=(P.HOLDER,),
    ),
    *_stay(
        A.URGE,
        (S.REPORTED, *UNDER_WAY),
        own=True,
        party=True,
        act=Act.REPAIR_URGED,
        tells=(P.HOLDER, P.FIRST_RUNG),
    ),
    Step(S.REPORTED, A.ACCEPT, S.ACCEPTED, DISPATCH, act=Act.REPAIR_ACCEPTED, tells=ALL),
    Step(S.REPORTED, A.REFUSE, S.REFUSED, DISPATCH, act=Act.REPAIR_REFUSED, tells=ALL),
    Step(
        S.REFUSED,
        A.APPEAL,
        S.APPEALED,
        own=True,
        act=Act.REPAIR_APPEALED,
        also=(Role.COMMUNITY_STAFF,),
    ),
    Step(
        S.APPEALED,
        A.UPHOLD,
        S.REFUSED,
        Permission.DECIDE_REPAIR_APPEALS,
        act=Act.REPAIR_APPEAL_DECIDED,
        tells=ALL,
    ),
    Step(
        S.APPEALED,
        A.OVERTURN,
        S.ACCEPTED,
        Permission.DECIDE_REPAIR_APPEALS,
        act=Act.REPAIR_APPEAL_DECIDED,
        tells=(*ALL, P.FIRST_RUNG),
    ),
    *_stay(
        A.RECLASSIFY,
        (S.REPORTED, *UNDER_WAY),
        needs=DISPATCH,
        act=Act.REPAIR_RECLASSIFIED,
        tells=(P.HOLDER,),
    ),
    *_from(
        UNDER_WAY,
        A.ASSIGN,
        S.ASSIGNED,
        needs=DISPATCH,
        act=Act.REPAIR_ASSIGNED,
        tells=(P.REPORTER, P.HOLDER, P.EARLIER_HOLDER),
    ),
    Step(S.ACCEPTED, A.TAKE, S.ASSIGNED, WORK, act=Act.REPAIR_TAKEN, tells=(P.REPORTER,)),
    *_from(
        ON_HAND,
        A.GIVE_BACK,
        S.ACCEPTED,
        needs=WORK,
        held=True,
        act=Act.REPAIR_GIVEN_BACK,
        tells=(P.FIRST_RUNG,),
    ),
    *_from(
        UNDER_WAY,
        A.PASS_BACK,
        S.ACCEPTED,
        tells=(P.REPORTER, P.EARLIER_HOLDER, P.FIRST_RUNG),
    ),
    Step(S.REPORTED, A.PASS_BACK, S.REPORTED, tells=(P.FIRST_RUNG,)),
    *_stay(A.PASS_BACK, (S.APPEALED, S.DONE)),
    *_from(ON_HAND, A.RELEASE, S.ACCEPTED, tells=(P.FIRST_RUNG,)),
    Step(
        S.ASSIGNED,
        A.SET_OUT,
        S.ON_THE_WAY,
        WORK,
        held=True,
        act=Act.REPAIR_SET_OUT,
        tells=(P.REPORTER,),
    ),
    *_from(
        (S.ASSIGNED, S.ON_THE_WAY),
        A.START,
        S.WORKING,
        needs=WORK,
        held=True,
        act=Act.REPAIR_STARTED,
    ),
    *_from(
        (S.ASSIGNED, S.ON_THE_WAY, S.WORKING),
        A.PAUSE,
        S.PAUSED,
        needs=WORK,
        held=True,
        act=Act.REPAIR_PAUSED,
        tells=ALL,
    ),
    Step(S.PAUSED, A.RESUME, S.WORKING, WORK, held=True, act=Act.REPAIR_RESUMED),
    Step(S.PAUSED, A.WAKE, S.ASSIGNED, due="paused_until", tells=(P.REPORTER, P.HOLDER)),
    Step(S.WORKING, A.FINISH, S.DONE, WORK, held=True, act=Act.REPAIR_FINISHED),
    Step(
        S.DONE,
        A.CONFIRM,
        S.CONFIRMED,
        own=True,
        party=True,
        act=Act.REPAIR_CONFIRMED,
        tells=(P.HOLDER,),
    ),
    Step(
        S.DONE,
        A.RETURN,
        S.ASSIGNED,
        own=True,
        party=True,
        act=Act.REPAIR_RETURNED,
        tells=(P.HOLDER,),
        also=(Role.FIRM_MANAGER,),
    ),
    Step(S.DONE, A.LAPSE, S.CLOSED, due=SILENCE, tells=ALL),
    *_from(
        (S.CONFIRMED, S.CLOSED),
        A.REOPEN,
        S.ACCEPTED,
        own=True,
        party=True,
        act=Act.REPAIR_REOPENED,
        within=REOPENED_WITHIN,
        tells=(P.FIRST_RUNG,),
        also=(Role.FIRM_MANAGER,),
    ),
    *_from(
        (S.REPORTED, *UNDER_WAY),
        A.MERGE,
        S.MERGED,
        needs=DISPATCH,
        act=Act.REPAIR_MERGED,
        tells=(*ALL, P.EARLIER_HOLDER),
    ),
    *_stay(A.SPLIT, (S.REPORTED, *UNDER_WAY), needs=DISPATCH, act=Act.REPAIR_SPLIT, tells=ALL),
    *_stay(A.REMARK, tuple(S), needs=WORK, act=Act.REPAIR_NOTED),
    # Of the outage that it was about; who ended that holds what nobody else does.
    *_from((S.REPORTED, *UNDER_WAY), A.END_OUTAGE, S.DONE, tells=(P.HOLDER,)),
)


class RepairStateDetails(Struct, frozen=True, kw_only=True):
    """State the repair is in.

    `state`: State of the repair at this moment.
    """

    state: RepairState


class RepairMovedOn(Conflict):
    """The repair is in a state that has no such step, or somebody was first."""

    code = "repair_moved_on"
    details_type = RepairStateDetails


def moved_on(state: RepairState) -> RepairMovedOn:
    return RepairMovedOn(f"这个报修现在是“{state.label}”,请刷新", state=state)


class TooLate(Conflict):
    """The repair ended more than thirty days ago: report it anew."""

    code = "repair_reopened_too_late"


def too_late() -> TooLate:
    return TooLate("已经过了30天,请重新报修")
