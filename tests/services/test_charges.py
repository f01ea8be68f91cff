"""Charges beside the runs: whose they are, who sees them, and what does not count them."""

from typing import Any

import pytest

from services.bills import charges
from services.bills.charges import Charge, WrongDebtor
from services.bills.models import Bill
from services.bills.views import title_of
from services.fees.models import BillKind, FeeKind
from services.fees.payees.models import Payee
from services.kernel.errors import DomainError
from tests.build.cast import COMPOUND, LI_HOME, UNIT, Estate, payee_of
from tests.build.fees import PAYEE
from tests.build.homes import get, newcomer
from tests.build.payments import paid
from tests.handlers.test_debts import BUYER, sell

pytestmark = pytest.mark.billed()


def charge(kind: BillKind = BillKind.SHARED_COST, **fields: Any) -> Charge:
    given = {"source": "cost", "from_day": "2026-02-01", "to_day": "2026-02-28", **fields}
    return Charge(
        kind=kind,
        home=LI_HOME,
        payee=payee_of(FeeKind.PROPERTY_FEE),
        account="firm",
        payee_name="安居物业",
        amount_fen=853,
        explanation="电梯电费",
        **given,
    )


async def issue(estate: Estate, *some: Charge) -> list[Bill]:
    deps = estate.world.deps
    return await deps.in_transaction(lambda tx: charges.issue_all(deps, tx, some))


@pytest.mark.billed("2026-01")
@pytest.mark.usefixtures("books_hold")
async def test_owners_see_it_heads_count_it_and_no_rate_does(estate: Estate) -> None:
    rates = f"places/{COMPOUND}/rates?period=2026-01"
    before = (await get(estate, "staff", rates)).body
    await issue(estate, charge(from_day="2026-01-01", to_day="2026-01-31"))
    [bill] = [each for each in await estate.bills("li") if each["kind"] == "shared_cost"]
    assert (bill["title"], bill["amount_fen"]) == ("2026年1月公摊费", 853)
    assert "shared_cost" not in [each["kind"] for each in await estate.bills("wang")]
    unpaid = f"places/{UNIT}/unpaid-homes?due=all&kind=shared_cost"
    [home] = (await get(estate, "head", unpaid)).body["items"]
    assert (home["place"], home["kinds"], home["amount_fen"]) == (LI_HOME, ["shared_cost"], 853)
    assert (await get(estate, "staff", rates)).body == before
    await paid(estate, await estate.member("li"), [bill["bill_id"]])
    assert (await get(estate, "head", unpaid)).body["items"] == []


async def test_a_sale_moves_none_of_it(estate: Estate) -> None:
    await estate.member("li")
    buyer = await newcomer(estate, "buyer", BUYER)
    await issue(estate, charge(to_day="2026-03-31"))
    await sell(estate, "2026-03-02")
    march = {"from_day": "2026-03-01", "to_day": "2026-03-31"}
    [later] = await issue(estate, charge(source="later", **march))
    assert later.owners_until == "2026-03-01"
    await issue(estate, charge(source="buyer's", liable_on="2026-03-02"))
    assert [each["title"] for each in await estate.bills("li")] == [
        "2026年3月公摊费",
        "2026年2月至3月公摊费",
    ]
    seen = (await get(estate, buyer, "me/bills")).body["items"]
    assert [each["title"] for each in seen] == ["2026年2月公摊费"]


async def test_the_same_source_is_charged_once(estate: Estate) -> None:
    await issue(estate, charge())
    with pytest.raises(Exception, match="E11000") as caught:
        await issue(estate, charge(from_day="2026-01-01"))
    assert not isinstance(caught.value, DomainError)
    assert await estate.world.db.bills.count_documents({}) == 1


@pytest.mark.parametrize(
    ("kind", "debtor"), [(BillKind.METERED_FEE, "li"), (BillKind.REPAIR_FEE, "")]
)
async def test_a_repair_names_its_debtor_and_nothing_else_does(
    estate: Estate, kind: BillKind, debtor: str
) -> None:
    with pytest.raises(WrongDebtor):
        await issue(estate, charge(kind, debtor=debtor))


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        ("2026-02-01", "2026-02-28", "2026年2月计量费"),
        ("2026-01-01", "2026-03-31", "2026年1月至3月计量费"),
        ("2026-02-03", "2026-02-20", "2026年2月3日至20日计量费"),
        ("2026-01-25", "2026-02-24", "2026年1月25日至2月24日计量费"),
        ("2025-12-25", "2026-01-24", "2025年12月25日至2026年1月24日计量费"),
    ],
)
async def test_a_bill_is_named_by_its_days(
    estate: Estate, first: str, last: str, title: str
) -> None:
    [bill] = await issue(estate, charge(BillKind.METERED_FEE, from_day=first, to_day=last))
    assert title_of(bill) == title


def payee(*kinds: FeeKind, firm: str = "") -> Payee:
    found: dict[str, Any] = {name: getattr(PAYEE, name) for name in PAYEE.__struct_fields__}
    return Payee(**{**found, "kinds": list(kinds), "firm": firm})


@pytest.mark.parametrize(
    ("who", "repairs", "charged"),
    [
        (payee(FeeKind.PROPERTY_FEE), False, True),
        (payee(FeeKind.WASTE_FEE), False, False),
        (payee(FeeKind.WASTE_FEE, firm="f"), True, True),
        (payee(FeeKind.PROPERTY_FEE, firm="f"), True, True),
    ],
)
def test_who_is_paid_for_waste_alone_takes_no_charge(
    who: Payee, *, repairs: bool, charged: bool
) -> None:
    assert who.takes(BillKind.REPAIR_FEE) is repairs
    for kind in (BillKind.METERED_FEE, BillKind.SHARED_COST, BillKind.SERVICE_FEE):
        assert who.takes(kind) is charged
