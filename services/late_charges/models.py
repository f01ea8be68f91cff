"""Late charges (违约金) of bills: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import HomeFee, PayeeId
from services.kernel.days import Day
from services.kernel.pages import ListQuery, ShortListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Reason
from services.late_charges.states import LateFeesState

MOST_LINES: Final = 2000  # they stand in one document
BILL: Final = "late_charges.bill"  # the job that bills them

Explanation = Annotated[str, Meta(examples=["欠费51.18元×0.05%×31天=0.79元"])]
BillTitle = Annotated[str, Meta(examples=["2026年11月物业费"])]
Clause = Annotated[str, Meta(examples=["物业服务合同第18条(第7页)"])]


class LateLine(Struct, frozen=True, kw_only=True):
    """Late charge of one bill for some days, as it was counted.

    `bill`: the one that was paid late, or is not. `liable_on`: whose owners owe both.
    `rule`: by which it is counted; `clause`: what that rests on.
    """

    bill: str
    home: str
    title: str
    kind: HomeFee
    liable_on: Day
    rule: str
    clause: str
    payee: str
    account: str
    payee_name: str
    first: Day
    last: Day
    days: int
    fen: int
    explanation: str


class ChargedLine(Struct, frozen=True, kw_only=True):
    """What of a line says which bill it was charged on, by which rule, in which batch."""

    batch: str
    state: LateFeesState
    bill: str
    first: Day
    rule: str


class LateFees(Struct, kw_only=True):
    """Late charges of one payee at a place, up to a day: as they were looked at.

    At most one of a payee and compound waits or is being billed, so that no day of a bill is
    charged twice. `done`: how many of the lines the worker has looked at; `dropped`: of how
    many it billed none, because what was owed had changed.
    """

    id: str = field(name="_id")
    compound: str
    place: str
    account: str
    payee_name: str
    to_day: Day
    lines: list[LateLine] = []  # by home; empty where they are not read
    bills: int
    amount_fen: int
    left_out: list[str] = []
    left_out_because: str = ""
    state: LateFeesState = LateFeesState.PROPOSED
    done: int = 0
    dropped: int = 0
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""


class NewLateFees(Struct, forbid_unknown_fields=True, kw_only=True):
    """Late charges to bill, once another person approves.

    `payee_id`: Payee whose bills were not paid in time.
    `to_day`: Last day that is counted, yesterday at the latest.
    `left_out`: Homes that are charged nothing.
    `left_out_because`: Why; needed when homes are left out.
    """

    payee_id: PayeeId
    to_day: Day
    left_out: Annotated[list[PlacePath], Meta(max_length=MOST_LINES)] = []
    left_out_because: Reason | None = None


class DecideLateFees(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about late charges.

    `approve`: Whether they are billed; otherwise they are refused, or taken back by who
    proposed them.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class LateFeesQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which late charges to list, the latest first.

    `state`: How far they are; all without it.
    """

    state: LateFeesState | None = None


class LateLinesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which lines to list, by home.

    `under`: Building, unit or home; the whole place without it.
    """

    under: PlacePath | None = None


class LateFeesView(Struct, kw_only=True):
    """Late charges of one payee at a place, up to a day.

    `late_fees_id`: Opaque id of them.
    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who receives the money.
    `to_day`: Last day that is counted.
    `bills`: Number of bills that they are charged on.
    `amount_fen`: Sum of them, in fen.
    `left_out`: Number of homes that are charged nothing.
    `left_out_because`: Why; empty when none is left out.
    `dropped`: Of how many bills none was charged in the end, because what was owed of them had
        changed since.
    `state`: How far they are.
    `proposed_at`: When they were proposed.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    """

    late_fees_id: str
    place: str
    address: str
    account: str
    payee_name: str
    to_day: Annotated[Day, Meta(examples=["2026-11-30"])]
    bills: int
    amount_fen: int
    left_out: int
    left_out_because: Annotated[str, Meta(examples=[""])]
    dropped: int
    state: LateFeesState
    proposed_at: datetime
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]


class LateLineView(Struct, kw_only=True):
    """Late charge of one bill for some days, which is no debt until it is billed.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `bill_id`: Id of the bill that was not paid in time.
    `title`: Title of that bill.
    `kind`: Fee of that bill.
    `payee_name`: Who receives the money.
    `first`: First day that is counted.
    `last`: Last day that is counted.
    `days`: Number of days that are counted.
    `amount_fen`: What it comes to, in fen.
    `explanation`: The whole computation on one line, in Chinese.
    `clause`: Clause of the contract that it rests on.
    """

    home: str
    address: str
    bill_id: Annotated[str, Meta(examples=["4t9k2mxa7q4t9k2mxa7q4t9k2m"])]
    title: BillTitle
    kind: HomeFee
    payee_name: str
    first: Annotated[Day, Meta(examples=["2026-10-02"])]
    last: Annotated[Day, Meta(examples=["2026-11-01"])]
    days: int
    amount_fen: int
    explanation: Explanation
    clause: Clause


class LateChargesSoFar(Struct, kw_only=True):
    """Late charges that nobody has billed: they are shown apart and are no debt.

    `counted_to`: Last day that is counted: yesterday.
    `amount_fen`: Sum of them, in fen.
    `items`: One for each bill that was not paid in time.
    """

    counted_to: Annotated[Day, Meta(examples=["2026-11-30"])]
    amount_fen: int
    items: list[LateLineView]
