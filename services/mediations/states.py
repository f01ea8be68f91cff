"""State machine of a mediation: this table is the specification.

Voluntary to its end: without everybody's word it does not begin, and whoever leaves ends it
(人民调解法 art. 17, 23). An agreement is in force once each party has confirmed the same words
(art. 28, 29), and is looked after until its follow-up (art. 31).
"""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from services.cases.kinds import Party, Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table


class MediationState(Labelled):
    ASKING = "asking", "征求各方意见"  # whether each takes part
    TALKS = "talks", "调解中"
    PROPOSED = "proposed", "等待各方确认协议"
    AGREED = "agreed", "协议生效,待回访"
    KEPT = "kept", "已履行"
    PARTLY = "partly", "部分履行"
    BROKEN = "broken", "未履行"
    DECLINED = "declined", "有一方不参加"
    WITHDRAWN = "withdrawn", "有一方退出"
    FAILED = "failed", "未达成协议"


class MediationAction(Labelled):
    ASSIGN = "assign", "指派调解员"
    CONSENT = "consent", "同意参加"
    BEGIN = "begin", "都同意参加,开始调解"
    DECLINE = "decline", "不参加"
    NOTE_CONSENT = "note_consent", "登记同意参加"
    NOTE_BEGIN = "note_begin", "各方都同意参加,开始调解"
    NOTE_DECLINE = "note_decline", "登记不参加"
    STATE = "state", "填写陈述"
    LEAVE = "leave", "退出调解"
    NOTE_LEAVE = "note_leave", "登记退出调解"
    PLAN = "plan", "安排调解会"
    HOLD = "hold", "记录调解会"
    CANCEL = "cancel", "取消调解会"
    PROPOSE = "propose", "拟定协议"
    CONFIRM = "confirm", "确认协议"
    AGREE = "agree", "各方都已确认,协议生效"
    REFUSE = "refuse", "不同意协议,继续调解"
    NOTE_CONFIRM = "note_confirm", "登记签字"
    NOTE_AGREE = "note_agree", "登记签字,协议生效"
    NOTE_REFUSE = "note_refuse", "登记不同意协议"
    END = "end", "终止调解"
    KEEP = "keep", "回访:已履行"
    KEEP_PARTLY = "keep_partly", "回访:部分履行"
    BREAK = "break", "回访:未履行"
    LAPSE = "lapse", "无人答复,自动结束"
    EXPIRE = "expire", "到期没有结果,自动结束"
    CLOSE = "close", "一方注销账号"
    VACATE = "vacate", "调解员离任"


S, A, P = MediationState, MediationAction, Party
MEDIATE, ASSIGN = Permission.MEDIATE, Permission.ASSIGN_MEDIATOR
TALKING: Final = (S.TALKS, S.PROPOSED)
BEFORE: Final = (S.ASKING, *TALKING)  # nobody is bound by anything
OPEN: Final = (*BEFORE, S.AGREED)
ALL: Final = (P.OWN, P.HOLDER)
# Nobody is kept waiting by who never answers.
ANSWERED_WITHIN: Final = timedelta(days=30)
# Nor by who never goes on: whoever mediates, and everybody who might name another one, is
# reminded long before (kind.py).
GONE_ON_WITHIN: Final = timedelta(days=180)
OUTCOMES: Final = {A.KEEP: S.KEPT, A.KEEP_PARTLY: S.PARTLY, A.BREAK: S.BROKEN}


def _own(
    source: MediationState, action: MediationAction, target: MediationState, act: Act
) -> Step[MediationState, MediationAction]:
    """Return a row of what a party does."""
    tells = () if action is A.STATE else ALL
    return Step(source, action, target, own=True, act=act, tells=tells)


def _held(
    source: MediationState,
    action: MediationAction,
    target: MediationState,
    act: Act,
    *,
    anew: bool = False,
) -> Step[MediationState, MediationAction]:
    """Return a row of what the mediator does. `anew`: its state begins anew by it."""
    return Step(source, action, target, MEDIATE, held=True, act=act, tells=(P.OWN,), anew=anew)


