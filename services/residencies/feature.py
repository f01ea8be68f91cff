"""Registration of residencies."""

from typing import Final

from services.kernel.features import Feature
from services.residencies import privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, close=privacy.close)
