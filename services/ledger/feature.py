"""Registration of the ledger."""

from typing import Final

from services.kernel.features import Feature
from services.ledger import privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS)
