"""Registration of invitations."""

from typing import Final

from services.invitations import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS, forget=privacy.forget, before=("residencies", "people")
)
