"""Refusals of dispatchers' steps: what cannot be merged, and what would change nothing."""

from msgspec import Struct

from services.kernel import errors


class MergedDetails(Struct, frozen=True, kw_only=True):
    """Repair that goes on.

    `repair_id`: Id of the repair into which all of them were merged.
    """

    repair_id: str


class MergedBefore(errors.Conflict):
    """The repair was merged into another one, which goes on: `repair_id` in details."""

    code = "repair_merged_before"
    details_type = MergedDetails


class MergedWithItself(errors.InvalidInput):
    """A repair is not merged into itself."""

    code = "repair_merged_with_itself"


class MergedElsewhere(errors.InvalidInput):
    """Repairs of two compounds are not merged, and none into that of another's home."""

    code = "repair_merged_elsewhere"


class SameClass(errors.Conflict):
    """The repair is of this category and class already."""

    code = "repair_same_class"
