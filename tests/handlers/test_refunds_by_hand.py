"""Refunds by hand over HTTP: money of a WeChat payment goes back, by decision of two."""

import asyncio
from typing import Any

import pytest

from services.ledger import actions as ledger
from services.ledger.models import receivable, wechat_cash
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.payments import owing, paid, pass_time
from tests.build.refund_requests import (
    NO,
    REASON,
    YES,
    approved,
    ask,
    asked,
    decide,
    refunded,
    shown,
)
from tests.build.refunds import asked as asked_wechat
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


@pytest.fixture
async def payment(estate: Estate, li: Member) -> str:
    return await paid(estate, li)


async def test_all_of_a_payment_goes_back_once_wechat_says_so(
    estate: Estate, payment: str
) -> None:
    made = await approved(estate, payment)
    assert (made["state"], made["amount_fen"]) == ("approved", 2 * FEE)
    assert await owing(estate) == 0  # until WeChat's word
    await pass_time(estate)
    estate.members.clear()
    done = await shown(estate, made["request_id"])
    assert (done["state"], done["refund_number"]) == ("done", f"H{payment}01")
    assert await owing(estate) == 2
    deps = estate.world.deps
    assert await ledger.balance(deps, wechat_cash("firm")) == 0
    for line in made["lines"]:
        assert await ledger.balance(deps, receivable(line["bill_id"])) == FEE
    [call] = await asked_wechat(estate)
    assert call["body"]["reason"] == REASON
