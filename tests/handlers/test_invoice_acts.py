"""Each act on invoices leaves one row, in its own transaction; none is of one's own payment."""

from collections.abc import Awaitable, Callable

import pytest

from services.audit.verification import actions as verification
from services.kernel.acts import Act
from tests.build import invoices
from tests.build.cast import COMPOUND, WANG_HOME, Estate
from tests.build.deeds import Ask, audited, send

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01")]

Prepare = Callable[[Estate], Awaitable[Ask]]
ACTS = [
    (Act.INVOICE_ASKED, invoices.asking),
    (Act.INVOICE_READ, invoices.reading),
    (Act.INVOICE_SENT, invoices.sending),
    (Act.INVOICE_RED_LETTERED, invoices.taking_back),
]
OF_THE_FIRM = pytest.mark.parametrize("prepare", [found for _, found in ACTS[1:]])
STEPS = pytest.mark.parametrize("prepare", [invoices.sending, invoices.taking_back])


@pytest.mark.parametrize(("act", "prepare"), ACTS, ids=[act.value for act, _ in ACTS])
async def test_an_act_leaves_one_row(estate: Estate, act: Act, prepare: Prepare) -> None:
    ask = await prepare(estate)
    who = await estate.member(ask.by)
    reply = await send(estate, ask, who)
    assert reply.status == 200, reply.body
    [row] = await audited(estate)
    assert (row["act"], row["result"], row["place"]) == (act, "done", COMPOUND)
    assert (row["person"], row["subject"]) == (who.person_id, ask.subject)
    assert (await verification.verify(estate.world.deps)).broken == []
    assert "李伟" not in str(row)


@OF_THE_FIRM
async def test_who_may_not_is_written_down(estate: Estate, prepare: Prepare) -> None:
    ask = await prepare(estate)
    assert (await send(estate, ask, await estate.member("head"))).status == 403
    [row] = await audited(estate)
    assert (row["act"], row["code"]) == ("refused", "forbidden")


@STEPS
async def test_a_step_that_comes_too_late_leaves_no_row(
    estate: Estate, prepare: Prepare
) -> None:
    ask = await prepare(estate)
    staff = await estate.member("staff")
    assert (await send(estate, ask, staff, "first")).status == 200
    assert (await send(estate, ask, staff)).status == 409
    assert await audited(estate) == []


@STEPS
async def test_the_invoice_of_ones_own_payment_is_marked_by_others(
    estate: Estate, prepare: Prepare
) -> None:
    """Also of one that was paid for a home of others."""
    ask = await prepare(estate)
    staff = await estate.member("staff")
    own = {"$set": {"person": staff.person_id}}
    await estate.world.db.invoice_requests.update_one({"_id": ask.subject}, own)
    reply = await send(estate, ask, staff)
    assert (reply.status, reply.code) == (403, "own_home")
    assert (await send(estate, ask, await estate.member("admin"))).status == 200


async def test_one_home_of_several_is_enough_to_be_refused(estate: Estate) -> None:
    """A payment for two homes, of which one is the actor's own."""
    ask = await invoices.sending(estate)
    await estate.member("wang")
    other = {"$set": {"lines.0.home": WANG_HOME}}
    await estate.world.db.payments.update_one({"_id": ask.subject}, other)
    wang = {"person": (await estate.member("staff")).person_id}
    at_wangs = {"home": WANG_HOME, "person": {"$ne": None}}
    changed = await estate.world.db.residencies.update_one(at_wangs, {"$set": wang})
    assert changed.modified_count == 1
    reply = await send(estate, ask, await estate.member("staff"))
    assert (reply.status, reply.code) == (403, "own_home")
