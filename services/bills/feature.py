"""Registration of bills."""

from typing import Final

from services.bills import measures, privacy
from services.bills.runs import jobs, notify
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    measures=measures.MEASURES,
)
