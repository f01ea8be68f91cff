"""Registration of payments."""

from typing import Final

from services.kernel.features import Feature
from services.payments import jobs, privacy

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
    require_free=privacy.require_no_money_under_way,
    forget=privacy.forget,
)
