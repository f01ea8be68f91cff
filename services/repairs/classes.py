"""Classes of danger of a repair (紧急程度): how soon somebody must come, and when time runs."""

from typing import Self

from services.kernel.labels import Labelled
from services.working_time.models import Pace


class Danger(Labelled):
    """Class of danger. `pace`: hours that its terms count; danger does not wait for morning."""

    pace: Pace

    def __new__(cls, value: str, label: str = "", pace: Pace = Pace.WORKING) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.pace = pace
        return member

    @property
    def rank(self) -> int:
        """Place among the classes, the most urgent first."""
        return [*type(self)].index(self)

    DANGER = "danger", "危险", Pace.CONTINUOUS
    URGENT = "urgent", "紧急", Pace.CONTINUOUS
    NORMAL = "normal", "一般"
    PLANNED = "planned", "计划维修"
