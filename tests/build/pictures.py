"""Pictures as people, phones and attackers send them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from tests.build.cast import PHONES
from tests.build.sign_ins import Member
from tests.build.world import World

SECRET = "43.817071,125.323544"  # where it was taken
SCRIPT = b"<html><script>alert(1)</script></html>"


def picture(
    size: tuple[int, int] = (64, 48), kind: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    """Return a picture whose left half is dark and whose right half is light."""
    image = Image.new("L", size, 40)
    image.paste(220, (size[0] // 2, 0, *size))
    out = BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def from_a_phone(orientation: int = 1) -> bytes:
    """A JPEG with all a phone adds: place, maker, comment, profile, other words, a film."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "HUAWEI"
    exif[ExifTags.Base.ImageDescription] = SECRET
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (43.0, 49.0, 1.4),
            ExifTags.GPS.GPSAreaInformation: SECRET,
        }
    )
    added = {"exif": exif, "comment": SECRET, "icc_profile": b"profile " + SECRET.encode()}
    xmp = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    return picture(**added, xmp=xmp) + b"film" + SECRET.encode()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says it is so large, whatever it holds."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + png_chunk(b"IEND", b"")


def flood(width: int, height: int) -> bytes:
    """A small PNG that fills the memory when it is believed."""
    return png(width, height, png_chunk(b"IDAT", zlib.compress(bytes(100_000), 9)))


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


async def sender(world: World, name: str) -> Member:
    """Sign somebody of the cast in who agreed to what is done with pictures."""
    member = await world.sign_in(name, PHONES[name])
    await world.agree(member, "proof")
    return member
