"""Returns of prepaid money in tests: asked for by one, approved by another, handed out."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from services.counter_payments import actions as counter_payments
from services.counter_payments import advances
from services.counter_payments.models import CounterWay, TakeAhead, TakePayment
from services.fees.models import FeeKind
from services.kernel.acts import Act
from services.payments.models import PaymentWay
from services.payments.prepayment_returns import actions as returns
from services.payments.prepayment_returns.models import AskReturn, PrepaymentReturn
from services.payments.prepayment_returns.states import ReturnState
from services.payments.refund_requests.models import RefundDecision
from tests.build.cast import ADMIN, LI_HOME, Estate
from tests.build.deeds import Ask
from tests.build.refund_requests import CLERK, NO, YES, colleague
from tests.build.sign_ins import Member
from tests.build.world import Reply

REASON: Final = "房屋已过户,退还余额"
BY_TRANSFER: Final = {"way": "transfer", "voucher": "T-1"}


async def ask(estate: Estate, prepayment_id: str, who: Member, **wish: Any) -> Reply:
    """Ask that prepaid money is given back; all of it, unless `wish` says how much."""
    path = f"/api/v1/prepayments/{prepayment_id}/returns"
    return await estate.world.api.post(path, {"reason": REASON, **wish}, as_=who)


async def decide(estate: Estate, return_id: str, body: dict[str, Any], who: Member) -> Reply:
    path = f"/api/v1/prepayment-returns/{return_id}/decision"
    return await estate.world.api.post(path, body, as_=who)


async def pay_out(estate: Estate, return_id: str, who: Member, **wish: Any) -> Reply:
    path = f"/api/v1/prepayment-returns/{return_id}/payout"
    return await estate.world.api.post(path, wish or BY_TRANSFER, as_=who)


async def asked(estate: Estate, prepayment_id: str, **wish: Any) -> str:
    """Let staff ask for a return over HTTP; return its id."""
    made = await ask(estate, prepayment_id, await estate.member("staff"), **wish)
    assert made.status == 201, made.body
    return str(made.body["return_id"])


async def approved(estate: Estate, prepayment_id: str, **wish: Any) -> str:
    """Let staff ask for a return and an administrator approve it; return its id."""
    return_id = await asked(estate, prepayment_id, **wish)
    done = await decide(estate, return_id, YES, await estate.member("admin"))
    assert done.status == 200, done.body
    return return_id


def together(require: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return what lets two transactions begin before one of them looks at what it pays out."""
    there, both = [0], asyncio.Event()

    async def waits(*arguments: Any) -> None:
        there[0] += 1
        if there[0] == 2:
            both.set()
        await both.wait()
        await require(*arguments)

    return waits


# What one request of each act takes


async def lying(estate: Estate) -> str:
    """Li's home owes nothing and paid three months in advance; return the prepayment."""
    deps, owed = estate.world.deps, await estate.bill_ids("li")
    slip = TakePayment(bill_ids=owed, way=CounterWay.TRANSFER, voucher="B-1")
    await counter_payments.take(deps, CLERK, slip)
    wish = {"home": LI_HOME, "kind": FeeKind.PROPERTY_FEE, "months": 3}
    ahead = TakeAhead(way=CounterWay.TRANSFER, voucher="B-2", **wish)
    await advances.take(deps, CLERK, ahead)
    [found] = await estate.world.db.prepayments.find().to_list()
    return str(found["_id"])


async def return_asked(estate: Estate) -> Ask:
    await colleague(estate)
    return Ask(f"/api/v1/prepayments/{await lying(estate)}/returns", {"reason": REASON})


async def waiting(estate: Estate) -> str:
    """A return that somebody else asked for."""
    wish = AskReturn(reason=REASON)
    return (await returns.ask(estate.world.deps, CLERK, await lying(estate), wish)).return_id


async def return_waiting(estate: Estate, body: dict[str, Any] = YES) -> Ask:
    return_id = await waiting(estate)
    path = f"/api/v1/prepayment-returns/{return_id}/decision"
    return Ask(path, body, subject=return_id)


async def return_refused(estate: Estate) -> Ask:
    return await return_waiting(estate, NO)


async def return_to_pay_out(estate: Estate) -> Ask:
    """A return that was approved, to be handed out by staff."""
    await colleague(estate)
    return_id = await waiting(estate)
    yes = RefundDecision(approve=True, reason="已核对")
    await returns.decide(estate.world.deps, ADMIN, return_id, yes)
    path = f"/api/v1/prepayment-returns/{return_id}/payout"
    return Ask(path, BY_TRANSFER, subject=return_id)


ACTS: Final = [
    (Act.RETURN_ASKED, LI_HOME, return_asked),
    (Act.RETURN_APPROVED, LI_HOME, return_waiting),
    (Act.RETURN_REFUSED, LI_HOME, return_refused),
    (Act.RETURN_PAID_OUT, LI_HOME, return_to_pay_out),
]
# Acts that nobody does at their own home, and who does them where administrators may not.
AT_LI: Final = {act: prepare for act, _, prepare in ACTS}
OTHERS: Final = {Act.RETURN_ASKED: "colleague", Act.RETURN_PAID_OUT: "colleague"}


def kept(number: int, *, home: str, compound: str, at: datetime) -> PrepaymentReturn:
    """Return a return as it is kept; those of different numbers differ."""
    state = [*ReturnState][number % 5]
    return PrepaymentReturn(
        id=f"t{number}",
        number=f"20260302-{number:010d}",
        prepayment=f"a{number}",
        home=home,
        compound=compound,
        kind=[*FeeKind][number % 2],
        account="firm" if number % 2 else "sanitation",
        payee_name="物业",
        amount_fen=1234 + number,
        reason=REASON,
        state=state,
        asked_by="clerk",
        asked_at=at,
        back=PaymentWay.TRANSFER if state is ReturnState.DONE else None,
    )
