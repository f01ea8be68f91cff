"""Lists of the parts of tasks, as the community and heads export them."""

from typing import Any, Final

from services.kernel.lists import List, around
from services.kernel.permissions import Actor, Permission
from services.kernel.tables import columns
from services.tasks import actions as tasks
from services.tasks.parts import actions, views
from services.tasks.parts.models import (
    HomesQuery,
    MyPartsQuery,
    PartsQuery,
    TaskHomeView,
    TaskPartView,
)


async def _place_of(deps: Any, actor: Actor, task_id: str) -> str:
    return (await tasks.access(deps, actor, task_id)).place


async def _place_of_part(deps: Any, actor: Actor, part_id: str) -> str:
    return (await views.access(deps, actor, part_id)).place


TASK_PARTS: Final = List(
    name="task_parts",
    needs=Permission.GIVE_TASKS,
    title="任务进度",
    query=PartsQuery,
    read=actions.listing,
    subject="task_id",
    place_of=_place_of,
    columns=columns(
        TaskPartView,
        title="任务",
        address="地点",
        rung="由谁办理",
        state="状态",
        homes="户数",
        done="已完成",
        nobody_there="家中无人",
        left="未登记",
        last_at="最近登记",
        until="完成日期",
        overdue="已超时",
    ),
)

MY_TASKS: Final = List(
    name="my_tasks",
    needs=Permission.DO_TASKS,
    title="我的任务",
    query=MyPartsQuery,
    read=actions.mine,
    subject="",
    place_of=around(Permission.DO_TASKS),
    columns=columns(
        TaskPartView,
        title="任务",
        address="地点",
        homes="户数",
        done="已完成",
        nobody_there="家中无人",
        left="未登记",
        until="完成日期",
        overdue="已超时",
    ),
)
TASK_HOMES: Final = List(
    name="task_homes",
    needs=Permission.DO_TASKS,
    title="逐户情况",
    query=HomesQuery,
    read=actions.homes,
    subject="part_id",
    place_of=_place_of_part,
    columns=columns(
        TaskHomeView,
        address="房屋",
        answer="情况",
        number="数字",
        note="说明",
        by="由谁登记",
        at="登记时间",
    ),
)
