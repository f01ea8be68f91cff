"""Registers as people keep them, as real .xlsx files, and the office that sends them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import xlsxwriter

from services.kernel.permissions import Role
from services.kernel.tables import XLSX
from services.register.rows.register import Register
from services.register.sheet.models import ListedHome, RowProblem
from services.register.sheet.problems import Refused
from services.register.sheet.workbook import open_register
from tests.build import cast
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

HEADINGS = ("楼栋", "单元", "房号", "面积(㎡)", "用途", "业主姓名", "手机号", "关系")
LI = ("3号楼", "2单元", "502", 85.3, "住宅", "李明", "13800000001", "业主")
WANG = ("3号楼", "2单元", "501", 60, "住宅", "王芳", "13800000002", "")
MERGED = tuple[int, int, int, int, Any]  # first row, first column, last row, last column, value


def workbook(
    rows: Sequence[Sequence[Any]],
    *,
    headings: Sequence[str] = HEADINGS,
    titles: Sequence[str] = (),
    merged: Sequence[MERGED] = (),
    name: str = "Sheet1",
) -> bytes:
    """Write titles (each merged over the table), headings, rows; numbers stay numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "m-d"}) as book:
        sheet = book.add_worksheet(name)
        for index, title in enumerate(titles):
            sheet.merge_range(index, 0, index, len(headings) - 1, title)
        for index, row in enumerate([headings, *rows], len(titles)):
            sheet.write_row(index, 0, row)
        for first_row, first, last_row, last, value in merged:
            sheet.merge_range(first_row, first, last_row, last, value)
    return buffer.getvalue()


def read(content: bytes) -> tuple[list[ListedHome], list[RowProblem], Register]:
    book = open_register(content)
    register = Register(cast.COMPOUND)
    register.problems += book.problems
    found = []
    for sheet in book.sheets:
        register.begin(sheet.frame)
        found += [register.read(number, cells) for number, cells in sheet.rows()]
    return [home for home in found if home], register.problems, register


def paths(homes: Sequence[ListedHome]) -> list[str]:
    return [f"{home.building}.{home.unit}.{home.home}" for home in homes]


def said(problems: Sequence[RowProblem]) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in problems]


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        open_register(content)
    return caught.value.refusal.code


def _name(number: int) -> str:
    return "赵" + chr(0x4E00 + number // 200) + chr(0x4E00 + number % 200)


def large(rows: int) -> bytes:
    """Write a register of `rows` homes, 50 to a unit."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for n in range(rows):
            building, unit = n // 500 + 1, n % 500 // 50 + 1
            home = (n % 50 // 4 + 1) * 100 + n % 4 + 1
            place = (f"{building}号楼", f"{unit}单元", home, 50 + n % 7000 / 100)
            sheet.write_row(n + 1, 0, (*place, "住宅", _name(n), 13800000000 + n, "业主"))
    return buffer.getvalue()


@dataclass
class Office:
    """A community's staff at the window of the compound c07, whose building b3 is known."""

    world: World
    staff: Member

    async def upload(self, content: bytes, place: str = cast.COMPOUND) -> Reply:
        path = f"/api/v1/places/{place}/register-imports"
        headers = {"Content-Type": XLSX}
        return await self.world.api.call("POST", path, content, as_=self.staff, headers=headers)

    async def do(self, import_id: str, action: str, **body: Any) -> Reply:
        path = f"/api/v1/register-imports/{import_id}/{action}"
        return await self.world.api.post(path, body, as_=self.staff)

    async def look(self, import_id: str) -> dict[str, Any]:
        path = f"/api/v1/register-imports/{import_id}"
        reply = await self.world.api.get(path, as_=self.staff)
        assert reply.status == 200, reply.body
        return dict(reply.body)

    async def problems(self, import_id: str, query: str = "") -> list[dict[str, Any]]:
        path = f"/api/v1/register-imports/{import_id}/problems{query}"
        return list((await self.world.api.get(path, as_=self.staff)).body["items"])

    async def preview(self, content: bytes) -> dict[str, Any]:
        """Upload and read a file."""
        reply = await self.upload(content)
        assert reply.status == 202, reply.body
        await self.world.work()
        return await self.look(reply.body["import_id"])

    async def bring_in(self, content: bytes) -> str:
        """Upload, read, confirm and write a file; return the id of its import."""
        view = await self.preview(content)
        reply = await self.do(view["import_id"], "confirm", accept_warnings=True)
        assert reply.status == 202, reply.body
        await self.world.work()
        assert (await self.look(view["import_id"]))["state"] == "applied"
        return str(view["import_id"])

    async def places(self) -> list[str]:
        """Return the paths under the compound, from the building down."""
        found = await self.world.db.places.find({"_id": {"$regex": r"\.c07\."}}).to_list()
        return sorted(place["_id"].removeprefix(f"{cast.COMPOUND}.") for place in found)


LADDER = ["b3", "b3.u1", "b3.u2"]  # what cast.ladder() founds under the compound


async def open_office(world: World) -> Office:
    await cast.ladder(world.deps)
    await cast.appoint(world.deps, Role.COMMUNITY_STAFF, cast.COMMUNITY, "staff")
    return Office(world, await world.sign_in("staff", cast.PHONES["staff"]))
