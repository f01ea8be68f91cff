"""Platform certificates: cases 40, 49, 50 of docs/reference/wechat.md."""

import asyncio

import pytest

from services.wechat.errors import Forgery, PayError
from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from tests.deadlines import SAFETY_NET
from tests.services.wechat.desk import (
    CERTIFICATES,
    NUMBER,
    Desk,
    Doorstep,
    Letter,
    believe,
    disbelief,
    notice,
    order,
    paid,
)


async def test_case_40_forged_certificate_serials_cause_one_download_a_minute(
    firm: PayClient, sanitation: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(sanitation, desk)
    [genuine] = doorstep.letters
    for client in (firm, sanitation):
        before = await desk.count(CERTIFICATES)
        letters = [Letter(genuine.headers.copy(), genuine.body, {}, "") for _ in range(20)]
        for number, letter in enumerate(letters):
            letter.headers["Wechatpay-Serial"] = f"{number:040X}"
        reasons = await asyncio.gather(*(disbelief(client, letter) for letter in letters))
        assert set(reasons) == {Forgery.SERIAL}
        assert await desk.count(CERTIFICATES) - before <= 1
        await disbelief(client, letters[0])
        assert await desk.count(CERTIFICATES) - before <= 1
    await desk.advance(61)
    letter = await notice(desk, doorstep, serial="F" * 40)
    before = await desk.count(CERTIFICATES)
    assert await disbelief(sanitation, letter) is Forgery.SERIAL
    assert await desk.count(CERTIFICATES) == before + 1


async def test_case_49_answers_by_public_key_notices_by_certificate(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await desk.do("merchants/firm", grey_share=1)
    await paid(firm, desk)
    [letter] = doorstep.letters
    assert not letter.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
    assert (await believe(firm, letter)).event_id
    assert (await firm.query(NUMBER)).paid
    [call] = await desk.calls(CERTIFICATES)
    assert call["headers"]["Wechatpay-Serial"] == firm.account.public_key_id


async def test_case_49_answers_by_certificate_notices_by_public_key(
    accounts: dict[str, MerchantAccount], desk: Desk, doorstep: Doorstep, sanitation: PayClient
) -> None:
    shown = await desk.do("merchants/sanitation", grey_share=1)
    assert accounts["sanitation"].public_key_id is None
    await paid(sanitation, desk)
    [letter] = doorstep.letters
    assert letter.headers["Wechatpay-Serial"] == shown["public_key_id"]
    assert await disbelief(sanitation, letter) is Forgery.SERIAL  # until it is configured


async def test_case_50_a_new_certificate_is_known_on_its_first_notice(
    sanitation: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(sanitation, desk)
    assert await desk.count(CERTIFICATES) == 1
    [old] = doorstep.letters
    await desk.do("certificates/rotate")
    await desk.advance(61)
    new = await notice(desk, doorstep)
    assert new.headers["Wechatpay-Serial"] != old.headers["Wechatpay-Serial"]
    found = await asyncio.gather(*(believe(sanitation, new) for _ in range(20)))
    assert len({each.event_id for each in found}) == 1
    assert await desk.count(CERTIFICATES) == 2
    assert (await believe(sanitation, old)).event_id  # added, never cleared


async def test_certificates_are_fetched_once_for_many(
    sanitation: PayClient, desk: Desk
) -> None:
    await order(sanitation, desk)
    await asyncio.gather(*(sanitation.query(NUMBER) for _ in range(20)))
    assert await desk.count(CERTIFICATES) == 1


async def landed(client: PayClient) -> None:
    """Wait for the download that goes on beside the work."""
    if (flight := client._session.keys._flight) is not None:
        await asyncio.wait({flight}, timeout=SAFETY_NET)


async def test_after_twelve_hours_they_are_refreshed_beside_the_work(
    sanitation: PayClient, desk: Desk
) -> None:
    await order(sanitation, desk)
    await desk.fault(CERTIFICATES, http=500, code="SYSTEM_ERROR")
    await desk.advance(12 * 3600 + 1)
    assert await sanitation.query(NUMBER)  # the failed refresh disturbs nobody
    await landed(sanitation)
    await desk.advance(61)
    await sanitation.query(NUMBER)
    await sanitation.query(NUMBER)
    await landed(sanitation)
    assert await desk.count(CERTIFICATES) == 3
    await desk.advance(61)
    await sanitation.query(NUMBER)
    await landed(sanitation)
    assert await desk.count(CERTIFICATES) == 3


@pytest.mark.parametrize("sign", ["bad", "missing", "stale", "unknown_serial", "tampered"])
async def test_a_list_of_certificates_is_believed_only_when_signed(
    sanitation: PayClient, desk: Desk, sign: str
) -> None:
    await desk.fault(CERTIFICATES, match={"times": None}, sign=sign)
    with pytest.raises(PayError) as refused:
        await order(sanitation, desk)
    assert (refused.value.code, refused.value.unknown) == ("BAD_SIGNATURE", True)
    await desk.control("DELETE", "faults")
    await desk.advance(2)
    assert await sanitation.query(NUMBER)


async def test_a_download_that_fails_once_is_tried_again_at_once(
    sanitation: PayClient, desk: Desk
) -> None:
    await desk.fault(CERTIFICATES, http=500, code="SYSTEM_ERROR")
    await order(sanitation, desk)
    assert await desk.count(CERTIFICATES) == 2


@pytest.mark.parametrize(
    "listing", [{"data": []}, {"data": [{"serial_no": "1"}]}, {}, "<html>"]
)
async def test_a_list_of_another_shape_is_none(
    sanitation: PayClient, desk: Desk, listing: object
) -> None:
    await desk.fault(CERTIFICATES, match={"times": None}, raw=listing)
    with pytest.raises(PayError):
        await order(sanitation, desk)
