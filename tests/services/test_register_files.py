"""Files that are no register, or one on several sheets."""

import io
import zipfile

import pytest
import xlsxwriter

from services.register.sheet import headings
from services.register.sheet.file_type import check_file_type
from services.register.sheet.models import Code
from services.register.sheet.package import check_package
from services.register.sheet.problems import Refused
from services.register.sheet.workbook import MOST_SHEETS, open_register
from tests.build.registers import HEADINGS, LI, WANG, paths, read, refused, said, workbook


def several(*names: str) -> bytes:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        for name in names:
            sheet = writer.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            sheet.write_row(1, 0, LI)
            if name == "旧表":
                sheet.hide()
    return book.getvalue()


def test_several_sheets_are_one_register_and_a_home_on_two_of_them_is_one() -> None:
    homes, problems, register = read(several("1号楼", "2号楼"))
    assert paths(homes) == ["b3.u2.502"]
    assert [(p.sheet_number, p.row, p.column, p.code) for p in problems] == [
        (1, 1, "", Code.SHEETS_JOINED),
        (1, 2, "A", Code.SHEET_DIFFERS),
        (2, 2, "A", Code.SHEET_DIFFERS),
        (2, 2, "C", Code.DUPLICATE_SAME),
    ]
    assert problems[0].message == "几张工作表都读了:1号楼、2号楼"
    assert problems[-1].message == "与工作表“1号楼”第 2 行重复,只登记一次"
    assert len({problem.key for problem in problems}) == 4
    assert [problem.key for problem in problems] == sorted(p.key for p in problems)
    assert register.buildings()[0].sheets == ["1号楼"]


def test_more_sheets_than_anybody_looks_through_are_refused() -> None:
    assert refused(several(*map(str, range(MOST_SHEETS + 1)))) == "register_several_sheets"


def test_hidden_sheets_and_our_own_guides_do_not_count() -> None:
    homes, problems, _ = read(several("登记", "旧表", headings.EXAMPLE))
    assert len(homes) == 1
    assert said(problems) == [(1, "", Code.HIDDEN_SHEET)]
    assert "旧表" in problems[0].message


def test_a_register_on_a_hidden_sheet_only_is_refused_and_the_sheet_is_named() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        writer.add_worksheet("目录").write_string(0, 0, "春光小区")
        hidden = writer.add_worksheet("旧表")
        hidden.write_row(0, 0, HEADINGS)
        hidden.hide()
    with pytest.raises(Refused) as caught:
        open_register(book.getvalue())
    assert caught.value.refusal.code == "register_hidden_sheets"
    assert "旧表" in caught.value.refusal.message


def test_a_sheet_without_headings_is_told() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        for name, rows in (("1栋", (HEADINGS, LI)), ("2栋", (LI, WANG))):
            sheet = writer.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
        writer.add_worksheet("空的")
    homes, problems, _ = read(book.getvalue())
    assert paths(homes) == ["b3.u2.502"]
    assert (1, "", Code.SHEET_SKIPPED) in said(problems)


def test_no_headings_and_nothing_at_all() -> None:
    assert refused(workbook([("甲", "乙")], headings=("一", "二"))) == "register_no_headings"
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        writer.add_worksheet()
    assert refused(book.getvalue()) == "register_empty"
    assert refused(workbook([])) == "register_no_rows"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register_empty"),
        ("楼栋,房号".encode(), "register_not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "register_old_xls"),
        (
            b"\xd0\xcf\x11\xe0" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
            "register_encrypted",
        ),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_file_type(content)
    assert caught.value.refusal.code == code


def package(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in parts.items():
            writer.writestr(name, content)
    return buffer.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as reader:
        return {name: reader.read(name) for name in reader.namelist()}


def test_other_packages_and_broken_ones() -> None:
    assert refused(package({"word/document.xml": b"<w/>"})) == "register_not_xlsx"
    content = workbook([LI])
    assert refused(content[:-40]) == "register_broken"
    parts = parts_of(content) | {"xl/workbook.xml": b"<workbook"}
    assert refused(package(parts)) == "register_broken"


def test_a_package_that_unpacks_too_large_is_not_opened() -> None:
    parts = parts_of(workbook([LI])) | {"xl/media/image1.bin": bytes(300 * 1024 * 1024)}
    assert refused(package(parts)) == "register_unpacks_too_large"


def test_a_package_that_lies_about_its_sizes_is_broken() -> None:
    parts = parts_of(workbook([LI])) | {"xl/lie.xml": bytes(64 * 1024 * 1024)}
    content = bytearray(package(parts))
    true_size = (64 * 1024 * 1024).to_bytes(4, "little")
    assert content.count(true_size) == 2  # in the part's header and in the directory
    lying = bytes(content).replace(true_size, (1000).to_bytes(4, "little"))
    with pytest.raises(Refused) as caught:
        check_package(lying)
    assert caught.value.refusal.code == "register_broken"
