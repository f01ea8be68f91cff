"""Registration of payments."""

from typing import Final

from services.kernel.features import Feature
from services.payments import jobs

FEATURE: Final = Feature(jobs=jobs.JOBS, schedules=jobs.SCHEDULES)
