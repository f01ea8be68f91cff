"""Certificates of debts: what is kept, sent and seen of them."""

from datetime import datetime

from msgspec import Struct, field

from services.fees.models import HomeFee
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery


class CertificatePurpose(Labelled):
    SALE = "sale", "房屋买卖"
    LOAN = "loan", "贷款"
    OTHER = "other", "其他"


class CertifiedFee(Struct, frozen=True, kw_only=True):
    """One fee of a certificate.

    `kind`: Fee that was looked at.
    `owes`: Whether anything of it was owed.
    `bills`: Number of owed bills.
    `amount_fen`: Sum of owed bills, in fen; 0 for nothing.
    """

    kind: HomeFee
    owes: bool
    bills: int
    amount_fen: int


class Certificate(Struct, kw_only=True):
    """What was owed of a home at one moment. Never changed: another moment is another one.

    `payees`: merchant accounts of the firm that said it; none for all payees.
    """

    id: str = field(name="_id")
    home: str
    lines: list[CertifiedFee]
    amount_fen: int
    payees: list[str]
    purpose: CertificatePurpose
    issued_by: str
    issued_at: datetime


class Certify(Struct, forbid_unknown_fields=True, kw_only=True):
    """Certificate to issue.

    `purpose`: What it is for.
    """

    purpose: CertificatePurpose


class CertificateSort(Labelled):
    NEWEST = "newest", "最新的在前"


class CertificatesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which certificates of a home to list.

    `sort`: Order of the list.
    """

    sort: CertificateSort = CertificateSort.NEWEST


class CertificateView(Struct, kw_only=True):
    """Certificate of what was owed of a home.

    `certificate_id`: Opaque id of the certificate.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `lines`: Fees that were looked at.
    `amount_fen`: Sum of all that was owed, in fen.
    `purpose`: What it was for.
    `issued_at`: The moment that it tells of.
    """

    certificate_id: str
    home: str
    address: str
    lines: list[CertifiedFee]
    amount_fen: Fen
    purpose: CertificatePurpose
    issued_at: datetime
