"""Property firms (物业服务企业) and their contracts: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.paths import PlacePath
from services.kernel.types import LINE, Reason
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


class FirmView(Struct, kw_only=True):
    """Property firm of the city's directory.

    `firm_id`: Opaque id of the firm.
    `name`: Name as on the business licence.
    `credit_code`: Unified social credit code, 18 characters.
    """

    firm_id: str
    name: str
    credit_code: str


class ContractView(Struct, kw_only=True):
    """Contract by which a firm serves a compound.

    `contract_id`: Opaque id of the contract.
    `firm_id`: Opaque id of the firm.
    `compound`: Path of the compound.
    `from_day`: First day of the contract.
    `to_day`: Last day of the contract, also when it was ended early.
    `agreed_to_day`: Last day as it was agreed at first.
    `ended_because`: Why it was ended early; empty when it was not.
    `contact`: Line of the firm's office in the compound; null for none.
    """

    contract_id: str
    firm_id: str
    compound: str
    from_day: Day
    to_day: Day
    agreed_to_day: Day
    ended_because: str
    contact: ContactLine | None
