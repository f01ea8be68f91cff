"""Payees (收款单位): what is kept, sent and seen of who may charge fees at a place."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import AccountKey, BillKind, FeeKind, HomeFee, PayeeName
from services.firms.models import FirmId
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery

Kinds = Annotated[list[FeeKind], Meta(min_length=1, max_length=len(FeeKind))]

# What owners of homes owe beside the fees by the month.
CHARGES: Final = frozenset(kind.value for kind in HomeFee) - {kind.value for kind in FeeKind}


class Payee(Struct, kw_only=True):
    """Somebody who may charge some fees at a place and below it. Only its last day may change.

    One merchant account belongs to one payee: its name, firm and kinds are the same wherever
    it stands. `firm`: the property firm, whose contract with the compound must hold on the days
    that are charged; "" for the sanitation office, or a community that looks after itself.
    """

    id: str = field(name="_id")  # a digest of place, account and first day
    place: str
    name: str
    account: str  # merchant account key
    kinds: list[FeeKind]
    firm: str = ""
    from_day: Day
    to_day: Day | None = None  # inclusive
    written_by: str
    written_at: datetime
    numbers_receipts: bool = False  # its receipts have numbers without gaps, by year
    charged: bool = True  # some bill was issued for it; unknown, so True, where it is not said
    ended_by: str = ""
    ended_at: datetime | None = None

    @property
    def ever_stands(self) -> bool:
        """Tell whether it has a day to charge for, leaving contracts aside."""
        return self.to_day is None or self.from_day <= self.to_day

    @property
    def is_slip(self) -> bool:
        """Tell whether it was ended before its first day and no bill was issued for it."""
        return not (self.charged or self.ever_stands)

    def takes(self, kind: str) -> bool:
        """Tell whether it is paid what is billed: its own fees, and as a firm its repairs.

        Charges beside the runs are paid to who looks after the homes: a firm, or whoever takes
        the property fee. Who is paid for waste alone takes none (生态环境法典 art. 515).
        """
        if kind in self.kinds:
            return True
        if kind == BillKind.REPAIR_FEE:
            return bool(self.firm)
        return kind in CHARGES and (bool(self.firm) or FeeKind.PROPERTY_FEE in self.kinds)

    def stands_on(self, day: Day) -> bool:
        """Tell whether the payee may charge for this day, leaving contracts aside."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


class Obstacle(Labelled):
    """Reason for which a payee may not charge."""

    KIND = "kind", "这个收款单位不收这项费用"
    DAYS = "days", "这个收款单位在这一天不能收费"  # before its first day or after its last one
    CONTRACT = (
        "contract",
        "这一天物业企业和小区没有合同,不能收费",
    )  # its firm has no contract with the compound on that day
    ACCOUNT = (
        "account",
        "这个收款单位的收款账户还没有开通",
    )  # no such merchant account is configured


class NewPayee(Struct, forbid_unknown_fields=True, kw_only=True):
    """Payee to write down for a place.

    `name`: Who receives the money, as residents read it; a firm's name as in the directory.
    `account`: Key of the merchant account, as configured.
    `kinds`: Fees that it may charge.
    `firm_id`: Property firm that is paid; none for the sanitation office.
    `from_day`: First day for which it may charge.
    `to_day`: Last day for which it may charge; none without it.
    """

    name: PayeeName
    account: AccountKey
    kinds: Kinds
    firm_id: FirmId | None = None
    from_day: Day
    to_day: Day | None = None


class EndPayee(Struct, forbid_unknown_fields=True):
    """End of a payee at a place.

    `last_day`: Last day for which it may charge.
    """

    last_day: Day


class ReceiptNumbers(Struct, forbid_unknown_fields=True):
    """Numbers of a payee's receipts.

    `numbered`: Whether its receipts have numbers without gaps, from 1 in every year.
    """

    numbered: bool


class PayeeSort(Labelled):
    PLACE = "place", "按地点"  # what lies above first
    LATEST = "latest", "最近开始收费的在前"


class PayeesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which payees to list.

    `kind`: Fee that they may charge; any without it.
    `account`: Key of the merchant account; all without it.
    `on_day`: Day for which they may charge, contracts left aside; whenever they may without it.
    `sort`: Order of the list.
    """

    kind: FeeKind | None = None
    account: AccountKey | None = None
    on_day: Day | None = None
    sort: PayeeSort = PayeeSort.PLACE


class PayeeView(Struct, kw_only=True):
    """Payee of a place.

    `payee_id`: Id of the payee; fee rules name it.
    `place`: Path of the place where it may charge, with everything under it.
    `address`: Address of that place, as people say it.
    `name`: Who receives the money, as residents read it.
    `account`: Key of the merchant account.
    `account_name`: Whose account it is by the configuration; null when it is not configured.
    `kinds`: Fees that it may charge.
    `firm_id`: Property firm that is paid; null for none.
    `from_day`: First day for which it may charge.
    `to_day`: Last day for which it may charge; null for none.
    `numbers_receipts`: Whether its receipts have numbers without gaps, from 1 in every year.
    """

    payee_id: str
    place: str
    address: str
    name: str
    account: str
    account_name: str | None
    kinds: list[FeeKind]
    firm_id: str | None
    from_day: Day
    to_day: Day | None
    numbers_receipts: bool
