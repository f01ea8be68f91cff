"""Registration of consents."""

from typing import Final

from services.consents import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS, forget=privacy.forget, forgets="已给的同意(记为撤回)"
)
