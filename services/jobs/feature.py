"""Registration of the job queue."""

from typing import Final

from services.jobs import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
