"""Registration of followers."""

from typing import Final

from services.followers import jobs, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    close=privacy.close,
    before=("people",),
    forget=privacy.forget,
    forgets="关注服务号的微信编号",
)
