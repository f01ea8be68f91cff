"""Registration of requests for a home."""

from typing import Final

from services.home_requests import jobs, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    before=("residencies", "people"),
)
