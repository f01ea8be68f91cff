"""Contents of feedback: what is attached belongs to it, and to nobody's permission.

Only those who may see the feedback see what is attached, by links of it: a permission at the
place would show it to whom it is about. Nothing here is checked by WeChat first (as the words
of a repair are): no neighbour ever reads it, only offices.
"""

from collections.abc import Sequence
from typing import Final

from services.cases import history
from services.dependencies import Dependencies, Transaction
from services.feedback.models import Feedback
from services.kernel import errors
from services.kernel.permissions import Actor
from services.photos import actions as photos
from services.photos.models import PhotoPurpose

MOST_ATTACHED: Final = 60


class TooManyPhotos(errors.Conflict):
    """More is attached than feedback may have; `most` in details."""

    code = "feedback_too_many_photos"
    details_type = errors.Most


async def require_room(
    deps: Dependencies, tx: Transaction, case: Feedback, more: Sequence[str]
) -> None:
    """Raise TooManyPhotos for more than a case may have, in the step that attaches it."""
    if not more:
        return
    later = await history.count_photos(deps, tx, case.id)
    if len(case.photo_ids) + later + len(more) > MOST_ATTACHED:
        raise TooManyPhotos(f"照片和录音最多{MOST_ATTACHED}个,请用文字说明", most=MOST_ATTACHED)


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    case: Feedback,
    photo_ids: Sequence[str],
    *,
    owner: str | None = None,
) -> None:
    """Attach photos of the actor. Raises NotFound for any other.

    `owner`: whose they are then; "" for nobody's, of who handles it.
    """
    if photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            photo_ids,
            subject=case.id,
            place=case.place,
            needs=None,
            owner=owner if case.person else "",
            purposes={PhotoPurpose.CASE},
        )
