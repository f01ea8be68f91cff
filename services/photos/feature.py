"""Registration of photos."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.photos import cleanup, privacy

FEATURE: Final = Feature(
    jobs=cleanup.JOBS,
    lanes=dict.fromkeys(cleanup.JOBS, Lane.LONG),
    schedules=cleanup.SCHEDULES,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="上传的照片",
)
