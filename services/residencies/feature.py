"""Registration of residencies."""

from typing import Final

from services.kernel.features import Feature
from services.residencies import notify, privacy

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS, templates=notify.TEMPLATES, close=privacy.close
)
