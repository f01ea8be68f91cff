"""Registration of exports."""

from typing import Final

from services.exports import jobs, privacy
from services.kernel.features import Feature, Lane

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    holdings=privacy.HOLDINGS,
    close=privacy.close,
    forget=privacy.forget,
    forgets="导出的文件",
)
