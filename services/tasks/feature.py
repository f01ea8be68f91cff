"""Registration of tasks and rounds."""

from typing import Final

from services.kernel.features import Feature
from services.tasks import duties, jobs, lists, privacy
from services.tasks.parts import lists as parts_lists
from services.tasks.parts import notify as parts_notify
from services.tasks.parts.kind import TASK

FEATURE: Final = Feature(
    cases=(TASK,),
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    templates=parts_notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    lists=(
        lists.TASKS,
        parts_lists.TASK_PARTS,
        parts_lists.MY_TASKS,
        parts_lists.TASK_HOMES,
    ),
    today=(duties.TASKS,),
)
