"""Months of agreed services: each is billed to all homes or to none.

Two homes are billed one after the other; the service is for April and May 2026.
"""

import asyncio

import pytest

from services.agreed_services import actions, jobs, store
from services.agreed_services.models import AgreedService
from tests.build.agreed_services import REASON, answer, opened, state
from tests.build.cast import LI_HOME, Estate
from tests.build.homes import post
from tests.handlers.test_agreed_services import APRIL, MAY, later, owed

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]


async def half_billed(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> str:
    """A service of which one of two homes is billed for April."""
    monkeypatch.setattr(jobs, "SHARES_AT_ONCE", 1)
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, 20)
    await estate.advance(days=APRIL - 20)
    await jobs.bill(estate.world.deps, {"service": service_id, "month": "2026-04"})
    assert await estate.world.db.bills.count_documents({"kind": "service_fee"}) == 1
    return service_id


async def test_nobody_ends_a_service_while_a_month_is_half_billed(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_id = await half_billed(estate, monkeypatch)
    path = f"agreed-services/{service_id}/end"
    early = await post(estate, "staff", path, REASON)
    assert (early.status, early.code) == (409, "agreed_service_billing")
    await estate.world.work()
    assert await owed(estate, "li") == await owed(estate, "wang") == [(1500, "2026-04")]
    assert (await post(estate, "staff", path, REASON)).body["state"] == "ended"
    await later(estate, MAY - APRIL)
    assert await owed(estate, "li") == await owed(estate, "wang") == [(1500, "2026-04")]


async def test_who_ends_a_service_ends_what_they_read(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SHARES_AT_ONCE", 1)
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, 20)
    await estate.advance(days=APRIL - 20)
    read = await store.find(estate.world.deps.db, service_id)
    await jobs.bill(estate.world.deps, {"service": service_id, "month": "2026-04"})

    async def read_before(*_: object) -> AgreedService | None:
        return read

    monkeypatch.setattr(actions, "_access", read_before)
    late = await post(estate, "staff", f"agreed-services/{service_id}/end", REASON)
    assert (late.status, late.code) == (409, "agreed_service_moved_on")


async def test_an_end_and_a_step_at_once_leave_no_month_half_billed(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SHARES_AT_ONCE", 1)
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, 20)
    await estate.advance(days=APRIL - 20)
    await estate.member("staff")
    ended, _ = await asyncio.gather(
        post(estate, "staff", f"agreed-services/{service_id}/end", REASON),
        jobs.bill(estate.world.deps, {"service": service_id, "month": "2026-04"}),
    )
    await estate.world.work()
    billed = await estate.world.db.bills.count_documents({"kind": "service_fee"})
    assert (ended.status, billed) in {(200, 0), (409, 2)}


async def test_a_payee_that_loses_its_contract_has_the_month_billed_that_was_begun(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_id = await half_billed(estate, monkeypatch)
    gone = {"$set": {"to_day": "2026-03-31"}}
    await estate.world.db.payees.update_many({}, gone)
    await estate.world.work()
    assert await owed(estate, "li") == await owed(estate, "wang") == [(1500, "2026-04")]
    await later(estate, MAY - APRIL)
    assert (await state(estate, service_id))["state"] == "ended"
    assert await owed(estate, "li") == await owed(estate, "wang") == [(1500, "2026-04")]
