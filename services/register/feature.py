"""Registration of the import of registers."""

from typing import Final

from services.kernel.features import Feature
from services.register import jobs, privacy
from services.register.chunks import privacy as chunks_privacy

FEATURE: Final = Feature(jobs=jobs.JOBS, holdings=(*privacy.HOLDINGS, *chunks_privacy.HOLDINGS))
