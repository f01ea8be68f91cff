"""Registration of corrections of homes."""

from typing import Final

from services.home_corrections import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
