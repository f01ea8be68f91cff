"""Registers from the field: each file is read, and billed, as its right values say.

The files were made after faults that people reported in public of systems that do this job;
every name and number in them is invented. Each stands for its whole kind.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.fees import actions as fees
from services.fees.models import FeeKind, NewFeeRule
from services.places import actions as places
from services.places.models import Kind, NewPlace
from services.register import actions as imports
from services.register import uploads
from services.register.models import ConfirmImport
from services.register.rows.register import Register
from services.register.sheet import child, process
from services.register.sheet.file_type import check_file_type
from services.register.sheet.models import ListedHome, Message
from services.register.sheet.problems import Refused
from services.register.sheet.workbook import open_register
from tests.build import cast
from tests.build.world import World

FILES: Final = Path(__file__).parents[1] / "cases" / "register"
ZHAO, QIAN, SUN, LI = "赵甲一", "钱乙二", "孙丙三", "李丁四"


@dataclass(frozen=True)
class Right:
    """What a file holds.

    `homes`: building, unit, number, area in m², people with their phones. `said`: sheet, row,
    column and code of each problem. `yuan`: of a month at 0.50 yuan per m²; None when the file
    has errors, which nobody can confirm. `refused`: why it is not read at all.
    """

    homes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    yuan: str | None = None
    refused: str = ""


PLAIN: Final = (f"1栋 1单元 101 85.30 {ZHAO}", f"1栋 1单元 102 60.50 {QIAN}")
IN_1: Final = "1栋 1单元"
TWO_PHONES: Final = ("3栋 2单元 502 80.00 赵甲一",)

RIGHT: Final[dict[str, Right]] = {
    "01_home_is_date_numfmt30": Right(
        (f"3栋 2单元 101 80.00 {ZHAO} 19556306709",), ("1 3C cell_is_date",)
    ),
    # Nothing is filled down over the #N/A of 1栋 or the #REF! of a unit.
    "02_error_cells": Right(
        (f"{IN_1} 101 80.00 {ZHAO} 19556306711",),
        (
            *("1 3A cell_error", "1 4B cell_error", "1 5D cell_error", "1 5F cell_error"),
            *("1 5G cell_error", "1 6G cell_error"),
        ),
    ),
    "03_total_count": Right(
        (f"{IN_1} 101 80.00 {ZHAO} 19556307253",), ("1 3 row_skipped",), "40.00"
    ),
    "03_total_in_home": Right(
        (f"{IN_1} 101 80.00 {ZHAO} 19556307251",), ("1 3 row_skipped",), "40.00"
    ),
    "03_total_in_home2": Right(
        (f"{IN_1} 101 80.00 {ZHAO} 19556307252",),
        ("1 3 row_skipped", "1 4 row_skipped"),
        "40.00",
    ),
    "04_private_note_in_home": Right(
        (f"3栋 2单元 502 80.00 {ZHAO}", f"3栋 2单元 501 80.00 {QIAN}"),
        ("1 2C note_left_out", "1 3C note_left_out"),
        "80.00",
    ),
    "04_same_home": Right(
        (f"{IN_1} 101 80.00 {ZHAO} 19556307255",),
        ("1 3C same_room", "1 3G duplicate_phone"),
        "40.00",
    ),
    "04_same_home2": Right(
        (f"3栋 2单元 502 80.00 {ZHAO} 19556307257",), ("1 3G duplicate_phone",), "40.00"
    ),
    "04_same_home3": Right(
        (f"3栋 2单元 502 80.00 {ZHAO} 19556307259",),
        ("1 3C note_left_out", "1 3G duplicate_phone", "1 4G duplicate_phone"),
        "40.00",
    ),
    "04_same_home_billed": Right(
        (f"3栋 2单元 502 80.00 {ZHAO}",), ("1 3C duplicate_same",), "40.00"
    ),
    "05_filtered_rows": Right(
        (
            f"{IN_1} 101 80.00 {ZHAO} 19556307642",
            f"{IN_1} 102 80.00 {QIAN} 19556307643",
            f"{IN_1} 103 80.00 {SUN} 19556307644",
        ),
        ("1 3 hidden_row",),
        "120.00",
    ),
    "06_rare_names": Right(
        (
            f"{IN_1} 101 80.00 王\ue863",
            f"{IN_1} 102 80.00 李\U0002ebf0",
            f"{IN_1} 103 80.00 张\U00031350",
            f"{IN_1} 104 80.00 陈\U00030ede",
        ),
        yuan="160.00",
    ),
    "09_rich_phonetic": Right(
        (f"{PLAIN[0]} 19556308224", f"{PLAIN[1]} 19556308225"), yuan="72.90"
    ),
    "09_strict": Right((f"{PLAIN[0]} 19556308222", f"{PLAIN[1]} 19556308223"), yuan="72.90"),
    "09_workbook2": Right((f"{PLAIN[0]} 19556308202", f"{PLAIN[1]} 19556308203"), yuan="72.90"),
    "09_x000d": Right(
        (f"{PLAIN[0]} 19556308226", f"{PLAIN[1]} 19556308227 {SUN}"), yuan="72.90"
    ),
    "09_x_prefix": Right((f"{PLAIN[0]} 19556308208", f"{PLAIN[1]} 19556308209"), yuan="72.90"),
    "10_gb18030": Right(refused="register_not_xlsx"),
    "10_real_xls": Right(refused="register_old_xls"),
    "15_building_dash_room": Right(
        (
            f"3栋 不分单元 507 80.00 {ZHAO}",
            f"3栋 不分单元 508 80.00 {QIAN}",
            f"4栋 不分单元 101 80.00 {SUN}",
            f"12栋 不分单元 301 80.00 {LI}",
        ),
        tuple(f"1 {row}B building_from_home" for row in (2, 3, 4, 5)),
        "160.00",
    ),
    "15_dash_only": Right(
        (
            f"A3栋 2单元 505 80.00 {ZHAO}",
            f"3栋 不分单元 507 80.00 {QIAN}",
            f"4栋 不分单元 101 80.00 {SUN}",
        ),
        ("1 3A building_from_home", "1 4A building_from_home"),
        "120.00",
    ),
    "16_building_in_sheet_name": Right(
        (f"{IN_1} 101 80.00 {ZHAO}",), ("1 1 building_from_sheet",), "40.00"
    ),
    "16_building_in_title": Right(
        (f"3号楼 1单元 101 80.00 {ZHAO}",), ("1 1A building_from_title",), "40.00"
    ),
    "16_sheet_per_building": Right(
        (f"{IN_1} 101 80.00 {ZHAO}", f"2栋 1单元 101 80.00 {ZHAO}"),
        ("1 1 sheets_joined",),
        "80.00",
    ),
    "17_areas_accepted": Right(
        tuple(
            f"{IN_1} {number} {area} {ZHAO}"
            for number, area in (
                *(("101", "85.30"), ("102", "85.30"), ("103", "85.30"), ("104", "1234.50")),
                *(("105", "1234.50"), ("110", "85.30"), ("111", "85.30"), ("112", "85.30")),
                *(("117", "0.85"), ("121", "85.30"), ("122", "50.01"), ("123", "50.01")),
                ("126", "123.00"),
            )
        ),
        (
            *("1 2D area_comma", "1 3D area_comma", "1 4D area_comma"),
            *("1 5D area_large", "1 6D area_large"),
            *("1 7D area_unreadable", "1 8D area_unreadable"),  # 85.3, and 8,5.3
        ),
    ),
    "18_phone_shift": Right(
        (
            f"{IN_1} 101 80.00 赵甲 19556319974 钱乙 19556319975",
            *(f"{IN_1} {n} 80.00 赵甲 钱乙 19556319975" for n in range(102, 107)),
            f"{IN_1} 107 80.00 赵甲 19556319974 钱乙 孙丙 19556319975",
        ),
        ("1 4G phone_unreadable", "1 6G phone_unreadable"),
        "280.00",
    ),
    "19_section_rows": Right(
        (
            f"1号楼 1单元 101 80.00 {ZHAO}",
            f"1号楼 1单元 102 80.00 {QIAN}",
            f"2号楼 1单元 201 80.00 {SUN}",
            f"2号楼 1单元 202 80.00 {LI}",
        ),
        ("1 3A filled_down", "1 3B filled_down", "1 4A section_row", "1 6B filled_down"),
        "160.00",
    ),
    "19_section_unit": Right(
        (f"1号楼 1单元 101 80.00 {ZHAO}", f"1号楼 2单元 201 80.00 {SUN}"),
        ("1 3B section_row", "1 4A filled_down"),
        "80.00",
    ),
    "19_section_merged": Right(
        (f"1号楼 1单元 101 80.00 {ZHAO}", f"2号楼 1单元 201 80.00 {SUN}"),
        ("1 3A section_row",),
        "80.00",
    ),
    # The two homes without an area are billed nothing by area, and the run says so.
    "20_merged": Right(
        (
            f"3号楼 1单元 101 80.00 {ZHAO} 13812340001",
            f"3号楼 1单元 102 70.00 {ZHAO} 13812340001",
            f"3号楼 2单元 101 - {SUN}",
            f"3号楼 2单元 102 - {LI}",
        ),
        (
            *("1 2F owner_merged", "1 2G owner_merged", "1 3F owner_merged"),
            *("1 3G owner_merged", "1 4D area_merged", "1 5D area_merged"),
        ),
        "75.00",
    ),
    "21_template_libreoffice": Right(
        (
            f"3栋 2单元 502 85.30 {ZHAO} 13812340001",
            f"3栋 2单元 501 60.50 {QIAN} 13812340002 {SUN}",
        ),
        yuan="72.90",
    ),
}
BILLED: Final = {name: right.yuan for name, right in RIGHT.items() if right.yuan}


def content_of(name: str) -> bytes:
    return (FILES / f"{name}.xlsx").read_bytes()


def line(home: ListedHome) -> str:
    area = "-" if home.area is None else f"{home.area / 100:.2f}"
    people = [
        word
        for person in home.people
        for word in (person.name, (person.phone or "").removeprefix("+86"))
        if word
    ]
    return " ".join([home.building_name, home.unit_name, home.name, area, *people])


def test_every_file_has_its_right_values() -> None:
    assert {path.stem for path in FILES.glob("*.xlsx")} == RIGHT.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_each_file_is_read_right(name: str) -> None:
    right, content = RIGHT[name], content_of(name)
    if right.refused:
        with pytest.raises(Refused) as caught:
            check_file_type(content)
        assert caught.value.refusal.code == right.refused
        return
    check_file_type(content)
    book = open_register(content)
    register, homes = Register(cast.COMPOUND), []
    register.problems += book.problems
    for sheet in book.sheets:
        register.begin(sheet.frame)
        homes += [register.read(number, cells) for number, cells in sheet.rows()]
    assert tuple(line(home) for home in homes if home) == right.homes
    said = [f"{p.sheet_number} {p.row}{p.column} {p.code}" for p in register.problems]
    assert tuple(said) == right.said
    assert (right.yuan is None) == bool(register.counts.errors)


async def messages(
    compound: str, pieces: AsyncIterator[bytes]
) -> AsyncGenerator[Message, None]:
    """Read in this process, as the child does in its own: two dozen children take long."""
    content = b"".join([piece async for piece in pieces])
    said: list[Message] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "send", said.append)
        child.read(open_register(content), compound)
    for message in said:
        yield message


@pytest.mark.slow
async def test_what_is_confirmed_is_billed_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file in a compound of its own: uploaded, previewed, confirmed, billed."""
    monkeypatch.setattr(process, "messages", messages)
    deps = world.deps
    await cast.ladder(deps)
    await cast.charge(deps)
    compounds = {name: f"{cast.COMMUNITY}.x{n:02d}" for n, name in enumerate(BILLED)}
    ids = {}
    for name, compound in compounds.items():
        await places.create(deps, NewPlace(path=compound, kind=Kind.COMPOUND, name=name))
        rule = NewFeeRule(
            kind=FeeKind.PROPERTY_FEE,
            price=5000,
            payee_id=cast.payee_of(FeeKind.PROPERTY_FEE),
            start_day="2025-01-01",
            due_days=30,
        )
        await fees.add(deps, cast.STAFF, compound, rule)
        view = await uploads.upload(deps, cast.STAFF, compound, content_of(name))
        ids[name] = view.import_id
    await world.work()
    for import_id in ids.values():
        request = ConfirmImport(accept_warnings=True)
        await imports.confirm(deps, cast.STAFF, import_id, request)
    await world.work()
    started = {
        name: await runs.start(deps, cast.STAFF, compound, StartBillRun(period="2026-01"))
        for name, compound in compounds.items()
    }
    await world.work()
    billed = {}
    for name, run in started.items():
        await runs.publish(deps, cast.STAFF, run.run_id)
        bills = await world.db.bills.find({"run_id": run.run_id}).to_list()
        total = sum(bill["amount_fen"] for bill in bills)
        billed[name] = f"{total // 100}.{total % 100:02d}"
    assert billed == BILLED
