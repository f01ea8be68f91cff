"""Registration of messaging."""

from typing import Final

from services.kernel.features import Feature
from services.messaging import jobs, privacy

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    before=("people",),
    sweep=privacy.sweep,
)
