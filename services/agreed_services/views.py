"""Views of agreed services: for staff with all homes, for an owner with the own home alone."""

from collections.abc import Mapping, Sequence

from services.agreed_services import store, terms
from services.agreed_services.models import (
    AgreedService,
    AgreedServiceView,
    Answer,
    HomeService,
    ServiceHomeView,
    Share,
)
from services.agreed_services.votes import validity
from services.dependencies import Dependencies
from services.kernel.views import show
from services.photos import actions as photos
from services.places import actions as places
from services.residencies import owners


async def view(deps: Dependencies, service: AgreedService) -> AgreedServiceView:
    [shown] = await views(deps, [service])
    return shown


async def views(
    deps: Dependencies, services: Sequence[AgreedService]
) -> list[AgreedServiceView]:
    """Show services, with the addresses of the photos of their offers."""
    addresses = await places.addresses(deps, sorted({each.place for each in services}))
    asked = [(photo, each.id) for each in services for photo in each.photos]
    links = {each.photo_id: each for each in await photos.links_of(deps, asked)}
    return [
        show(
            each,
            AgreedServiceView,
            service_id=each.id,
            address=addresses.get(each.place, each.place),
            photos=[links[photo] for photo in each.photos if photo in links],
        )
        for each in services
    ]


async def homes(
    deps: Dependencies, service: AgreedService, some: Sequence[Share]
) -> list[ServiceHomeView]:
    """Show homes of a service with their answers, in the order given."""
    paths = [share.home for share in some]
    addresses = await places.addresses(deps, paths)
    answers = await store.answers_of(deps.db, [service.id], paths)
    valid = await _valid(deps, answers)
    shown = []
    for share in some:
        answer = answers.get((service.id, share.home))
        shown.append(
            ServiceHomeView(
                home=share.home,
                address=addresses.get(share.home, share.home),
                amount_fen=share.amount_fen,
                explanation=terms.explain(service, share),
                agree=answer.agree if answer else None,
                on_paper=answer.on_paper if answer else None,
                answered_at=answer.at if answer else None,
                by_owners=answer.id in valid if answer else None,
            )
        )
    return shown


async def _valid(
    deps: Dependencies, answers: Mapping[tuple[str, str], Answer]
) -> dict[str, Answer]:
    """Return id → answer, of those that the owners of today gave."""
    homes = sorted({home for _, home in answers})
    found = await owners.households_of(deps, homes) if homes else {}
    today = deps.today()
    given = answers.values()
    return {each.id: each for each in given if validity.is_of(each, today, found[each.home])}


async def of_home(
    deps: Dependencies, home: str, services: Sequence[AgreedService]
) -> list[HomeService]:
    """Show services to an owner, with what their own household answered.

    `services`: with the share of this home alone.
    """
    answers = await store.answers_of(deps.db, [each.id for each in services], [home])
    own = await _valid(deps, answers)
    ids = {each.id: store.answer_id(each.id, home) for each in services}
    shown = await views(deps, services)
    return [
        HomeService(
            service=view,
            amount_fen=service.shares[0].amount_fen,
            explanation=terms.explain(service, service.shares[0]),
            agree=answer.agree if (answer := own.get(ids[service.id])) else None,
            on_paper=answer.on_paper if answer else None,
        )
        for service, view in zip(services, shown, strict=True)
    ]
