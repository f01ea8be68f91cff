"""Notes that correct published bills: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.bill_notes.states import NoteState
from services.bills.models import NoteKind, NoteNumber, NoteReason
from services.kernel.labels import Labelled
from services.kernel.money import PaidFen
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Reason

# Number of the paper by which it is decided: a measurement, a court's ruling, minutes.
Evidence = Annotated[str, Meta(min_length=1, max_length=100, pattern=LINE)]
# Law or clause by which a debt may be given up.
Ground = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]


class Note(Struct, kw_only=True):
    """Note of one bill, from its proposal on. At most one of a bill waits at a time.

    `fen`: what is due more since; below 0 for less. `owed_fen`: what was owed of the bill
    when it was proposed. `title`, `account`, `payee_name`: of the bill, which never change.
    `ground`: of a write-off only.
    """

    id: str = field(name="_id")
    number: str
    bill: str
    home: str
    title: str
    account: str
    payee_name: str
    kind: NoteKind
    fen: int
    owed_fen: int
    reason: str
    evidence: str
    ground: str = ""
    state: NoteState = NoteState.PROPOSED
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""


class NewNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Correction of a published bill, made once somebody else approves.

    `kind`: Whether less is owed, more is owed, or what is owed is given up.
    `amount_fen`: How much, in fen.
    `reason`: Why, for who owes the bill to read.
    `evidence`: Number of the document by which it is decided.
    `ground`: Law or clause of the contract by which a debt is given up; of a write-off only.
    """

    kind: NoteKind
    amount_fen: PaidFen
    reason: Reason
    evidence: Evidence
    ground: Ground | None = None


class RightNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Correction that makes a bill what its days would be billed today.

    `reason`: Why, for who owes the bill to read.
    `evidence`: Number of the document by which it is decided.
    """

    reason: Reason
    evidence: Evidence


class NoteDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about a proposed correction.

    `approve`: Whether it is made; otherwise it is refused, or taken back by who proposed it.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class NoteSort(Labelled):
    NEWEST = "newest", "最新的在前"
    HOME = "home", "按房屋"


class NotesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which corrections of bills to list.

    `state`: How far they are; all without it.
    `kind`: What they are; all without it.
    `sort`: Order of the list.
    """

    state: NoteState | None = None
    kind: NoteKind | None = None
    sort: NoteSort = NoteSort.NEWEST


class NoteView(Struct, kw_only=True):
    """Correction of a published bill.

    `note_id`: Opaque id of the correction.
    `number`: Number that the bill and the statement show.
    `bill_id`: Id of the bill that is corrected.
    `title`: Title of the bill.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `payee_name`: Who receives the money.
    `kind`: What it is.
    `amount_fen`: By how much more is due since, in fen; below 0 for less.
    `owed_fen`: What was owed of the bill when it was proposed, in fen.
    `reason`: Why, as who owes the bill reads it.
    `evidence`: Number of the document by which it is decided.
    `ground`: Law or clause by which a debt is given up; empty for other corrections.
    `state`: How far it is.
    `proposed_by`: Id of who proposed it.
    `proposed_at`: When it was proposed.
    `decided_by`: Id of who decided; empty before.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    """

    note_id: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9k"])]
    number: NoteNumber
    bill_id: Annotated[str, Meta(examples=["4t9k2mxa7q4t9k2mxa7q4t9k2m"])]
    title: Annotated[str, Meta(examples=["2026年11月物业费"])]
    home: str
    address: str
    payee_name: str
    kind: NoteKind
    amount_fen: int
    owed_fen: int
    reason: NoteReason
    evidence: Annotated[str, Meta(examples=["测绘报告2026-17"])]
    ground: Annotated[str, Meta(examples=[""])]
    state: NoteState
    proposed_by: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9j"])]
    proposed_at: datetime
    decided_by: Annotated[str, Meta(examples=[""])]
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]
