"""Endpoints of tasks: given by the community, done by heads from home to home."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.cases.models import EventView
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.tasks import actions as tasks
from services.tasks.models import (
    HeadRole,
    NewTask,
    NewTaskProof,
    TaskProofKind,
    TasksQuery,
    TaskView,
)
from services.tasks.parts import actions as parts
from services.tasks.parts import answers
from services.tasks.parts.models import (
    AnswerTaskHome,
    FinishTaskPart,
    HomeAnswer,
    HomesQuery,
    MyPartsQuery,
    PartsQuery,
    ReturnTaskPart,
    TaskHomeView,
    TaskPartView,
    TaskProgress,
    TaskProgressQuery,
    WholeTaskPartView,
)

TaskId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the task, as it was answered.")
]
PartId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the part, as it was answered.")
]
HOME = "cc.chaoyang.guilin.xincheng.c07.b3.u2.502"


class TasksHandler(ApiHandler):
    @endpoint(
        "giveTask",
        needs=Permission.GIVE_TASKS,
        status=201,
        errors=("not_found", "task_bad_day", "task_bad_proof", "task_places_apart"),
        example=NewTask(
            title="燃气软管检查",
            text="请逐户看燃气软管有没有老化,发现问题拍照",
            places=["cc.chaoyang.guilin.xincheng.c07"],
            role=HeadRole.UNIT_HEAD,
            until="2026-12-20",
            proof=NewTaskProof(kind=TaskProofKind.TICK),
        ),
    )
    async def post(self, body: NewTask) -> TaskView:
        """Give heads a task: each gets the part of their place within a short time."""
        return await tasks.give(self.deps, self.actor, body)

    @endpoint("listTasks", needs=Permission.GIVE_TASKS, errors=("not_found",))
    async def get(self, query: TasksQuery) -> Page[TaskView]:
        """Tasks that were given at my places, newest first."""
        return await tasks.listing(self.deps, self.actor, query)


class TaskHandler(ApiHandler):
    @endpoint("getTask", needs=Permission.GIVE_TASKS)
    async def get(self, task_id: TaskId) -> TaskView:
        """One task that was given at my places."""
        return await tasks.get(self.deps, self.actor, task_id)


class WithdrawHandler(ApiHandler):
    @endpoint("withdrawTask", needs=Permission.GIVE_TASKS, errors=("task_moved_on",))
    async def post(self, task_id: TaskId) -> TaskView:
        """Withdraw a task: its open parts are closed, and whoever does them is told."""
        return await tasks.withdraw(self.deps, self.actor, task_id)


class TaskPartsHandler(ApiHandler):
    @endpoint("listTaskParts", needs=Permission.GIVE_TASKS)
    async def get(self, task_id: TaskId, query: PartsQuery) -> Page[TaskPartView]:
        """Parts of a task by place, with how far each is."""
        return await parts.listing(self.deps, self.actor, task_id, query)


class ProgressHandler(ApiHandler):
    @endpoint("getTaskProgress", needs=Permission.GIVE_TASKS, errors=("task_level_too_low",))
    async def get(self, task_id: TaskId, query: TaskProgressQuery) -> TaskProgress:
        """How far a task is, by compound, building or unit."""
        return await parts.progress(self.deps, self.actor, task_id, query)


class MyTasksHandler(ApiHandler):
    @endpoint("listMyTasks", needs=Permission.DO_TASKS)
    async def get(self, query: MyPartsQuery) -> Page[TaskPartView]:
        """Parts of tasks that I have in hand, by their day; by state also what is over."""
        return await parts.mine(self.deps, self.actor, query)


class PartHandler(ApiHandler):
    @endpoint("getTaskPart", needs=Permission.DO_TASKS)
    async def get(self, part_id: PartId) -> WholeTaskPartView:
        """One part of a task, of my office or of one below it."""
        return await parts.get(self.deps, self.actor, part_id)


class PartHomesHandler(ApiHandler):
    @endpoint("listTaskHomes", needs=Permission.DO_TASKS)
    async def get(self, part_id: PartId, query: HomesQuery) -> Page[TaskHomeView]:
        """Homes of a part with what was answered, by path."""
        return await parts.homes(self.deps, self.actor, part_id, query)


class PartHistoryHandler(ApiHandler):
    @endpoint("listTaskPartHistory", needs=Access.SIGNED_IN)
    async def get(self, part_id: PartId, query: ListQuery) -> Page[EventView]:
        """What happened to a part, the earliest first."""
        return await parts.events(self.deps, self.actor, part_id, query)


class AnswersHandler(ApiHandler):
    @endpoint(
        "answerTaskHome",
        needs=Permission.DO_TASKS,
        errors=("task_proof_needed", "task_part_moved_on"),
        example=AnswerTaskHome(home=HOME, answer=HomeAnswer.DONE, note="软管已换新"),
    )
    async def post(self, part_id: PartId, body: AnswerTaskHome) -> TaskHomeView:
        """Say what came of a home; with the last one the part is reported."""
        return await answers.answer(self.deps, self.actor, part_id, body)


class FinishHandler(ApiHandler):
    @endpoint(
        "finishTaskPart",
        needs=Permission.DO_TASKS,
        errors=("task_reason_needed", "task_part_moved_on"),
        example=FinishTaskPart(reason="两户长期不在家,已留通知单"),
    )
    async def post(self, part_id: PartId, body: FinishTaskPart) -> WholeTaskPartView:
        """Report a part, with a reason where homes are left."""
        return await parts.finish(self.deps, self.actor, part_id, body)


class AcceptHandler(ApiHandler):
    @endpoint("acceptTaskPart", needs=Permission.GIVE_TASKS, errors=("task_part_moved_on",))
    async def post(self, part_id: PartId) -> WholeTaskPartView:
        """Accept what was reported of a part."""
        return await parts.accept(self.deps, self.actor, part_id)


class ReturnHandler(ApiHandler):
    @endpoint(
        "returnTaskPart",
        needs=Permission.GIVE_TASKS,
        errors=("task_returned_before", "task_part_moved_on"),
        example=ReturnTaskPart(reason="501室的照片看不清,请重拍"),
    )
    async def post(self, part_id: PartId, body: ReturnTaskPart) -> WholeTaskPartView:
        """Return a part to its head, once, with what is still to be done."""
        return await parts.send_back(self.deps, self.actor, part_id, body.reason)


ROUTES = [
    Route("/api/v1/tasks", TasksHandler),
    Route("/api/v1/tasks/{task_id}", TaskHandler),
    Route("/api/v1/tasks/{task_id}/withdraw", WithdrawHandler),
    Route("/api/v1/tasks/{task_id}/parts", TaskPartsHandler),
    Route("/api/v1/tasks/{task_id}/progress", ProgressHandler),
    Route("/api/v1/me/tasks", MyTasksHandler),
    Route("/api/v1/task-parts/{part_id}", PartHandler),
    Route("/api/v1/task-parts/{part_id}/homes", PartHomesHandler),
    Route("/api/v1/task-parts/{part_id}/history", PartHistoryHandler),
    Route("/api/v1/task-parts/{part_id}/answers", AnswersHandler),
    Route("/api/v1/task-parts/{part_id}/finish", FinishHandler),
    Route("/api/v1/task-parts/{part_id}/accept", AcceptHandler),
    Route("/api/v1/task-parts/{part_id}/return", ReturnHandler),
]
