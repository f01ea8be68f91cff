"""Books: what the product kept, read from its database as it is."""

from collections import defaultdict
from typing import Any, NamedTuple

from services.dependencies import Dependencies
from services.ledger import actions as ledger

Rows = dict[str, dict[str, Any]]


class Books(NamedTuple):
    """Documents of the product by id. `altered`: journals that do not fit their fingerprint."""

    payments: Rows
    bills: Rows
    journals: Rows
    refunds: Rows
    receipts: Rows
    jobs: Rows
    notices: Rows
    messages: Rows
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


async def read(deps: Dependencies) -> Books:
    names = (
        "payments",
        "bills",
        "journal",
        "refunds",
        "receipts",
        "outbox",
        "wechat_events",
        "messages",
    )
    found = [{row["_id"]: row for row in await deps.db[n].find().to_list()} for n in names]
    times = [journal["at"] for journal in found[2].values()]
    spans = (min(times), deps.now()) if times else (deps.now(), deps.now())
    altered = [line async for line in ledger.problems(deps, *spans)]
    return Books(*found, altered=altered)
