"""Registration of followers."""

from typing import Final

from services.followers import jobs, privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    jobs=jobs.JOBS, holdings=privacy.HOLDINGS, close=privacy.close, before=("people",)
)
