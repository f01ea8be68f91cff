"""Probes of merchant accounts, and shipping info: case 83 of docs/reference/wechat.md."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs
from tornado.web import Application, RequestHandler

from server.connections import answering
from server.serving import address_of, finish_requests, listen
from server.settings import Settings
from services.jobs import actions as jobs
from services.kernel.vault import Vault
from services.merchants.probes import echoes
from services.merchants.probes import jobs as probe_jobs
from services.wechat.merchant import MerchantAccount, load_private_key
from tests.build.cast import Estate
from tests.build.merchants import change, keys_of
from tests.build.payments import paid
from tests.build.sign_ins import Member

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01")]
UPLOAD = "/wxa/sec/order/upload_shipping_info"
SERIAL = "5157F09EFDC096DE15EBE81A47057A72"


async def probed(estate: Estate, **query: str) -> dict[tuple[str, str], Any]:
    """Let every account be looked at; return what operators read of it."""
    await probe_jobs.at_start(estate.world.deps)
    await estate.world.work()
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    admin = await estate.member("admin")
    reply = await estate.world.api.get(f"/api/v1/merchant-probes?{asked}", as_=admin)
    assert reply.status == 200, reply.body
    return {(each["account"], each["kind"]): each for each in reply.body["items"]}


async def test_accounts_that_work_pass_every_probe(estate: Estate) -> None:
    found = await probed(estate)
    assert {key for key, each in found.items() if not each["passed"]} == set()
    kinds = {"signing", "platform_keys", "certificate", "call_back"}
    assert {kind for account, kind in found if account == "firm"} == kinds
    assert ("mini_program", "trade_managed") in found


async def test_keys_that_wechat_does_not_take_fail_and_count(estate: Estate) -> None:
    path = "/v3/pay/transactions/out-trade-no/probe-of-the-keys"
    await estate.world.wechat.fault(path, http=401, code="SIGN_ERROR")
    found = await probed(estate, passed="false")
    assert [kind for _, kind in found] == ["signing"]
    [failed] = found.values()
    assert "SIGN_ERROR" in failed["said"]
    assert failed["failing_since"] == failed["checked_at"]
    figures = await estate.world.operator.get("/metrics", as_=None)
    assert b'waiting_for_a_person{what="merchant_probes"} 1.0' in figures.raw
    await estate.world.advance(minutes=5)
    assert await probed(estate, passed="false") == {}


def certified(account: MerchantAccount, estate: Estate, days: int) -> str:
    """A certificate of an account's key that is good for some more days."""
    now, key = estate.world.deps.now(), load_private_key(account)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, account.mchid)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(SERIAL, 16))
        .not_valid_before(now - timedelta(days=300))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(("days", "passed"), [(29, False), (30, True)])
async def test_a_certificate_that_ends_within_thirty_days_fails(
    estate: Estate, days: int, *, passed: bool
) -> None:
    account = estate.world.deps.merchants["firm"].account
    pem = certified(account, estate, days)
    keys = keys_of(account, serial=SERIAL, certificate_pem=pem)
    await change(estate, "firm", "rotate", keys=keys, old_until="2026-03-02")
    await estate.world.work()  # a change is followed by a look
    row = await estate.world.db.merchant_probes.find_one({"_id": "firm:certificate"})
    assert row is not None
    assert (row["passed"], f"{days} 天" in row["said"]) == (passed, True)


async def test_an_address_that_is_not_ours_fails(estate: Estate) -> None:
    deps = estate.world.deps
    for client in deps.merchants.values():
        elsewhere = client.pay_notify_url.replace(deps.public_url, estate.world.operator.base)
        client.pay_notify_url = elsewhere
    found = await probed(estate, passed="false")
    assert {kind for _, kind in found} == {"call_back"}
    assert "HTTP 404" in found["firm", "call_back"]["said"]


class Another(RequestHandler):
    """Server of another installation, which refuses as ours does and knows how ours answers."""

    def post(self) -> None:
        self.set_status(401)
        asked = self.request.headers[echoes.HEADER]
        self.set_header(echoes.HEADER, echoes.answer(Vault({"k1": b"o" * 32}), asked))
        self.finish({"code": "FAIL", "message": "签名不对"})


