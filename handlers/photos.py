"""Endpoints of photos: uploaded, and fetched by a signed link that expires."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, Signed
from handlers.http.uploads import UploadHandler
from services.limits.models import Rate
from services.photos import actions, upload
from services.photos.models import Media, PhotoPurpose, PhotoUrl, PhotoView

LARGEST_PHOTO: Final = 10 * 1024 * 1024

PhotoId = Annotated[
    str, Meta(max_length=64, description="Id of the photo, as the upload was answered.")
]


class PhotoQuery(Struct, forbid_unknown_fields=True):
    """Purpose of a photo.

    `purpose`: What the photo shall prove or show.
    """

    purpose: PhotoPurpose = PhotoPurpose.PROOF


class PhotosHandler(UploadHandler):
    max_body_bytes = LARGEST_PHOTO

    @endpoint(
        "uploadPhoto",
        needs=Access.SIGNED_IN,
        status=201,
        media_type="*/*",
        errors=(
            "photo_unreadable",
            "photo_too_large",
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

        What belongs to a notice may be a PDF, too.
        """
        return await upload.add(self.deps, self.actor, query.purpose, body)


class PhotoUrlHandler(ApiHandler):
    @endpoint("getPhotoUrl", needs=Access.SIGNED_IN)
    async def get(self, photo_id: PhotoId) -> PhotoUrl:
        """Where a photo of mine, or one I have to look at, can be seen for five minutes."""
        return await actions.url(self.deps, self.actor, photo_id)


class PhotoHandler(ApiHandler):
    @endpoint("getPhoto", needs=Access.PUBLIC, media_type="*/*")
    async def get(self, photo_id: PhotoId, query: Signed) -> Download:
        """The picture, or the PDF of a notice, for whoever was given its address."""
        file = await actions.show(self.deps, photo_id, query.expires, query.signature)
        shown = "inline" if file.media is Media.JPEG else "attachment"
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", shown)
        self.set_header("Content-Security-Policy", "default-src 'none'")
        return Download(file.content, file.media)


ROUTES = [
    Route("/api/v1/photos", PhotosHandler),
    Route("/api/v1/photos/{photo_id}/url", PhotoUrlHandler),
    Route("/photos/{photo_id}", PhotoHandler),
]
