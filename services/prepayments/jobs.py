"""Jobs of prepayments: people are told what was paid for them."""

from collections.abc import Mapping
from typing import Final

from services.bills import actions as bills
from services.bills.views import title_of
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Permanent
from services.kernel.documents import Document
from services.ledger import actions as ledger
from services.ledger.models import subjects
from services.places import actions as places
from services.prepayments import notify, store
from services.prepayments.draws import TELL


async def tell(deps: Dependencies, payload: Document) -> None:
    """Tell those whose money paid bills; of bills that were voided since nobody is told."""
    journal = await ledger.find(deps, payload["journal"])
    prepayment = await store.find(deps.db, journal.reference["prepayment"]) if journal else None
    if journal is None or prepayment is None:
        raise Permanent("no such draw")
    people = await notify.people_of(deps, prepayment, deps.today())
    addresses = await places.addresses(deps, [prepayment.home])

    async def save(tx: Transaction) -> None:
        found = [await bills.get(deps, each, tx=tx) for each in subjects(journal, "receivable")]
        paid = [
            (title_of(bill), bill)
            for bill in found
            if any(portion.journal == journal.id for portion in bill.paid)
        ]
        if paid:
            address = addresses.get(prepayment.home, prepayment.home)
            about = {"journal": journal.id, "address": address}
            await notify.notify_used(deps, tx, people, prepayment, paid, **about)

    await deps.in_transaction(save)


JOBS: Final[Mapping[str, jobs.Handler]] = {TELL: tell}
