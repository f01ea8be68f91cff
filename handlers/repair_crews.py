"""Endpoints of the crews of repairs: who works where, and what they can."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.categories.models import Skill
from services.repairs.crews import actions as crews
from services.repairs.crews.models import CrewMemberView, RepairCrew, SetCrewMember

PersonId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the person, as the crew has it.")
]


class RepairCrewHandler(ApiHandler):
    @endpoint("getRepairCrew", needs=Permission.DISPATCH_REPAIRS)
    async def get(self, place: PlacePath) -> RepairCrew:
        """Who works on repairs at a place today, what they can and have on hand."""
        return await crews.listing(self.deps, self.actor, place)


class CrewMemberHandler(ApiHandler):
    @endpoint(
        "replaceRepairCrewMember",
        needs=Permission.DISPATCH_REPAIRS,
        errors=("repair_not_a_repairer",),
        example=SetCrewMember(skills=[Skill.PLUMBING, Skill.ELECTRIC]),
    )
    async def put(
        self, place: PlacePath, person_id: PersonId, body: SetCrewMember
    ) -> CrewMemberView:
        """Write down the trades of somebody of a compound, and whether they are there."""
        return await crews.put(self.deps, self.actor, place, person_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/repair-crew", RepairCrewHandler),
    Route("/api/v1/places/{place}/repair-crew/{person_id}", CrewMemberHandler),
]
