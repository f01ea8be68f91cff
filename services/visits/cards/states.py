"""State machine of an entry of a household card. The table is the specification.

An entry that is over keeps neither what it said nor of which kind it was: only that there was
one, whose, and why it is no more.
"""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class CardState(Labelled):
    ACTIVE = "active", "有效"
    WITHDRAWN = "withdrawn", "本人已撤回"
    REMOVED = "removed", "已删除"
    EXPIRED = "expired", "到期未续,已删除"
    LEFT = "left", "住户已搬离,已删除"


class CardAction(StrEnum):
    NOTE = auto()  # by a head, who asked
    ADD = auto()  # by the person, in the app
    CORRECT = auto()
    CONFIRM = auto()  # that it still holds
    RENEW = auto()  # by a head, who asked again
    WITHDRAW = auto()
    REMOVE = auto()
    EXPIRE = auto()
    LEAVE = auto()


def _along(state: CardState) -> Document:
    """Return what goes with an entry that is over."""
    if state is CardState.ACTIVE:
        return {}
    return {"kind": None, "text_sealed": "", "photos": []}


S, A, P = CardState, CardAction, Permission.KEEP_CARDS
TABLE: Final = Table[CardState, CardAction](
    None,
    Transition(None, A.NOTE, S.ACTIVE, needs=P, act=Act.CARD_NOTED),
    Transition(None, A.ADD, S.ACTIVE, own=True, act=Act.CARD_ADDED),
    Transition(S.ACTIVE, A.CORRECT, S.ACTIVE, own=True, act=Act.CARD_CORRECTED),
    Transition(S.ACTIVE, A.CONFIRM, S.ACTIVE, own=True, act=Act.CARD_RENEWED),
    Transition(S.ACTIVE, A.RENEW, S.ACTIVE, needs=P, act=Act.CARD_RENEWED),
    # Also with the separate consent, when that is withdrawn as a whole.
    Transition(S.ACTIVE, A.WITHDRAW, S.WITHDRAWN, own=True, act=Act.CARD_WITHDRAWN),
    Transition(S.ACTIVE, A.REMOVE, S.REMOVED, needs=P, act=Act.CARD_REMOVED),
    Transition(S.ACTIVE, A.EXPIRE, S.EXPIRED, due="due_at"),
    Transition(S.ACTIVE, A.LEAVE, S.LEFT),
    along=_along,
)
