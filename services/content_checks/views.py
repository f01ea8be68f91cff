"""Views of content checks, for those who decide."""

from collections.abc import Collection, Sequence

from services.audiences import residents
from services.content_checks.models import (
    REASON,
    TEXT,
    CheckedPhoto,
    CheckView,
    ContentCheck,
    strictest,
    text_parts,
)
from services.dependencies import Dependencies
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor
from services.kernel.views import show
from services.photos import actions as photos
from services.places import actions as places


async def household(deps: Dependencies, actor: Actor) -> set[str]:
    """Return the people of the actor's homes: on their words the actor does not decide."""
    homes = sorted(homes_of(actor))
    people = await residents.at_homes(deps, homes) if homes else {}
    return {person for home in people.values() for person in home}


async def shown(
    deps: Dependencies, actor: Actor, found: Sequence[ContentCheck]
) -> list[CheckView]:
    """Show checks of the actor's places: a query for each kind of thing, however many."""
    near = await household(deps, actor)
    addresses = await places.addresses(deps, sorted({check.place for check in found}))
    return [_view(deps, actor, check, near, addresses.get(check.place, "")) for check in found]


def _view(
    deps: Dependencies, actor: Actor, check: ContentCheck, near: Collection[str], address: str
) -> CheckView:
    own = check.author == actor.person_id
    stranger = not own and check.author not in near
    readable = own or stranger
    reason = check.reason_sealed and REASON.open(deps.vault, check.id, check.reason_sealed)
    return show(
        check,
        CheckView,
        check_id=check.id,
        address=address,
        may_decide=stranger,
        text=TEXT.open(deps.vault, check.id, check.text_sealed) if readable else None,
        text_finding=strictest(check.found.get(part) for part in text_parts(check.pieces)),
        photos=_photos(deps, check) if readable else None,
        reason=reason,
    )


def _photos(deps: Dependencies, check: ContentCheck) -> list[CheckedPhoto]:
    urls = photos.urls_for_moderation(deps, check.photo_ids)
    return [
        CheckedPhoto(
            photo_id=each.photo_id, url=each.url, finding=check.found.get(each.photo_id)
        )
        for each in urls
    ]
