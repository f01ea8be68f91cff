"""Registration of firms."""

from typing import Final

from services.firms import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
