"""Endpoints of rounds: planned by the community, made by heads with a checklist."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.cases.models import EventView
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.tasks.models import HeadRole
from services.tasks.rounds import actions as rounds
from services.tasks.rounds import plans
from services.tasks.rounds.models import (
    CheckRoundItem,
    FileRoundFinding,
    FinishRound,
    MyRoundsQuery,
    NewRoundPlan,
    RoundItem,
    RoundItemResult,
    RoundPhotos,
    RoundPlansQuery,
    RoundPlanView,
    RoundsQuery,
    RoundView,
    StartedRounds,
    StartRounds,
    WholeRoundView,
)
from services.tasks.rounds.rhythms import NewRoundRhythm, RoundRhythmKind

PlanId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the plan, as it was answered.")
]
RoundId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the round, as it was answered.")
]
Key = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9_]{1,20}$(?!\n)", description="Key of the item in the checklist."),
]


class RoundPlansHandler(ApiHandler):
    @endpoint(
        "createRoundPlan",
        needs=Permission.GIVE_TASKS,
        status=201,
        errors=(
            "not_found",
            "round_bad_rhythm",
            "round_bad_day",
            "round_items_twice",
            "task_places_apart",
        ),
        example=NewRoundPlan(
            title="楼道和消防通道",
            places=["cc.chaoyang.guilin.xincheng.c07"],
            role=HeadRole.UNIT_HEAD,
            items=[
                RoundItem(key="stairs", label="楼道有没有堆物"),
                RoundItem(key="exit", label="消防通道是否畅通"),
            ],
            rhythm=NewRoundRhythm(kind=RoundRhythmKind.WEEKLY, weekday=1),
        ),
    )
    async def post(self, body: NewRoundPlan) -> RoundPlanView:
        """Plan rounds: on each due day every head gets theirs."""
        return await plans.make(self.deps, self.actor, body)

    @endpoint("listRoundPlans", needs=Permission.GIVE_TASKS, errors=("not_found",))
    async def get(self, query: RoundPlansQuery) -> Page[RoundPlanView]:
        """Plans of rounds at my places, newest first."""
        return await plans.listing(self.deps, self.actor, query)


class RoundPlanHandler(ApiHandler):
    @endpoint("getRoundPlan", needs=Permission.GIVE_TASKS)
    async def get(self, plan_id: PlanId) -> RoundPlanView:
        """One plan of rounds."""
        return await plans.get(self.deps, self.actor, plan_id)


class EndPlanHandler(ApiHandler):
    @endpoint("endRoundPlan", needs=Permission.GIVE_TASKS, errors=("round_plan_ended",))
    async def post(self, plan_id: PlanId) -> RoundPlanView:
        """End a plan: no more rounds are made by it."""
        return await plans.end(self.deps, self.actor, plan_id)


class StartPlanHandler(ApiHandler):
    @endpoint(
        "startRounds",
        needs=Permission.GIVE_TASKS,
        status=201,
        errors=("round_plan_ended", "round_places_elsewhere"),
        example=StartRounds(places=["cc.chaoyang.guilin.xincheng.c07.b3"]),
    )
    async def post(self, plan_id: PlanId, body: StartRounds) -> StartedRounds:
        """Start rounds of a plan by hand, e.g. after a storm."""
        return await plans.start(self.deps, self.actor, plan_id, body)


class RoundsHandler(ApiHandler):
    @endpoint("listRounds", needs=Permission.GIVE_TASKS, errors=("not_found",))
    async def get(self, query: RoundsQuery) -> Page[RoundView]:
        """Rounds at my places, newest first."""
        return await rounds.listing(self.deps, self.actor, query)


class MyRoundsHandler(ApiHandler):
    @endpoint("listMyRounds", needs=Permission.DO_TASKS)
    async def get(self, query: MyRoundsQuery) -> Page[RoundView]:
        """Rounds that I have in hand, by their day; by state also those that are over."""
        return await rounds.mine(self.deps, self.actor, query)


class RoundHandler(ApiHandler):
    @endpoint("getRound", needs=Permission.DO_TASKS)
    async def get(self, round_id: RoundId) -> WholeRoundView:
        """One round with its items, of my office or of one below it."""
        return await rounds.get(self.deps, self.actor, round_id)


class RoundHistoryHandler(ApiHandler):
    @endpoint("listRoundHistory", needs=Access.SIGNED_IN)
    async def get(self, round_id: RoundId, query: ListQuery) -> Page[EventView]:
        """What happened to a round, the earliest first."""
        return await rounds.events(self.deps, self.actor, round_id, query)


class RoundPhotosHandler(ApiHandler):
    @endpoint("listRoundPhotos", needs=Permission.DO_TASKS)
    async def get(self, round_id: RoundId) -> RoundPhotos:
        """Where the photos of a round can be seen, also those of what was reported."""
        return await rounds.attached(self.deps, self.actor, round_id)


class RoundItemHandler(ApiHandler):
    @endpoint(
        "checkRoundItem",
        needs=Permission.DO_TASKS,
        errors=("round_note_needed", "round_filed_before", "round_moved_on"),
        example=CheckRoundItem(result=RoundItemResult.FINDING, note="一楼堆了两辆旧自行车"),
    )
    async def put(self, round_id: RoundId, key: Key, body: CheckRoundItem) -> WholeRoundView:
        """Say what an item looks like."""
        return await rounds.check(self.deps, self.actor, round_id, key, body)


class FileFindingHandler(ApiHandler):
    @endpoint(
        "reportRoundFinding",
        needs=Permission.DO_TASKS,
        status=201,
        errors=(
            "consent_needed",
            "round_unknown_target",
            "round_not_a_finding",
            "round_filed_before",
            "repair_category_needed",
            "repair_category_unknown",
            "repair_category_ended",
            "repair_wrong_part",
            "feedback_no_categories",
        ),
        example=FileRoundFinding(target="repair", category="stair_light"),
    )
    async def post(self, round_id: RoundId, key: Key, body: FileRoundFinding) -> WholeRoundView:
        """Let a finding become something that others see to, e.g. a repair."""
        return await rounds.file(self.deps, self.actor, round_id, key, body)


class FinishRoundHandler(ApiHandler):
    @endpoint(
        "finishRound",
        needs=Permission.DO_TASKS,
        errors=("round_items_left", "round_findings_left", "round_moved_on"),
        example=FinishRound(leave_findings=True),
    )
    async def post(self, round_id: RoundId, body: FinishRound) -> WholeRoundView:
        """Finish a round whose items were all looked at; findings that are left are counted."""
        return await rounds.finish(self.deps, self.actor, round_id, body)


ROUTES = [
    Route("/api/v1/round-plans", RoundPlansHandler),
    Route("/api/v1/round-plans/{plan_id}", RoundPlanHandler),
    Route("/api/v1/round-plans/{plan_id}/end", EndPlanHandler),
    Route("/api/v1/round-plans/{plan_id}/start", StartPlanHandler),
    Route("/api/v1/rounds", RoundsHandler),
    Route("/api/v1/me/rounds", MyRoundsHandler),
    Route("/api/v1/rounds/{round_id}", RoundHandler),
    Route("/api/v1/rounds/{round_id}/history", RoundHistoryHandler),
    Route("/api/v1/rounds/{round_id}/photos", RoundPhotosHandler),
    Route("/api/v1/rounds/{round_id}/items/{key}", RoundItemHandler),
    Route("/api/v1/rounds/{round_id}/items/{key}/filing", FileFindingHandler),
    Route("/api/v1/rounds/{round_id}/finish", FinishRoundHandler),
]
