"""Package of a workbook: a zip archive of unknown origin, checked before it is opened."""

import io
import shutil
import zipfile
import zlib
from typing import Any, Final
from xml.parsers import expat

from services.register.sheet.problems import Refused

MOST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MOST_PARTS: Final = 2_000
BLOCK: Final = 1024 * 1024
# What zipfile raises over packages that are damaged, encrypted or compressed in odd ways.
BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError),
    *(RuntimeError, ValueError),
)
TYPES: Final = "[Content_Types].xml"
WORKBOOK: Final = "xl/workbook.xml"
WORKBOOK_LINKS: Final = "xl/_rels/workbook.xml.rels"
WORKBOOK_TYPE: Final = "spreadsheetml.sheet.main+xml"
FASTEST: Final = 1


def check_package(content: bytes) -> bytes:
    """Return a workbook under the usual names of its parts.

    Raises Refused for no workbook or one that unpacks too large, before it is opened. The
    sizes a package states may lie, so each part is unpacked once, in blocks: zipfile stops at
    the stated size, and a part that goes on fails its checksum.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if TYPES not in package.namelist():
                raise Refused.because("register_not_xlsx")
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
                raise Refused.because("register_unpacks_too_large")
            for part in parts:
                with package.open(part) as stream:
                    while stream.read(BLOCK):
                        pass
            return content if WORKBOOK in package.namelist() else _renamed(package)
    except BROKEN:
        raise Refused.because("register_broken") from None


def _renamed(package: zipfile.ZipFile) -> bytes:
    """Return the package with its workbook under the usual name. Raises Refused.

    Some downloads name it xl/workbook2.xml, which the standard allows and the reader of
    workbooks does not find. Source: ECMA-376 part 2, 8.2 (parts are found by their types).
    """
    workbooks: list[str] = []

    def on_type(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Override") and attributes["ContentType"].endswith(WORKBOOK_TYPE):
            workbooks.append(attributes["PartName"].lstrip("/"))

    parse(package, TYPES, on_type)
    folder, _, name = workbooks[0].rpartition("/") if workbooks else ("", "", "")
    if folder != "xl" or workbooks[0] not in package.namelist():
        raise Refused.because("register_not_xlsx")
    names = {workbooks[0]: WORKBOOK, f"xl/_rels/{name}.rels": WORKBOOK_LINKS}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=FASTEST) as renamed:
        for part in package.namelist():
            with package.open(part) as given, renamed.open(names.get(part, part), "w") as made:
                shutil.copyfileobj(given, made, BLOCK)
    return buffer.getvalue()


def parse(package: zipfile.ZipFile, part: str, start: Any) -> None:
    """Hand the start of each element of a part to `start`, in a stream. Raises Refused.

    A document type is refused: no workbook has one, and its entities can grow without limit.
    """
    names = {name.lower(): name for name in package.namelist()}
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        with package.open(names[part.lower()]) as stream:
            while block := stream.read(BLOCK):
                parser.Parse(block, False)  # noqa: FBT003  # expat names it by place only
        parser.Parse(b"", True)  # noqa: FBT003  # the same
    except (expat.ExpatError, KeyError, IndexError, ValueError):
        raise Refused.because("register_broken") from None


def _refuse(*_: Any) -> None:
    raise Refused.because("register_broken")
