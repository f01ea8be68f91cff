"""What is agreed, kept, charged late and given back at the end of the year, by hand.

Each function is a day or two; its docstring is its paper.
"""

from services.instalments import jobs as agreements
from tests.books_of_a_year.year import (
    LI,
    PROPERTY,
    QIAN_HOME,
    SUN,
    WANG,
    WASTE,
    WU_HOME,
    ZHAO,
    Year,
)
from tests.build import agreed_services, bill_notes, deposits, instalments, late_charges
from tests.build.cast import COMPOUND

SERVICE, LATE = "service_fee", "late_fee"
DISPUTE = {"kind": "dispute", "reason": "对楼道照明有异议"}
# The doors of Li's staircase, and a cleaning of the whole compound for who wants it.
DOORS = {
    "pricing": "sum_by_area",
    "amount_fen": 10_000,
    "from_day": "2026-11-01",
    "to_day": "2026-12-31",
    "closing_day": "2026-10-28",
    "counting": "homes_and_area",
}
CLEANING = {
    **DOORS,
    "title": "外窗清洗",
    "pricing": "area",
    "amount_fen": None,
    "price": 1500,
    "rhythm": "once",
    "part": "agreeing",
    "needed_percent": 60,
    "counting": "homes",
}
PARTS = [
    {"due_on": "2026-11-10", "amount_fen": 6000},
    {"due_on": "2026-12-20", "amount_fen": 5260},
]
OTHER_PARTS = [
    {"due_on": "2026-11-10", "amount_fen": 3000},
    {"due_on": "2026-12-10", "amount_fen": 2630},
]


async def what_is_agreed(year: Year) -> None:
    """The doors: Li agrees, one of two homes and 84.00 of 144.00 m²: half of both is enough.

    100.00 a month by area: 58.333… and 41.666…: 58.33 + 41.66 = 99.99, and the fen that is
    left goes to the larger remainder (.67 before .33), which is the buyer's: 58.33 and 41.67.
    The cleaning, once, at 0.15 per m²: the buyer and Sun agree, two of three homes are 66.7 %,
    and Li, who does not, pays nothing: 60 × 0.15 = 9.00 and 64 × 0.15 = 9.60.

    Li is to pay June and July, 56.30 + 56.30 = 112.60, in two parts, 60.00 and 52.60, and
    September, 56.30, in two of 30.00 and 26.30. No late charges are counted meanwhile.

    Deposits: Li 2,000.00 in cash and 100.00 by card, Sun 50.00 in cash, Zhou 500.00 by
    transfer. None is income.
    """
    await year.on("2026-10-20")
    estate = year.estate
    doors = await agreed_services.opened(estate, **DOORS)
    cleaning = await agreed_services.opened(estate, place=COMPOUND, **CLEANING)
    for who, home, service, agree in (
        ("li", LI, doors, True),
        ("li", LI, cleaning, False),
        ("buyer", WANG, cleaning, True),
        ("sun", SUN, cleaning, True),
    ):
        said = await agreed_services.answer(estate, who, home, service, agree=agree)
        assert said.status == 200, said.body
    bills = await year.ids(LI, PROPERTY, "2026-06", "2026-07")
    agreed = {"bill_ids": bills, "parts": PARTS, "stops_late_charges": True}
    await instalments.kept(estate, **agreed)
    bills = await year.ids(LI, PROPERTY, "2026-09")
    await instalments.kept(estate, **{**agreed, "bill_ids": bills, "parts": OTHER_PARTS})
    await _deposits_taken(year)


async def _deposits_taken(year: Year) -> None:
    estate, keys = year.estate, {"kind": "keys", "why": "门禁卡", "amount_fen": 10_000}
    year.deposits["renovation"] = await deposits.kept(estate)
    year.deposits["keys"] = await deposits.kept(estate, way="pos", voucher="P-8", **keys)
    sun = {**keys, "home": SUN, "amount_fen": 5_000, "payer_name": "孙军"}
    year.deposits["sun"] = await deposits.kept(estate, voucher="Y-2", **sun)
    rent = {"kind": "rent", "why": "搭棚", "amount_fen": 50_000, "payer_name": "周敏"}
    year.deposits["rent"] = await deposits.kept(
        estate, home=ZHAO, way="transfer", voucher="T-8", **rent
    )


