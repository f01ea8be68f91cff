"""Views of work records: figures in words."""

from typing import Final

from services.kernel.work import WorkUnit
from services.work_records.models import WorkFigureView

HUNDRED: Final = 100


def said(figure: WorkFigureView) -> str:
    """Return the value of a figure with its unit: 12次, 86.50%; a dash for nothing to tell."""
    if figure.value is None:
        return "—"
    if figure.unit is WorkUnit.BASIS_POINTS:
        return f"{figure.value / HUNDRED:.2f}%"
    return f"{figure.value}{figure.unit.label}"
