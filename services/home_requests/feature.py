"""Registration of requests for a home."""

from typing import Final

from services.home_requests import jobs, notify, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    close=privacy.close,
    forget=privacy.forget,
    forgets="房屋申请里填写的内容",
)
