"""Films and voices: copied by a child that is killed, without what a phone adds, or refused."""

import io
import signal
import struct
import sys
from typing import Any

import av
import pytest

from services.photos import decoder_pool
from services.photos.contents import process
from services.photos.contents.child import CPU_SECONDS
from services.photos.contents.file_types import FileType, type_of
from services.photos.contents.models import WALL_SECONDS, Copied, Reason, Refusal
from tests.build import recordings
from tests.build.pictures import picture
from tests.build.recordings import WORDS, box, film, titled, voice, with_times

av.logging.set_level(None)


def copied(content: bytes) -> tuple[Copied, bytes]:
    return process.copy(content, type_of(content))


def refused(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        copied(content)
    return caught.value


def reason(content: bytes) -> Reason:
    return refused(content).refused.reason


def opened(content: bytes) -> Any:
    return av.open(io.BytesIO(content))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_nothing_a_phone_adds_to_a_film_survives(codec: str) -> None:
    sent = recordings.from_a_phone(codec)
    before = opened(sent)
    assert [one.type for one in before.streams] == ["video", "audio", "data"]
    assert next(bytes(one) for one in before.demux(before.streams[2])) in WORDS
    assert {"location", "make", "model", "creation_time", "title"} <= before.metadata.keys()
    encoder = f"x{codec[-3:]}".encode()
    missing = {word for word in WORDS if word not in sent}
    assert missing <= {word for word in WORDS if word.startswith(b"x26")} - {encoder}

    said, ours = copied(sent)
    assert (said.has_pictures, said.width, said.height) == (True, 64, 48)
    assert [word for word in (*WORDS, b"xyz", b"loci", b"mebx", b"uuid") if word in ours] == []
    after = opened(ours)
    assert [one.type for one in after.streams] == ["video", "audio"]
    assert after.metadata.keys() == {"major_brand", "minor_version", "compatible_brands"}
    names = {"language": "und", "handler_name": "VideoHandler"}
    assert after.streams[0].metadata == names
    shown = list(after.decode(video=0))
    assert (len(shown), shown[0].rotation) == (10, 90)  # as it was held, and every picture


def test_a_film_begins_before_all_of_it_is_there() -> None:
    """The tables stand first, or a player asks for the whole film to find them at its end."""
    _, ours = copied(film())
    assert ours.index(b"ftyp") < ours.index(b"moov") < ours.index(b"mdat")


def test_what_apple_shows_of_h265_is_called_so() -> None:
    _, ours = copied(film("libx265"))
    assert b"hvc1" in ours
    assert b"hev1" not in ours


def test_chapters_are_left_behind() -> None:
    out = io.BytesIO()
    with av.open(io.BytesIO(film(sound=""))) as source, av.open(out, "w", format="mov") as file:
        target = file.add_stream_from_template(source.streams.video[0])
        chapter: Any = {"id": 1, "start": 0, "end": 300, "time_base": 1, "metadata": {}}
        chapter |= {"time_base": source.streams.video[0].time_base, "metadata": {"title": "Li"}}
        file.set_chapters([chapter])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = target
                file.mux(packet)
    assert opened(out.getvalue()).chapters()
    _, ours = copied(out.getvalue())
    assert not opened(ours).chapters()
    assert len(opened(ours).streams) == 1


VOICES = {
    "mp3": ("libmp3lame", "mp3", 44_100, "mp3"),
    "aac": ("aac", "adts", 44_100, "aac"),
    "m4a": ("aac", "ipod", 44_100, "aac"),
    "3gp": ("aac", "3gp", 44_100, "aac"),
    "amr": ("libopencore_amrnb", "amr", 8000, "amr_nb"),
    "wav": ("pcm_s16le", "wav", 16_000, "pcm_s16le"),
}


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_keeps_its_sound_and_no_words(name: str) -> None:
    encoder, kind, rate, codec = VOICES[name]
    said, ours = copied(voice(encoder, kind, seconds=1.5, rate=rate, title="Kitchen of Li"))
    assert (said.has_pictures, said.seconds, said.width) == (False, 1, 0)
    assert b"Kitchen" not in ours
    file = opened(ours)
    assert file.streams[0].codec.canonical_name == codec
    assert sum(frame.samples for frame in file.decode(audio=0)) >= 1.4 * rate


def test_a_title_and_a_cover_are_left_behind() -> None:
    sent = titled(voice("libmp3lame", "mp3"))
    _, ours = copied(sent)
    assert all(
        word in sent and word not in ours for word in (recordings.PLACE, b"TIT2", b"APIC")
    )
    assert b"TAG" not in ours[-128:]
    assert type_of(ours) is FileType.MP3


def test_thirty_seconds_of_film_and_sixty_of_voice_and_no_more() -> None:
    small = {"size": (16, 16), "sound": ""}
    assert copied(film(seconds=30, **small))[0].seconds == 30
    too_long = refused(film(seconds=31.5, **small)).refused
    assert (too_long.reason, too_long.most) == (Reason.TOO_LONG, 30)
    assert copied(voice("pcm_s16le", "wav", seconds=60, rate=8000))[0].seconds == 60
    too_long = refused(voice("pcm_s16le", "wav", seconds=62, rate=8000)).refused
    assert (too_long.reason, too_long.most) == (Reason.TOO_LONG, 60)


def test_two_hours_of_voice_are_too_long() -> None:
    assert reason(recordings.two_hours_of_mp3()) is Reason.TOO_LONG


def test_the_packets_are_asked_how_long_it_is_and_not_the_header() -> None:
    """Of a header that says more, and of times that say less than there is to hear."""
    says_two_hours = film()
    for name, at in ((b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16)):
        says_two_hours = with_times(says_two_hours, name, at, 7200 * 44_100)
    assert says_two_hours != film()
    assert copied(says_two_hours)[0].seconds == 1
    plain = voice("aac", "ipod", seconds=70, rate=8000).replace(b"edts", b"free")
    says_one_second = with_times(plain, b"stts", 12, 2)
    assert opened(says_one_second).streams[0].duration < 8000
    assert reason(says_one_second) is Reason.TOO_LONG


def test_a_last_picture_two_hours_later_is_two_hours() -> None:
    content = film(sound="")
    at = content.index(b"stts")
    assert content[at + 8 : at + 12] == struct.pack(">I", 1)  # all pictures last as long
    assert reason(with_times(content, b"stts", 12, 60 * 60 * 12_800)) is Reason.TOO_LONG


CODECS = {
    "mpeg4": film("mpeg4", "mov"),
    "ac3": film(kind="mp4", sound="ac3"),
    "pcm_s16le": film(sound="pcm_s16le"),
    "pcm_s24le": voice("pcm_s24le", "wav"),
}


@pytest.mark.parametrize("codec", CODECS)
def test_what_not_every_phone_plays_is_refused_by_its_name(codec: str) -> None:
    found = refused(CODECS[codec]).refused
    assert (found.reason, found.codec) == (Reason.CODEC, codec)


def test_more_than_4k_is_refused() -> None:
    content = film(size=(4112, 2304), seconds=0.04, sound="")
    assert refused(content).refused.reason is Reason.TOO_LARGE


PLAIN = film()
UNREADABLE = {
    "film cut short": PLAIN[: len(PLAIN) // 2],
    "film without its end": PLAIN[:-100],
    "m4a cut short": voice("aac", "ipod")[:-100],
    "wav cut short": voice("pcm_s16le", "wav")[:-100],
    "mp3 of words": titled(b"\xff\xfb"),
    "boxes of nothing": box(b"ftyp", b"isom", bytes(4)) + box(b"free", bytes(1000)),
    "boxes without size": box(b"ftyp", b"isom", bytes(4)) + b"\0\0\0\3moov" + bytes(100),
    "film in a voice": b"RIFF" + struct.pack("<I", 4) + b"WAVE" + PLAIN,
    "tables of billions": with_times(PLAIN, b"stsz", 8, 0xFFFFFFFF),
}


@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_whole_is_refused(sent: bytes) -> None:
    assert reason(sent) is Reason.UNREADABLE


@pytest.mark.slow
def test_rubbish_inside_never_escapes_as_another_error() -> None:
    """Some bytes of a film and its tables, one after the other, made wrong."""
    for at in range(0, len(PLAIN), 331):
        broken = PLAIN[:at] + bytes([PLAIN[at] ^ 0xFF]) + PLAIN[at + 1 :]
        try:
            process.copy(broken, FileType.MOVIE)
        except Refusal:
            continue


TYPES = {
    "picture": (picture(), FileType.PICTURE),
    "heic": (box(b"ftyp", b"heic", bytes(100)), FileType.PICTURE),
    "matroska": (film(kind="matroska"), FileType.PICTURE),
    "nothing": (b"", FileType.PICTURE),
    "one byte": (b"\xff", FileType.PICTURE),
    "words alone": (b"ID3", FileType.PICTURE),
    "pdf": (b"%PDF-1.7", FileType.PAPER),
    "film": (PLAIN, FileType.MOVIE),
    "mp3": (voice("libmp3lame", "mp3"), FileType.MP3),
    "aac": (voice("aac", "adts"), FileType.AAC),
    "amr": (voice("libopencore_amrnb", "amr", rate=8000), FileType.AMR),
    "wav": (voice("pcm_s16le", "wav"), FileType.WAV),
    "webp": (picture(kind="WEBP"), FileType.PICTURE),
}


@pytest.mark.parametrize("name", TYPES)
def test_the_content_tells_the_type(name: str) -> None:
    content, family = TYPES[name]
    assert type_of(content) is family


def instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Start another program than the one that copies."""
    monkeypatch.setattr(process, "CHILD", (sys.executable, "-c", program))


async def test_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for what never comes: the file is not blamed, and may be sent again."""
    monkeypatch.setattr(process, "WALL_SECONDS", 0.2)
    instead(monkeypatch, "import signal; signal.pause()")
    pool = decoder_pool.DecoderPool()
    with pytest.raises(decoder_pool.PhotosBusy):
        await pool.copy(PLAIN, FileType.MOVIE)
    monkeypatch.undo()
    assert (await pool.copy(PLAIN, FileType.MOVIE))[0].has_pictures


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (signal.SIGKILL, process.CopierStopped),
        (signal.SIGTERM, process.CopierStopped),
        (signal.SIGALRM, process.CopierStopped),
        (signal.SIGSEGV, Refusal),
        (signal.SIGXCPU, Refusal),
    ],
)
def test_who_ended_the_child_decides_whether_it_is_the_file(
    monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    program = (
        f"import os, resource; resource.setrlimit(4, (0, 0)); os.kill(os.getpid(), {number})"
    )
    instead(monkeypatch, program)
    with pytest.raises(kind):
        process.copy(PLAIN, FileType.MOVIE)


def test_the_file_uses_up_its_own_time_before_the_clock_ends_the_child() -> None:
    assert CPU_SECONDS < WALL_SECONDS


def test_a_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEYS", "k1:secret")
    instead(monkeypatch, "import os, sys; sys.exit('SECRET_KEYS' in os.environ or 3)")
    with pytest.raises(Refusal):
        process.copy(PLAIN, FileType.MOVIE)
    instead(
        monkeypatch,
        "import os; assert not os.environ.get('SECRET_KEYS'); os.kill(os.getpid(), 9)",
    )
    with pytest.raises(process.CopierStopped):  # it came to its last line
        process.copy(PLAIN, FileType.MOVIE)
