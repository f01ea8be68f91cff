"""Store of certificates of debts. It inserts and reads; it never updates."""

from datetime import datetime
from typing import Final

from mongo_indexes.debt_certificates import COLLECTION
from services.bills.certificates.models import Certificate, CertificatesQuery
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page

NEWEST: Final = Keyset(Key("issued_at", ascending=False, kind=datetime), Key(ascending=False))


async def insert(db: Database, tx: Transaction, certificate: Certificate) -> None:
    await db[COLLECTION].insert_one(to_document(certificate), session=tx)


async def page(db: Database, home: str, query: CertificatesQuery) -> Page[Certificate]:
    """List those of a home, the latest first. Served by index `home_issued`."""
    return await NEWEST.page(db[COLLECTION], Certificate, {"home": home}, query)
