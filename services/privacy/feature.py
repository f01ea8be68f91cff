"""Registration of privacy."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.privacy import export, jobs
from services.privacy.erasures import jobs as erasures_jobs
from services.privacy.erasures import privacy as erasures_privacy

FEATURE: Final = Feature(
    jobs={**jobs.JOBS, **erasures_jobs.JOBS},
    lanes=dict.fromkeys((*jobs.JOBS, *erasures_jobs.JOBS), Lane.LONG),
    holdings=erasures_privacy.HOLDINGS,
    exports=export.EXPORTS,
)
