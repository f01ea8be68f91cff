"""Registration of tasks and rounds."""

from typing import Final

from services.kernel.features import Feature
from services.tasks import jobs, lists, privacy, today
from services.tasks.parts import lists as parts_lists
from services.tasks.parts import notify as parts_notify
from services.tasks.parts import work
from services.tasks.parts.kind import TASK
from services.tasks.rounds import jobs as rounds_jobs
from services.tasks.rounds import lists as rounds_lists
from services.tasks.rounds.kind import ROUND

FEATURE: Final = Feature(
    cases=(TASK, ROUND),
    jobs={**jobs.JOBS, **rounds_jobs.JOBS},
    lanes={**jobs.LANES, **rounds_jobs.LANES},
    schedules=(*jobs.SCHEDULES, *rounds_jobs.SCHEDULES),
    templates=parts_notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    lists=(
        lists.TASKS,
        parts_lists.TASK_PARTS,
        parts_lists.MY_TASKS,
        parts_lists.TASK_HOMES,
        rounds_lists.ROUND_PLANS,
        rounds_lists.ROUNDS,
        rounds_lists.MY_ROUNDS,
    ),
    today=today.TODAY,
    work=(work.WORK,),
)
