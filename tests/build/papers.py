"""Papers as a test reads them: the lines and the QR codes of each page of a PDF of ours."""

import re
import zlib
from base64 import a85decode
from dataclasses import dataclass
from typing import Final

import segno

STREAM: Final = re.compile(
    rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?)endstream", re.DOTALL
)
SHOWN: Final = re.compile(rb"\(((?:[^\\()]|\\.)*)\) Tj", re.DOTALL)
ESCAPED: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
RECTANGLE: Final = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re\b")
# The three finder patterns of a code are seven modules wide.
FINDER: Final = 7
Modules = list[list[int]]


@dataclass(frozen=True)
class PaperPage:
    """`lines`: its texts, as drawn. `modules`: the rows of its QR code; none for no code."""

    lines: list[str]
    modules: Modules


def pages_of(pdf: bytes) -> list[PaperPage]:
    """Return the pages in order: each is one compressed stream."""
    assert pdf.startswith(b"%PDF-")
    streams = [
        zlib.decompress(a85decode(b"<~" + found.strip(), adobe=True))
        for found in STREAM.findall(pdf)
    ]
    assert len(re.findall(rb"/Type /Page\b", pdf)) == len(streams)
    return [PaperPage(_lines(stream), _modules(stream)) for stream in streams]


def modules_of(content: str) -> Modules:
    """Return the rows of the code that says this."""
    return [list(row) for row in segno.make(content, error="m", micro=False).matrix]


def _lines(stream: bytes) -> list[str]:
    return [ESCAPED.sub(_plain, each).decode("utf-16-be") for each in SHOWN.findall(stream)]


def _plain(escape: re.Match[bytes]) -> bytes:
    sign = escape[1]
    return bytes([int(sign, 8)]) if sign.isdigit() else CONTROLS.get(sign, sign)


def _modules(stream: bytes) -> Modules:
    """Return what is dark, on the grid that the first stretch tells: a finder's upper edge."""
    drawn = [[float(value) for value in found] for found in RECTANGLE.findall(stream)]
    if not drawn:
        return []
    left, top, width, _ = drawn[0]
    side = width / FINDER
    last = max(x + w for x, _, w, _ in drawn)
    count = round((last - left) / side)
    rows = [[0] * count for _ in range(count)]
    for x, y, w, _ in drawn:
        row, first = round((top - y) / side), round((x - left) / side)
        for place in range(first, first + round(w / side)):
            rows[row][place] = 1
    return rows
