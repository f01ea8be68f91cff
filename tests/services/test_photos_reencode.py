"""Re-encoding of photos: decoded, turned, reduced, written anew; nothing else survives."""

import resource
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from services.photos.reencode import (
    LONGEST_SIDE,
    MOST_PIXELS,
    MOST_SCANS,
    PhotoTooLarge,
    PhotoUnreadable,
    reencode,
)
from tests.build import pictures
from tests.build.pictures import SCRIPT, SECRET, opened, picture, png, png_chunk

pytestmark = pytest.mark.slow

MEGABYTES = 1024  # as getrusage counts


def bomb() -> bytes:
    """A tiny PNG whose pixels are packed a thousandfold, far more than belong in it."""
    return png(8, 8, png_chunk(b"IDAT", zlib.compress(bytes(200_000_000), 9)))


def wordy_bomb() -> bytes:
    """A PNG with a word of 200 MB in it, packed."""
    word = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    pixels = zlib.compress(bytes(8 * (1 + 8 * 3)))
    return png(8, 8, png_chunk(b"zTXt", word), png_chunk(b"IDAT", pixels))


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is written again and again."""
    whole = picture((256, 256), progressive=True)
    last, end = whole.rindex(b"\xff\xda"), whole.rindex(b"\xff\xd9")
    return whole[:end] + whole[last:end] * count + whole[end:]


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def described_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Location", SECRET)
    return picture(kind="PNG", pnginfo=words)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_phones_send_becomes_a_jpeg_of_ours(kind: str) -> None:
    ours = reencode(picture((640, 480), kind))
    image = opened(ours.content)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (640, 480))
    assert (ours.width, ours.height) == (640, 480)


def test_nothing_a_phone_adds_survives() -> None:
    sent = pictures.from_a_phone()
    assert sent.count(SECRET.encode()) == 6  # description, area, comment, profile, xmp, film
    assert opened(sent).getexif()
    ours = reencode(sent).content
    image = opened(ours)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for word in (SECRET.encode(), b"HUAWEI", b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com"):
        assert word not in ours
    assert ours.endswith(b"\xff\xd9")  # nothing behind the picture


def test_nothing_a_png_says_survives() -> None:
    sent = described_png()
    assert SECRET.encode() in sent
    assert SECRET.encode() not in reencode(sent).content


SIDES = {"left": (4, 24), "right": (60, 24), "top": (24, 4), "bottom": (24, 60)}
DARK = {0: "left", 1: "left", 2: "right", 3: "right", 4: "left"} | {
    5: "top",
    6: "top",
    7: "bottom",
    8: "bottom",
    9: "left",
}


@pytest.mark.parametrize(("orientation", "dark"), DARK.items())
def test_it_is_turned_as_the_phone_was_held(orientation: int, dark: str) -> None:
    image = opened(reencode(pictures.from_a_phone(orientation)).content)
    upright = dark in {"left", "right"}
    assert image.size == ((64, 48) if upright else (48, 64))
    for side in ("left", "right") if upright else ("top", "bottom"):
        assert (shade(image, SIDES[side]) < 100) == (side == dark)


def shade(image: Image.Image, at: tuple[int, int]) -> int:
    return image.convert("L").tobytes()[at[1] * image.width + at[0]]


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_other_ways_to_say_colours_are_understood(mode: str) -> None:
    sent = picture((64, 48), "JPEG" if mode == "CMYK" else "PNG", mode)
    image = opened(reencode(sent).content)
    assert shade(image, SIDES["left"]) < 70
    assert shade(image, SIDES["right"]) > 190


def test_sixteen_bits_of_grey_stay_grey() -> None:
    out = BytesIO()
    row = (40 * 256).to_bytes(2, "little") * 32 + (220 * 256).to_bytes(2, "little") * 32
    Image.frombytes("I;16", (64, 48), row * 48).save(out, "PNG")
    image = opened(reencode(out.getvalue()).content)
    assert shade(image, SIDES["left"]) == pytest.approx(40, abs=5)
    assert shade(image, SIDES["right"]) == pytest.approx(220, abs=5)


def test_what_is_transparent_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(reencode(out.getvalue()).content).getpixel((4, 4)) == (255, 255, 255)


def test_large_pictures_are_reduced_small_ones_are_left() -> None:
    assert reencode(picture((4000, 1000))).width == LONGEST_SIDE
    assert reencode(picture((4000, 1000))).height == 500
    assert reencode(picture((3, 1))).width == 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    sent = animated(kind)
    if kind == "GIF":
        with pytest.raises(PhotoUnreadable):
            reencode(sent)
        return
    red, green, _ = opened(reencode(sent).content).getpixel((16, 16))  # type: ignore[misc]
    assert (red > 200, green < 50) == (True, True)


def test_a_picture_that_is_a_page_as_well_is_only_a_picture_afterwards() -> None:
    hidden = picture(comment=SCRIPT) + SCRIPT
    assert hidden.count(SCRIPT) == 2
    assert SCRIPT not in reencode(hidden).content
    assert b"script" not in reencode(hidden).content


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
UNREADABLE = {
    "nothing": b"",
    "text": b"hello",
    "svg": SVG,
    "page first": SCRIPT + picture(),
    "pdf": b"%PDF-1.7\n" + picture(),
    "zip": b"PK\x03\x04" + picture(),
    "jpeg cut short": picture((640, 480))[:-400],
    "png cut short": picture((640, 480), "PNG")[:-40],
    "webp cut short": picture((640, 480), "WEBP")[:-40],
    "head only": picture()[:100],
    "bmp": picture(kind="BMP"),
    "tiff": picture(kind="TIFF"),
    "gif": picture(kind="GIF"),
    "ico": picture(kind="ICO"),
    "jpeg 2000": picture(kind="JPEG2000"),
    "postscript": picture(kind="EPS"),
    "png without pixels": pictures.png(8, 8),
}


@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(PhotoUnreadable):
        reencode(sent)


def test_a_bomb_of_words_is_refused() -> None:
    with pytest.raises(PhotoUnreadable):
        reencode(wordy_bomb())


def test_rubbish_inside_never_escapes_as_another_error() -> None:
    """Each byte of the head and some of the body, one after the other, made wrong."""
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = picture((32, 32), kind)
        for at in range(0, len(whole), 3):
            broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
            try:
                reencode(broken)
            except (PhotoUnreadable, PhotoTooLarge):
                continue


@pytest.mark.parametrize("side", [6400, 9500, 14_000, 50_000])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(side: int) -> None:
    sent = pictures.flood(side, side)
    assert side * side > MOST_PIXELS
    assert len(sent) < 1000
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    with pytest.raises(PhotoTooLarge) as caught:
        reencode(sent)
    assert caught.value.details == {"most_pixels": MOST_PIXELS}
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 20 * MEGABYTES
    assert time.thread_time() - began < 1  # our own work: others on the machine do not count


def test_a_flood_of_webp_pixels_is_refused_without_the_memory() -> None:
    """Its decoder makes room as soon as the file is opened."""
    sent = picture((16_000, 4), "WEBP", lossless=True)
    size = (4 - 1) << 14 | (16_000 - 1)
    larger = (16_000 - 1) << 14 | (16_000 - 1)
    at = sent.index(b"VP8L") + 9
    head = int.from_bytes(sent[at : at + 4], "little")
    assert head & (1 << 28) - 1 == size
    lying = sent[:at] + (head - size + larger).to_bytes(4, "little") + sent[at + 4 :]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises((PhotoTooLarge, PhotoUnreadable)):
        reencode(lying)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * MEGABYTES


def test_packed_rubbish_is_not_unpacked() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = bomb()
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert reencode(sent).width == 8  # what is too much is left alone
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - made < 20 * MEGABYTES, before


def test_a_picture_drawn_a_thousand_times_is_refused() -> None:
    assert reencode(many_scans(0)).width == 256
    assert reencode(picture(progressive=True) + b"\xff\xda" * 1000).width == 64  # a film behind
    with pytest.raises(PhotoUnreadable):
        reencode(many_scans(MOST_SCANS))
