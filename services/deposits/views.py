"""Views of deposits: names masked, with how long each is kept."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.deposits.models import PAYER, SIGNED_BY, Deposit, DepositView
from services.deposits.states import DepositState
from services.kernel import masking
from services.kernel.days import day_of, days_apart
from services.kernel.money import capital_yuan
from services.kernel.views import show
from services.photos import actions as photos
from services.places import actions as places


async def view(deps: Dependencies, deposit: Deposit) -> DepositView:
    [shown] = await views(deps, [deposit])
    return shown


async def views(deps: Dependencies, deposits: Sequence[Deposit]) -> list[DepositView]:
    addresses = await places.addresses(deps, sorted({each.home for each in deposits}))
    asked = [(photo, each.id) for each in deposits for photo in (*each.photos, *each.proofs)]
    links = {link.photo_id: link for link in await photos.links_of(deps, asked)}
    return [
        show(
            each,
            DepositView,
            deposit_id=each.id,
            address=addresses.get(each.home, each.home),
            payer_masked=masking.name(PAYER.open(deps.vault, each.id, each.payer_sealed)),
            amount_capital=capital_yuan(each.amount_fen),
            days_kept=_days(deps, each),
            objection=";".join(each.objections),
            photos=[links[id_] for id_ in (*each.photos, *each.proofs) if id_ in links],
            signed_by=_signed_by(deps, each),
            back_fen=None if each.state is DepositState.KEPT else each.back_fen,
        )
        for each in deposits
    ]


def _signed_by(deps: Dependencies, deposit: Deposit) -> str:
    sealed = deposit.signed_by_sealed
    return masking.name(SIGNED_BY.open(deps.vault, deposit.id, sealed)) if sealed else ""


def _days(deps: Dependencies, deposit: Deposit) -> int:
    until = day_of(deposit.ended_at) if deposit.ended_at else deps.today()
    return days_apart(day_of(deposit.paid_at), until)
