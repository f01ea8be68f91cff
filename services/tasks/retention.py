"""Retention of what heads photographed and noted from home to home: as long as for a repair."""

from datetime import timedelta
from typing import Final

# After the last day of a task or round: a question about it comes within months or never.
KEPT_FOR: Final = timedelta(days=180)