async def test_another_server_that_refuses_as_ours_does_fails(estate: Estate) -> None:
    deps, listening = estate.world.deps, listen(Settings(port=0))
    for client in deps.merchants.values():
        path = urlsplit(client.pay_notify_url).path
        client.pay_notify_url = f"{address_of(listening)}{path}"
    async with answering(Application([("/.*", Another)]), listening, finish_requests):
        found = await probed(estate, passed="false")
    assert {kind for _, kind in found} == {"call_back"}
    assert "HTTP 401" in found["firm", "call_back"]["said"]


async def test_our_own_question_is_no_alarm(estate: Estate) -> None:
    """A notice without a signature is one; what we send ourselves at each start is not."""
    path, deps = "/wx/pay/notify/firm", estate.world.deps
    for asked, alarms in ((echoes.question(deps.vault), []), ("", ["notice_refused"])):
        with capture_logs() as lines:
            headers = {echoes.HEADER: asked}
            reply = await estate.world.api.call("POST", path, b"{}", headers=headers)
        assert (reply.status, bool(reply.headers.get(echoes.HEADER))) == (401, not alarms)
        assert [each["event"] for each in lines if each["log_level"] != "info"] == alarms


async def test_a_question_that_is_not_signed_by_us_is_not_answered(estate: Estate) -> None:
    path, asked = "/wx/pay/notify/firm", echoes.question(Vault({"k1": b"o" * 32}))
    for wish in (asked, "", "签", asked.partition(".")[0]):
        headers = {echoes.HEADER: wish.encode().decode("latin-1")}
        reply = await estate.world.api.call("POST", path, b"{}", headers=headers)
        assert (reply.status, reply.headers.get(echoes.HEADER, "")) == (401, "")


async def manage(estate: Estate) -> None:
    await estate.world.wechat.do("settings", trade_managed=True)


async def test_case_83_a_managed_mini_program_without_shipping_info_fails(
    estate: Estate,
) -> None:
    await manage(estate)
    found = await probed(estate, passed="false")
    assert "firm" in found["mini_program", "trade_managed"]["said"]
    for account in [*estate.world.deps.merchants]:
        await change(estate, account, "ship")
    assert await probed(estate, passed="false") == {}


async def test_case_83_wechat_is_told_once_of_each_payment(estate: Estate, li: Member) -> None:
    await change(estate, "firm", "ship")
    await estate.world.wechat.fault(UPLOAD, drop="after")  # done, and the answer is lost
    payment_id = await paid(estate, li)
    for _ in range(3):
        await estate.world.work()
        await estate.world.advance(minutes=1)
    calls = await estate.world.wechat.calls(UPLOAD)
    bodies = [call["body"] for call in calls]
    assert [body["order_key"]["order_number_type"] for body in bodies] == [2, 2]
    assert bodies[0]["logistics_type"] == 3
    row = await estate.world.db.payments.find_one({"_id": payment_id})
    assert row is not None
    assert bodies[0]["order_key"]["transaction_id"] == row["transaction_id"]
    job = await estate.world.db.outbox.find_one({"kind": "payments.ship"})
    assert job is not None
    assert job["state"] == "done"


async def test_case_83_what_wechat_refuses_is_dead_and_can_be_replayed(
    estate: Estate, li: Member
) -> None:
    await change(estate, "firm", "ship")
    await estate.world.wechat.fault(UPLOAD, errcode=10060004, errmsg="not deliverable")
    payment_id = await paid(estate, li)
    await estate.world.work()
    job = await estate.world.db.outbox.find_one({"kind": "payments.ship"})
    assert job is not None
    assert (job["state"], "10060004" in job["last_error"]) == ("dead", True)
    await jobs.replay(estate.world.deps, f"payments.ship:{payment_id}")
    await estate.world.work()
    job = await estate.world.db.outbox.find_one({"kind": "payments.ship"})
    assert job is not None
    assert job["state"] == "done"


async def test_nobody_is_told_of_payments_unless_the_account_says_so(
    estate: Estate, li: Member
) -> None:
    await paid(estate, li)
    await estate.world.work()
    assert await estate.world.wechat.calls(UPLOAD) == []
