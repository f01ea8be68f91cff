"""Registration of requests for a home."""

from typing import Final

from services.home_requests import jobs
from services.kernel.features import Feature

FEATURE: Final = Feature(jobs=jobs.JOBS)
