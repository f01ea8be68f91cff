"""Holdings of a person: the homes they belong to and the offices they hold at this moment."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.appointments.models import Appointment
from services.kernel.permissions import Grant
from services.residencies.models import Belonging


class Holdings(Struct, frozen=True, eq=False, kw_only=True):
    """What a person holds, as it was read, and the grants that follow from it.

    `roles`: appointments that are in force. `buildings`: grid of such a role → its buildings.
    """

    homes: Sequence[Belonging]
    roles: Sequence[Appointment]
    buildings: Mapping[str, Sequence[str]]
    grants: tuple[Grant, ...]
