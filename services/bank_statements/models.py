"""Bank statements: what is kept, sent and seen of a bank's file."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.bank_statements.files.models import BadRow, BankFileRefusal, BankFileTotals
from services.bank_statements.states import BankStatementState
from services.bank_statements.transfers.states import BankTransferState
from services.fees.models import AccountKey
from services.kernel.labels import Labelled
from services.kernel.pages import ShortListQuery
from services.merchants.models import AccountId

PersonId = Annotated[str, Meta(examples=["01j9zd5n8v6m3q2w4x7y0abcde"])]


class Statement(Struct, kw_only=True):
    """File of a bank for one account. The same bytes for the same account are one statement.

    `round`: goes up when a refused file is sent again. `first`, `last`: days of the file.
    """

    id: str = field(name="_id")
    account: str
    state: BankStatementState = BankStatementState.READING
    round: int = 1
    size_bytes: int
    uploaded_by: str
    uploaded_at: datetime
    read_at: datetime | None = None
    totals: BankFileTotals = field(default_factory=BankFileTotals)
    known: int = 0  # transfers that an earlier file had
    first: str = ""
    last: str = ""
    refusal: BankFileRefusal | None = None
    problems: list[BadRow] = []

    @property
    def file_id(self) -> str:
        """Id of the kept file: another one each time the file is sent."""
        return f"{self.id}:{self.round}"


class BankStatementSort(Labelled):
    NEWEST = "newest", "最新上传的在前"
    OLDEST = "oldest", "最早上传的在前"


class StatementsQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which statements to list.

    `state`: How far they are; all without it.
    `account`: Key of the payee's merchant account; all of one's own without it.
    `sort`: Order of the list.
    """

    state: BankStatementState | None = None
    account: AccountKey | None = None
    sort: BankStatementSort = BankStatementSort.NEWEST


class BankStatementRow(Struct, kw_only=True):
    """Statement in a list.

    `statement_id`: Opaque id of the statement.
    `account`: Key of the payee's merchant account.
    `state`: How far it is.
    `first`: First day of the file; empty before it was read.
    `last`: Last day of the file; empty before it was read.
    `totals`: What the file holds.
    `known`: Number of its transfers that an earlier file had.
    `refusal`: Why it was not taken; null when it was.
    `uploaded_by`: Id of who uploaded it.
    `uploaded_at`: When it was uploaded.
    `read_at`: When it was read; null before.
    """

    statement_id: str
    account: AccountId
    state: BankStatementState
    first: Annotated[str, Meta(examples=["2026-03-01"])]
    last: Annotated[str, Meta(examples=["2026-03-31"])]
    totals: BankFileTotals
    known: int
    refusal: BankFileRefusal | None
    uploaded_by: PersonId
    uploaded_at: datetime
    read_at: datetime | None


class BankStatementView(BankStatementRow, kw_only=True):
    """Statement with its rows that could not be read, and how far its transfers are.

    `problems`: The first hundred rows that could not be read; then nothing was taken.
    `transfers`: State of its transfers → their number.
    """

    problems: list[BadRow]
    transfers: dict[BankTransferState, int]
