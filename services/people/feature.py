"""Registration of people."""

from typing import Final

from services.kernel.features import Feature
from services.people import privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, close=privacy.close)
