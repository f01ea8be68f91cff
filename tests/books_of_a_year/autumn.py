"""August to the end of the year, worked out by hand; a month's docstring is its paper."""

from services.reconciliations import jobs as reconciliations
from tests.books_of_a_year.year import LI, PROPERTY, QIAN_HOME, SUN, Year
from tests.build import refund_requests, trade_bills
from tests.build.cast import COMPOUND, OTHER_COMPOUND
from tests.build.photos import sent


async def august(year: Year) -> None:
    """As July: Li 56.30, the buyer 39.60 from the prepayment, Sun 32.34: 128.24."""
    await year.on("2026-08-05")
    await year.bill("2026-08", COMPOUND)


async def september(year: Year) -> None:
    """Li 56.30, the buyer 39.60 from the prepayment.

    Sun's home measures 64.00 m² instead of 70.00 from the 4th on, and its staircase has months
    of thirty days: 70.00 × 0.66 = 46.20 for 3 of them, 64.00 × 0.66 = 42.24 for 27:
    4.62 + 38.016 = 42.636 → 42.64. Together 138.54.

    Li pays April, 56.30 − 3.00 = 53.30, in cash, and gets all of it back in cash: signed.
    """
    await year.on("2026-09-05")
    await year.measure(SUN, 6400, "2026-09-04")
    await year.bill("2026-09", COMPOUND)
    bills = await year.ids(LI, PROPERTY, "2026-04")
    payment = await year.take("staff", bills, "cash", "K-2")
    made = await refund_requests.approved(year.estate, payment, counter=True)
    staff = await year.estate.member("staff")
    slip = [await sent(year.world.api, staff, purpose="charge")]
    body = {"way": "cash", "signed_by": "李娜", "photo_ids": slip}
    await year.do("staff", f"refund-requests/{made['request_id']}/payout", **body)


async def october(year: Year) -> None:
    """Three months at once: the buyer 39.60 × 3 = 118.80, Sun 42.24 × 3 = 126.72.

    Li's home measures 84.00 m² instead of 85.30 from the 3rd on: of the 31 days of October 2
    are of 56.298 and 29 of 84.00 × 0.66 = 55.44: (112.596 + 1,607.76) / 31 = 55.4953… → 55.50;
    then 55.44 × 2 = 110.88: 166.38. Together 411.90. Waste of Li and the buyer: 30.00.
    和平小区: Xu's home measures 48.00 m² instead of 50.00 from the 2nd on. October was begun
    before, and is charged whole as it began: 33.00; then 48.00 × 0.66 × 2 = 63.36: 96.36.
    Li pays May, 56.30, in WeChat, and all of it is to go back by hand. WeChat cannot place it,
    for Li's card is closed: until November Li has not got it, and owes nothing of May.
    Sun pays 126.72, which the firm gives back in the merchant's own console; WeChat's bill of
    the day tells of it.
    """
    await year.on("2026-10-05")
    await year.measure(LI, 8400, "2026-10-03")
    await year.measure(QIAN_HOME, 4800, "2026-10-02")
    await year.bill("2026-10", COMPOUND, months=3)
    await year.bill("2026-10", OTHER_COMPOUND, months=3)
    payment = await year.wechat("li", await year.ids(LI, PROPERTY, "2026-05"))
    await year.hang(payment)
    payment = await year.wechat("sun", await year.ids(SUN, PROPERTY, "2026-10"))
    year.monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    await trade_bills.in_console(year.estate, payment, 12_672, total=12_672)
    await trade_bills.next_morning(year.estate)
