"""State machine of a quote of a repair: the table is the specification.

That a billed quote was paid, its bill says, and nothing else.
"""

from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class QuoteState(Labelled):
    OFFERED = "offered", "待住户确认"
    ACCEPTED = "accepted", "住户已同意"
    DECLINED = "declined", "住户不同意"
    SUPERSEDED = "superseded", "已有新报价"  # a changed quote needs a new yes
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"  # the work ended without a yes, or another firm does it
    BILLED = "billed", "已出账"


class QuoteAction(Labelled):
    ACCEPT = "accept", "同意报价"
    DECLINE = "decline", "不同意报价"
    SUPERSEDE = "supersede", "重新报价"
    WITHDRAW = "withdraw", "撤回报价"
    LAPSE = "lapse", "失效"
    BILL = "bill", "出账"


S, A = QuoteState, QuoteAction
# At most one quote of a repair is in one of these.
OPEN: Final = (S.OFFERED, S.ACCEPTED)
TABLE: Final = Table(
    S.OFFERED,
    Transition(S.OFFERED, A.ACCEPT, S.ACCEPTED, own=True, act=Act.REPAIR_QUOTE_ACCEPTED),
    Transition(S.OFFERED, A.DECLINE, S.DECLINED, own=True, act=Act.REPAIR_QUOTE_DECLINED),
    Transition(S.OFFERED, A.SUPERSEDE, S.SUPERSEDED),
    Transition(S.ACCEPTED, A.SUPERSEDE, S.SUPERSEDED),
    Transition(
        S.OFFERED,
        A.WITHDRAW,
        S.WITHDRAWN,
        Permission.WORK_ON_REPAIRS,
        act=Act.REPAIR_QUOTE_WITHDRAWN,
    ),
    Transition(
        S.ACCEPTED,
        A.WITHDRAW,
        S.WITHDRAWN,
        Permission.WORK_ON_REPAIRS,
        act=Act.REPAIR_QUOTE_WITHDRAWN,
    ),
    Transition(S.OFFERED, A.LAPSE, S.LAPSED),
    Transition(S.ACCEPTED, A.LAPSE, S.LAPSED),
    Transition(S.ACCEPTED, A.BILL, S.BILLED),
)
