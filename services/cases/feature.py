"""Registration of what all kinds of cases share."""

from typing import Final

from services.cases import jobs, privacy
from services.cases.timers import actions as timers
from services.kernel.features import Feature, Lane

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes={timers.LET_GO: Lane.LONG},
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="报告和加入的事项、填写的说明",
)
