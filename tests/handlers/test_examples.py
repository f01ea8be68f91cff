"""Examples of answers: told by a type or a name, said beside a field, or asked for."""

from typing import Annotated, Any

import msgspec
import pytest

from handlers.http import examples, tags
from handlers.http.example_values import HOME, UNIT
from services.kernel.days import Day
from services.kernel.money import Fen
from services.kernel.paths import PlacePath
from services.repairs.call_backs.models import CallBackView
from services.repairs.categories.catalogue import GROUPS
from services.repairs.categories.models import CategoryCode as OfTree
from services.repairs.categories.models import Scope
from services.repairs.figures.models import FiguresPart
from services.repairs.models import CategoryCode, RepairView
from services.repairs.reviews.models import ReviewView
from services.repairs.states import TABLE

CATALOGUE = [entry for group, entries in GROUPS for entry in (group, *entries)]


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
    lent_to: Annotated[str | None, msgspec.Meta(examples=[None])]


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
        "lent_to": None,
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


def test_the_example_of_a_repair_is_one_that_there_can_be() -> None:
    shown = examples.example_of(RepairView)
    [entry] = [row for row in CATALOGUE if row.code == shown["category"]]
    assert (entry.label, entry.danger) == (shown["category_label"], shown["danger"])
    assert entry.scope is Scope.COMMON
    assert (shown["part"], shown["place"], shown["state"]) == ("common", UNIT, "reported")
    missing = ("paused_until", "pause_reason", "done", "phone", "access", "wish", "outage_id")
    assert [shown[name] for name in missing] == [None] * len(missing)
    assert shown["due_at"] > shown["created_at"]
    steps = {row.action for row in TABLE.rows if row.source == shown["state"]}
    assert set(shown["steps"]) <= steps


@pytest.mark.parametrize("kind", [RepairView, CallBackView, ReviewView])
def test_a_repairs_number_is_one_wherever_it_is_shown(kind: Any) -> None:
    assert examples.example_of(kind)["number"] == "26-0137"


def test_categories_of_examples_are_in_the_catalogue() -> None:
    labels = {row.code: row.label for row in CATALOGUE}
    part = examples.example_of(FiguresPart)
    assert labels[part["key"]] == part["label"]
    assert examples.example_of(CallBackView)["category_label"] in labels.values()
    codes: tuple[Any, ...] = (CategoryCode, OfTree)
    for code in codes:
        assert set(code.__metadata__[0].examples) <= labels.keys()


def test_groups_of_several_modules_are_described_as_a_whole() -> None:
    found = tags.described([])
    assert "rated" in found["repairs"]
    assert "reached" in found["notices"]
