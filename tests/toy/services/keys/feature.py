"""Registration of keys."""

from typing import Final

from services.kernel.features import Feature
from services.keys import jobs, notify, privacy

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
)
