"""State machine of a message's delivery, and the effect of each of WeChat's answers on it."""

from enum import StrEnum, auto
from typing import Final, NamedTuple

from services.kernel.states import Table, Transition
from services.messaging.models import Delivery
from services.wechat.errors import Reaction

D = Delivery


class Move(StrEnum):
    START = auto()  # about to call WeChat
    ACCEPT = auto()
    REFUSE = auto()
    FAIL = auto()
    LOSE = auto()  # no answer, or we died before we could write it down
    POSTPONE = auto()  # WeChat did nothing: later
    CONFIRM = auto()  # the receipt, pushed by WeChat: it arrived
    BOUNCE_REFUSED = auto()  # the receipt: the person does not want it
    BOUNCE_FAILED = auto()  # the receipt: it did not arrive


# A receipt may overtake the answer to our call, and may tell what became of a lost one.
OUT: Final = (D.SENDING, D.SENT, D.UNKNOWN)

TABLE: Final = Table(
    D.INBOX,
    Transition(D.INBOX, Move.START, D.SENDING),
    # Somebody mended the cause and replays the dead job. Nothing was sent yet.
    Transition(D.FAILED, Move.START, D.SENDING),
    Transition(D.SENDING, Move.ACCEPT, D.SENT),
    # A worker that slept past its lease learns the answer after all.
    Transition(D.UNKNOWN, Move.ACCEPT, D.SENT),
    Transition(D.SENDING, Move.REFUSE, D.REFUSED),
    Transition(D.INBOX, Move.FAIL, D.FAILED),
    Transition(D.SENDING, Move.FAIL, D.FAILED),
    Transition(D.SENDING, Move.LOSE, D.UNKNOWN),
    Transition(D.SENDING, Move.POSTPONE, D.INBOX),
    *(Transition(out, Move.CONFIRM, D.SENT) for out in OUT),
    *(Transition(out, Move.BOUNCE_REFUSED, D.REFUSED) for out in OUT),
    *(Transition(out, Move.BOUNCE_FAILED, D.FAILED) for out in OUT),
    field="delivery",
)


class Grant(StrEnum):
    """Fate of the one-time grant that was reserved."""

    SPENT = auto()
    RETURNED = auto()
    VOID = auto()  # and all others: WeChat says that none is left


class Then(StrEnum):
    """Fate of the job."""

    DONE = auto()
    BACK_OFF = auto()
    NEXT_MINUTE = auto()
    NEXT_DAY = auto()
    DIE = auto()  # an alarm; after mending the cause it may be replayed


class Outcome(NamedTuple):
    move: Move
    grant: Grant
    then: Then


BROKEN: Final = Outcome(Move.FAIL, Grant.RETURNED, Then.DIE)
LATER: Final = Outcome(Move.POSTPONE, Grant.RETURNED, Then.BACK_OFF)

OUTCOMES: Final[dict[Reaction, Outcome]] = {
    Reaction.REFUSED: Outcome(Move.REFUSE, Grant.VOID, Then.DONE),
    Reaction.UNKNOWN: Outcome(Move.LOSE, Grant.SPENT, Then.DONE),
    Reaction.UNBOUND: Outcome(Move.FAIL, Grant.VOID, Then.DONE),
    Reaction.BUSY: LATER,
    Reaction.NEW_TOKEN: LATER,
    Reaction.MINUTE_LIMIT: LATER._replace(then=Then.NEXT_MINUTE),
    Reaction.DAILY_QUOTA: LATER._replace(then=Then.NEXT_DAY),
    Reaction.PERMANENT: BROKEN,
    Reaction.CONFIG: BROKEN,
    # Answers of other interfaces; here they are not expected.
    Reaction.BAD_CODE: BROKEN,
    Reaction.CLOSED: BROKEN,
    Reaction.BLOCKED: BROKEN,
    Reaction.INACTIVE: BROKEN,
}
# The same for a broadcast: what is wrong with our account is mended once for everybody, so each
# goes back to where they were, and is pushed to when the job is replayed.
OF_MANY: Final[dict[Reaction, Outcome]] = {
    **OUTCOMES,
    Reaction.CONFIG: BROKEN._replace(move=Move.POSTPONE),
}
