"""Registration of privacy."""

from typing import Final

from services.kernel.features import Feature
from services.privacy import export, jobs

FEATURE: Final = Feature(jobs=jobs.JOBS, exports=export.EXPORTS)
