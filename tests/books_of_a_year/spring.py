"""January to March, worked out by hand; a month's docstring is its paper."""

from tests.books_of_a_year.year import LI, PROPERTY, SUN, WANG, WASTE, ZHAO, Year
from tests.build import meters
from tests.build.cast import COMPOUND, OTHER_COMPOUND


async def january(year: Year) -> None:
    """Property fee 0.60 × m²: Li 85.30 → 51.18, Wang 60 → 36.00, Sun 70 → 42.00: 129.18.

    Waste of the first quarter 3 × 5.00 = 15.00 of each: 45.00.
    Paid: Sun 42.00 in WeChat; Wang's 36.00 by a link that Mei opens; Wang's 15.00 in cash at
    the counter.

    和平小区 is billed for three months at once. Property fee: Zhao's half-year 54.00 × 3 until
    March and 59.40 × 3 from April on, for the new price counts from the month that begins
    with it: 162.00 + 178.20 = 340.20. Qian 30.00 × 3 = 90.00: March was begun at the old
    price. Wu 24.00 × 12 = 288.00, in March. Together 718.20. Waste of the year: Zhao two
    persons 72.00, Qian and Wu 36.00 each: 144.00. Paid: Zhao 340.20 in WeChat.
    """
    await year.bill("2026-01", COMPOUND)
    await year.bill("2026-01", OTHER_COMPOUND, months=3)
    year.meter = await meters.meter(year.estate)
    await meters.price(year.estate)
    await year.on("2026-01-10")
    await year.wechat("sun", await year.ids(SUN, PROPERTY, "2026-01"))
    bills = await year.ids(WANG, PROPERTY, "2026-01")
    link = await year.do("wang", "payment-links", bill_ids=bills)
    order = await year.do("mei", "payment-links/payments", token=link["token"])
    await year.confirm("mei", order)
    await year.take("staff", await year.ids(WANG, WASTE, "2026-01"), "cash", "K-1")
    await year.wechat("zhao", await year.ids(ZHAO, PROPERTY, "2026-01"))


async def february(year: Year) -> None:
    """The same 129.18 again.

    Paid: Li January and February with one order of 102.36. Sun pays 42.00, and 15.00 of waste
    to the other payee, with one checkout. The head takes Wang's 36.00 at the door, while Wang
    pays them by phone: what came later, 36.00, goes back in WeChat. The head hands over 35.00:
    1.00 is short.
    """
    await year.on("2026-02-05")
    await year.bill("2026-02", COMPOUND)
    year.of_two_months = await year.wechat(
        "li", await year.ids(LI, PROPERTY, "2026-01", "2026-02")
    )
    bills = [
        *await year.ids(SUN, PROPERTY, "2026-02"),
        *await year.ids(SUN, WASTE, "2026-01"),
    ]
    await year.check_out("sun", bills)
    bills = await year.ids(WANG, PROPERTY, "2026-02")
    async with year.paid_beside("wang", bills):
        await year.take("head", bills, "cash", "D-1")
    assert await year.hand_over(3500) == -100


async def march(year: Year) -> None:
    """0.66 from the 16th on: of 31 days 15 are the old price's and 16 the new one's.

    Li 85.30: 51.18 × 15/31 + 56.298 × 16/31 = (767.70 + 900.768) / 31 = 53.8215… → 53.82
    Wang 60: 36.00 × 15/31 + 39.60 × 16/31 = (540.00 + 633.60) / 31 = 37.8580… → 37.86
    Sun 70 by thirty days: 42.00 × 15/30 + 46.20 × 15/30 = 21.00 + 23.10 = 44.10
    Together 135.78. Paid: Li 20.00 of it in WeChat; the counter, which wants to take cash at
    the same moment, takes none. By hand 10.00 of Li's February goes back.

    Li's water until 28 February: 20 − 10 = 10 m³ × 2.80 = 28.00.
    """
    await year.on("2026-03-05")
    await year.bill("2026-03", COMPOUND)
    assert (await meters.read(year.estate, year.meter, "2026-02-28", 20_000)).status == 201
    assert (await meters.bill(year.estate, "2026-02-28")).status == 202
    bills = await year.ids(LI, PROPERTY, "2026-03")
    await year.faster_than_the_counter("li", bills, amount_fen=2000)
    [bill] = await year.ids(LI, PROPERTY, "2026-02")
    part = [{"bill_id": bill, "amount_fen": 1000}]
    await year.give_back(year.of_two_months, bills=part)
