"""Registration of pushes."""

from typing import Final

from services.kernel.features import Feature
from services.pushes import privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
