"""Books: what the product kept, read from its database as it is."""

from collections import defaultdict
from typing import Any, NamedTuple

from services.dependencies import Database
from services.ledger.proofs import journals

Rows = dict[str, dict[str, Any]]


class Books(NamedTuple):
    """Documents of the product by id. `altered`: what is wrong with a journal by itself."""

    payments: Rows
    bills: Rows
    journals: Rows
    refunds: Rows
    receipts: Rows
    jobs: Rows
    notices: Rows
    messages: Rows
    requests: Rows
    altered: list[str]

    def balances(self) -> dict[str, int]:
        """Return account → its balance: the sum of all its postings."""
        found = defaultdict[str, int](int)
        for journal in self.journals.values():
            for posting in journal["postings"]:
                found[posting["account"]] += posting["amount_fen"]
        return found

    def of_kind(self, kind: str) -> Rows:
        return {i: j for i, j in self.journals.items() if j["kind"] == kind}


async def read(db: Database) -> Books:
    names = (
        "payments",
        "bills",
        "journal",
        "refunds",
        "receipts",
        "outbox",
        "wechat_events",
        "messages",
        "refund_requests",
    )
    found = [{row["_id"]: row for row in await db[n].find().to_list()} for n in names]
    altered = [line for row in found[2].values() for line in journals.problems(row)]
    return Books(*found, altered=altered)
