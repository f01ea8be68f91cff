"""Property firms (物业服务企业) and their contracts: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE, Id, Reason
from services.places.models import ContactLine

FirmId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the firm, as the directory shows it."),
]
FirmName = Annotated[str, Meta(min_length=2, max_length=60, pattern=LINE)]
CreditCode = Annotated[str, Meta(min_length=18, max_length=18, pattern=LINE)]


class Firm(Struct, kw_only=True):
    """A firm of the directory. What a business licence says is public."""

    id: str = field(name="_id")
    name: str
    credit_code: str
    added_by: str
    added_at: datetime


class Contract(Struct, kw_only=True):
    """A firm serves a compound from a day to a day, both inclusive.

    Ended early, `to_day` is the last day after all, and `agreed_to_day` what was signed.
    """

    id: str = field(name="_id")
    firm: str
    place: str
    from_day: Day
    to_day: Day
    agreed_to_day: Day
    signed_by: str
    signed_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_because: str = ""
    contact: ContactLine | None = None  # of the firm's office in this compound


class NewFirm(Struct, forbid_unknown_fields=True, kw_only=True):
    """Property firm to enter.

    `name`: Name as on the business licence.
    `credit_code`: Unified social credit code, 18 characters.
    """

    name: FirmName
    credit_code: CreditCode


class SignContract(Struct, forbid_unknown_fields=True, kw_only=True):
    """Contract to write down.

    `compound`: Path of the compound that is served.
    `from_day`: First day of the contract.
    `to_day`: Last day of the contract.
    """

    compound: PlacePath
    from_day: Day
    to_day: Day


class EndContract(Struct, forbid_unknown_fields=True, kw_only=True):
    """Early end of a contract.

    `reason`: Why, for the audit.
    `last_day`: Last day, from yesterday (the firm is out at once) to the day that was agreed.
    """

    reason: Reason
    last_day: Day


class FirmSort(Labelled):
    KNOWN = "known", "先登记的在前"
    NAME = "name", "按名称"


class FirmsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which firms of the directory to list.

    `name`: Part of the name; all without it.
    `credit_code`: Unified social credit code, 18 characters; all without it.
    `sort`: Order of the list.
    """

    name: FirmName | None = None
    credit_code: CreditCode | None = None
    sort: FirmSort = FirmSort.KNOWN


class ContractSort(Labelled):
    SIGNED = "signed", "先签订的在前"
    ENDING = "ending", "先到期的在前"
    COMPOUND = "compound", "按小区"


class ContractsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which contracts to list.

    `firm_id`: Id of the firm; those of all firms without it.
    `holds_on`: Day on which they hold; also others without it.
    `ends_from`: Earliest last day, also of those that were ended early.
    `ends_to`: Latest last day, also of those that were ended early.
    `sort`: Order of the list.
    """

    firm_id: Id | None = None
    holds_on: Day | None = None
    ends_from: Day | None = None
    ends_to: Day | None = None
    sort: ContractSort = ContractSort.SIGNED


class FirmView(Struct, kw_only=True):
    """Property firm of the city's directory.

    `firm_id`: Opaque id of the firm.
    `name`: Name as on the business licence.
    `credit_code`: Unified social credit code, 18 characters.
    `added_at`: When it was entered.
    """

    firm_id: str
    name: str
    credit_code: str
    added_at: datetime


class ContractView(Struct, kw_only=True):
    """Contract by which a firm serves a compound.

    `contract_id`: Opaque id of the contract.
    `firm_id`: Opaque id of the firm.
    `firm_name`: Name of the firm, as on its business licence.
    `compound`: Path of the compound.
    `compound_name`: Name of the compound, as people say it.
    `from_day`: First day of the contract.
    `to_day`: Last day of the contract, also when it was ended early.
    `agreed_to_day`: Last day as it was agreed at first.
    `ended_because`: Why it was ended early; empty when it was not.
    `contact`: Line of the firm's office in the compound; null for none.
    `signed_at`: When it was written down.
    """

    contract_id: str
    firm_id: str
    firm_name: str
    compound: str
    compound_name: str
    from_day: Day
    to_day: Day
    agreed_to_day: Day
    ended_because: str
    contact: ContactLine | None
    signed_at: datetime
