"""Registration of messaging."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.messaging import jobs, privacy
from services.messaging.broadcasts import jobs as broadcast_jobs

FEATURE: Final = Feature(
    jobs={**jobs.JOBS, **broadcast_jobs.JOBS},
    lanes=dict.fromkeys(broadcast_jobs.JOBS, Lane.NEWS),
    holdings=privacy.HOLDINGS,
    close=privacy.close,
    before=("people",),
    forget=privacy.forget,
    forgets="收到的消息",
)
