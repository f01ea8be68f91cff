"""April to July, worked out by hand; a month's docstring is its paper."""

from tests.books_of_a_year.year import (
    LI,
    PROPERTY,
    QIAN_HOME,
    SUN,
    WANG,
    WASTE,
    ZHAO,
    Year,
)
from tests.build import (
    bank_statements,
    bill_notes,
    checkouts,
    late_charges,
    meters,
    prepayments,
    reductions,
    shared_costs,
)
from tests.build.cast import COMPOUND, OTHER_COMPOUND

ALONE = "2026-05-11"  # the buyer's first day


async def april(year: Year) -> None:
    """0.66 × m²: Li 56.298 → 56.30, Wang 39.60, Sun 46.20: 142.10. Waste 3 × 15.00 = 45.00.

    和平小区: Qian sells on the 3rd. By that contract all of April is Qian's, 33.00; May and
    June are Xu's, who bought the home, 33.00 × 2 = 66.00. Together 99.00.
    Paid: Li's rest of March 53.82 − 20.00 = 33.82 by card, which closes the order that Li has
    for it: WeChat takes nothing; Wang's March 37.86 by transfer; Sun's March 44.10 and waste
    15.00 by one combined order; Qian's first quarter 90.00 in cash. Li's 10.00 of February are
    paid by two phones: 10.00 too much go back.
    """
    await year.on("2026-04-05")
    await year.sell(QIAN_HOME, "xu", "徐丽", "2026-04-03")
    await year.bill("2026-04", COMPOUND)
    await year.bill("2026-04", OTHER_COMPOUND, months=3)
    rest = await year.ids(LI, PROPERTY, "2026-03")
    await year.slower_than_the_counter("li", rest, "pos", "P-1")
    await year.take("staff", await year.ids(WANG, PROPERTY, "2026-03"), "transfer", "T-1")
    await year.take("staff", await year.ids(QIAN_HOME, PROPERTY, "2026-01"), "cash", "K-8")
    await checkouts.combining(year.estate)
    bills = [*await year.ids(SUN, PROPERTY, "2026-03"), *await year.ids(SUN, WASTE, "2026-04")]
    await year.check_out("sun", bills)
    parts = await year.world.db.payments.find({"combined": {"$ne": None}}).to_list()
    assert sorted(part["amount_fen"] for part in parts) == [1_500, 4_410]
    bills = await year.ids(LI, PROPERTY, "2026-02")
    async with year.paid_beside("li", bills):
        await year.wechat("mei", bills)


async def may(year: Year) -> None:
    """Wang sells on the 11th: of 31 days 10 are Wang's and 21 the buyer's.

    Li 56.30; Wang 39.60 × 10/31 = 12.774… → 12.77; the buyer 39.60 × 21/31 = 26.825… → 26.83;
    Sun 46.20: 142.10. Nobody pays a bill that stands: Sun's April 46.20 is void while Sun
    pays it, and the money goes back.

    The lift's 120.00 of April by 85.30, 60 and 70 of 215.30 m²: 47.542…, 33.441… and
    39.015…: 47.54 + 33.44 + 39.01 = 119.99, and the fen that is left goes to the largest
    remainder of a fen, which is Sun's (.53 before Li's .29 and Wang's .17): 39.02.

    Li's water until 30 April is not read: 10 m³ in 59 days, so 10.339 in 61: 28.949 → 28.95.
    """
    await year.on("2026-05-05")
    lift = {"total_fen": 12_000, "from_day": "2026-04-01", "to_day": "2026-04-30"}
    await shared_costs.billed(year.estate, title="4月电梯电费", **lift)
    assert (await meters.bill(year.estate, "2026-04-30")).status == 202
    await year.pay_while_voided("sun", await year.ids(SUN, PROPERTY, "2026-04"))
    await year.on(ALONE)
    await year.sell(WANG, "buyer", "赵强", ALONE)
    await year.bill("2026-05", COMPOUND)


