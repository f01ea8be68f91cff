"""Registration of year-end books."""

from typing import Final

from services.kernel.features import Feature
from services.year_books import actions, files
from services.year_books.models import KIND

FEATURE: Final = Feature(
    exports={KIND: files.write},
    export_access={KIND: actions.require_readable},
)
