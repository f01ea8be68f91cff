"""Endpoints of categories of repairs: the tree that everybody chooses from, kept by a city."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.categories import actions as categories
from services.repairs.categories import changes
from services.repairs.categories.models import (
    CategoriesQuery,
    CategoryTree,
    CategoryView,
    ChangeCategory,
    EmergencyFund,
    NewCategory,
    Scope,
    Skill,
)
from services.repairs.classes import Danger

PathCode = Annotated[str, Meta(description="Code of the category, as the tree shows it.")]


class RepairCategoryTreeHandler(ApiHandler):
    @endpoint("getRepairCategoryTree", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, place: PlacePath) -> CategoryTree:
        """What can be chosen today in the city of a place, groups before what lies in them."""
        return await categories.show(self.deps, place)


class RepairCategoriesHandler(ApiHandler):
    @endpoint("listRepairCategories", needs=Permission.MANAGE_REPAIR_RULES)
    async def get(self, place: PlacePath, query: CategoriesQuery) -> Page[CategoryView]:
        """Categories of the city of a place by code, also those that ended."""
        return await categories.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createRepairCategory",
        needs=Permission.MANAGE_REPAIR_RULES,
        status=201,
        errors=("bad_repair_category", "repair_category_exists", "repair_categories_full"),
        example=NewCategory(
            code="flood_cellar",
            parent="water",
            label="地下室进水",
            hint="先关地下室的电闸,别下去",
            scope=Scope.COMMON,
            danger=Danger.DANGER,
            skill=Skill.PLUMBING,
            position=80,
            from_day="2026-12-01",
        ),
    )
    async def post(self, place: PlacePath, body: NewCategory) -> CategoryView:
        """Add a category to the tree of a city. Its code and its group stay for ever."""
        return await changes.add(self.deps, self.actor, place, body)


class RepairCategoryHandler(ApiHandler):
    @endpoint(
        "replaceRepairCategory",
        needs=Permission.MANAGE_REPAIR_RULES,
        errors=("bad_repair_category", "repair_category_moved_on"),
        example=ChangeCategory(
            version=1,
            label="房顶漏水",
            hint="先把怕水的东西挪开",
            scope=Scope.COMMON,
            danger=Danger.URGENT,
            skill=Skill.MASONRY,
            emergency_fund=EmergencyFund.ROOF_LEAK,
        ),
    )
    async def put(self, place: PlacePath, code: PathCode, body: ChangeCategory) -> CategoryView:
        """Write a category anew, or end it: old tickets go on showing it."""
        return await changes.change(self.deps, self.actor, place, code, body)


ROUTES = [
    Route("/api/v1/places/{place}/repair-categories", RepairCategoriesHandler),
    Route("/api/v1/places/{place}/repair-category-tree", RepairCategoryTreeHandler),
    Route("/api/v1/places/{place}/repair-categories/{code}", RepairCategoryHandler),
]
