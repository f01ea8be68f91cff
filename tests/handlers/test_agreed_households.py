"""Answers to agreed services bind the household that gave them, whenever a sale is entered.

Today is 2 March 2026; homes answer until 20 March. Li's home was sold on the 5th, and that is
entered on the 15th: Li answered in between.
"""

from datetime import datetime

import pytest

from services.agreed_services.models import Answer
from services.agreed_services.votes import validity
from services.kernel.days import BEIJING, Day
from services.residencies import tenures
from services.residencies.models import Relation, Residency
from tests.build.agreed_services import answer, opened, paper, state
from tests.build.cast import LI_HOME, WANG_HOME, Estate
from tests.build.homes import get, newcomer
from tests.handlers.test_agreed_services import APRIL, later
from tests.handlers.test_debts import BUYER, sell

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]
SOLD = "2026-03-05"


async def sold_late(estate: Estate, service_id: str, *, on_paper: bool = False) -> None:
    """Let Li, or a head by Li's paper, agree on the 10th, and enter the sale on the 15th."""
    await estate.advance(days=8)
    given = paper(estate, "head", LI_HOME, service_id) if on_paper else None
    reply = await (given or answer(estate, "li", LI_HOME, service_id))
    assert reply.status == 200, reply.body
    await estate.advance(days=5)
    await sell(estate, SOLD)
    estate.members["buyer"] = await newcomer(estate, "buyer", BUYER)


async def billed(estate: Estate) -> list[str]:
    bills = await estate.world.db.bills.find({"kind": "service_fee"}).to_list()
    return [bill["home"] for bill in bills]


@pytest.mark.parametrize("on_paper", [False, True])
async def test_what_a_seller_answered_after_the_sale_binds_no_buyer(
    estate: Estate, *, on_paper: bool
) -> None:
    service_id = await opened(estate, part="agreeing")
    await sold_late(estate, service_id, on_paper=on_paper)
    await answer(estate, "wang", WANG_HOME, service_id)
    shown = await get(estate, "buyer", f"homes/{LI_HOME}/agreed-services")
    assert [each["agree"] for each in shown.body["items"]] == [None]
    listed = (await get(estate, "staff", f"agreed-services/{service_id}/homes")).body["items"]
    assert {row["home"]: (row["agree"], row["by_owners"]) for row in listed} == {
        LI_HOME: (True, False),
        WANG_HOME: (True, True),
    }
    await later(estate, APRIL - 13)
    counted = await state(estate, service_id)
    assert (counted["state"], counted["agreed"]) == ("agreed", 1)
    assert await billed(estate) == [WANG_HOME]


async def test_the_vote_of_who_had_sold_the_home_is_not_counted(estate: Estate) -> None:
    service_id = await opened(estate, needed_percent=100)
    await answer(estate, "wang", WANG_HOME, service_id)
    await sold_late(estate, service_id)
    assert (await state(estate, service_id))["agreed"] == 2
    await later(estate, APRIL - 13)
    counted = await state(estate, service_id)
    assert (counted["state"], counted["agreed"], counted["declined"]) == ("refused", 1, 0)


async def test_a_buyer_answers_anew_and_is_bound_by_that(estate: Estate) -> None:
    service_id = await opened(estate, part="agreeing", needed_percent=100)
    await answer(estate, "wang", WANG_HOME, service_id)
    await sold_late(estate, service_id)
    written = await paper(estate, "head", LI_HOME, service_id, agree=False)
    assert (written.status, written.body["agree"]) == (200, False), written.body
    own = await answer(estate, "buyer", LI_HOME, service_id)
    assert (own.status, own.body["service"]["agreed"]) == (200, 2), own.body
    late = await paper(estate, "head", LI_HOME, service_id, agree=False)
    assert (late.status, late.code) == (409, "answered_by_owner")
    await later(estate, APRIL - 13)
    assert sorted(await billed(estate)) == sorted([LI_HOME, WANG_HOME])


def row(name: str, from_day: Day, to_day: Day | None, *, person: str = "") -> Residency:
    return Residency(
        id=name,
        home="home",
        relation=Relation.CO_OWNER,
        name_sealed="",
        person=person or name,
        from_day=from_day,
        to_day=to_day,
        source="test",
    )


def given(day: Day, *owners: str, person: str = "") -> Answer:
    at = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BEIJING)
    said = {"service": "s", "home": "home", "area": 1, "agree": True}
    return Answer(id="a", person=person, owners=[*owners], at=at, **said)  # type: ignore[arg-type]  # mixed values


SALE = [row("seller", "2026-01-01", "2026-03-04"), row("buyer", "2026-03-05", None)]
AGAIN = [
    *(row("seller", "2026-01-01", "2026-03-04"), row("buyer", "2026-03-05", "2026-05-31")),
    row("again", "2026-06-01", None, person="seller"),
]
LEFT = [row("seller", "2026-01-01", "2026-03-04")]
MAY, JUNE = "2026-05-01", "2026-06-01"


@pytest.mark.parametrize(
    ("rows", "answered", "day", "holds"),
    [
        (SALE, given("2026-03-10", "seller", person="seller"), MAY, False),
        (SALE, given("2026-03-10", "buyer", person="buyer"), MAY, True),
        (SALE, given("2026-03-01", "buyer", person="buyer"), MAY, True),  # before their day
        (SALE, given("2026-03-10", "seller", person="seller"), "2026-03-04", True),
        (SALE, given("2026-03-10", "seller"), MAY, False),  # on paper
        (SALE, given("2026-03-10"), MAY, True),  # on paper, of nobody known: the day says whose
        (SALE, given("2026-03-01"), MAY, False),
        (SALE, given("2026-03-10", person="seller"), MAY, False),  # of before rows were named
        (SALE, given("2026-03-10", person="erased"), MAY, True),
        (SALE, given("2026-03-10", "gone", person="erased"), MAY, False),
        (AGAIN, given("2026-03-10", "seller", person="seller"), JUNE, False),
        (AGAIN, given("2026-06-02", "again", person="seller"), JUNE, True),
        (LEFT, given("2026-03-01", "seller"), MAY, False),  # who owns it now is not known
        ([], given("2026-03-01"), MAY, True),
    ],
)
def test_whose_answer_it_is(
    rows: list[Residency], answered: Answer, day: Day, *, holds: bool
) -> None:
    assert validity.is_of(answered, day, tenures.households(rows)) is holds


def test_a_co_owner_binds_the_own_household() -> None:
    joint = [row("one", "2026-01-01", None), row("two", "2026-02-01", None)]
    said = given("2026-02-10", "two", person="two")
    assert validity.is_of(said, MAY, tenures.households(joint))
