"""State machine of a bill. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.permissions import Permission


class BillState(StrEnum):
    DRAFT = auto()  # seen by staff only
    OWING = auto()
    PAID = auto()
    VOID = auto()


class BillAction(StrEnum):
    ISSUE = auto()
    SETTLE = auto()
    REOPEN = auto()  # what paid it was given back outside of the product
    VOID = auto()
    DISCARD = auto()


class BillMove(Struct, frozen=True):
    source: BillState
    action: BillAction
    target: BillState | None  # None: the draft is removed, it was never anybody's debt
    needs: Permission | None  # None: the worker, or money that arrived


B, BA, P = BillState, BillAction, Permission

BILL_MOVES: Final = (
    BillMove(B.DRAFT, BA.ISSUE, B.OWING, None),
    BillMove(B.DRAFT, BA.DISCARD, None, None),
    BillMove(B.OWING, BA.SETTLE, B.PAID, None),
    BillMove(B.PAID, BA.REOPEN, B.OWING, None),
    BillMove(B.OWING, BA.VOID, B.VOID, P.RUN_BILLS),
)
_MOVE: Final = {move.action: move for move in BILL_MOVES}


def move_of(action: BillAction) -> BillMove:
    """Return the one move an action makes: what it may find, and where it leads."""
    return _MOVE[action]
