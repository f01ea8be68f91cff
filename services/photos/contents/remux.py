"""Remultiplexing of a recording: its streams copied into a new container, and nothing else.

The only module that knows PyAV (FFmpeg). Nothing is decoded for the copy and nothing encoded:
the first pictures and the first sound keep their quality, how they are turned (the matrix of a
track, ISO/IEC 14496-12, 8.3.2) and their times. What else phones add stays behind: where it
was filmed (©xyz, loci, the keys of QuickTime), tracks of metadata in time, names of phone and
program, instants, chapters, titles, covers, and the words that encoders write between the
pictures (H.264 and H.265, Annex D: SEI).

A file is a stranger's: only the reader of its own family is asked for, only decoders of the
list may look at it, no other file is opened, and child.py bounds memory and time.
"""

import re
from fractions import Fraction
from io import BytesIO
from typing import Any, Final

import av
from av.bitstream import BitStreamFilterContext
from msgspec import Struct

from services.photos.contents.file_types import FileType
from services.photos.contents.models import Copied, Reason, Refusal

MOST_FILM_SECONDS: Final = 30
MOST_VOICE_SECONDS: Final = 60
# A recorder that stops after thirty seconds stops a little later.
GRACE: Final = Fraction(99, 100)
MOST_PIXELS: Final = 4096 * 2304
# Thirty seconds at 240 pictures a second, and a voice in pieces of ten milliseconds.
MOST_PACKETS: Final = 20_000

PICTURES: Final = frozenset({"h264", "hevc"})
SOUNDS: Final = frozenset({"aac", "mp3"})
DECODERS: Final = "h264,hevc,aac,mp3,mp3float,amrnb,amrwb,pcm_s16le,libopencore_amrnb"
# Samples in a packet, where the codec says so: times in a container can lie, these cannot.
SAMPLES: Final = {"aac": 1024, "mp3": 576, "amr_nb": 160, "amr_wb": 320}
# SEI units: of H.264 (table 7-1), of H.265 (table 7-1: before and behind a picture).
WORDS: Final = {
    "h264": "filter_units=remove_types=6",
    "hevc": "filter_units=remove_types=39|40",
}
HEVC_WORDS: Final = frozenset({39, 40})
START: Final = re.compile(rb"\x00\x00\x00?\x01")  # between two units; never within one (7.4.1)
# What players of Apple want to read before they show H.265 (ISO/IEC 14496-15, 8.4.1.1).
TAGS: Final = {"hevc": "hvc1"}
# Of ISO/IEC 14496-12, 4.2, and of RIFF: four bytes of size and four of name.
BOX_HEADER: Final = 8
NOT_KNOWN: Final = 0xFFFFFFFF  # size that a recorder leaves that does not go back
NOT_OUR_NAME: Final = {"fflags": "+bitexact"}


class Family(Struct, frozen=True):
    """How files of a family are read and written. `demuxer`, `muxer`: names of FFmpeg."""

    demuxer: str
    muxer: str
    sounds: frozenset[str]
    options: dict[str, str] = {}


FAMILIES: Final = {
    FileType.MOVIE: Family("mov", "mp4", SOUNDS, {"movflags": "+faststart"}),
    FileType.MP3: Family(
        "mp3", "mp3", frozenset({"mp3"}), {"id3v2_version": "0", "write_id3v1": "0"}
    ),
    FileType.AAC: Family("aac", "mp4", frozenset({"aac"}), {"movflags": "+faststart"}),
    FileType.AMR: Family("amr", "amr", frozenset({"amr_nb", "amr_wb"})),
    FileType.WAV: Family("wav", "wav", frozenset({"pcm_s16le"})),
}


class Track(Struct):
    """One stream on its way. `sent`: packets so far. `ends`: seconds from the beginning."""

    source: Any
    target: Any
    words: Any
    sent: int = 0
    ends: Fraction = Fraction(0)


def copy(content: bytes, family: FileType, path: str) -> Copied:
    """Copy a recording into a new file at `path`. Raises Refusal."""
    _require_whole(content, family)
    try:
        return _copied(content, FAMILIES[family], path)
    except Refusal:
        raise
    except Exception as error:  # a crafted file can make a reader raise anything
        raise Refusal(Reason.UNREADABLE) from error


