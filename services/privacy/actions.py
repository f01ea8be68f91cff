"""What a person asks about their own data, and what operators do for its keys."""

from collections.abc import Mapping
from typing import Final

from services.jobs import actions as jobs
from services.privacy import erasing

JOBS: Final[Mapping[str, jobs.Handler]] = {erasing.SWEEP: erasing.sweep}
