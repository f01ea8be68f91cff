"""Endpoints of dispatchers: the class of a repair, one of two, two of one."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.repairs import STEP, RepairId
from services.kernel.permissions import Permission
from services.repairs.classes import Danger
from services.repairs.dispatches import actions as dispatches
from services.repairs.dispatches.models import MergeRepair, ReclassifyRepair, SplitRepair
from services.repairs.models import RepairView

CLASS = ("repair_category_unknown", "repair_category_ended", "repair_wrong_part")


class ClassHandler(ApiHandler):
    @endpoint(
        "reclassifyRepair",
        needs=Permission.DISPATCH_REPAIRS,
        errors=(*STEP, *CLASS, "repair_same_class"),
        example=ReclassifyRepair(danger=Danger.URGENT, reason="水已经漏到楼下"),
    )
    async def put(self, repair_id: RepairId, body: ReclassifyRepair) -> RepairView:
        """Change the category or the class of a repair; its deadlines follow."""
        return await dispatches.reclassify(self.deps, self.actor, repair_id, body)


class MergeHandler(ApiHandler):
    @endpoint(
        "mergeRepair",
        needs=Permission.DISPATCH_REPAIRS,
        errors=(
            *STEP,
            "repair_merged_before",
            "repair_merged_with_itself",
            "repair_merged_elsewhere",
        ),
        example=MergeRepair(into="01hzy3v7k2m4n6p8q0r2s4t6v8"),
    )
    async def post(self, repair_id: RepairId, body: MergeRepair) -> RepairView:
        """Merge a repair into another of the same thing, which goes on for both."""
        return await dispatches.merge(self.deps, self.actor, repair_id, body)


class SplitHandler(ApiHandler):
    @endpoint(
        "splitRepair",
        needs=Permission.DISPATCH_REPAIRS,
        status=201,
        errors=(*STEP, *CLASS),
        example=SplitRepair(category="stair_light", text="楼道灯也不亮"),
    )
    async def post(self, repair_id: RepairId, body: SplitRepair) -> RepairView:
        """Make a repair of its own of a second thing that was reported with the first."""
        return await dispatches.split(self.deps, self.actor, repair_id, body)


ROUTES = [
    Route("/api/v1/repairs/{repair_id}/class", ClassHandler),
    Route("/api/v1/repairs/{repair_id}/merge", MergeHandler),
    Route("/api/v1/repairs/{repair_id}/split", SplitHandler),
]
