"""Money that moved by banks' files: what is kept, sent and seen of it."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.bank_statements.card_days.models import SettledDay
from services.bank_statements.payouts.models import PayoutCandidateView
from services.bank_statements.transfers.states import BankTransferState
from services.fees.models import AccountKey
from services.kernel import vouchers
from services.kernel.days import Day
from services.kernel.documents import digest_id
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery
from services.kernel.types import Id, Opaque, Reason
from services.kernel.vault import Sealed
from services.merchants.models import AccountId

PAYER: Final = Sealed("bank_transfers", "payer")
REMARK: Final = Sealed("bank_transfers", "remark")
MOST_AT_ONCE: Final = 200
MOST_BILLS: Final = 50
BankNumber = Annotated[str, Meta(examples=["2026030112345678"])]
HomePath = Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3.u2.501"])]
Address = Annotated[str, Meta(examples=["新城花园3栋2单元501室"])]


class BankDirection(Labelled):
    """Whether money came into an account or left it."""

    IN = "in", "转入"
    OUT = "out", "转出"


class SpeaksFor(Labelled):
    """What speaks for a home."""

    ADDRESS = "address", "附言里写了房号"
    PAYER = "payer", "金额相同且付款人是业主"
    AMOUNT = "amount", "只有金额相同"


class Candidate(Struct, frozen=True, kw_only=True):
    """Home that a transfer may be for, with bills of one fee, the oldest first.

    `is_exact`: they come to the very amount.
    """

    home: str
    bill_ids: list[str]
    owed_fen: int
    is_exact: bool
    because: SpeaksFor


class TransferFit(Labelled):
    """How well a transfer fits what is owed. A proposal: nothing is booked by it."""

    BOOKED = "booked", "已登记过"
    CERTAIN = "certain", "对应明确"
    SEVERAL = "several", "需要核对"
    NONE = "none", "没有找到"


class Transfer(Struct, kw_only=True):
    """Money that moved by a bank's file: one for each number of the bank's and direction.

    `id`: of money that came in, the digest that its counter payment has, too. `payer`: who
    stands on the other side. `names_until`: when payer and remark are erased. `job`: key of the
    job that books what somebody chose last. `payment`: of money that left, the payout that it
    is. `settled`: of what a card machine took, the days, of which `fee_fen` was kept as a fee.
    """

    id: str = field(name="_id")
    account: str
    direction: BankDirection = BankDirection.IN
    statement: str  # the first that had it
    row: int
    number: str
    day: Day
    entered_at: datetime | None = None  # when it was brought in, or last taken back
    amount_fen: Fen
    payer_sealed: str = ""
    remark_sealed: str = ""
    names_until: datetime | None = None
    state: BankTransferState = BankTransferState.OPEN
    fit: TransferFit = TransferFit.NONE
    candidates: list[Candidate] = []
    bill_ids: list[str] = []
    chosen_by: str = ""
    chosen_at: datetime | None = None
    job: str = ""
    payment: str = ""
    refusal: str = ""
    set_aside_by: str = ""
    set_aside_because: str = ""
    settled: list[SettledDay] = []
    fee_fen: Fen = 0
    settled_by: str = ""
    number_key: str = ""  # what the number is compared by

    def __post_init__(self) -> None:
        self.number_key = vouchers.key(self.number)


class BankTransferSort(Labelled):
    OLDEST = "oldest", "最早到账的在前"
    NEWEST = "newest", "最近到账的在前"


class TransfersQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which transfers to list.

    `direction`: Whether the money came in or left; what came in without it.
    `statement_id`: Opaque id of a statement; those of all without it.
    `state`: How far they are; all without it.
    `fit`: How well they fit what is owed; all without it.
    `account`: Key of the payee's merchant account; all of one's own without it.
    `day_from`: First day on which the money moved.
    `day_to`: Last day on which the money moved.
    `sort`: Order of the list.
    """

    direction: BankDirection = BankDirection.IN
    statement_id: Opaque | None = None
    state: BankTransferState | None = None
    fit: TransferFit | None = None
    account: AccountKey | None = None
    day_from: Day | None = None
    day_to: Day | None = None
    sort: BankTransferSort = BankTransferSort.OLDEST


