"""Re-encoding of a photo: decoded, turned, reduced, written anew.

Nothing but pixels survives: no place where it was taken, no name of a phone, no colour profile,
no comment, nothing behind the picture. That is also what becomes of a file that is a picture
and something else as well: it is not refused, because the moving photos of many phones are just
that (a JPEG with a film behind it). Of an animation the first frame is kept.
"""

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final

from msgspec import UNSET, Struct, UnsetType

from services.kernel import errors
from services.kernel.deferred import deferred

if TYPE_CHECKING:
    from PIL import Image
else:
    Image = deferred("PIL.Image")

# What a file is, is decided by who can decode it; nobody else is asked.
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 2000
QUALITY: Final = 80
# A progressive JPEG is drawn scan by scan, each over the whole picture; cameras write ten.
MOST_SCANS: Final = 64

ORIENTATION: Final = 0x0112  # EXIF 2.32, 4.6.4 A
TURNS: Final = {  # names of Image.Transpose
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
MARKER: Final = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")  # ITU-T T.81, B.1.1.3
SCAN, END = b"\xda", b"\xd9"


class PhotoUnreadable(errors.InvalidInput):
    """File that is not a whole JPEG, PNG or WebP picture."""

    code = "photo_unreadable"


class PhotoTooLargeDetails(Struct, frozen=True, kw_only=True):
    """Size that is allowed.

    `most_pixels`: Most pixels of a photo, width times height.
    """

    most_pixels: int | UnsetType = UNSET


class PhotoTooLarge(errors.TooLarge):
    """More than 40 million pixels."""

    code = "photo_too_large"
    details_type = PhotoTooLargeDetails


class Picture(Struct, frozen=True):
    """A JPEG of ours."""

    content: bytes
    width: int
    height: int


def reencode(content: bytes) -> Picture:
    """Return our own JPEG of a picture. Takes up to seconds of a core: not for the loop.

    Raises PhotoUnreadable, PhotoTooLarge.
    """
    # Pillow only warns of what is a little too large.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _check(image, content)
            return _encoded(_turned(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except errors.DomainError:
        raise
    except Exception as error:  # a crafted file can make a decoder raise anything
        raise PhotoUnreadable("看不懂这张照片,请换一张 JPG、PNG 或 WebP 图片") from error


def _check(image: "Image.Image", content: bytes) -> None:
    """Look at what the head of the file says, before anything is decoded."""
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()
    if image.format not in {"PNG", "WEBP"} and _scans(content) > MOST_SCANS:
        raise PhotoUnreadable("这张照片的格式不常见,请重新拍一张")


def _too_large() -> PhotoTooLarge:
    return PhotoTooLarge("照片尺寸太大,最多 4000 万像素", most_pixels=MOST_PIXELS)


def _scans(content: bytes) -> int:
    """Count the scans of a JPEG up to its end; segments in between are jumped over."""
    at, count = 0, 0
    while (found := MARKER.search(content, at)) and found[1] != END:
        count += found[1] == SCAN
        at = found.end() + int.from_bytes(content[found.end() : found.end() + 2])
    return count


def _turned(image: "Image.Image") -> "Image.Image":
    turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    if image.mode in {"1", "P"}:  # cannot be made smaller smoothly
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode.startswith("I"):  # sixteen bits of grey, which convert() would cut off
        image = image.point(lambda grey: grey * (1 / 256)).convert("L")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image if turn is None else image.transpose(Image.Transpose[turn])


def _encoded(image: "Image.Image") -> Picture:
    """Write the pixels on a new, white picture: the old one carries what was added to it."""
    sheet = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        sheet.paste(layer, mask=layer.getchannel("A"))
    else:
        sheet.paste(image.convert("RGB"))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), sheet.width, sheet.height)
