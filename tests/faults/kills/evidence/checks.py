"""Checks of a run: what WeChat knows against what the product booked, when all is quiet."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.ledger.models import COUNTER_PAYMENT
from tests.faults.kills.evidence.books import Books
from tests.faults.kills.evidence.truth import Truth

PAID: Final = "paid"
DONE: Final = "done"


class Evidence(NamedTuple):
    """What was seen from outside, and what the product kept.

    `paid`: orders of which payers were told that they paid. `answered`: account and id of the
    notices that the product answered with 2xx. `slips`: slip of cash → what the counter was
    told that it booked; None where it heard nothing. `approved`: request of a refund by hand →
    what staff was told that goes back.
    """

    truth: Truth
    books: Books
    paid: Sequence[str]
    answered: Sequence[str]
    slips: Mapping[str, int | None]
    approved: Mapping[str, int]


Check = Callable[[Evidence], Iterator[str]]


def journals_of(books: Books) -> dict[str, list[dict[str, Any]]]:
    """Return order → the journals of money that came for it."""
    found = defaultdict[str, list[dict[str, Any]]](list)
    for journal in books.journals.values():
        if journal["kind"] in {"payment", "suspense"}:
            found[journal["reference"]["payment"]].append(journal)
    return found


def settled_fen(evidence: Evidence, payment_id: str) -> int:
    """Return what of an order's money is in bills, as the bills say."""
    journals, bills = evidence.books.journals, evidence.books.bills.values()
    portions = [part for bill in bills for part in bill["paid"] if part["journal"] in journals]
    own = [p for p in portions if _order(journals[p["journal"]]) == payment_id]
    return sum(portion["fen"] for portion in own)


def _order(journal: dict[str, Any]) -> str:
    return str(journal["reference"].get("payment", ""))


def payments_lost(evidence: Evidence) -> Iterator[str]:
    found, paid = journals_of(evidence.books), evidence.truth.paid()
    yield from (n for n in paid if n not in found)
    yield from (f"{n}: WeChat's own file lost it" for n in evidence.paid if n not in paid)


def payments_booked_twice(evidence: Evidence) -> Iterator[str]:
    for number, journals in journals_of(evidence.books).items():
        if len(journals) > 1:
            yield f"{number}: {len(journals)} journals"


def payments_booked_wrongly(evidence: Evidence) -> Iterator[str]:
    """Money that nobody paid, another sum, or an order that says something else."""
    paid = evidence.truth.paid()
    for number, journals in journals_of(evidence.books).items():
        booked = sum(p["amount_fen"] for p in journals[0]["postings"] if _is_cash(p))
        if number not in paid:
            yield f"{number}: booked, and nobody paid"
        elif booked != paid[number]["total_fen"]:
            yield f"{number}: booked {booked}, paid {paid[number]['total_fen']}"
    for number in paid:
        state = evidence.books.payments[number]["state"]
        if state != PAID:
            yield f"{number}: paid at WeChat, {state} here"


def _is_cash(posting: dict[str, Any]) -> bool:
    return str(posting["account"]).startswith("wechat:")


def excess_not_back_once(evidence: Evidence) -> Iterator[str]:
    back, by_hand = evidence.truth.back(), evidence.truth.back(by_hand=True)
    for number, order in evidence.truth.paid().items():
        excess = order["total_fen"] - settled_fen(evidence, number) - sum(by_hand[number])
        if back[number] != ([excess] if excess else []):
            yield f"{number}: excess {excess}, went back {back[number]}"


def by_hand_not_once(evidence: Evidence) -> Iterator[str]:
    """What staff was told that goes back went back once, and nothing that nobody approved."""
    there, wanted = evidence.truth.back(by_hand=True), defaultdict[str, list[int]](list)
    for number, request in evidence.books.requests.items():
        if request["state"] == DONE:
            wanted[request["payment"]].append(request["amount_fen"])
        elif request["state"] == "approved" or number in evidence.approved:
            yield f"{number}: approved, and {request['state']}"
    for number, fen in evidence.approved.items():
        kept = evidence.books.requests.get(number)
        if kept is None or kept["amount_fen"] != fen:
            yield f"{number}: told {fen}, kept {kept and kept['amount_fen']}"
    for payment in there.keys() | wanted.keys():
        if sorted(there[payment]) != sorted(wanted[payment]):
            yield f"{payment}: asked back {wanted[payment]}, went back {there[payment]}"


