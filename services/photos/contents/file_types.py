"""Type of a file by its first bytes; its name and what the client calls it are not asked.

A wrong guess does no harm: whoever reads the type that was guessed refuses what is not of it.
"""

from enum import StrEnum, auto
from typing import Final


class FileType(StrEnum):
    """Family of files that one reader reads."""

    PICTURE = auto()  # or nothing that is known: who decodes pictures says what it is not
    PAPER = auto()
    MOVIE = auto()  # MP4, QuickTime, M4A, 3GP: with pictures or with sound alone
    MP3 = auto()
    AAC = auto()
    AMR = auto()
    WAV = auto()


# ISO 32000-2, 7.5.2; RFC 4867, 5.1 and 5.2.
BEGINNINGS: Final = {b"%PDF-": FileType.PAPER, b"#!AMR": FileType.AMR}
# ISO/IEC 14496-12, 4.3: the size and the name of the first box, and the brand in it. Pictures
# of phones (HEIC, AVIF) are boxes, too.
FIRST_BOX: Final = b"ftyp"
PICTURE_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif"})
RIFF, WAVE = b"RIFF", b"WAVE"
# ID3v2.4, 3.1: ten bytes, of which the last four are the size of what follows, in seven bits.
ID3, ID3_HEADER = b"ID3", 10
# ISO/IEC 11172-3, 2.4.2.3, and 14496-3, 1.A.3.2: eleven bits of ones, then version and layer,
# which is 0 in ADTS.
SYNC, SYNC_BITS = 0xFF, 0xE0
LAYER_BITS, LAYER_3, LAYER_ADTS, ADTS_BITS = 0x06, 0x02, 0x00, 0xF0


def type_of(content: bytes) -> FileType:
    """Return the family that a file seems to belong to."""
    for beginning, found in BEGINNINGS.items():
        if content.startswith(beginning):
            return found
    if content[4:8] == FIRST_BOX:
        return FileType.PICTURE if content[8:12] in PICTURE_BRANDS else FileType.MOVIE
    if content.startswith(RIFF) and content[8:12] == WAVE:
        return FileType.WAV
    begin = _words_of(content)
    return _framed(content[begin : begin + 2]) or FileType.PICTURE


def _framed(head: bytes) -> FileType | None:
    """Return the type of a file that is nothing but frames, by the head of the first."""
    if len(head) < len(b"\xff\xfb") or head[0] != SYNC or head[1] & SYNC_BITS != SYNC_BITS:
        return None
    if head[1] & LAYER_BITS == LAYER_3:
        return FileType.MP3
    is_adts = head[1] & LAYER_BITS == LAYER_ADTS and head[1] & ADTS_BITS == ADTS_BITS
    return FileType.AAC if is_adts else None


def _words_of(content: bytes) -> int:
    """Return how many bytes of words (title, singer, a cover) stand before the sound."""
    at = 0
    while content.startswith(ID3, at):
        size = 0
        for byte in content[at + 6 : at + ID3_HEADER]:
            size = size << 7 | byte & 0x7F
        at += ID3_HEADER + size
    return at
