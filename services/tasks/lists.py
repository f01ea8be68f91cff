"""List of tasks, as the community exports it."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.tasks import actions
from services.tasks.models import TasksQuery, TaskView

TASKS: Final = List(
    name="tasks",
    needs=Permission.GIVE_TASKS,
    title="任务",
    query=TasksQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.GIVE_TASKS),
    columns=columns(
        TaskView,
        title="任务",
        text="内容",
        address="范围",
        role="由谁办理",
        until="完成日期",
        state="状态",
        parts="份数",
        homes="户数",
        given_at="布置时间",
    ),
)
