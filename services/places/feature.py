"""Registration of places."""

from typing import Final

from services.kernel.features import Feature
from services.places import measures, privacy

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, measures=measures.MEASURES)
