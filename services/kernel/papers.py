"""Papers: sheets of A4 as PDF, in Chinese, with QR codes drawn as vectors.

The same input gives the same bytes: nothing of the clock is in them. A text is drawn as it is,
never read as markup. The Chinese font is named, not carried (docs/decisions/43-papers.md).
Bounded by MOST_PAGES; 200 take a second or two of a core, so call it in a thread.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Final

import segno
from msgspec import Struct
from reportlab.lib.pagesizes import A4
from reportlab.lib.textsplit import wordSplit
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from services.kernel.sheets import MOST_PAGES, Facts, PaperTooLong, QrCode, Sheet, Text

# Of the Adobe-GB1 collection, which readers of PDF know by name.
FONT: Final = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
# Drawn for what the font's encoding (UniGB-UCS2-H) has no place for, as printers do (U+3013).
MISSING: Final = "〓"

WIDTH, HEIGHT = A4  # in points, 1/72 inch
MARGIN: Final[float] = 20 * mm
ACROSS: Final[float] = WIDTH - 2 * MARGIN
LABELS: Final[float] = 32 * mm  # width of the column of labels
HEADING: Final = 26
LARGE, ORDINARY, SMALL = 18, 12, 9
LEADING: Final = 1.5  # height of a line, in sizes of its font
QUIET_ZONE: Final = 4  # modules left white around a code (ISO/IEC 18004, 5.3.8)


class _Line(Struct, frozen=True):
    """Line of text. `x`, `y`: where it begins, or has its middle when it is `centred`."""

    x: float
    y: float
    text: str
    size: float
    centred: bool = False

    def draw(self, canvas: Canvas) -> None:
        canvas.setFont(FONT, self.size)
        if self.centred:
            canvas.drawCentredString(self.x, self.y, self.text)
        else:
            canvas.drawString(self.x, self.y, self.text)


class _Code(Struct, frozen=True):
    """QR code with its lower left corner, and its width in points."""

    x: float
    y: float
    width: float
    content: str

    def draw(self, canvas: Canvas) -> None:
        modules = segno.make(self.content, error="m", micro=False).matrix
        side = self.width / (len(modules) + 2 * QUIET_ZONE)
        path = canvas.beginPath()
        for row, bits in enumerate(modules):
            y = self.y + self.width - (QUIET_ZONE + row + 1) * side
            for first, end in _runs(bits):
                path.rect(self.x + (QUIET_ZONE + first) * side, y, (end - first) * side, side)
        canvas.drawPath(path, stroke=0, fill=1)


def _runs(bits: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the dark stretches of a row: one shape each leaves no hair lines between."""
    first: int | None = None
    for place, bit in enumerate([*bits, 0]):
        if bit and first is None:
            first = place
        elif not bit and first is not None:
            yield first, place
            first = None


class _Layout:
    """Pages of one sheet, filled from the top."""

    def __init__(self, sheet: Sheet) -> None:
        self.pages: list[list[_Line | _Code]] = []
        self.y = 0.0
        self.turn()
        self.write(sheet.heading, HEADING, centred=True)
        for part in sheet.parts:
            self.y -= ORDINARY / 2
            match part:
                case Text(text, large):
                    self.write(text, LARGE if large else ORDINARY, centred=large)
                case Facts(rows):
                    self.tabulate(rows)
                case QrCode(content, width):
                    self.code(content, width * mm)

    def turn(self) -> None:
        """Begin a page. Raises PaperTooLong, so that no text however long fills the memory."""
        if len(self.pages) == MOST_PAGES:
            raise _too_long()
        self.pages.append([])
        self.y = HEIGHT - MARGIN

    def take(self, height: float) -> float:
        """Return the lower edge of so much room, on the next page where this one is full."""
        if self.y - height < MARGIN:
            self.turn()
        self.y -= height
        return self.y

    def write(self, text: str, size: float, *, centred: bool) -> None:
        for line in _lines(text, ACROSS, size):
            x = WIDTH / 2 if centred else MARGIN
            y = self.take(size * LEADING)
            self.pages[-1].append(_Line(x, y, line, size, centred))

    def tabulate(self, rows: Sequence[tuple[str, str]]) -> None:
        for label, value in rows:
            labels = _lines(label, LABELS - ORDINARY, ORDINARY)
            values = _lines(value, ACROSS - LABELS, ORDINARY)
            for number in range(max(len(labels), len(values))):
                y = self.take(ORDINARY * LEADING)
                for x, lines in ((MARGIN, labels), (MARGIN + LABELS, values)):
                    if number < len(lines):
                        self.pages[-1].append(_Line(x, y, lines[number], ORDINARY))

    def code(self, content: str, width: float) -> None:
        y = self.take(width)
        self.pages[-1].append(_Code((WIDTH - width) / 2, y, width, content))


def _lines(text: str, width: float, size: float) -> list[str]:
    """Return the lines of a text; none begins with a sign that closes (GB/T 15834-2011, 5)."""
    return [
        str(line).rstrip()
        for paragraph in _drawable(text).split("\n")
        for _, line in wordSplit(paragraph, width, FONT, size) or [(0, "")]
    ]


def _drawable(text: str) -> str:
    """Return a text with MISSING for each sign beyond the basic plane, and lone surrogates."""
    return "".join(
        MISSING if sign > "\uffff" or "\ud800" <= sign <= "\udfff" else sign for sign in text
    )


def pdf(title: str, sheets: Sequence[Sheet]) -> bytes:
    """Return the file of some sheets, each on pages of its own. Raises PaperTooLong."""
    if not sheets:
        raise ValueError("a file has at least one sheet")
    if len(sheets) > MOST_PAGES:
        raise _too_long()
    pages = [page for sheet in sheets for page in _Layout(sheet).pages]
    if len(pages) > MOST_PAGES:
        raise _too_long()
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1, initialFontName=FONT)
    canvas.setTitle(title)
    for number, page in enumerate(pages, start=1):
        said = f"第 {number} 页,共 {len(pages)} 页"
        for mark in (*page, _Line(WIDTH / 2, MARGIN / 2, said, SMALL, centred=True)):
            mark.draw(canvas)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _too_long() -> PaperTooLong:
    return PaperTooLong(f"一次最多 {MOST_PAGES} 页,请分几次打印", most=MOST_PAGES)
