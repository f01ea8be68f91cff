"""Registration of idempotency keys."""

from typing import Final

from services.idempotency import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS, forget=privacy.forget, forgets="近一天操作的临时记录"
)
