"""Sheets of paper: what stands on them, which services/kernel/papers.py draws as PDF."""

from typing import Final

from msgspec import Struct

from services.kernel import errors

PDF: Final = "application/pdf"
MOST_PAGES: Final = 200


class PaperTooLong(errors.InvalidInput):
    """The file would have more pages than one may have. `most` in details."""

    code = "paper_too_long"
    details_type = errors.Most


class Text(Struct, frozen=True):
    """Paragraph; a line break begins a line. `large`: centred, to be read from a step away."""

    text: str
    large: bool = False


class Facts(Struct, frozen=True):
    """Table of labels and what stands behind each."""

    rows: tuple[tuple[str, str], ...]


class QrCode(Struct, frozen=True):
    """QR code, centred. `width`: in mm, its quiet zone included."""

    content: str
    width: int = 60


class Sheet(Struct, frozen=True):
    """Sheet of paper; it goes on on further pages where one is too short."""

    heading: str
    parts: tuple[Text | Facts | QrCode, ...]
