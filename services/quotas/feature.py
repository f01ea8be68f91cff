"""Registration of quotas."""

from typing import Final

from services.kernel.features import Feature
from services.quotas import privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
