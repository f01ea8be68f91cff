"""What dispatchers send: another class of a repair, what it is merged into or split off."""

from msgspec import Struct

from services.kernel.types import Id, Reason, Remark
from services.repairs.classes import Danger
from services.repairs.models import CategoryCode


class ReclassifyRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Other category or class of danger of a repair; its deadlines follow.

    `category`: Code of the category; the same without it.
    `danger`: How urgent it is; by the category without it, where that is another.
    `reason`: Why; whoever may read the history reads it.
    """

    category: CategoryCode | None = None
    danger: Danger | None = None
    reason: Reason | None = None


class MergeRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Repair of the same thing, which goes on for both.

    `into`: Id of the repair that goes on.
    """

    into: Id


class SplitRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Second thing that was reported with the first, and becomes a repair of its own.

    `category`: Code of its category.
    `danger`: How urgent it is; by the category without it.
    `text`: What is broken.
    """

    category: CategoryCode
    danger: Danger | None = None
    text: Remark
