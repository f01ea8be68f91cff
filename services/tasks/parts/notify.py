"""Messages about tasks, to heads: given, soon over, overdue, returned, withdrawn.

Whoever has several parts of one task has one message of each kind.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from services.cases.kinds import News, Side
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.tasks.parts.models import TaskPart
from services.tasks.parts.states import TaskPartAction

TASK_GIVEN: Final = Template(
    key="task_given",
    title="有新任务",
    body="{title}:请在{until_on}前完成。",
    page="pages/work/tasks",
    data={"thing1": "title", "date2": "until_on"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有新任务时提醒您"),),
)
TASK_NEWS: Final = Template(
    key="task_news",
    title="任务提醒",
    body="{title}:{news}。",
    page="pages/work/tasks",
    data={"thing1": "title", "thing2": "news"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "任务快到期或有变化时提醒您"),),
)
TEMPLATES: Final = (TASK_GIVEN, TASK_NEWS)
WORDS: Final[Mapping[StrEnum, str]] = {
    News.WARNED: "快到期了,还没有做完",
    News.CLIMBED: "有单元或楼栋超时未完成",
    TaskPartAction.RETURN: "退回补办,请看原因",
    TaskPartAction.WITHDRAW: "已撤回,不用做了",
}
# What is said of a part by itself: each is returned with a reason of its own.
SINGLE: Final = frozenset({TaskPartAction.RETURN})


async def given(
    deps: Dependencies, tx: Transaction, part: TaskPart, people: Iterable[str]
) -> None:
    """Tell people of a task that they have in hand now."""
    values = {"title": part.title, "until_on": part.until}
    opens = f"task={part.task}"
    await send(deps, tx, people, TASK_GIVEN, key=part.task, values=values, opens=opens)


async def tell(
    deps: Dependencies,
    tx: Transaction,
    part: TaskPart,
    news: StrEnum,
    people: Iterable[str],
    side: Side,  # noqa: ARG001  # a task has no other side than those who do it
    key: str,
) -> None:
    """Tell people of a step or of other news."""
    due = part.due_at.isoformat() if part.due_at else ""
    as_ = key if news in SINGLE else f"{part.task}:{news}:{due}"
    values = {"title": part.title, "news": WORDS[news]}
    opens = f"task={part.task}"
    await send(deps, tx, people, TASK_NEWS, key=as_, values=values, opens=opens)


async def send(
    deps: Dependencies,
    tx: Transaction,
    people: Iterable[str],
    template: Template,
    *,
    key: str,
    values: dict[str, str],
    opens: str,
) -> None:
    """Send people a message of a task or round. `opens`: the query of the page of a tap."""
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=template,
            key=key,
            values=values,
            page=f"{template.page}?{opens}",
        )
