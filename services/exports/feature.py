"""Registration of exports."""

from typing import Final

from services.exports import jobs, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    close=privacy.close,
    forget=privacy.forget,
    forgets="导出的文件",
)
