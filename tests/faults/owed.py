"""The bugs of who owes what of a home that must be noticed.

As in the table beside it: a guard that no other entry stands for, and the one test of it.
"""

from typing import Final

from tests.faults.fault import Fault

DEBTS: Final = "tests/handlers/test_debts.py"
HISTORY: Final = "tests/handlers/test_bill_history.py"
DRAFTS: Final = "tests/services/test_fees_drafts.py"

OWED: Final = (
    Fault(
        "somebody sees what a home paid before they came",
        "services.bills.store",
        '"paid_at": {"$gte": claims.since[each["home"]]}',
        '"paid_at": {"$ne": claims.since[each["home"]]}',
        f"{HISTORY}::test_co_owners_share_what_was_settled_since_each_came",
    ),
    Fault(
        "a buyer sees and pays what the seller owes",
        "services.residencies.tenures",
        "            found.append(Tenure(first=row.from_day, last=row.to_day))\n",
        "            found.append(Tenure(first=BEGINNING, last=row.to_day))\n",
        f"{DEBTS}::test_who_sold_a_home_owes_and_pays_what_was_charged_till_then",
    ),
    Fault(
        "who sold a home pays what is charged later",
        "services.residencies.models",
        '            return Window(self.owes_since, self.to_day or "")\n',
        "            return Window(self.owes_since)\n",
        f"{DEBTS}::test_what_is_charged_after_a_sale_is_the_buyers",
    ),
    Fault(
        "heads ask a buyer for what the seller owes",
        "services.bills.models",
        '"owners_until": {"$not": {"$lt": today}}',
        '"owners_until": {"$ne": today}',
        f"{DEBTS}::test_heads_ask_nobody_for_what_others_owe",
    ),
    Fault(
        "a bill of several months is owed by two households",
        "services.bills.runs.drafts",
        "    return part.goes_on(before) and whole.owners == month.owners\n",
        "    return part.goes_on(before)\n",
        f"{DRAFTS}::test_no_bill_of_several_months_is_owed_by_two_households",
    ),
)
