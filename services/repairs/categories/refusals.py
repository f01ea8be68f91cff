"""Refusals of a category: what cannot be chosen, added or changed."""

from msgspec import Struct

from services.kernel import errors


class CategoryDetails(Struct, frozen=True, kw_only=True):
    """Category that cannot be chosen.

    `category`: Code that was asked for.
    """

    category: str


class CategoryUnknown(errors.InvalidInput):
    """The city has no such category yet, or it only holds others and says too little."""

    code = "repair_category_unknown"
    details_type = CategoryDetails


class CategoryEnded(errors.Conflict):
    """The category, or the group that it lies in, is over: old tickets show it, no new one."""

    code = "repair_category_ended"
    details_type = CategoryDetails


class BadCategory(errors.InvalidInput):
    """A category lies in a group of its city, at most so deep, on days that are to come.

    The maintenance fund pays for common parts only.
    """

    code = "bad_repair_category"


class CategoryExists(errors.Conflict):
    """The city has a category of this code, and it is another one."""

    code = "repair_category_exists"


class CategoryMovedOnDetails(Struct, frozen=True, kw_only=True):
    """Version that is there.

    `version`: Version that the category has now.
    """

    version: int


class CategoryMovedOn(errors.Conflict):
    """Somebody else changed it meanwhile: look again."""

    code = "repair_category_moved_on"
    details_type = CategoryMovedOnDetails


class CategoriesFull(errors.Conflict):
    """A tree is read whole by everybody who reports something."""

    code = "repair_categories_full"
    details_type = errors.Most
