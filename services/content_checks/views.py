"""Views of content checks, for those who decide."""

from collections import defaultdict
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
    about = await _about(deps, [check.subject for check in found])
    near = await household(deps, actor)
    addresses = await places.addresses(deps, sorted({check.place for check in found}))
    return [
        _view(
            deps,
            actor,
            check,
            near,
            address=addresses.get(check.place, ""),
            about=about.get(check.subject, ""),
        )
        for check in found
    ]


async def _about(deps: Dependencies, subjects: Sequence[str]) -> dict[str, str]:
    """Return subject → what it is about, as those say whose contents they are."""
    ids = defaultdict[str, list[str]](list)
    for subject in subjects:
        kind, _, subject_id = subject.partition(":")
        ids[kind].append(subject_id)
    said: dict[str, str] = {}
    for kind, about in deps.features.checked_about.items():
        if kind in ids:
            found = await about(deps, ids[kind])
            said |= {f"{kind}:{subject_id}": words for subject_id, words in found.items()}
    return said


def _view(
    deps: Dependencies,
    actor: Actor,
    check: ContentCheck,
    near: Collection[str],
    *,
    address: str,
    about: str,
) -> CheckView:
    own = check.author == actor.person_id
    stranger = not own and check.author not in near
    readable = own or stranger
    reason = check.reason_sealed and REASON.open(deps.vault, check.id, check.reason_sealed)
    return show(
        check,
        CheckView,
        check_id=check.id,
        about=about,
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
        CheckedPhoto(photo_id=photo_id, url=url, finding=check.found.get(photo_id))
        for photo_id, url in urls.items()
    ]
