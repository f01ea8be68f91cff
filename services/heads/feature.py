"""Registration of heads and their hand-overs."""

from typing import Final

from services.heads import notify, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, templates=notify.TEMPLATES)
