"""Registration of the import of registers."""

from typing import Final

from services.kernel.features import Feature
from services.register import jobs

FEATURE: Final = Feature(jobs=jobs.JOBS)
