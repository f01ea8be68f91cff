"""Registration of checkouts."""

from typing import Final

from services.checkouts import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS, forget=privacy.forget, forgets="没有付完的多笔账单"
)
