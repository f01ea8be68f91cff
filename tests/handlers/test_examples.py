"""Examples of answers: told by a type or a name, said beside a field, or asked for."""

from typing import Annotated, Any

import msgspec
import pytest

from handlers.http import examples
from handlers.http.example_values import HOME
from services.kernel.days import Day
from services.kernel.money import Fen
from services.kernel.paths import PlacePath


class Shelf(msgspec.Struct):
    shelf_id: str
    book_ids: list[str]
    lent_on: Day
    back_day: Day | None
    place: PlacePath
    rent_fen: Fen
    boards: Annotated[int, msgspec.Meta(ge=2)]
    width: float
    is_open: bool
    wood: Annotated[str, msgspec.Meta(examples=["榆木"])]
    colour: Annotated[str, msgspec.Meta(examples=["红"])] | None
    number: Annotated[int, msgspec.Meta(examples=[7])]


def test_a_field_tells_its_example_by_its_type_or_beside_itself() -> None:
    assert examples.example_of(Shelf) == {
        "shelf_id": examples.ID,
        "book_ids": [examples.ID],
        "lent_on": "2026-03-02",
        "back_day": "2026-03-02",
        "place": HOME,
        "rent_fen": 5118,
        "boards": 2,
        "width": 1,
        "is_open": False,
        "wood": "榆木",
        "colour": "红",
        "number": 7,
    }
    msgspec.convert(examples.example_of(Shelf), Shelf)


@pytest.mark.parametrize("kind", [str, Annotated[str, msgspec.Meta(pattern="^x$")], bytes])
def test_what_only_its_author_can_say_is_asked_for(kind: Any) -> None:
    made = msgspec.defstruct("Made", [("tint", kind), ("paint_id", kind)])
    with pytest.raises(examples.NoExample, match=r"Made\.tint: say Meta"):
        examples.example_of(made)
    strange = Annotated[str, msgspec.Meta(pattern="^y$")]
    made = msgspec.defstruct("Made", [("paint_id", strange)])
    with pytest.raises(examples.NoExample, match=r"Made\.paint_id: say Meta"):
        examples.example_of(made)
