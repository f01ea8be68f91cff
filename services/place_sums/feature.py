"""Registration of kept sums of places."""

from typing import Final

from services.kernel.features import Feature
from services.place_sums import jobs, privacy

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
)
