"""Registration of appointments."""

from typing import Final

from services.appointments import jobs, notify, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    require_free=privacy.require_out_of_office,
    forget=privacy.forget,
    forgets="担任过的职务里的姓名和电话",
)
