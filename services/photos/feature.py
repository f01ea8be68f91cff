"""Registration of photos."""

from typing import Final

from services.kernel.features import Feature
from services.photos import cleanup

FEATURE: Final = Feature(jobs=cleanup.JOBS, schedules=cleanup.SCHEDULES)
