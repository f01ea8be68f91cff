"""Registration of bills."""

from typing import Final

from services.bills import measures, privacy
from services.bills.runs import jobs
from services.kernel.features import Feature

FEATURE: Final = Feature(jobs=jobs.JOBS, holdings=privacy.HOLDINGS, measures=measures.MEASURES)
