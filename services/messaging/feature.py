"""Registration of messaging."""

from typing import Final

from services.kernel.features import Feature
from services.messaging import jobs

FEATURE: Final = Feature(jobs=jobs.JOBS)
