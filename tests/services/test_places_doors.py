"""What a door shows of a home: its number, and no note beside it."""

import pytest

from services.places import doors
from services.places.models import Kind, Place
from tests.build.world import NOON


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("502(王小五租)", "502"),
        ("502(已故", "502"),
        ("502【欠费】", "502"),
        ("501欠费户", "501"),
        ("501一家三口", "501"),
        ("王小五502", "502"),
        ("50213800000000", "502"),
        ("502VIP", "502"),
        ("商铺王五12", "商铺12"),
        ("12号门市王五", "12号门市"),
        ("王小五家", ""),
        ("502", "502"),
        ("502室", "502室"),
        ("502甲", "502甲"),
        ("502(东)", "502(东)"),
        ("502-1", "502-1"),
        ("S12", "S12"),
        ("商铺12", "商铺12"),
        ("502仓房", "502仓房"),
        ("地下室", "地下室"),
        ("3号楼2单元501室", "3号楼2单元501室"),
        ("502/503", "502/503"),
    ],
)
def test_a_number_is_what_the_door_shows(written: str, shown: str) -> None:
    assert doors.number_on(written) == shown
    assert doors.number_on(shown) == shown


def test_a_note_is_left_out_of_names_and_addresses_of_old_homes() -> None:
    home = Place(
        id="cc.a.b.c.d.b3.u2.502_28_",
        kind=Kind.HOME,
        name="502(王小五租)",
        address="春光小区3栋2单元502(王小五租)室",
        created_at=NOON,
    )
    assert doors.shown_name(home) == "502"
    assert doors.shown_address(home) == "春光小区3栋2单元502室"
    home.name, home.address = "王小五家", "春光小区3栋2单元王小五家室"
    assert "王" not in doors.shown_name(home) + doors.shown_address(home)
