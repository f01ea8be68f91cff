"""Registration of codes of homes."""

from typing import Final

from services.home_codes import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
