"""Who belongs to which home, and the four ways to be bound: the front door of the package.

By the register's phone (accounts/store.py bind_phone), by a request with proof, by an owner's
invitation, by a printed code.
"""

from collections.abc import Mapping
from typing import Final

from services.homes import advising
from services.jobs import actions as jobs

JOBS: Final[Mapping[str, jobs.Handler]] = advising.JOBS
