"""Registration of working time."""

from typing import Final

from services.kernel.features import Feature
from services.working_time import privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
