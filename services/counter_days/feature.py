"""Registration of the days of bank accounts and cash."""

from typing import Final

from services.counter_days import jobs
from services.kernel.features import Feature

FEATURE: Final = Feature(jobs=jobs.JOBS, lanes=jobs.LANES, schedules=jobs.SCHEDULES)