TABLE: Final = Table(
    S.ASKING,
    *(
        Step(
            state,
            A.ASSIGN,
            state,
            ASSIGN,
            act=Act.MEDIATION_ASSIGNED,
            tells=(P.OWN, P.HOLDER, P.EARLIER_HOLDER),
        )
        for state in OPEN
    ),
    _own(S.ASKING, A.CONSENT, S.ASKING, Act.MEDIATION_ANSWERED),
    _own(S.ASKING, A.BEGIN, S.TALKS, Act.MEDIATION_ANSWERED),
    _own(S.ASKING, A.DECLINE, S.DECLINED, Act.MEDIATION_ANSWERED),
    _held(S.ASKING, A.NOTE_CONSENT, S.ASKING, Act.MEDIATION_ANSWERED),
    _held(S.ASKING, A.NOTE_BEGIN, S.TALKS, Act.MEDIATION_ANSWERED),
    _held(S.ASKING, A.NOTE_DECLINE, S.DECLINED, Act.MEDIATION_ANSWERED),
    *(_own(state, A.STATE, state, Act.MEDIATION_STATED) for state in BEFORE),
    *(_own(state, A.LEAVE, S.WITHDRAWN, Act.MEDIATION_LEFT) for state in BEFORE),
    *(_held(state, A.NOTE_LEAVE, S.WITHDRAWN, Act.MEDIATION_LEFT) for state in BEFORE),
    *(
        _held(state, A.PLAN, state, Act.MEDIATION_SESSION_PLANNED, anew=True)
        for state in TALKING
    ),
    *(
        Step(state, A.HOLD, state, MEDIATE, held=True, act=Act.MEDIATION_SESSION_HELD)
        for state in TALKING
    ),
    *(_held(state, A.CANCEL, state, Act.MEDIATION_SESSION_CANCELLED) for state in TALKING),
    *(
        _held(state, A.PROPOSE, S.PROPOSED, Act.MEDIATION_PROPOSED, anew=True)
        for state in TALKING
    ),
    _own(S.PROPOSED, A.CONFIRM, S.PROPOSED, Act.MEDIATION_CONFIRMED),
    _own(S.PROPOSED, A.AGREE, S.AGREED, Act.MEDIATION_CONFIRMED),
    _own(S.PROPOSED, A.REFUSE, S.TALKS, Act.MEDIATION_CONFIRMED),
    _held(S.PROPOSED, A.NOTE_CONFIRM, S.PROPOSED, Act.MEDIATION_CONFIRMED),
    _held(S.PROPOSED, A.NOTE_AGREE, S.AGREED, Act.MEDIATION_CONFIRMED),
    _held(S.PROPOSED, A.NOTE_REFUSE, S.TALKS, Act.MEDIATION_CONFIRMED),
    *(_held(state, A.END, S.FAILED, Act.MEDIATION_ENDED) for state in BEFORE),
    *(
        _held(S.AGREED, action, target, Act.MEDIATION_FOLLOWED_UP)
        for action, target in OUTCOMES.items()
    ),
    Step(S.ASKING, A.LAPSE, S.DECLINED, due=ANSWERED_WITHIN, tells=ALL),
    *(Step(state, A.EXPIRE, S.FAILED, due=GONE_ON_WITHIN, tells=ALL) for state in TALKING),
    *(Step(state, A.CLOSE, S.WITHDRAWN, tells=ALL) for state in BEFORE),
    *(Step(state, A.VACATE, state, tells=(P.FIRST_RUNG,)) for state in OPEN),
)


class MediationStateDetails(Struct, frozen=True, kw_only=True):
    """State the mediation is in.

    `state`: State of the mediation at this moment.
    """

    state: MediationState


class MediationMovedOn(Conflict):
    """The mediation is over or further on, or somebody was first."""

    code = "mediation_moved_on"
    details_type = MediationStateDetails


def moved_on(state: MediationState) -> MediationMovedOn:
    return MediationMovedOn(f"这件调解现在是“{state.label}”,请刷新", state=state)
