"""Endpoints of repairs: reported and followed by residents, done by who works on them."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.cases.models import EventView
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.repairs import actions as repairs
from services.repairs import works
from services.repairs.boards import actions as boards
from services.repairs.boards.models import RepairsQuery, TodayQuery
from services.repairs.models import (
    AddToRepair,
    AnswerRepair,
    AppealDecision,
    AssignRepair,
    FinishRepair,
    NoteRepair,
    PauseReason,
    PauseRepair,
    RepairView,
    ReportRepair,
    SimilarQuery,
    Why,
)
from services.repairs.reporters import actions as reporters
from services.repairs.reporters.models import EditRepair, RepairPhotos

RepairId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the repair, as it was answered.")
]
STEP = ("not_found", "forbidden", "repair_moved_on")


class RepairsHandler(ApiHandler):
    @endpoint(
        "reportRepair",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "consent_needed",
            "repair_category_unknown",
            "repair_category_ended",
            "repair_wrong_part",
            "repair_bad_wish",
            "invalid_phone",
            "repair_bad_way",
            "place_code_unknown",
            "too_many_repairs",
        ),
        example=ReportRepair(
            place="cc.chaoyang.guilin.xincheng.c07.b3.u2.502",
            category="tap_broken",
            text="厨房水龙头一直漏水",
        ),
    )
    async def post(self, body: ReportRepair) -> RepairView:
        """Report something to be repaired; heads and staff also for somebody."""
        return await repairs.report(self.deps, self.actor, body)

    @endpoint("listRepairs", needs=Permission.FOLLOW_REPAIRS, errors=("not_found",))
    async def get(self, query: RepairsQuery) -> Page[RepairView]:
        """Repairs at my places: all where I work on them, elsewhere those of what all share."""
        return await boards.listing(self.deps, self.actor, query)


class SimilarRepairsHandler(ApiHandler):
    @endpoint("listSimilarRepairs", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: SimilarQuery) -> Page[RepairView]:
        """Open repairs of the same category at a place, to join instead of reporting again."""
        return await repairs.similar(self.deps, self.actor, query)


class RepairHandler(ApiHandler):
    @endpoint("getRepair", needs=Access.SIGNED_IN)
    async def get(self, repair_id: RepairId) -> RepairView:
        """One repair of my home, of what I share, or of those I work on."""
        return await repairs.get(self.deps, self.actor, repair_id)

    @endpoint(
        "editRepair",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "repair_bad_wish", "invalid_phone", "repair_too_many_photos"),
        example=EditRepair(text="厨房水龙头关不紧,一直滴水"),
    )
    async def patch(self, repair_id: RepairId, body: EditRepair) -> RepairView:
        """Change what I reported, until somebody accepts it."""
        return await reporters.edit(self.deps, self.actor, repair_id, body)


class RepairHistoryHandler(ApiHandler):
    @endpoint("listRepairHistory", needs=Access.SIGNED_IN)
    async def get(self, repair_id: RepairId, query: ListQuery) -> Page[EventView]:
        """What happened to a repair, the earliest first."""
        return await repairs.events(self.deps, self.actor, repair_id, query)


class RepairPhotosHandler(ApiHandler):
    @endpoint("listRepairPhotos", needs=Access.SIGNED_IN)
    async def get(self, repair_id: RepairId) -> RepairPhotos:
        """Where what is attached to a repair can be seen for five minutes."""
        return await repairs.attached(self.deps, self.actor, repair_id)


class MyRepairsHandler(ApiHandler):
    @endpoint("listMyRepairs", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[RepairView]:
        """Repairs that I reported or joined, newest first."""
        return await repairs.mine(self.deps, self.actor, query)


class TodayHandler(ApiHandler):
    @endpoint("listRepairsToday", needs=Permission.WORK_ON_REPAIRS)
    async def get(self, query: TodayQuery) -> Page[RepairView]:
        """Repairs that I have in hand: the most dangerous and the most urgent first."""
        return await boards.today(self.deps, self.actor, query)


class JoinHandler(ApiHandler):
    @endpoint("joinRepair", needs=Access.SIGNED_IN, errors=(*STEP, "case_full"))
    async def post(self, repair_id: RepairId) -> RepairView:
        """Join a repair of what I share: I am told of it, and asked at the end."""
        return await reporters.join(self.deps, self.actor, repair_id)


class CancelHandler(ApiHandler):
    @endpoint(
        "cancelRepair",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "repair_others_joined"),
        example=Why(reason="自己修好了"),
    )
    async def post(self, repair_id: RepairId, body: Why) -> RepairView:
        """Cancel a repair of my own."""
        return await reporters.cancel(self.deps, self.actor, repair_id, body.reason)


class AdditionsHandler(ApiHandler):
    @endpoint(
        "addToRepair",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "repair_too_many_additions", "repair_too_many_photos"),
        example=AddToRepair(text="现在漏得更厉害了"),
    )
    async def post(self, repair_id: RepairId, body: AddToRepair) -> RepairView:
        """Add words and photos to a repair of mine."""
        return await reporters.add(self.deps, self.actor, repair_id, body)


class UrgeHandler(ApiHandler):
    @endpoint("urgeRepair", needs=Access.SIGNED_IN, errors=(*STEP, "repair_already_urged"))
    async def post(self, repair_id: RepairId) -> RepairView:
        """Ask to hurry, once a day."""
        return await reporters.urge(self.deps, self.actor, repair_id)


class AppealHandler(ApiHandler):
    @endpoint(
        "appealRepair",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "repair_appealed_before"),
        example=Why(reason="漏水的是公共管道,不是我家的"),
    )
    async def post(self, repair_id: RepairId, body: Why) -> RepairView:
        """Appeal a refusal to the community, once."""
        return await reporters.appeal(self.deps, self.actor, repair_id, body.reason)


class AppealDecisionHandler(ApiHandler):
    @endpoint(
        "decideRepairAppeal",
        needs=Permission.DECIDE_REPAIR_APPEALS,
        errors=(*STEP, "own_home"),
        example=AppealDecision(accept=True, reason="现场看过,是公共管道"),
    )
    async def post(self, repair_id: RepairId, body: AppealDecision) -> RepairView:
        """Decide an appeal: whether the repair is done after all."""
        return await works.decide_appeal(
            self.deps, self.actor, repair_id, accept=body.accept, reason=body.reason
        )


class AnswerHandler(ApiHandler):
    @endpoint(
        "answerRepair",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "case_not_asked", "case_own_work"),
        example=AnswerRepair(fixed=True),
    )
    async def post(self, repair_id: RepairId, body: AnswerRepair) -> RepairView:
        """Say whether it is really fixed; a no sends it back."""
        return await reporters.answer(self.deps, self.actor, repair_id, body)


class ReopenHandler(ApiHandler):
    @endpoint(
        "reopenRepair",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "repair_reopened_too_late"),
        example=Why(reason="又漏了"),
    )
    async def post(self, repair_id: RepairId, body: Why) -> RepairView:
        """Open a repair again within thirty days of its end."""
        return await reporters.reopen(self.deps, self.actor, repair_id, body.reason)


class AcceptHandler(ApiHandler):
    @endpoint("acceptRepair", needs=Permission.DISPATCH_REPAIRS, errors=STEP)
    async def post(self, repair_id: RepairId) -> RepairView:
        """Accept a repair: it will be done."""
        return await works.accept(self.deps, self.actor, repair_id)


class RefuseHandler(ApiHandler):
    @endpoint(
        "refuseRepair",
        needs=Permission.DISPATCH_REPAIRS,
        errors=STEP,
        example=Why(reason="自购家具不在维修范围内"),
    )
    async def post(self, repair_id: RepairId, body: Why) -> RepairView:
        """Refuse a repair, with a reason that its reporter reads."""
        return await works.refuse(self.deps, self.actor, repair_id, body.reason)


class AssignmentHandler(ApiHandler):
    @endpoint(
        "assignRepair",
        needs=Permission.DISPATCH_REPAIRS,
        errors=(
            *STEP,
            "repair_not_a_repairer",
            "repair_not_outside",
            "repair_nobody_free",
            "repair_bad_assignment",
        ),
        example=AssignRepair(person="01hzy3v7k2m4n6p8q0r2s4t6v8"),
    )
    async def post(self, repair_id: RepairId, body: AssignRepair) -> RepairView:
        """Hand a repair out to somebody, also from one to another."""
        return await works.assign(self.deps, self.actor, repair_id, body)


class TakeHandler(ApiHandler):
    @endpoint("takeRepair", needs=Permission.WORK_ON_REPAIRS, errors=STEP)
    async def post(self, repair_id: RepairId) -> RepairView:
        """Take a repair that nobody does yet."""
        return await works.take(self.deps, self.actor, repair_id)


class GiveBackHandler(ApiHandler):
    @endpoint(
        "giveBackRepair",
        needs=Permission.WORK_ON_REPAIRS,
        errors=STEP,
        example=Why(reason="需要电工"),
    )
    async def post(self, repair_id: RepairId, body: Why) -> RepairView:
        """Give a repair of mine back to whoever hands them out."""
        return await works.give_back(self.deps, self.actor, repair_id, body.reason)


class SetOutHandler(ApiHandler):
    @endpoint("setOutForRepair", needs=Permission.WORK_ON_REPAIRS, errors=STEP)
    async def post(self, repair_id: RepairId) -> RepairView:
        """Set out for a repair of mine: its reporter is told."""
        return await works.set_out(self.deps, self.actor, repair_id)


class StartHandler(ApiHandler):
    @endpoint("startRepair", needs=Permission.WORK_ON_REPAIRS, errors=STEP)
    async def post(self, repair_id: RepairId) -> RepairView:
        """Begin the work."""
        return await works.start(self.deps, self.actor, repair_id)


class PauseHandler(ApiHandler):
    @endpoint(
        "pauseRepair",
        needs=Permission.WORK_ON_REPAIRS,
        errors=(*STEP, "repair_bad_pause", "repair_nobodys_home"),
        example=PauseRepair(
            reason=PauseReason.MATERIALS, until=datetime(2026, 3, 9, 1, tzinfo=UTC)
        ),
    )
    async def post(self, repair_id: RepairId, body: PauseRepair) -> RepairView:
        """Pause a repair of mine, and its deadline with it."""
        return await works.pause(self.deps, self.actor, repair_id, body)


class ResumeHandler(ApiHandler):
    @endpoint("resumeRepair", needs=Permission.WORK_ON_REPAIRS, errors=STEP)
    async def post(self, repair_id: RepairId) -> RepairView:
        """Go on with a repair of mine that rests."""
        return await works.resume(self.deps, self.actor, repair_id)


class FinishHandler(ApiHandler):
    @endpoint(
        "finishRepair",
        needs=Permission.WORK_ON_REPAIRS,
        errors=(*STEP, "repair_too_many_photos"),
        example=FinishRepair(summary="更换水龙头阀芯", materials=["阀芯 1 个"]),
    )
    async def post(self, repair_id: RepairId, body: FinishRepair) -> RepairView:
        """Say what was done; all who reported or joined are asked whether it is fixed."""
        return await works.finish(self.deps, self.actor, repair_id, body)


class RemarksHandler(ApiHandler):
    @endpoint(
        "createRepairRemark",
        needs=Permission.WORK_ON_REPAIRS,
        errors=STEP,
        example=NoteRepair(text="配件周三到货", internal=False),
    )
    async def post(self, repair_id: RepairId, body: NoteRepair) -> RepairView:
        """Write a remark, for all or for those who work on it."""
        return await works.note(self.deps, self.actor, repair_id, body)


ROUTES = [
    Route("/api/v1/repairs", RepairsHandler),
    Route("/api/v1/repairs/similar", SimilarRepairsHandler),
    Route("/api/v1/me/repairs", MyRepairsHandler),
    Route("/api/v1/me/repairs/today", TodayHandler),
    Route("/api/v1/repairs/{repair_id}", RepairHandler),
    Route("/api/v1/repairs/{repair_id}/history", RepairHistoryHandler),
    Route("/api/v1/repairs/{repair_id}/photos", RepairPhotosHandler),
    Route("/api/v1/repairs/{repair_id}/join", JoinHandler),
    Route("/api/v1/repairs/{repair_id}/cancel", CancelHandler),
    Route("/api/v1/repairs/{repair_id}/additions", AdditionsHandler),
    Route("/api/v1/repairs/{repair_id}/urge", UrgeHandler),
    Route("/api/v1/repairs/{repair_id}/appeal", AppealHandler),
    Route("/api/v1/repairs/{repair_id}/appeal-decision", AppealDecisionHandler),
    Route("/api/v1/repairs/{repair_id}/answer", AnswerHandler),
    Route("/api/v1/repairs/{repair_id}/reopen", ReopenHandler),
    Route("/api/v1/repairs/{repair_id}/accept", AcceptHandler),
    Route("/api/v1/repairs/{repair_id}/refuse", RefuseHandler),
    Route("/api/v1/repairs/{repair_id}/assignment", AssignmentHandler),
    Route("/api/v1/repairs/{repair_id}/take", TakeHandler),
    Route("/api/v1/repairs/{repair_id}/give-back", GiveBackHandler),
    Route("/api/v1/repairs/{repair_id}/set-out", SetOutHandler),
    Route("/api/v1/repairs/{repair_id}/start", StartHandler),
    Route("/api/v1/repairs/{repair_id}/pause", PauseHandler),
    Route("/api/v1/repairs/{repair_id}/resume", ResumeHandler),
    Route("/api/v1/repairs/{repair_id}/finish", FinishHandler),
    Route("/api/v1/repairs/{repair_id}/remarks", RemarksHandler),
]
