"""Refusals of recordings, for who sent them."""

from typing import Final

from msgspec import UNSET, Struct, UnsetType

from services.kernel import errors
from services.photos.contents.models import Reason, Refused


class MediaUnreadable(errors.InvalidInput):
    """Neither a whole MP4 or MOV film nor a voice as MP3, AAC, M4A, AMR or WAV."""

    code = "media_unreadable"


class MediaCodecDetails(Struct, frozen=True, kw_only=True):
    """Stream that cannot be taken.

    `codec`: Name of its codec, as FFmpeg calls it; empty when nobody knows it.
    """

    codec: str


class MediaCodec(errors.InvalidInput):
    """A whole recording in a codec that phones do not all play, or that MP4 does not carry."""

    code = "media_codec"
    details_type = MediaCodecDetails


class MostSeconds(Struct, frozen=True, kw_only=True):
    """Length that is allowed.

    `most_seconds`: Most seconds of a film, or of a voice.
    """

    most_seconds: int


class MediaTooLong(errors.InvalidInput):
    """A film of more than thirty seconds, or a voice of more than sixty."""

    code = "media_too_long"
    details_type = MostSeconds


class MediaTooLargeDetails(Struct, frozen=True, kw_only=True):
    """Size that is allowed; one of the two.

    `most_bytes`: Most bytes of a file of this type.
    `most_pixels`: Most pixels of a film, width times height.
    """

    most_bytes: int | UnsetType = UNSET
    most_pixels: int | UnsetType = UNSET


class MediaTooLarge(errors.TooLarge):
    """More bytes than a file of its type may have, or a film of more than 4K."""

    code = "media_too_large"
    details_type = MediaTooLargeDetails


UNREADABLE: Final = "看不懂这个文件,请换一段手机拍的视频(MP4、MOV)或录音(MP3、M4A)"


def problem_of(refused: Refused) -> errors.DomainError:
    """Return what is told of a refusal."""
    match refused.reason:
        case Reason.CODEC:
            message = "这段视频或录音的格式手机不一定能放,请用微信重新拍一段"
            return MediaCodec(message, codec=refused.codec)
        case Reason.TOO_LONG:
            message = f"太长了,最多 {refused.most} 秒,请剪短后再发"
            return MediaTooLong(message, most_seconds=refused.most)
        case Reason.TOO_LARGE:
            message = "视频的画面太大,请用普通清晰度重新拍一段"
            return MediaTooLarge(message, most_pixels=refused.most)
    return MediaUnreadable(UNREADABLE)


def too_many_bytes(most: int) -> MediaTooLarge:
    return MediaTooLarge(f"文件太大,最多 {most >> 20} MB", most_bytes=most)