class ChosenTransfer(Struct, forbid_unknown_fields=True, kw_only=True):
    """Bills that a transfer pays, in all or in part, the oldest first.

    `transfer_id`: Id of the transfer, as the list shows it.
    `bill_ids`: Ids of the bills, all of one payee and one fee.
    """

    transfer_id: Id
    bill_ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_BILLS)]


class ConfirmTransfers(Struct, forbid_unknown_fields=True, kw_only=True):
    """Transfers to book.

    `transfers`: Each with the bills that it pays.
    """

    transfers: Annotated[list[ChosenTransfer], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class SetTransferAside(Struct, forbid_unknown_fields=True, kw_only=True):
    """Transfer that pays no fee, or gives none back.

    `reason`: What it is, in a sentence.
    """

    reason: Reason


class BankCandidateView(Struct, kw_only=True):
    """Home that a transfer may be for.

    `home`: Path of the home.
    `address`: Its address, as people say it.
    `bill_ids`: Bills of one fee that the money may be for, the oldest first.
    `owed_fen`: What is owed of these bills, in fen.
    `is_exact`: Whether this is the very amount.
    `because`: What speaks for it.
    """

    home: HomePath
    address: Address
    bill_ids: list[str]
    owed_fen: int
    is_exact: bool
    because: SpeaksFor


class BankTransferView(Struct, kw_only=True):
    """Money that came in, or left, by a bank's file.

    `transfer_id`: Opaque id of the transfer.
    `statement_id`: Opaque id of the first statement that has it.
    `account`: Key of the payee's merchant account.
    `direction`: Whether the money came in or left.
    `row`: Row of the file, from 1.
    `number`: The bank's number of it; of money that left, a second one of a number has `#2`.
    `day`: Day on which the money moved.
    `amount_fen`: How much, in fen.
    `payer`: Who paid, or was paid, masked; empty when it was erased, or not said.
    `remark`: What the payer or the bank wrote; empty when it was erased.
    `state`: How far it is.
    `fit`: How well it fits what is owed.
    `candidates`: Homes that it may be for.
    `bill_ids`: Bills that somebody chose for it; empty before.
    `payouts`: Refunds, prepaid money and deposits that money that left may be, by the amount
    and the day; empty once it is known.
    `payment_id`: Id of the counter payment, deposit or payout; empty before it is known.
    `refusal`: Why it could not be booked; empty when it could.
    `set_aside_because`: What it is, when it pays no fee; empty otherwise.
    `settled`: Days of the card machine that it is for, and what the slips came to; empty for
    other money.
    `fee_fen`: What was kept of these as a fee, in fen.
    """

    transfer_id: str
    statement_id: str
    account: AccountId
    direction: BankDirection
    row: int
    number: BankNumber
    day: Day
    amount_fen: int
    payer: Annotated[str, Meta(examples=["李*"])]
    remark: Annotated[str, Meta(examples=["3-2-501 物业费"])]
    state: BankTransferState
    fit: TransferFit
    candidates: list[BankCandidateView]
    bill_ids: list[str]
    payouts: list[PayoutCandidateView]
    payment_id: str
    refusal: Annotated[str, Meta(examples=["有账单已经缴过或作废,请刷新后再试"])]
    set_aside_because: Annotated[str, Meta(examples=["电费退款"])]
    settled: list[SettledDay]
    fee_fen: int


class TransferBooking(Struct, kw_only=True):
    """Transfers that are being booked.

    `statement_id`: Opaque id of the statement; its view shows how far they are.
    `transfers`: How many were confirmed.
    """

    statement_id: str
    transfers: int


def payout_id(account: str, number: str) -> str:
    """Name the money that left by one number: however many files have it, it is one row."""
    return digest_id("bank_payout", account, vouchers.key(number).upper())
