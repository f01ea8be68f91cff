"""Registration of fees."""

from typing import Final

from services.fees import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