def by_hand_reopened_wrongly(evidence: Evidence) -> Iterator[str]:
    """Bills are owed again by exactly what went back by hand, and the receipt says so."""
    found = {
        journal["reference"]["request"]: journal
        for journal in evidence.books.of_kind("refund").values()
        if "request" in journal["reference"]
    }
    for number, request in evidence.books.requests.items():
        wanted = {
            f"receivable:{line['bill_id']}": line["amount_fen"] for line in request["lines"]
        }
        journal = found.pop(number, {"postings": []})
        booked = {p["account"]: p["amount_fen"] for p in journal["postings"] if not _is_cash(p)}
        if booked != (wanted if request["state"] == DONE else {}):
            yield f"{number}: {request['state']}, wanted {wanted}, booked {booked}"
    yield from (f"{number}: booked, and nobody asked" for number in found)


def refunds_not_booked(evidence: Evidence) -> Iterator[str]:
    for number, refund in evidence.books.refunds.items():
        if refund["state"] != "done":
            yield f"{number}: {refund['state']}"
    booked = Counter(
        j["reference"]["refund"] for j in evidence.books.of_kind("refund").values()
    )
    for number in evidence.books.refunds.keys() | booked.keys():
        if booked[number] != 1:
            yield f"{number}: {booked[number]} journals"


def jobs_left(evidence: Evidence) -> Iterator[str]:
    """The outbox is empty, and no job is dead."""
    for name, job in evidence.books.jobs.items():
        if job["open"] or job["state"] != "done":
            yield f"{name}: {job['state']} {job['last_error'][:200]}"


def work_never_promised(evidence: Evidence) -> Iterator[str]:
    """What is written with a change must have its job, which is kept when it is done."""
    books = evidence.books
    wanted = {f"payments.check:{number}" for number in books.payments}
    wanted |= {f"payments.refund:{number}:0" for number in books.refunds}
    yield from sorted(wanted - books.jobs.keys())


def orders_stuck(evidence: Evidence) -> Iterator[str]:
    """No order is open; what is closed here can be paid no more at WeChat."""
    for number, payment in evidence.books.payments.items():
        order = evidence.truth.orders.get(number)
        if payment["open"] or payment["state"] not in {PAID, "closed"}:
            yield f"{number}: {payment['state']}"
        elif payment["state"] == "closed" and order and order["state"] != "CLOSED":
            yield f"{number}: closed here, {order['state']} at WeChat"


def ledger_unbalanced(evidence: Evidence) -> Iterator[str]:
    """Each journal is balanced and unchanged; cash is what lies at WeChat; nothing is owed."""
    yield from evidence.books.altered
    balances = evidence.books.balances()
    if sum(balances.values()):
        yield f"the sum of all accounts is {sum(balances.values())}"
    cash = sum(fen for account, fen in balances.items() if account.startswith("wechat:"))
    came = sum(order["total_fen"] for order in evidence.truth.paid().values())
    refunds = evidence.truth.refunds.values()
    left = sum(r["refund_fen"] for r in refunds if r["status"] == "SUCCESS")
    if cash != came - left:
        yield f"cash is {cash}, at WeChat lies {came - left}"
    for account, fen in balances.items():
        if fen and account.startswith(("overpaid:", "suspense:")):
            yield f"{account}: {fen}"


def bills_unlike_the_journal(evidence: Evidence) -> Iterator[str]:
    balances = evidence.books.balances()
    paid_by = defaultdict[str, Counter[str]](Counter)
    for paid, journal in movements(evidence.books):
        for posting in journal["postings"]:
            if posting["account"].startswith("receivable:"):
                paid_by[posting["account"].partition(":")[2]][paid] -= posting["amount_fen"]
    for number, bill in evidence.books.bills.items():
        owed = 0 if bill["state"] == "draft" else bill["owed_fen"]
        if balances[f"receivable:{number}"] != owed:
            yield f"{number}: {bill['state']}, owes {balances[f'receivable:{number}']}"
        by = {portion["journal"]: portion["fen"] for portion in bill["paid"]}
        own = {paid: fen for paid, fen in paid_by[number].items() if fen}
        if own != by:
            yield f"{number}: {bill['state']} by {by}, in the journal by {own}"


