"""Views of ratings: who gave one reads their own, the firm and the community read all."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.permissions import Actor
from services.kernel.vault import Sealed
from services.kernel.views import show
from services.places import actions as places
from services.repairs.ratings.models import ANSWER, WORDS, Rating, RatingView


async def shown(deps: Dependencies, actor: Actor, found: Sequence[Rating]) -> list[RatingView]:
    """Views of ratings that somebody may read: one query however many."""
    addresses = await places.addresses(deps, [rating.place for rating in found])
    return [
        show(
            rating,
            RatingView,
            rating_id=rating.id,
            repair_id=rating.repair,
            address=addresses.get(rating.place, rating.place),
            is_mine=rating.person == actor.person_id,
            words=_opened(deps, WORDS, rating.id, rating.words_sealed),
            answer=_opened(deps, ANSWER, rating.id, rating.answer_sealed),
            is_answered=rating.answered_at is not None,
        )
        for rating in found
    ]


async def one(deps: Dependencies, actor: Actor, found: Rating) -> RatingView:
    [view] = await shown(deps, actor, [found])
    return view


def _opened(deps: Dependencies, field: Sealed, rating_id: str, sealed: str) -> str | None:
    return field.open(deps.vault, rating_id, sealed) if sealed else None
