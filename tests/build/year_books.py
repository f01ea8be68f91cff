"""Year-end books in tests: random journals of two compounds, and a book as it is read."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from python_calamine import CalamineWorkbook

from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Transaction
from services.fees.models import BillKind
from services.kernel.days import month_of, start_of
from services.kernel.documents import to_document
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, income, overpaid, receivable, wechat_cash
from services.places.actions import compound_of
from tests.build import exports as exports_build
from tests.build.cast import COMPOUND, LI_HOME, OTHER_COMPOUND, SUN_HOME, WANG_HOME, ZHAO_HOME
from tests.build.sign_ins import Member
from tests.build.world import World

HOMES: Final = (LI_HOME, WANG_HOME, SUN_HOME, ZHAO_HOME)
MONTHS: Final = ("2024-06", "2024-12", "2025-01", "2025-05", "2025-12", "2026-01")
MONEY: Final = (wechat_cash("firm"), "cash:firm", "prepaid:p1", "wechat:other")
Sheet = list[list[Any]]


def bills() -> list[Bill]:
    """Return a bill of every home, kind and month."""
    made = []
    for home in HOMES:
        for number, month in enumerate(MONTHS):
            for kind in BillKind:
                at = start_of(f"{month}-02")
                bill = Bill(
                    id=f"{home}-{kind.value}-{month}",
                    run_id="run",
                    rule_id="rule",
                    kind=kind,
                    home=home,
                    period=month,
                    months=1,
                    slots=[f"{kind.value}|{month}"],
                    amount_fen=5000 + 7 * number,
                    explanation="-",
                    account="firm",
                    payee_name="物业",
                    due_on=f"{month}-28",
                    state=BillState.OWING,
                    created_at=at,
                    issued_at=at,
                )
                made.append(bill)
    return made


class Ledger:
    """Journals by chance: bills in part, two compounds at once, in excess, back, and void."""

    def __init__(self) -> None:
        self.chance = Random(70)  # noqa: S311
        self.bills = bills()
        self.journals: list[Journal] = []
        self.owed: Counter[str] = Counter()
        for bill in self.bills:
            self._issue(bill)
        for number in range(60):
            self._pay(number)
        for bill in self.chance.sample(self.bills, 12):
            self._change(bill)

    def post(self, name: str, kind: str, place: str, at: datetime, *postings: Posting) -> None:
        kept = [posting for posting in postings if posting.amount_fen]
        reference = {"payment": name.removeprefix("pay:")}
        self.journals.append(
            Journal(id=name, kind=kind, place=place, at=at, postings=kept, reference=reference)
        )

    def _issue(self, bill: Bill) -> None:
        fen, place = bill.amount_fen, compound_of(bill.home)
        self.owed[bill.id] = fen
        sides = Posting(receivable(bill.id), fen), Posting(income(bill.kind, place), -fen)
        self.post(f"issue:{bill.id}", "issue", place, bill.created_at, *sides)

    def _pay(self, number: int) -> None:
        """Pay some bills, maybe in part, maybe of two accounts; and give back some excess."""
        own = self.chance.sample(self.bills, self.chance.randint(1, 4))
        paid = [(b, self.chance.randint(0, self.owed[b.id])) for b in own if self.owed[b.id]]
        excess = self.chance.choice((0, 0, 300))
        whole = excess + sum(fen for _, fen in paid)
        if not whole:
            return
        first = self.chance.randint(1, whole)
        one, other = self.chance.sample(MONEY, 2)
        at = max(b.created_at for b in own) + timedelta(days=self.chance.randint(0, 90))
        sides = [Posting(one, first), Posting(other, whole - first)]
        for bill, fen in paid:
            self.owed[bill.id] -= fen
            sides.append(Posting(receivable(bill.id), -fen))
        account = overpaid(f"P{number}")
        place = compound_of(own[0].home)
        self.post(f"pay:P{number}", "payment", place, at, *sides, Posting(account, -excess))
        if excess and self.chance.random() < 0.6:
            back = Posting(account, excess), Posting(one, -excess)
            self.post(f"refund:P{number}", "refund", "firm", at + timedelta(days=9), *back)

    def _change(self, bill: Bill) -> None:
        """Give back what was paid of a bill, or take back what is owed of it."""
        at = bill.created_at + timedelta(days=200)
        paid, place = bill.amount_fen - self.owed[bill.id], compound_of(bill.home)
        if paid:
            sides = Posting(receivable(bill.id), paid), Posting(MONEY[0], -paid)
            self.post(f"back:{bill.id}", "refund", "firm", at, *sides)
        else:
            fen = self.owed[bill.id]
            sides = Posting(income(bill.kind, place), fen), Posting(receivable(bill.id), -fen)
            self.post(f"void:{bill.id}", "void", place, at, *sides)


async def write(world: World, made: Ledger) -> None:
    """Keep the bills and the journals."""
    await world.db.bills.insert_many([to_document(bill) for bill in made.bills])

    async def post(tx: Transaction) -> None:
        await ledger.post_many(world.deps, tx, made.journals)

    await world.deps.in_transaction(post)


async def book(
    world: World, who: Member, place: str = COMPOUND, year: int = 2025
) -> dict[str, Sheet]:
    """Ask for the books of a year; return name → rows of each sheet."""
    path = f"/api/v1/places/{place}/year-books"
    done = await exports_build.exported(world, who, path, {"year": year})
    assert (done["state"], done["complete"]) == ("ready", True), done
    return read((await exports_build.fetched(world, done)).raw)


def read(file: bytes) -> dict[str, Sheet]:
    found = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def fen(value: Any) -> int:
    return round(value * 100)


def posted(
    journals: Iterable[dict[str, Any]], accounts: Sequence[str], until: str, since: str = "0000"
) -> int:
    """Add up what journals of some months post to accounts that begin so, in fen."""
    return sum(
        posting["amount_fen"]
        for journal in journals
        if since <= month_of(journal["at"]) < until
        for posting in journal["postings"]
        if any(posting["account"].startswith(each) for each in accounts)
    )


PLACES: Final = (COMPOUND, OTHER_COMPOUND)
