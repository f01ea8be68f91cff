"""Views of bank statements and of the transfers in them."""

from collections.abc import Sequence

from services.bank_statements.models import BankStatementRow, BankStatementView, Statement
from services.bank_statements.payouts import links
from services.bank_statements.payouts.models import Payout, PayoutCandidateView
from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import (
    PAYER,
    REMARK,
    BankCandidateView,
    BankTransferView,
    Transfer,
)
from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.days import day_of
from services.kernel.views import show
from services.places import actions as places


def row(found: Statement) -> BankStatementRow:
    return show(found, BankStatementRow, statement_id=found.id)


async def statement(deps: Dependencies, found: Statement) -> BankStatementView:
    """Show a statement with how far its transfers are."""
    counted = await transfers_store.counts(deps.db, found.id)
    return show(found, BankStatementView, statement_id=found.id, transfers=counted)


async def transfers(deps: Dependencies, found: Sequence[Transfer]) -> list[BankTransferView]:
    """Show transfers, their payers masked."""
    left = await links.candidates(deps, found)
    homes = {each.home for transfer in found for each in transfer.candidates}
    homes |= {payout.place for some in left.values() for payout in some}
    addresses = await places.addresses(deps, sorted(homes)) if homes else {}
    payouts = {row: [_payout(each, addresses) for each in some] for row, some in left.items()}
    return [_transfer(deps, each, addresses, payouts.get(each.id, [])) for each in found]


def _payout(found: Payout, addresses: dict[str, str]) -> PayoutCandidateView:
    address = addresses.get(found.place, found.place)
    day = day_of(found.at)
    return show(found, PayoutCandidateView, payout_id=found.id, day=day, address=address)


def _transfer(
    deps: Dependencies,
    found: Transfer,
    addresses: dict[str, str],
    payouts: list[PayoutCandidateView],
) -> BankTransferView:
    payer, remark = found.payer_sealed, found.remark_sealed
    candidates = [
        show(each, BankCandidateView, address=addresses.get(each.home, each.home))
        for each in found.candidates
    ]
    return show(
        found,
        BankTransferView,
        transfer_id=found.id,
        statement_id=found.statement,
        payer=masking.name(PAYER.open(deps.vault, found.id, payer)) if payer else "",
        remark=REMARK.open(deps.vault, found.id, remark) if remark else "",
        candidates=candidates,
        payouts=payouts,
        payment_id=found.payment,
    )