async def june(year: Year) -> None:
    """Li 56.30, the buyer 39.60, Sun 46.20: 142.10.

    Paid: the buyer 26.83 + 39.60 = 66.43 in WeChat, and 3 × 39.60 = 118.80 in advance.
    Notes: 3.00 less of Li's April; 10.00 more of Sun's June; Wang's 12.77 are written off.
    Sun's home is vacant in July and August, and Sun is exempt from waste from July on.
    The contract of 春光小区 has late charges on the bills of July and later.
    """
    await year.on("2026-06-05")
    terms = {"start_day": "2026-07-01", "cap": 370, "stops": ["pause"]}
    await late_charges.ruled(year.estate, **terms)
    await year.bill("2026-06", COMPOUND)
    await year.wechat("buyer", (await year.ids(WANG, PROPERTY, "2026-05", "2026-06"))[1:])
    estate = year.estate
    buyer = await estate.member("buyer")
    await prepayments.paid_ahead(estate, buyer, home=WANG, months=3)
    await year.world.work()
    await _corrected(year)
    await _let_off(year)


async def _corrected(year: Year) -> None:
    estate = year.estate
    [bill] = await year.ids(LI, PROPERTY, "2026-04")
    await bill_notes.applied(estate, bill, {**bill_notes.CREDIT, "amount_fen": 300})
    [bill] = await year.ids(SUN, PROPERTY, "2026-06")
    await bill_notes.applied(estate, bill, {**bill_notes.DEBIT, "amount_fen": 1000})
    [bill] = (await year.ids(WANG, PROPERTY, "2026-05"))[:1]
    await bill_notes.applied(estate, bill, {**bill_notes.WRITE_OFF, "amount_fen": 1277})


async def _let_off(year: Year) -> None:
    estate = year.estate
    await reductions.ruled(estate)
    await reductions.ruled(estate, reductions.EXEMPTION)
    await year.world.agree(await estate.member("sun"), "hardship")
    vacant = {**reductions.VACANT, "from_day": "2026-07-01", "to_day": "2026-08-31"}
    await reductions.granted(estate, vacant, SUN, "sun")
    poor = {**reductions.LOW_INCOME, "from_day": "2026-07-01", "to_day": "2026-12-31"}
    await reductions.granted(estate, poor, SUN, "sun")


async def july(year: Year) -> None:
    """Li 56.30; the buyer 39.60, from the prepayment; Sun 46.20 × 70 % = 32.34: 128.24.

    Waste of the quarter: Li and the buyer 15.00 each, Sun nothing: 30.00.
    和平小区: Zhao sells on the 3rd. By that contract all of July is the buyer's already: Zhou's
    half-year 59.40 × 6 = 356.40, Xu's quarter 99.00: 455.40.
    Paid: Sun's June 46.20 + 10.00 = 56.20, found in the bank's file.
    Li's water until 30 June is read: 45 − 30.339 = 14.661 m³ × 2.80 = 41.0508 → 41.05. All of
    it 28.00 + 28.95 + 41.05 = 98.00 = 35 m³ × 2.80.
    """
    await year.on("2026-07-05")
    await year.sell(ZHAO, "zhou", "周敏", "2026-07-03")
    await year.bill("2026-07", COMPOUND)
    await year.bill("2026-07", OTHER_COMPOUND, months=3)
    assert (await meters.read(year.estate, year.meter, "2026-06-30", 45_000)).status == 201
    assert (await meters.bill(year.estate, "2026-06-30")).status == 202
    await _found_at_the_bank(year)


async def _found_at_the_bank(year: Year) -> None:
    estate, row = year.estate, ("2026-07-01", "B-1", "56.20", "", "sun", "3-1-101 6月物业费")
    staff = await estate.member("staff")
    file = await bank_statements.imported(estate, staff, bank_statements.csv_file([row]))
    [found] = await bank_statements.transfers(estate, staff)
    chosen = {found["transfer_id"]: await year.ids(SUN, PROPERTY, "2026-06")}
    said = await bank_statements.confirm(estate, staff, file["statement_id"], chosen)
    assert said.status < 300, said.body
    await year.world.work()
