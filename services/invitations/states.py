"""State machine of an invitation. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class InvitationState(Labelled):
    """State of an invitation. That it ran out is no state: its time says so."""

    OPEN = "open", "有效"
    USED = "used", "已使用"
    REVOKED = "revoked", "已收回"


class InvitationAction(StrEnum):
    USE = auto()
    REVOKE = auto()
    LAPSE = auto()  # its sender owns the home no more, or left the product


S, A = InvitationState, InvitationAction
TABLE: Final = Table(
    S.OPEN,
    Transition(S.OPEN, A.USE, S.USED, own=True, act=Act.INVITATION_ACCEPTED),  # by the guest
    Transition(
        S.OPEN, A.REVOKE, S.REVOKED, needs=Permission.MANAGE_HOME, act=Act.INVITATION_REVOKED
    ),
    Transition(S.OPEN, A.LAPSE, S.REVOKED),
)


class InvitationUsed(errors.Conflict):
    """Another person accepted the invitation; each is for one person."""

    code = "invitation_used"


class InvitationOver(errors.Conflict):
    """The invitation is too old or revoked, or its sender owns the home no more."""

    code = "invitation_over"
