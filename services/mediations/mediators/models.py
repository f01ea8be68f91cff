"""Mediators: who may be asked, who is, and what they write at the end."""

from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.labels import Labelled
from services.kernel.permissions import Role
from services.kernel.types import Id, Remark
from services.mediations.models import EndReason
from services.mediations.states import MediationAction


class AssignMediator(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who shall mediate.

    `appointment_id`: Id of the appointment of a head, of staff or of a mediation member.
    """

    appointment_id: Id


class EndMediation(Struct, forbid_unknown_fields=True, kw_only=True):
    """End without an agreement.

    `reason`: Why; the parties read it.
    `note`: What else is to be kept; the mediator alone reads it.
    """

    reason: EndReason
    note: Remark | None = None


class FollowUp(Labelled):
    """Finding of the mediator on the follow-up day (人民调解法 art. 31)."""

    KEPT = "kept", "已履行"
    PARTLY = "partly", "部分履行"
    BROKEN = "broken", "未履行"

    @property
    def action(self) -> MediationAction:
        """Step that writes it."""
        return ACTIONS[self]


ACTIONS = {
    FollowUp.KEPT: MediationAction.KEEP,
    FollowUp.PARTLY: MediationAction.KEEP_PARTLY,
    FollowUp.BROKEN: MediationAction.BREAK,
}


class FollowUpMediation(Struct, forbid_unknown_fields=True, kw_only=True):
    """What became of an agreement.

    `outcome`: Whether it was kept.
    `note`: What was found; the mediator alone reads it.
    """

    outcome: FollowUp
    note: Remark | None = None


class CandidateView(Struct, kw_only=True):
    """Somebody who may be asked to mediate.

    `appointment_id`: Opaque id of the appointment.
    `role`: Office that they hold.
    `place`: Path of its place.
    `address`: Address of its place, as people say it.
    `name`: Name, as it stands in the appointment; null for none.
    """

    appointment_id: str
    role: Role
    place: str
    address: str
    name: Annotated[str, Meta(examples=["王建国"])] | None