def _copied(content: bytes, family: Family, path: str) -> Copied:
    asked = {"codec_whitelist": DECODERS, "protocol_whitelist": "", "err_detect": "explode"}
    with (
        av.open(BytesIO(content), "r", format=family.demuxer, options=asked) as source,
        av.open(path, "w", format=family.muxer, options=family.options | NOT_OUR_NAME) as out,
    ):
        chosen = _chosen(source, family)
        film = next((one for one in chosen if one.type == "video"), None)
        most = MOST_VOICE_SECONDS if film is None else MOST_FILM_SECONDS
        tracks = {one.index: _track(one, out) for one in chosen}
        for packet in source.demux(chosen):
            if packet.dts is not None:  # the last of each stream says only that it ended
                _send(packet, tracks[packet.stream.index], out, most)
    if not all(track.sent for track in tracks.values()):
        raise Refusal(Reason.UNREADABLE)
    seconds = min(most, int(max(track.ends for track in tracks.values())))
    size = (0, 0) if film is None else (film.width, film.height)
    return Copied(
        has_pictures=film is not None, seconds=max(1, seconds), width=size[0], height=size[1]
    )


def _chosen(source: Any, family: Family) -> list[Any]:
    """Return the first pictures and the first sound. Raises Refusal."""
    films = [one for one in source.streams.video if not _is_cover(one)]
    if films and family.muxer != "mp4":
        raise Refusal(Reason.UNREADABLE)
    chosen = [*films[:1], *source.streams.audio[:1]]
    if not chosen:
        raise Refusal(Reason.UNREADABLE)
    for one in chosen:
        codec = one.codec.canonical_name if one.codec_context is not None else ""
        if codec not in (PICTURES if one.type == "video" else family.sounds):
            raise Refusal(Reason.CODEC, codec=codec)
    if films and not 0 < films[0].width * films[0].height <= MOST_PIXELS:
        raise Refusal(Reason.TOO_LARGE, most=MOST_PIXELS)
    return chosen


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _track(source: Any, out: Any) -> Track:
    codec = source.codec.canonical_name
    target = out.add_stream_from_template(source)
    words = None
    if codec in WORDS:
        words = BitStreamFilterContext(WORDS[codec], source, target)
    if codec in TAGS:
        target.codec_context.codec_tag = TAGS[codec]
    if codec == "hevc":
        units = target.codec_context.extradata or b""
        target.codec_context.extradata = _without_words(units) or None
    return Track(source, target, words)


def _send(packet: Any, track: Track, out: Any, most: int) -> None:
    """Copy a packet. Raises Refusal of one that is damaged, or ends after the last second."""
    if packet.is_corrupt or track.sent >= MOST_PACKETS:
        raise Refusal(Reason.UNREADABLE)
    track.sent += 1
    last = max(packet.dts, packet.pts if packet.pts is not None else packet.dts)
    end = (last + (packet.duration or 0)) * packet.time_base
    track.ends = max(track.ends, end, _least(track))
    if track.ends > most + GRACE:
        raise Refusal(Reason.TOO_LONG, most=most)
    for one in [packet] if track.words is None else track.words.filter(packet):
        one.stream = track.target
        out.mux(one)


def _least(track: Track) -> Fraction:
    """Return how many seconds of sound the packets hold, whatever their times say."""
    samples = SAMPLES.get(track.source.codec.canonical_name)
    rate = track.source.codec_context.sample_rate if samples else 0
    return Fraction(track.sent * samples, rate) if samples and rate else Fraction(0)


def _without_words(units: bytes) -> bytes:
    """Return the parameter sets of H.265 (annex B) without SEI, which the filter leaves."""
    kept = [one for one in START.split(units) if one and one[0] >> 1 & 0x3F not in HEVC_WORDS]
    return b"".join(b"\0\0\0\1" + one for one in kept)


def _require_whole(content: bytes, family: FileType) -> None:
    """Raise Refusal of a file whose own sizes go beyond its end."""
    if family is FileType.MOVIE and _end_of_boxes(content) > len(content):
        raise Refusal(Reason.UNREADABLE)
    size = int.from_bytes(content[4:BOX_HEADER], "little")
    if family is FileType.WAV and size != NOT_KNOWN and len(content) < size + BOX_HEADER:
        raise Refusal(Reason.UNREADABLE)


def _end_of_boxes(content: bytes) -> int:
    """Return where the last of the outer boxes ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + BOX_HEADER <= len(content):
        size = int.from_bytes(content[at : at + 4])
        if size == 1:
            size = int.from_bytes(content[at + BOX_HEADER : at + 2 * BOX_HEADER])
        elif size == 0:  # to the end of the file
            return len(content)
        if size < BOX_HEADER:
            raise Refusal(Reason.UNREADABLE)
        at += size
    return at