def movements(books: Books) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the journals by which bills are paid or owed again, with that of the payment."""
    of_order = {}
    for number, journal in books.journals.items():
        if journal["kind"] in {"payment", COUNTER_PAYMENT}:
            of_order[_order(journal)] = number
            yield number, journal
    for journal in books.of_kind("refund").values():
        yield of_order.get(_order(journal), ""), journal


def messages_wrong(evidence: Evidence) -> Iterator[str]:
    """Each message arrives once at most; each receipt has one in the inbox, which was pushed.

    Everybody allowed more of them than they get (site.py).
    """
    for (_, words), count in evidence.truth.messages.items():
        if count > 1:
            yield f"arrived {count} times: {words}"
    of_receipts = {
        name: message
        for name, message in evidence.books.messages.items()
        if message["template"] == "payment_received"
    }
    told = Counter(each["page"].partition("=")[2] for each in of_receipts.values())
    for name, message in of_receipts.items():
        if not message.get("attempted_at"):
            yield f"{name}: never pushed"
    in_wechat = evidence.books.receipts.keys() & evidence.books.payments.keys()
    for number in in_wechat | told.keys():
        if told[number] != 1 or number not in evidence.books.receipts:
            yield f"{number}: {told[number]} in the inbox"


def receipts_wrong(evidence: Evidence) -> Iterator[str]:
    """Whatever settled a bill has a receipt over that sum, and nothing else has one.

    What went back since by hand is reversed.
    """
    reversed_fen = Counter[str]()
    for receipt in evidence.books.receipts.values():
        reversed_fen[receipt.get("reverses", "")] += receipt["amount_fen"]
    for number in journals_of(evidence.books):
        settled = settled_fen(evidence, number)
        receipt = evidence.books.receipts.get(number)
        if (receipt["amount_fen"] - reversed_fen[number] if receipt else 0) != settled:
            yield f"{number}: settled {settled}"
    for journal in evidence.books.of_kind(COUNTER_PAYMENT).values():
        number = journal["reference"][COUNTER_PAYMENT]
        receipt, taken = evidence.books.receipts.get(number), _cash_of(journal)
        if (receipt["amount_fen"] if receipt else 0) != taken:
            yield f"{number}: took {taken} in cash"


def _cash_of(journal: dict[str, Any]) -> int:
    return int(sum(p["amount_fen"] for p in journal["postings"] if p["amount_fen"] > 0))


def cash_lost_or_twice(evidence: Evidence) -> Iterator[str]:
    """What the counter was told is booked, each slip once, and nothing that nobody paid."""
    booked = defaultdict[str, list[int]](list)
    for journal in evidence.books.of_kind(COUNTER_PAYMENT).values():
        booked[journal["reference"]["voucher"]].append(_cash_of(journal))
    for slip, fen in evidence.slips.items():
        if fen is not None and booked[slip] != [fen]:
            yield f"{slip}: told {fen}, booked {booked[slip]}"
    for slip, found in booked.items():
        if slip not in evidence.slips or len(found) > 1:
            yield f"{slip}: booked {found}"


def notices_answered_and_not_kept(evidence: Evidence) -> Iterator[str]:
    """Commit first, answer after: WeChat sends no notice again that was answered with 2xx."""
    kept = evidence.books.notices.keys()
    yield from (name for name in evidence.answered if name not in kept)


CHECKS: Final[dict[str, Check]] = {
    "payments lost": payments_lost,
    "payments booked twice": payments_booked_twice,
    "payments booked wrongly": payments_booked_wrongly,
    "excess not back exactly once": excess_not_back_once,
    "refunds by hand not back exactly once": by_hand_not_once,
    "bills not reopened by what went back": by_hand_reopened_wrongly,
    "refunds not done and booked once": refunds_not_booked,
    "jobs left or dead": jobs_left,
    "changes without their job": work_never_promised,
    "orders stuck": orders_stuck,
    "cash lost, or booked twice": cash_lost_or_twice,
    "ledger out of balance": ledger_unbalanced,
    "bills unlike the journal": bills_unlike_the_journal,
    "messages sent twice, or missing in the inbox": messages_wrong,
    "receipts wrong": receipts_wrong,
    "notices answered and not kept": notices_answered_and_not_kept,
}


def found(evidence: Evidence) -> dict[str, list[str]]:
    """Return what each check found, in the order of CHECKS."""
    return {title: list(check(evidence)) for title, check in CHECKS.items()}
