"""Categories of repairs: what is kept, sent and seen of a city's tree of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE
from services.repairs.classes import Danger

# A resident finds what is broken in two taps, or three.
DEPTH_AT_MOST: Final = 3
# All that ever were, ended ones too: a tree is read whole.
MOST: Final = 300

CategoryCode = Annotated[
    str, Meta(min_length=2, max_length=40, pattern=r"^[a-z_]+$(?!\n)", examples=["water_leak"])
]
CategoryLabel = Annotated[str, Meta(min_length=1, max_length=20, pattern=LINE)]
Hint = Annotated[str, Meta(min_length=1, max_length=80, pattern=LINE)]
Position = Annotated[int, Meta(ge=0, le=9999)]


class Scope(Labelled):
    """Part of a building (民法典第271条: exclusive and common parts)."""

    HOME = "home", "家里"
    COMMON = "common", "公共部位"
    BOTH = "both", "家里或公共部位"


class Skill(Labelled):
    """Trade of who can repair it."""

    PLUMBING = "plumbing", "水暖工"
    ELECTRIC = "electric", "电工"
    LIFT = "lift", "电梯工"
    CARPENTRY = "carpentry", "木工"
    MASONRY = "masonry", "瓦工"
    CLEANING = "cleaning", "保洁"
    OTHER = "other", "其他"


class EmergencyFund(Labelled):
    """Emergency repair (应急维修) that the maintenance fund may pay by the short procedure.

    Exactly the four kinds of 长春市老旧散小区治理方案 (2021-12), item 15; others need a vote.
    """

    NONE = "none", "不属于应急维修"
    ROOF_LEAK = "roof_leak", "屋面防水渗漏"
    DRAIN_BLOCKED = "drain_blocked", "下水阻塞"
    LIFT_FAILURE = "lift_failure", "电梯故障"
    FACADE_FALLING = "facade_falling", "外立面脱落"


class Category(Struct, kw_only=True):
    """Category of a city's tree. Its code and its parent never change: tickets keep the code.

    `parent`: code of the group it lies in; "" at the top. `version`: how often it was written.
    """

    id: str = field(name="_id")  # a digest of place and code
    place: str  # the city
    code: str
    parent: str = ""
    label: str
    hint: str = ""
    scope: Scope
    danger: Danger
    skill: Skill
    emergency_fund: EmergencyFund = EmergencyFund.NONE
    position: int = 0
    from_day: Day
    to_day: Day | None = None  # inclusive
    version: int = 1
    changed_by: str = ""  # nobody: as the product has it by default
    changed_at: datetime


class NewCategory(Struct, forbid_unknown_fields=True, kw_only=True):
    """Category to add to the tree.

    `code`: Stable code, in small letters; never used again for another thing.
    `parent`: Code of the group it lies in; none at the top.
    `label`: Name, as residents read it.
    `hint`: Short advice before the report is sent, e.g. which valve to close first.
    `scope`: Whether it is of homes, of common parts, or of both.
    `danger`: Class of danger unless whoever reports or accepts says otherwise.
    `skill`: Trade of who repairs it.
    `emergency_fund`: Emergency repair of the maintenance fund that it may be.
    `position`: Place among its neighbours, the lowest first.
    `from_day`: First day on which it can be chosen.
    """

    code: CategoryCode
    parent: CategoryCode | None = None
    label: CategoryLabel
    hint: Hint | None = None
    scope: Scope
    danger: Danger
    skill: Skill
    emergency_fund: EmergencyFund = EmergencyFund.NONE
    position: Position = 0
    from_day: Day


class ChangeCategory(Struct, forbid_unknown_fields=True, kw_only=True):
    """Category as it shall be from now on.

    `version`: Version that was seen: somebody else may have changed it meanwhile.
    `label`: Name, as residents read it.
    `hint`: Short advice before the report is sent; none without it.
    `scope`: Whether it is of homes, of common parts, or of both.
    `danger`: Class of danger unless whoever reports or accepts says otherwise.
    `skill`: Trade of who repairs it.
    `emergency_fund`: Emergency repair of the maintenance fund that it may be.
    `position`: Place among its neighbours, the lowest first.
    `to_day`: Last day on which it can be chosen, yesterday at the earliest; none without it.
    """

    version: Annotated[int, Meta(ge=1, le=10**6)]
    label: CategoryLabel
    hint: Hint | None = None
    scope: Scope
    danger: Danger
    skill: Skill
    emergency_fund: EmergencyFund = EmergencyFund.NONE
    position: Position = 0
    to_day: Day | None = None


class CategoriesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which categories to list, in the order of their codes.

    `parent`: Code of the group they lie in.
    `scope`: Part of a building.
    `danger`: Class of danger.
    `skill`: Trade of who repairs it.
    `emergency_fund`: Emergency repair of the maintenance fund that it may be.
    `on_day`: Day on which they can be chosen, their groups leaving aside.
    """

    parent: CategoryCode | None = None
    scope: Scope | None = None
    danger: Danger | None = None
    skill: Skill | None = None
    emergency_fund: EmergencyFund | None = None
    on_day: Day | None = None


class CategoryView(Struct, kw_only=True):
    """Category of repairs.

    `code`: Stable code of the category.
    `parent`: Code of the group it lies in; null at the top.
    `label`: Name, as residents read it.
    `hint`: Short advice before the report is sent; empty for none.
    `is_group`: Whether it only holds others and cannot be chosen itself.
    `scope`: Whether it is of homes, of common parts, or of both.
    `danger`: Class of danger unless whoever reports or accepts says otherwise.
    `skill`: Trade of who repairs it.
    `emergency_fund`: Emergency repair of the maintenance fund that it may be.
    `position`: Place among its neighbours, the lowest first.
    `from_day`: First day on which it can be chosen.
    `to_day`: Last day on which it can be chosen; null for none.
    `version`: Version, to be sent with a change.
    """

    code: Annotated[str, Meta(examples=["water_leak"])]
    parent: Annotated[str, Meta(examples=["water"])] | None
    label: Annotated[str, Meta(examples=["水管漏水"])]
    hint: Annotated[str, Meta(examples=["先关水槽下的阀门"])]
    is_group: bool
    scope: Scope
    danger: Danger
    skill: Skill
    emergency_fund: EmergencyFund
    position: int
    from_day: Day
    to_day: Day | None
    version: int


class CategoryTree(Struct, kw_only=True):
    """Categories that can be chosen today.

    `items`: Categories, each group before what lies in it.
    """

    items: list[CategoryView]
