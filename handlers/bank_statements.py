"""Endpoints of bank statements: a bank's file uploaded, and its transfers booked for bills."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.uploads import UploadHandler
from services.bank_statements import actions, uploads
from services.bank_statements.card_days import actions as card_days
from services.bank_statements.card_days.models import SettleCards
from services.bank_statements.models import BankStatementRow, BankStatementView, StatementsQuery
from services.bank_statements.payouts import confirmations
from services.bank_statements.payouts.models import ConfirmPayout
from services.bank_statements.transfers.models import (
    BankTransferView,
    ChosenTransfer,
    ConfirmTransfers,
    SetTransferAside,
    TransferBooking,
    TransfersQuery,
)
from services.counter_days import take_backs
from services.fees.models import AccountKey
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.limits.models import Rate

# 5 MB, which the service checks, in a form with one file.
LONGEST_FORM_BYTES: Final = 6 * 1024 * 1024
Account = Annotated[
    AccountKey, Meta(description="Key of the payee's merchant account, whose bank it is.")
]
StatementId = Annotated[
    str, Meta(max_length=64, description="Id of the statement, as the list shows it.")
]
TransferId = Annotated[
    str, Meta(max_length=64, description="Id of the transfer, as lists show it.")
]


class AccountStatementsHandler(UploadHandler):
    max_body_bytes = LONGEST_FORM_BYTES

    @endpoint(
        "uploadBankStatement",
        needs=Permission.KEEP_CASH,
        status=202,
        media_type="*/*",
        errors=("not_found", "too_large"),
        rate=Rate.UPLOAD,
    )
    async def post(self, account: Account, body: bytes) -> BankStatementView:
        """Upload a bank's file of an account, .xlsx or .csv. Nothing is booked by it."""
        return await uploads.upload(self.deps, self.actor, account, body)


class StatementsHandler(ApiHandler):
    @endpoint("listBankStatements", needs=Permission.KEEP_CASH)
    async def get(self, query: StatementsQuery) -> Page[BankStatementRow]:
        """Statements of the accounts that one keeps, newest first."""
        return await actions.listing(self.deps, self.actor, query)


class StatementHandler(ApiHandler):
    @endpoint("getBankStatement", needs=Permission.KEEP_CASH)
    async def get(self, statement_id: StatementId) -> BankStatementView:
        """How far a statement and its transfers are, and what is wrong with the file."""
        return await actions.get(self.deps, self.actor, statement_id)


class ConfirmHandler(ApiHandler):
    @endpoint(
        "confirmBankTransfers",
        needs=Permission.KEEP_CASH,
        status=202,
        errors=(
            "bank_transfer_moved_on",
            "other_account",
            "own_home",
            "other_payee",
            "bill_already_paid",
            "different_payees",
            "different_fees",
        ),
        example=ConfirmTransfers(
            transfers=[ChosenTransfer(transfer_id="3v9k…", bill_ids=["7q2x…"])]
        ),
    )
    async def post(self, statement_id: StatementId, body: ConfirmTransfers) -> TransferBooking:
        """Book transfers for the bills that were chosen; the list shows what came of each."""
        return await actions.confirm(self.deps, self.actor, statement_id, body)


class TransfersHandler(ApiHandler):
    @endpoint("listBankTransfers", needs=Permission.KEEP_CASH)
    async def get(self, query: TransfersQuery) -> Page[BankTransferView]:
        """Money that came in by a bank's file, with the homes that it may be for; or left."""
        return await actions.transfers(self.deps, self.actor, query)


class PayoutHandler(ApiHandler):
    @endpoint(
        "confirmBankPayout",
        needs=Permission.KEEP_CASH,
        errors=("bank_transfer_moved_on", "other_amount", "own_home", "own_payout"),
        example=ConfirmPayout(payout_id="counter-refund:01kt9a7c4m8q2v5x1z3b6d0e9k"),
    )
    async def post(self, transfer_id: TransferId, body: ConfirmPayout) -> BankTransferView:
        """Say which refund, prepaid money or deposit a row of money that left is."""
        return await confirmations.confirm(self.deps, self.actor, transfer_id, body)


class SettlementHandler(ApiHandler):
    @endpoint(
        "settleCards",
        needs=Permission.KEEP_CASH,
        errors=("bank_transfer_moved_on", "unequal_settlement", "card_day_settled"),
        example=SettleCards(days=["2026-03-01"], fee_fen=61),
    )
    async def post(self, transfer_id: TransferId, body: SettleCards) -> BankTransferView:
        """Say that a transfer is what the card machine took on some days, less a fee."""
        return await card_days.settle(self.deps, self.actor, transfer_id, body)


class SetAsideHandler(ApiHandler):
    @endpoint(
        "setBankTransferAside",
        needs=Permission.KEEP_CASH,
        errors=("bank_transfer_moved_on",),
        example=SetTransferAside(reason="电费退款"),
    )
    async def post(self, transfer_id: TransferId, body: SetTransferAside) -> BankTransferView:
        """Say that a transfer pays no fee, or gives none back, and what it is."""
        return await actions.set_aside(self.deps, self.actor, transfer_id, body)


class TakeBackHandler(ApiHandler):
    @endpoint(
        "takeBankTransferBack",
        needs=Permission.KEEP_CASH,
        errors=("bank_transfer_moved_on", "card_day_closed", "own_home", "own_payout"),
    )
    async def post(self, transfer_id: TransferId) -> BankTransferView:
        """Open a row again of which somebody said what it is, when that was wrong."""
        return await take_backs.take_back(self.deps, self.actor, transfer_id)


STATEMENT: Final = "/api/v1/bank-statements/{statement_id}"
TRANSFER: Final = "/api/v1/bank-transfers/{transfer_id}"
ROUTES = [
    Route("/api/v1/accounts/{account}/bank-statements", AccountStatementsHandler),
    Route("/api/v1/bank-statements", StatementsHandler),
    Route(STATEMENT, StatementHandler),
    Route(f"{STATEMENT}/confirm", ConfirmHandler),
    Route("/api/v1/bank-transfers", TransfersHandler),
    Route(f"{TRANSFER}/payout", PayoutHandler),
    Route(f"{TRANSFER}/settlement", SettlementHandler),
    Route(f"{TRANSFER}/set-aside", SetAsideHandler),
    Route(f"{TRANSFER}/take-back", TakeBackHandler),
]
