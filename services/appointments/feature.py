"""Registration of appointments."""

from typing import Final

from services.appointments import jobs
from services.kernel.features import Feature

FEATURE: Final = Feature(jobs=jobs.JOBS)