async def november(year: Year) -> None:
    """The doors 100.00; the cleaning 9.00 + 9.60 = 18.60: 118.60.

    Paid: Li the first part, 60.00, with one order of June and July: the older one is paid
    first, 56.30, and 3.70 of July. The head takes 30.00 of Li's August at the door and hands
    over 30.50: 0.50 too much. Li's 56.30 of May go to another card: May is owed again.
    The buyer disputes the service: until the 14th nobody asks the buyer for anything.

    和平小区: of the second quarter Qian's 33.00 and Xu's 66.00 by one transfer, and 9.00 of
    Qian's go back by transfer. The waste of both homes, 36.00 + 36.00 = 72.00, with one
    transfer. Zhou's half-year 356.40 by card, while Zhou pays it by phone, too: what came
    later, 356.40, stays for bills to come, as Zhou chose; and 100.00 more in cash.
    """
    await year.on("2026-10-29")
    await year.on("2026-11-05")
    bills = await year.ids(LI, PROPERTY, "2026-06", "2026-07")
    await year.wechat("li", bills, amount_fen=6000)
    august = await year.ids(LI, PROPERTY, "2026-08")
    await year.take("head", august, "cash", "D-2", amount_fen=3000)
    assert await year.hand_over(3050) == 50
    await year.mend()
    await year.do("staff", f"places/{WANG}/demand-pauses", until="2026-11-14", **DISPUTE)
    await _paid_in_the_other(year)


async def _paid_in_the_other(year: Year) -> None:
    quarter = await year.ids(QIAN_HOME, PROPERTY, "2026-04", "2026-05")
    payment = await year.take("staff", quarter, "transfer", "T-2")
    part = [{"bill_id": quarter[0], "amount_fen": 900}]
    await year.give_back_by_transfer(payment, "T-3", bills=part)
    waste = [bill for home in (QIAN_HOME, WU_HOME) for bill in await year.ids(home, WASTE)]
    await year.take("staff", waste, "transfer", "T-4")
    half_year = await year.ids(ZHAO, PROPERTY, "2026-07")
    async with year.paid_beside("zhou", half_year, excess="prepay"):
        await year.take("staff", half_year, "pos", "P-2")
    ahead = {"home": ZHAO, "kind": PROPERTY, "amount_fen": 10_000}
    await year.do("staff", "counter-prepayments", way="cash", voucher="A-1", **ahead)


async def the_sixteenth(year: Year) -> None:
    """Of the first part of September, due on the 10th, nothing came within five days.

    The worker finds the agreement broken: from tomorrow on September bears late charges again.
    """
    await year.on("2026-11-16")
    await agreements.check(year.world.deps, {})


async def december(year: Year) -> None:
    """The doors 100.00 once more.

    Late charges until 30 November: 0.05 % a day, and 3.7 % of a bill at most, of the bills
    since July. A bill is due 30 days after its issue and late on the day after that.
    Li's July, issued on 5 July, due on 4 August: 27 days of August, 30, and 19 until the day
    before the agreement, 76: 56.30 × 0.0005 × 76 = 2.1394 → 2.14, but at most
    56.30 × 0.037 = 2.0831 → 2.08. Li's August, late since 5 September: 56.30 for
    26 + 31 + 4 = 61 days, and 26.30 for the 26 days since the 30.00 were paid:
    (3,434.30 + 683.80) × 0.0005 = 2.05905 → 2.06. Li's September, late since 6 October: 14
    days until the agreement of the 20th, and 14 since it was broken on 16 November:
    56.30 × 0.0005 × 28 = 0.7882 → 0.79. Li's October and the rest of the quarter, late since
    5 November: 55.50 × 0.0005 × 26 = 0.7215 → 0.72, and 110.88 × 0.0005 × 26 = 1.44144 → 1.44.
    Together 7.09. The buyer's quarter is late since 5 November, too, and 10 of its 26 days are
    those of the dispute: 118.80 × 0.0005 × 16 = 0.9504 → 0.95; July to September were paid on
    the day they were issued. Sun is charged nothing, for a reason. All of it 8.04.
    """
    await year.on("2026-12-01")
    seen = await year.look("staff", f"homes/{LI}/late-charges")
    assert sorted(each["amount_fen"] for each in seen["items"]) == [72, 79, 144, 206, 208]
    spared = {"left_out": [SUN], "left_out_because": "低保家庭"}
    await late_charges.charged(year.estate, "2026-11-30", **spared)
    await _paid_in_december(year)
    await _given_back(year)


