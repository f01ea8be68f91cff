"""A year of two compounds by hand, equal to statement, rates, ledger and export, to the fen."""

import re
from collections import Counter

import pytest

from services.instalments import jobs as instalments
from services.kernel.days import last_day, months_from
from tests.books_of_a_year import autumn, founding, paper, spring, summer, winter
from tests.books_of_a_year.year import PROPERTY, Year
from tests.build import books, cast, proofs
from tests.build.cast import COMMUNITY, COMPOUND, OTHER_COMPOUND
from tests.build.world import World
from tests.build.year_books import Sheet, book, fen

pytestmark = pytest.mark.slow
LIVED = (
    spring.january,
    spring.february,
    spring.march,
    summer.april,
    summer.may,
    summer.june,
    summer.july,
    autumn.august,
    autumn.september,
    autumn.october,
    winter.what_is_agreed,
    winter.november,
    winter.the_sixteenth,
    winter.december,
)
MONTHS = months_from("2026-01", 12)
PERSON = re.compile(r":[0-9a-z]{26}$")


async def test_a_year_is_to_the_fen_what_was_worked_out_by_hand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, phone in founding.OTHERS.items():
        monkeypatch.setitem(cast.PHONES, name, phone)
    await founding.found(world)
    year = Year(world, monkeypatch)
    for month in LIVED:
        await month(year)
    await year.on("2027-01-03")
    await _statements(year)
    await _debts(year)
    await _explanations(year)
    await _rates(year)
    await _ledger(year)
    await _receipts(year)
    await _instalments(year)
    await _not_fetched(year)
    await _export(year)
    await books.check(world)
    await proofs.sealed(world)
    assert await proofs.problems(world) == []


async def _statements(year: Year) -> None:
    for home, wanted in paper.STATEMENTS.items():
        assert await year.statement("staff", home) == wanted, home
    assert await year.statement("li", cast.LI_HOME) == paper.STATEMENTS[cast.LI_HOME]


async def _debts(year: Year) -> None:
    """Each household owes its own part of a home that was sold."""
    for home, wanted in paper.DEBTS.items():
        seen = (await year.look("staff", f"homes/{home}/debts"))["items"]
        parts = {(each["owners_until"], each["since"], each["amount_fen"]) for each in seen}
        assert parts == set(wanted), home


async def _explanations(year: Year) -> None:
    """A bill says on one line what it was made of, as it was worked out by hand."""
    query = {"kind": PROPERTY, "state": {"$in": ["owing", "paid"]}}
    rows = await year.world.db.bills.find(query).to_list()
    said = {(row["home"], row["period"], row["explanation"]) for row in rows}
    for (home, month), wanted in paper.EXPLANATIONS.items():
        assert (home, month, wanted) in said, (home, month)


async def _rates(year: Year) -> None:
    """What is paid of some months, in parts and the whole; the parts come to the whole."""
    for (month, place), wanted in paper.RATES.items():
        assert await _rate(year, f"{COMMUNITY}.{place}", month) == wanted, (month, place)
    for month in MONTHS:
        whole = await _rate(year, COMMUNITY, month)
        parts = [await _rate(year, each, month) for each in (COMPOUND, OTHER_COMPOUND)]
        assert tuple(map(sum, zip(*parts, strict=True))) == whole, month


async def _rate(year: Year, place: str, month: str) -> tuple[int, ...]:
    path = f"places/{place}/rates?period={month}&kind=property_fee"
    rates = (await year.look("staff", path))["rates"]
    return tuple(
        rates[rate][side]
        for rate in ("household_rate", "amount_rate")
        for side in ("numerator", "denominator")
    )


async def _ledger(year: Year) -> None:
    """The trial balances of the months come to the year's paper, and each is balanced."""
    found: Counter[str] = Counter(dict.fromkeys(paper.LEDGER, 0))
    for month in MONTHS:
        span = f"from_day={month}-01&to_day={last_day(month)}"
        balance = await year.look("admin", f"ledger/trial-balance?{span}")
        assert balance["balanced"], balance
        for each in balance["classes"]:
            found[each["name"]] += each["debit_fen"] - each["credit_fen"]
    assert found == paper.LEDGER
    assert sum(paper.LEDGER.values()) == 0


async def _receipts(year: Year) -> None:
    rows = await year.world.db.receipts.find({"reverses": {"$gt": ""}}).to_list()
    assert sorted(row["amount_fen"] for row in rows) == sorted(paper.REVERSED)


async def _instalments(year: Year) -> None:
    """What was paid in parts is paid off, or broken, as the worker finds in the morning."""
    await instalments.check(year.world.deps, {})
    found = (await year.look("staff", f"places/{COMPOUND}/instalments"))["items"]
    ended = {each["amount_fen"]: each["state"] for each in found}
    assert ended == paper.INSTALMENTS


async def _not_fetched(year: Year) -> None:
    """What was approved and nobody fetched is listed, until somebody does."""
    lists = (
        (f"places/{OTHER_COMPOUND}/prepayment-returns", "amount_fen"),
        (f"places/{COMPOUND}/deposits", "back_fen"),
    )
    found = []
    for path, sum_of in lists:
        rows = (await year.look("staff", f"{path}?state=approved"))["items"]
        found.append([row[sum_of] for row in rows])
    assert tuple(found) == paper.NOT_FETCHED


async def _export(year: Year) -> None:
    staff = await year.estate.member("staff")
    for place, fees in paper.SUMS.items():
        sheets = await book(year.world, staff, place, year=2026)
        for fee, months in fees.items():
            rows = {row[1]: row for row in sheets["收费汇总"][1:] if row[0] == fee}
            for month, numbers in months.items():
                assert tuple(map(fen, rows[month][3:])) == numbers, (place, fee, month)
        assert _balances(sheets["科目余额表"]) == paper.BALANCES[place]
        # each refund and payout stands there; cash that was handed over is neither
        back = Counter((row[1], fen(row[7])) for row in sheets["退款"][1:])
        assert back == Counter(paper.GIVEN_BACK[place]), place


def _balances(sheet: Sheet) -> dict[str, tuple[int, ...]]:
    """Return account → debits, credits, balance at the end; what persons hold is one sum."""
    found: dict[str, tuple[int, ...]] = {}
    for row in sheet[1:-1]:
        name, (start, *numbers) = PERSON.sub("", row[0]), map(fen, row[1:])
        assert start == 0, row
        before = found.get(name, (0, 0, 0))
        found[name] = tuple(map(sum, zip(before, numbers, strict=True)))
    return found
