"""Journals of the double-entry ledger, in fen, and the names of its accounts.

A journal is one balanced transaction with all its postings inside.
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day

DEDUCTED: Final = "income:deposit:"

Account = Annotated[str, Meta(pattern=r"^[a-z]+(:[0-9A-Za-z_.|\-]+)+$(?!\n)")]


class Posting(Struct, frozen=True):
    account: Account
    amount_fen: int  # debit > 0, credit < 0


class Journal(Struct, kw_only=True):
    """Movement of money, booked once. Never changed; a correction is another journal.

    `id` is the business reference (`pay:…`, `refund:…`, `issue:…`, `note:…`,
    `void:…`): posting the same
    thing twice is a duplicate key. `reference` names the documents it came from.
    `fingerprint` covers the rest, so that `verify` sees any later change.
    """

    id: str = field(name="_id")
    kind: str
    place: str  # the compound, or the payee's account key where no compound is known
    at: datetime
    postings: list[Posting]
    reference: dict[str, str] = {}
    fingerprint: str = ""


class Unbalanced(ValueError):
    """A bug of ours: the postings of a journal must sum to zero, and none may be zero."""


def check_balance(journal: Journal) -> None:
    """Raise Unbalanced unless the postings sum to zero and none is zero."""
    amounts = [posting.amount_fen for posting in journal.postings]
    if sum(amounts) != 0 or not all(amounts) or not amounts:
        raise Unbalanced(f"{journal.id}: posts {amounts}")


class AccountClass(Struct, kw_only=True):
    """All accounts of one class over a span.

    `name`: Class of the accounts, e.g. `receivable`, `income`, `wechat`.
    `debit_fen`: Sum of the debits, in fen.
    `credit_fen`: Sum of the credits, in fen.
    """

    name: str
    debit_fen: int
    credit_fen: int


class TrialBalance(Struct, kw_only=True):
    """Debits and credits of a span.

    `from_day`: First day of the span.
    `to_day`: Last day of the span.
    `classes`: Sums by class of accounts.
    `debit_fen`: Sum of all debits, in fen.
    `credit_fen`: Sum of all credits, in fen.
    `balanced`: Whether debits and credits are equal and nothing has a problem.
    `problems`: Journals that do not add up, were changed, or are not as they were sealed.
    """

    from_day: Day
    to_day: Day
    classes: list[AccountClass]
    debit_fen: int
    credit_fen: int
    balanced: bool
    problems: list[str]


COUNTER_PAYMENT: Final = "counter_payment"
COUNTER_REFUND: Final = "counter_refund"
DRAWN: Final = "drawn"  # prepaid money paid bills
PUT_BACK: Final = "put_back"  # what it paid of a bill is prepaid money again
TAKEN_OUT: Final = "taken_out"  # prepaid money is to be given back
TAKEN_BACK: Final = "taken_back"  # and is not, so that it is prepaid money again
PREPAYMENT_RETURN: Final = "prepayment_return"  # it was handed out
# Kinds of journals by which bills are paid, and by which that goes back to who paid.
PAYMENTS: Final = frozenset({"payment", COUNTER_PAYMENT, DRAWN})
REFUNDS: Final = frozenset({"refund", COUNTER_REFUND})
# Kinds of journals by which what a bill was paid leaves it again.
RETURNS: Final = REFUNDS | {PUT_BACK}


def payment_journal(mchid: str, transaction_id: str) -> str:
    """Name the journal of money that arrived: one per transaction of WeChat's."""
    return f"pay:{mchid}:{transaction_id}"


def refund_journal(mchid: str, refund_id: str) -> str:
    """Name the journal of money that went back: one per refund of WeChat's."""
    return f"refund:{mchid}:{refund_id}"


def receivable(bill_id: str) -> str:
    """Account of what a home owes on one bill."""
    return f"receivable:{bill_id}"


def income(kind: str, compound: str) -> str:
    """Account of what a compound was billed for one kind of fee."""
    return f"income:{kind}:{compound}"


def write_off(kind: str, compound: str) -> str:
    """Account of what a compound was billed for one kind of fee, and then was given up."""
    return f"writeoff:{kind}:{compound}"


def wechat_cash(account_key: str) -> str:
    """Account of what lies in one WeChat Pay merchant account."""
    return f"wechat:{account_key}"


def cash_in_hand(account_key: str, person: str) -> str:
    """Account of the cash that somebody took for a payee and has not handed over yet."""
    return f"cash:{account_key}:{person}"


def safe(account_key: str) -> str:
    """Account of the cash that was handed over to a payee."""
    return f"safe:{account_key}"


def cash_difference(account_key: str, person: str) -> str:
    """Account of what somebody handed over too little (debit) or too much of a payee's cash."""
    return f"cashdiff:{account_key}:{person}"


def bank(account_key: str) -> str:
    """Account of what was transferred to a payee's bank account."""
    return f"bank:{account_key}"


def card_machine(account_key: str) -> str:
    """Account of what a payee's card machine took."""
    return f"pos:{account_key}"


def overpaid(payment_id: str) -> str:
    """Account of what a payer gave beyond what was owed, to be refunded."""
    return f"overpaid:{payment_id}"


def prepaid(prepayment_id: str) -> str:
    """Account of what was paid for bills to come and has paid none yet: a liability."""
    return f"prepaid:{prepayment_id}"


def deposited(deposit_id: str) -> str:
    """Account of a deposit that is kept and owed to who paid it: a liability."""
    return f"deposit:{deposit_id}"


def deducted(merchant: str) -> str:
    """Account of what a payee keeps of deposits: income that no bill is for."""
    return f"{DEDUCTED}{merchant}"


def payable(account_key: str, return_id: str) -> str:
    """Account of prepaid money that a payee owes until it is handed out: other payables."""
    return f"payable:{account_key}:{return_id}"


def suspense(transaction_id: str) -> str:
    """Money that came and cannot be placed; a person decides."""
    return f"suspense:{transaction_id}"


def posted(journal: Journal, account: str) -> int:
    """Return what a journal posts to an account, in fen; debit positive."""
    return sum(each.amount_fen for each in journal.postings if each.account == account)


def payment_of(journal: Journal) -> str:
    """Return the payment that has a receipt, by WeChat or at the counter; "" for none."""
    return journal.reference.get("payment") or journal.reference.get(COUNTER_PAYMENT, "")


def subjects(journal: Journal, kind: str) -> list[str]:
    """Return what the accounts of one class, e.g. `receivable`, are of in a journal."""
    found = [each.account.partition(":") for each in journal.postings]
    return [subject for name, _, subject in found if name == kind]
