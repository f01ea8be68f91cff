"""Registration of the ledger."""

from typing import Final

from services.kernel.features import Feature
from services.ledger import privacy
from services.ledger.seals import jobs

FEATURE: Final = Feature(
    jobs=jobs.JOBS, lanes=jobs.LANES, schedules=jobs.SCHEDULES, holdings=privacy.HOLDINGS
)
