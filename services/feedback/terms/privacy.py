"""Personal data of terms of feedback: who of the staff set them."""

from typing import Final

from mongo_indexes import feedback_terms
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=feedback_terms.COLLECTION,
        fate=Fate.NOBODYS,
        why="全市的办理时限,只记由谁设定",
        staff=("set_by",),
    ),
)
