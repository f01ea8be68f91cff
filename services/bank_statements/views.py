"""Views of bank statements and of the transfers in them."""

from collections.abc import Sequence

from services.bank_statements.models import BankStatementRow, BankStatementView, Statement
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
    homes = {each.home for transfer in found for each in transfer.candidates}
    addresses = await places.addresses(deps, sorted(homes)) if homes else {}
    return [_transfer(deps, each, addresses) for each in found]


def _transfer(
    deps: Dependencies, found: Transfer, addresses: dict[str, str]
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
        payment_id=found.payment,
    )
