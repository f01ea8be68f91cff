"""Views of notices, for those who send."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.notices.contents.models import Attachment, AttachmentView, QuestionView
from services.notices.models import (
    AudienceView,
    Notice,
    NoticeSummary,
    NoticeView,
    ProposalView,
    VersionView,
)
from services.photos import actions as photos
from services.photos.models import Media
from services.places import actions as places


async def summaries(deps: Dependencies, found: Sequence[Notice]) -> list[NoticeSummary]:
    """Show notices as a list has them: one query for their places, however many."""
    addresses = await places.addresses(deps, [notice.place for notice in found])
    return [
        show(each, NoticeSummary, notice_id=each.id, address=addresses.get(each.place, ""))
        for each in found
    ]


async def view(deps: Dependencies, notice: Notice) -> NoticeView:
    """Show a notice, with the versions before and the correction that waits."""
    addresses = await places.addresses(deps, [notice.place])
    proposal = notice.proposal
    return show(
        notice,
        NoticeView,
        notice_id=notice.id,
        address=addresses.get(notice.place, ""),
        attachments=await attachments(deps, notice.attachments),
        audience=show(notice.audience, AudienceView),
        question=notice.question and show(notice.question, QuestionView),
        proposal=proposal
        and ProposalView(
            title=proposal.content.title,
            text=proposal.content.text,
            because=proposal.because,
            by=proposal.by,
            at=proposal.at,
            tell_again=proposal.tell_again,
        ),
        versions=[
            show(version, VersionView, version=version.number) for version in notice.history
        ],
    )


async def attachments(deps: Dependencies, found: Sequence[Attachment]) -> list[AttachmentView]:
    """Show pictures and papers with their media types; what is gone is left out."""
    media: dict[str, Media] = {}
    if found:
        media = await photos.media_of(deps, [each.photo_id for each in found])
    return [
        AttachmentView(photo_id=each.photo_id, name=each.name, media=media[each.photo_id])
        for each in found
        if each.photo_id in media
    ]