async def _paid_in_december(year: Year) -> None:
    """Paid in WeChat: Li the last part 52.60, the doors of November 58.33 and the 7.09.

    Sun's cleaning 9.60 in cash. A credit note takes 0.50 off the buyer's 0.95. The buyer's
    quarter, 118.80, is paid by two phones; what is paid twice stays, in advance.
    """
    await year.on("2026-12-10")
    months = ("2026-08", "2026-09", "2026-10", "2026-11")
    late = await year.ids(LI, LATE, *months)
    await year.check_out(
        "li",
        [
            *await year.ids(LI, PROPERTY, "2026-07"),
            *await year.ids(LI, SERVICE, "2026-11"),
            *late,
        ],
    )
    await year.take("staff", await year.ids(SUN, SERVICE, "2026-11"), "cash", "K-3")
    [bill] = await year.ids(WANG, LATE, *months)
    await bill_notes.applied(year.estate, bill, {**bill_notes.CREDIT, "amount_fen": 50})
    quarter = await year.ids(WANG, PROPERTY, "2026-10")
    async with year.paid_beside("buyer", quarter, excess="prepay"):
        await year.wechat("buyer", quarter)


async def _given_back(year: Year) -> None:
    """18.80 of what the buyer paid in advance by transfer: 100.00 stay.

    Of what Zhou paid in advance 100.00 in cash: signed. The other 356.40 are approved, and
    nobody fetches them: they are owed to Zhou at the end of the year, and pay no bill. Nor
    does Sun fetch the deposit of 50.00, whose return is approved.
    Zhou's 500.00 in cash; Li's 100.00 are deducted whole. Of Li's 2,000.00 staff want to
    deduct 500.00. Li objects, and it is refused; then a deduction of 350.00 is approved, and
    1,650.00 go back by transfer.
    """
    await year.prepaid_back(WANG, {"way": "transfer", "voucher": "T-5"}, amount_fen=1880)
    await year.prepaid_back(ZHAO, await deposits.signed(year.estate), amount_fen=10_000)
    await year.prepaid_back(ZHAO, None)
    await _objected(year)
    transfer = {"way": "transfer", "voucher": "T-6"}
    await year.deposit_back("renovation", transfer, deduct_fen=35_000)
    await year.deposit_back("rent", await deposits.signed(year.estate))
    await year.deposit_back("keys", None, deduct_fen=10_000)
    await year.deposit_back("sun", None)


async def _objected(year: Year) -> None:
    """What Li says against a deduction is kept with the deposit, of which nothing is taken."""
    path = f"deposits/{year.deposits['renovation']}"
    asked = await deposits.asked(year.estate, year.deposits["renovation"], 50_000)
    assert asked.status == 200, asked.body
    await year.do("staff", f"{path}/objection", note="阳台的旧裂缝不是装修弄的")
    kept = await year.do("admin", f"{path}/return-decision", **deposits.NO)
    assert (kept["state"], kept["deduct_fen"]) == ("kept", 0)
    assert "旧裂缝" in kept["objection"]
