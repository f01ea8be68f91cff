"""Fee reductions: what is kept, sent and seen of requests for them and decisions on them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fee_reductions.rules.models import Cause, Decider, ReductionOffer, Share
from services.fee_reductions.states import ReductionState
from services.fees.liability import BEGINNING
from services.fees.models import FeeKind
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id, Reason, Remark
from services.kernel.vault import Sealed, Vault
from services.reveals.models import Reason as RevealReason

MOST_PHOTOS: Final = 6
MOST_SHOWN: Final = 50  # of one home, the latest
# What is typed into a request; kept sealed in the field of that name and `_sealed`.
FIELDS: Final = {
    name: Sealed("fee_reductions", name) for name in ("document", "note", "decision", "ending")
}

DocumentNumber = Annotated[
    str, Meta(min_length=4, max_length=60, pattern=LINE, examples=["吉低保2026-00123"])
]
MaskedNumber = Annotated[str, Meta(examples=["****0123"])]
DecidedBecause = Annotated[str, Meta(examples=["材料一致"])]
EndedBecause = Annotated[str, Meta(examples=["6月1日入住"])]
ShownNote = Annotated[str, Meta(examples=["已停水停电"])]


class Reduction(Struct, kw_only=True):
    """Reduction of what a home pays, from a day to a day. Whatever was typed is sealed.

    `person`: the owner who asked; none when staff entered it (`filed_by`). `open_key`: one open
    request of a home for one cause. `kinds`, `share`, `decider`: of the rule when it was asked.
    `last_day`: the last day that is reduced: `to_day`, or before it when it was ended.
    `owners`: since when those whom it is for own the home (fees/liability.py).
    `erased`: its text is gone.
    """

    id: str = field(name="_id")
    home: str
    cause: Cause
    rule_id: str
    rule_version: int
    kinds: list[FeeKind]
    share: Share
    decider: Decider
    person: str | None
    filed_by: str
    open_key: str | None
    owners: str = BEGINNING
    state: ReductionState
    from_day: Day
    to_day: Day
    last_day: Day
    document_sealed: str | None = None
    note_sealed: str | None = None
    photo_ids: list[str] = []
    created_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_sealed: str | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    ending_sealed: str | None = None
    erased: bool = False

    def seal(self, vault: Vault, text: str, name: str) -> str:
        """Seal what was typed into a field: document, note, decision, ending."""
        return FIELDS[name].seal(vault, self.id, text)

    def unseal(self, vault: Vault, name: str) -> str:
        """Text that was typed into a field; "" for none."""
        sealed: str | None = getattr(self, f"{name}_sealed")
        return FIELDS[name].open(vault, self.id, sealed) if sealed else ""


class NewReduction(Struct, forbid_unknown_fields=True, kw_only=True):
    """Reduction to ask for.

    `cause`: Reason for which the home pays less, of those that its compound has a rule for.
    `from_day`: First day of the reduction.
    `to_day`: Last day of the reduction.
    `document`: Number of the certificate; needed for all causes but a vacant home.
    `photo_ids`: Ids of the photos of the proof (purpose `proof`).
    `note`: Anything else, for who decides.
    """

    cause: Cause
    from_day: Day
    to_day: Day
    document: DocumentNumber | None = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []
    note: Remark | None = None


class DecideReduction(Struct, forbid_unknown_fields=True, kw_only=True):
    """Decision on a request.

    `grant`: Whether the home shall pay less.
    `reason`: Why, for the owner to read.
    """

    grant: bool
    reason: Reason


class EndReduction(Struct, forbid_unknown_fields=True, kw_only=True):
    """End of a reduction before its last day.

    `last_day`: Last day that is reduced; the day before the first one for none.
    `reason`: Why, e.g. because the home is lived in again.
    """

    last_day: Day
    reason: Reason


class RevealDocument(Struct, forbid_unknown_fields=True):
    """Request to see a whole number of a certificate.

    `reason`: What it is needed for; kept in the audit.
    """

    reason: RevealReason


class RevealedDocument(Struct):
    """Whole number of a certificate.

    `document`: Number of the certificate; null for none.
    """

    document: DocumentNumber | None


class ReductionSort(Labelled):
    NEWEST = "newest", "最新在前"
    ENDING = "ending", "快到期的在前"
    HOME = "home", "按房屋"


class ReductionsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which reductions to list.

    `state`: How far they are; all of them without it.
    `cause`: Reason for which homes pay less; all of them without it.
    `last_from`: Earliest last day.
    `last_to`: Latest last day, e.g. for what runs out soon.
    `sort`: Order of the list.
    """

    state: ReductionState | None = None
    cause: Cause | None = None
    last_from: Day | None = None
    last_to: Day | None = None
    sort: ReductionSort = ReductionSort.NEWEST


class ReductionView(Struct, kw_only=True):
    """Reduction as its owner and those see it who may enter or decide it.

    `reduction_id`: Opaque id of the reduction.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `cause`: Reason for which the home pays less.
    `kinds`: Fees of which it pays less.
    `share`: Share that is not charged, in hundredths of a percent.
    `decider`: Who decides.
    `state`: How far it is.
    `by_staff`: Whether staff entered it for an owner.
    `from_day`: First day of the reduction.
    `to_day`: Last day that was asked for.
    `last_day`: Last day that is reduced: earlier where it was ended.
    `document_masked`: Last characters of the number of the certificate; null for none.
    `note`: Note for who decides; null for others.
    `photo_ids`: Ids of the photos of the proof; null for who does not decide.
    `created_at`: When it was asked for.
    `decided_at`: When it was decided; null before.
    `reason`: Why it was decided so; null before.
    `ended_at`: When it was ended early; null when it was not.
    `ended_because`: Why it was ended early; null when it was not.
    """

    reduction_id: str
    home: str
    address: str
    cause: Cause
    kinds: list[FeeKind]
    share: Share
    decider: Decider
    state: ReductionState
    by_staff: bool
    from_day: Day
    to_day: Day
    last_day: Day
    document_masked: MaskedNumber | None
    note: ShownNote | None
    photo_ids: list[str] | None
    created_at: datetime
    decided_at: datetime | None
    reason: DecidedBecause | None
    ended_at: datetime | None
    ended_because: EndedBecause | None


class HomeReductions(Struct, kw_only=True):
    """Reductions of a home of mine, and what may be asked for.

    `offers`: What I may ask for today, by reason and first day.
    `items`: What was asked for since the home is mine, the latest first; at most fifty.
    """

    offers: list[ReductionOffer]
    items: list[ReductionView]
