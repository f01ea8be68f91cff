"""Registration of calls."""

from typing import Final

from services.calls import jobs, notify, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="通话请求和电话显示设置",
)
