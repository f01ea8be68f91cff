"""Registration of the audit."""

from typing import Final

from services.audit import privacy
from services.audit.verification import jobs
from services.kernel.features import Feature

FEATURE: Final = Feature(jobs=jobs.JOBS, schedules=jobs.SCHEDULES, holdings=privacy.HOLDINGS)
