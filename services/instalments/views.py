"""Views of instalment agreements, with what is paid of them by now."""

from collections.abc import Mapping, Sequence

from services.bills import actions as bills
from services.bills.models import Bill
from services.dependencies import Dependencies
from services.instalments import progress
from services.instalments.models import InstalmentPartView, Instalments, InstalmentsView
from services.kernel.days import Day
from services.kernel.views import show
from services.photos import actions as photos
from services.photos.models import PhotoUrl
from services.places import actions as places


async def one(deps: Dependencies, agreement: Instalments) -> InstalmentsView:
    [shown] = await several(deps, [agreement])
    return shown


async def several(deps: Dependencies, found: Sequence[Instalments]) -> list[InstalmentsView]:
    """Show agreements: three queries however many."""
    addresses = await places.addresses(deps, sorted({each.home for each in found}))
    known = await bills.find_many(deps, [bill for each in found for bill in each.bills])
    owed = {bill.id: bill for bill in known}
    asked = [(photo, each.id) for each in found for photo in each.photos]
    links = {each.photo_id: each for each in await photos.links_of(deps, asked)}
    return [
        _view(each, addresses.get(each.home, each.home), owed, links, deps.today())
        for each in found
    ]


def _view(
    agreement: Instalments,
    address: str,
    known: Mapping[str, Bill],
    links: Mapping[str, PhotoUrl],
    today: Day,
) -> InstalmentsView:
    own = [known[bill] for bill in agreement.bills if bill in known]
    paid = progress.paid_fen(agreement, own)
    first = progress.first_left(agreement, own)
    return show(
        agreement,
        InstalmentsView,
        instalments_id=agreement.id,
        place=agreement.home,
        address=address,
        bill_ids=agreement.bills,
        paid_fen=paid,
        parts=[
            show(
                each.part,
                InstalmentPartView,
                owed_fen=each.owed_fen,
                overdue=bool(each.owed_fen) and today > each.part.due_on,
            )
            for each in progress.left(agreement.parts, paid)
        ],
        next_due_on=first.part.due_on if first else None,
        on_paper=bool(agreement.photos),
        photos=[links[each] for each in agreement.photos if each in links],
    )
