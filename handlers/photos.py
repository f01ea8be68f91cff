"""Endpoints of photos and recordings: uploaded, and fetched by a signed link that expires."""

from typing import Annotated, Final

from msgspec import Meta, Struct
from tornado.httputil import HTTPServerRequest

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Signed
from handlers.http.ranges import Ranged
from handlers.http.uploads import UPLOAD_SECONDS, UploadHandler
from services.limits.models import Rate
from services.photos import actions, upload
from services.photos.contents.conversions import largest
from services.photos.models import Media, PhotoPurpose, PhotoUrl, PhotoView

LARGEST: Final = {purpose.value.encode(): largest(purpose) for purpose in PhotoPurpose}

PhotoId = Annotated[
    str, Meta(max_length=64, description="Id of the photo, as the upload was answered.")
]


class PhotoQuery(Struct, forbid_unknown_fields=True):
    """Purpose of a photo.

    `purpose`: What the photo shall prove or show.
    """

    purpose: PhotoPurpose = PhotoPurpose.PROOF


class PhotosHandler(UploadHandler):
    max_body_bytes = max(LARGEST.values())

    @classmethod
    def most_bytes(cls, request: HTTPServerRequest) -> int:
        """Return what the purpose takes; the least where it is none, which is refused later."""
        purposes = request.query_arguments.get("purpose", [])
        return LARGEST.get(purposes[-1] if purposes else b"", min(LARGEST.values()))

    @endpoint(
        "uploadPhoto",
        needs=Access.SIGNED_IN,
        status=201,
        media_type="*/*",
        errors=(
            "photo_unreadable",
            "photo_too_large",
            "media_unreadable",
            "media_codec",
            "media_too_long",
            "media_too_large",
            "photo_quota",
            "photos_busy",
            "photo_storage_unavailable",
            "consent_needed",
            "forbidden",
            "too_large",
        ),
        rate=Rate.UPLOAD,
    )
    async def post(self, query: PhotoQuery, body: bytes) -> PhotoView:
        """Send a photo (JPEG, PNG or WebP, 10 MB) before what it belongs to; kept for a day.

        What belongs to a notice may be a PDF, too; so may what belongs to a case, from who
        works here. Of a case it may also be a film (MP4 or MOV with H.264 or H.265, 30 seconds,
        50 MB) or a voice (MP3, AAC, M4A, AMR or WAV, 60 seconds, 10 MB). The content tells what
        a file is, never its name or type. Where and with what it was taken is left out.
        """
        return await upload.add(self.deps, self.actor, query.purpose, body)


class PhotoUrlHandler(ApiHandler):
    @endpoint("getPhotoUrl", needs=Access.SIGNED_IN)
    async def get(self, photo_id: PhotoId) -> PhotoUrl:
        """Where a photo of mine, or one I have to look at, can be seen for five minutes."""
        return await actions.url(self.deps, self.actor, photo_id)


class PhotoHandler(ApiHandler):
    def seconds(self) -> float:
        return UPLOAD_SECONDS  # for what took as long to send

    @endpoint("getPhoto", needs=Access.PUBLIC, media_type="*/*")
    async def get(self, photo_id: PhotoId, query: Signed) -> Ranged:
        """The picture, film, voice or PDF for whoever was given its address, or a part of it.

        Players ask for a film part by part; a PDF is handed out to be kept, not to be shown.
        """
        file = await actions.show(self.deps, photo_id, query.expires, query.signature)
        shown = "attachment" if file.media is Media.PDF else "inline"
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", shown)
        self.set_header("Content-Security-Policy", "default-src 'none'")
        return Ranged(file.size, file.media, etag=f'"{file.sha256[:32]}"', read=file.read)


ROUTES = [
    Route("/api/v1/photos", PhotosHandler),
    Route("/api/v1/photos/{photo_id}/url", PhotoUrlHandler),
    Route("/photos/{photo_id}", PhotoHandler),
]
