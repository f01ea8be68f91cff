"""States of an invitation: open, then used or revoked."""

from enum import StrEnum, auto

from services.kernel import errors


class InvitationState(StrEnum):
    """State of an invitation. That it ran out is no state: its time says so."""

    OPEN = auto()
    USED = auto()
    REVOKED = auto()


class InvitationUsed(errors.Conflict):
    """Another person accepted the invitation; each is for one person."""

    code = "invitation_used"


class InvitationOver(errors.Conflict):
    """The invitation is too old or revoked, or its sender owns the home no more."""

    code = "invitation_over"
