"""Registration of the handbook."""

from typing import Final

from services.handbook import lists, privacy
from services.handbook.readers import jobs as readers_jobs
from services.handbook.readers import privacy as readers_privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=readers_jobs.JOBS,
    lanes=readers_jobs.LANES,
    schedules=readers_jobs.SCHEDULES,
    holdings=(*privacy.HOLDINGS, *readers_privacy.HOLDINGS),
    forget=readers_privacy.forget,
    forgets="对手册内容的评价",
    lists=lists.LISTS,
)
