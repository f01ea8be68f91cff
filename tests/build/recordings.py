"""Films and voices as phones, recorders and attackers send them; made by PyAV, some by hand."""

import struct
from fractions import Fraction
from io import BytesIO
from typing import Any

import av

PLACE = b"+43.8170+125.3235"  # ISO 6709: where it was filmed
DEVICE = b"HUAWEI-P60"
WORDS = (PLACE, DEVICE, b"2026-01-02", b"Kitchen of Li", b"x264 - core", b"x265 (build")
MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of ISO/IEC 14496-12."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def film(
    codec: str = "libx264",
    kind: str = "mov",
    *,
    seconds: float = 0.4,
    size: tuple[int, int] = (64, 48),
    sound: str = "aac",
    **metadata: str,
) -> bytes:
    """Return a black film with silence, filmed on its side."""
    out = BytesIO()
    options = {"movflags": "use_metadata_tags"} if kind in {"mov", "mp4"} else {}
    with av.open(out, "w", format=kind, options=options) as file:
        file.metadata.update(metadata)
        shown: Any = file.add_stream(codec, rate=25)
        shown.width, shown.height, shown.pix_fmt = *size, "yuv420p"
        if codec == "libx265":
            shown.codec_context.options = {"x265-params": "log-level=none"}
        if kind in {"mov", "mp4"}:
            shown.set_display_rotation(90)
        heard: Any = file.add_stream(sound, rate=44_100) if sound else None
        for number in range(round(seconds * 25)):
            frame = av.VideoFrame(*size, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            file.mux(shown.encode(frame))
        file.mux(shown.encode())
        if heard is not None:
            _silence(file, heard, seconds)
    return out.getvalue()


def voice(
    codec: str, kind: str, *, seconds: float = 0.4, rate: int = 44_100, **metadata: str
) -> bytes:
    """Return silence, as a recorder writes it."""
    out = BytesIO()
    with av.open(out, "w", format=kind) as file:
        file.metadata.update(metadata)
        heard: Any = file.add_stream(codec, rate=rate)
        heard.layout = "mono"
        _silence(file, heard, seconds)
    return out.getvalue()


def _silence(file: Any, stream: Any, seconds: float) -> None:
    context = stream.codec_context
    context.open(strict=False)
    samples = context.frame_size or 1024
    for begin in range(0, round(seconds * context.sample_rate), samples):
        kind, layout = context.format.name, context.layout.name
        frame = av.AudioFrame(format=kind, layout=layout, samples=samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.rate, frame.pts = context.sample_rate, begin
        frame.time_base = Fraction(1, context.sample_rate)
        file.mux(stream.encode(frame))
    file.mux(stream.encode())


def from_a_phone(codec: str = "libx264") -> bytes:
    """A film with all that phones add: keys, ©xyz, loci, places in time, a title, instants."""
    key = "com.apple.quicktime.location.ISO6709"
    said = {key: PLACE.decode(), "make": DEVICE.decode(), "title": "Kitchen of Li"}
    plain = film(codec, creation_time="2026-01-02T03:04:05Z", **said)
    head, moov = plain[: plain.rindex(b"moov") - 4], plain[plain.rindex(b"moov") + 4 :]
    loci = bytes(4) + b"\x55\xc4" + b"Kitchen of Li\0" + bytes(14) + PLACE + b"\0"
    words = box(
        b"udta", _spoken(b"\xa9xyz", PLACE), box(b"loci", loci), _spoken(b"\xa9mod", DEVICE)
    )
    size = len(moov) + len(words) + len(_places_in_time(0))
    track = _places_in_time(len(head) + 8 + size + 8)
    return (
        head
        + box(b"moov", moov, words, track)
        + box(b"mdat", PLACE)
        + box(b"uuid", bytes(16), DEVICE)
    )


def _spoken(name: bytes, text: bytes) -> bytes:
    """A text of the user data (QuickTime File Format): its size, its language, itself."""
    return box(name, struct.pack(">HH", len(text), 0x15C7), text)


def _places_in_time(at: int) -> bytes:
    """A track of metadata (mebx, QuickTime File Format) with one sample `at` this byte."""
    fixed = struct.pack(">5I", 0, 0, 0, 7, 0) + struct.pack(">I", 400) + bytes(16)
    tables = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"mebx", bytes(6), b"\0\1", box(b"keys"))),
        box(b"stts", struct.pack(">4I", 0, 1, 1, 400)),
        box(b"stsc", struct.pack(">5I", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">3I", 0, len(PLACE), 1)),
        box(b"stco", struct.pack(">3I", 0, 1, at)),
    )
    where = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1")))
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">5IHH", 0, 0, 0, 1000, 400, 0x55C4, 0)),
        box(b"hdlr", bytes(4), b"mhlr", b"meta", bytes(12), DEVICE, b"\0"),
        box(b"minf", box(b"nmhd", bytes(4)), where, tables),
    )
    return box(b"trak", box(b"tkhd", fixed, MATRIX, bytes(8)), media)


def titled(mp3: bytes) -> bytes:
    """An MP3 with a title and a cover before it (ID3v2.3), and a title behind it (ID3v1)."""
    title = b"TIT2" + struct.pack(">IH", 1 + len(PLACE), 0) + b"\0" + PLACE
    picture = b"\0image/jpeg\0\3\0" + DEVICE
    cover = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = len(title) + len(cover)
    head = b"ID3\3\0\0" + bytes([0, 0, size >> 7, size & 0x7F])
    return head + title + cover + mp3 + b"TAG" + PLACE.ljust(125, b"\0")


def two_hours_of_mp3() -> bytes:
    """Two hours of silence in 7 MB: a frame of 8 kbit/s (MPEG 2, layer III) again and again."""
    frame = bytes.fromhex("fff314c4") + bytes(20)  # 8 kbit/s, 24 kHz, mono: 24 bytes
    return frame * (2 * 60 * 60 * 24_000 // 576)


def with_times(content: bytes, name: bytes, at: int, value: int) -> bytes:
    """Write a number of four bytes into each box of this name, so many bytes behind it."""
    written, begin = bytearray(content), 0
    while (begin := content.find(name, begin)) >= 0:
        begin += len(name)
        written[begin + at : begin + at + 4] = struct.pack(">I", value)
    return bytes(written)
