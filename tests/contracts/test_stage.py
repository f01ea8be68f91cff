"""Control API: clock, faults, journal, settings; start and stop of the process."""

import json
import signal
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.contracts.clients import MiniClient, PayClient
from tests.contracts.stage import PROJECT, Control, Process, Receiver, Silence, fetch, started
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

RETRY_SECONDS = (
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600,
    10800, 10800, 10800, 21600, 21600,
)  # fmt: skip


async def test_retries_come_at_their_own_virtual_instants(
    control: Control, firm: PayClient, receiver: Receiver
) -> None:
    receiver.answers = [500] * 16
    await control.do("clock", now="2026-03-02T12:00:00+08:00", frozen=True)
    at = (await control.get("clock"))["epoch"]
    firm.skew_seconds = at - PayClient.now(firm)
    prepay_id = await firm.prepaid("RETRY0001", await control.openid("li"), receiver.url)
    await control.do("users/li/pay", prepay_id=prepay_id)
    await control.advance(sum(RETRY_SECONDS) + 86400)
    stamps = [int(d.headers["Wechatpay-Timestamp"]) for d in receiver.deliveries]
    gaps = tuple(later - sooner for sooner, later in pairwise(stamps))
    assert gaps == RETRY_SECONDS
    bodies = [json.loads(delivery.body) for delivery in receiver.deliveries]
    assert len({(body["id"], body["create_time"]) for body in bodies}) == 1
    assert len({d.headers["Wechatpay-Nonce"] for d in receiver.deliveries}) == 16


async def test_time_stands_still_or_goes_on(control: Control) -> None:
    moved = await control.do("clock", now="2026-03-02T12:00:00+08:00", frozen=True)
    assert moved == {"now": "2026-03-02T12:00:00+08:00", "epoch": 1772424000, "frozen": True}
    assert await control.get("clock") == moved
    moved = await control.do("clock", advance_seconds=90)
    assert moved["now"] == "2026-03-02T12:01:30+08:00"
    going = await control.do("clock", frozen=False)
    assert not going["frozen"]
    assert going["epoch"] < (await control.get("clock"))["epoch"]
    await control.refusal("clock", advance_seconds=-1)
    await control.refusal("clock", now="12:00")


async def test_faults_choose_their_calls(
    control: Control, firm: PayClient, partner: PayClient, receiver: Receiver
) -> None:
    openid = await control.openid("li")
    code = {"http": 429, "code": "FREQUENCY_LIMITED"}
    await control.fault("^/v3/pay/(partner/)?trans", match={"mchid": partner.mchid}, **code)
    await control.fault("/v3/pay", match={"out_trade_no": "CHOSEN02", "nth": 2}, **code)
    await control.fault("/v3/pay", match={"method": "GET", "times": None}, **code)

    async def made(client: PayClient, number: str) -> int:
        return (await client.prepay(client.order(number, openid, receiver.url))).status

    assert await made(firm, "CHOSEN01") == 200
    assert await made(partner, "CHOSEN01") == 429
    assert await made(partner, "CHOSEN01") == 200
    assert [await made(firm, "CHOSEN02") for _ in range(3)] == [200, 429, 200]
    assert [(await firm.query("CHOSEN01")).status for _ in range(3)] == [429] * 3
    await fetch(f"{control.process.url}/__ctl/faults", "DELETE")
    assert (await firm.query("CHOSEN01")).status == 200


async def test_faults_change_or_replace_answers(control: Control, mini: MiniClient) -> None:
    await control.fault("/cgi-bin", body_patch={"expires_in": 60, "access_token": None})
    assert await mini.stable_token() == {"expires_in": 60}
    await control.fault("/cgi-bin", raw="<html>maintenance</html>")
    assert await mini.stable_token() == b"<html>maintenance</html>"
    await control.fault("/cgi-bin", raw={"errcode": 1}, http=503)
    assert (await mini.stable_token())["errcode"] == "HTTP 503"
    await control.fault("/cgi-bin", drop="before")
    with pytest.raises(Silence):
        await mini.stable_token()
    faults = [call["fault"] for call in await control.calls("/cgi-bin")]
    assert faults == ["f1", "f2", "f3", "f4"]
    await control.refusal("faults", match={"path": "/"}, action={"dorp": "before"})


async def test_the_journal_tells_everything_but_secrets(
    control: Control, mini: MiniClient, firm: PayClient, receiver: Receiver
) -> None:
    given = await control.do("users/li/login-code")
    session = await mini.login(given["code"])
    phone = (await control.do("users/li/phone-code", phone="13800000000"))["code"]
    token = await mini.token()
    await mini.asked("/wxa/business/getuserphonenumber", {"code": phone}, token)
    prepay_id = await firm.prepaid("JOURNAL01", given["openid"], receiver.url)
    await control.do("users/li/pay", prepay_id=prepay_id)
    text = json.dumps(await control.calls(""))
    secret = mini.app["secret"]
    for hidden in (given["code"], phone, token, session["session_key"], secret):
        assert hidden not in text
    calls = await control.calls("/")
    shown = [(call["direction"], call["path"], call["status"]) for call in calls]
    assert shown == [
        ("in", "/sns/jscode2session", 200),
        ("in", "/cgi-bin/stable_token", 200),
        ("in", "/wxa/business/getuserphonenumber", 200),
        ("in", "/v3/pay/transactions/jsapi", 200),
        ("out", "/notify", 204),
    ]
    assert calls[3]["body"]["out_trade_no"] == "JOURNAL01"
    assert len(await control.calls("/", since=calls[3]["n"])) == 1
    assert await control.get("journal", path="/sns", count=1) == {"count": 1}


async def test_orders_can_be_looked_at(control: Control, firm: PayClient) -> None:
    openid, url = await control.openid("li"), "https://shenghuo.example.com/notify"
    prepay_ids = [await firm.prepaid("LOOK00001", openid, url) for _ in range(2)]
    seen = await control.get("orders/LOOK00001")
    assert (seen["trade_state"], seen["prepay_ids"]) == ("NOTPAY", prepay_ids)
    assert seen["request"]["notify_url"] == url
    await control.refusal("notify", out_trade_no="NOSUCH001")


async def test_a_killed_sandbox_forgets_nothing(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers = [500]
    with started(tmp_path) as process:
        control, firm = Control(process), PayClient(process, process.merchant("firm"))
        await control.do("clock", now="2026-03-02T12:00:00+08:00", frozen=True)
        firm.skew_seconds = (await control.get("clock"))["epoch"] - PayClient.now(firm)
        openid = await control.openid("li")
        await control.do("users/li/subscribe", template_ids=["T1"])
        prepay_id = await firm.prepaid("KILLED001", openid, receiver.url)
        paid = await control.do("users/li/pay", prepay_id=prepay_id)
        assert paid["notices"][0]["status"] == 500
        process.popen.send_signal(signal.SIGKILL)
        process.popen.wait()
    with started(tmp_path) as again:
        assert again.credentials == process.credentials
        control, mini = Control(again), MiniClient(again, again.credentials["mini_program"])
        order = await control.get("orders/KILLED001")
        assert order["transaction_id"] == paid["transaction_id"]
        assert len(receiver.deliveries) == 1
        await control.advance(15)
        first, second = (json.loads(d.body)["id"] for d in receiver.deliveries)
        assert first == second
        assert (await mini.send_message(openid))["errcode"] == 0


async def test_it_ends_when_told_and_keeps_its_keys_to_itself(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        for name in ("credentials.json", "platform.json"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(10) == 0
    with started(tmp_path) as process:
        assert process.popen.stdin is not None
        process.popen.stdin.close()  # the parent is gone
        assert process.popen.wait(10) == 0


def refusal(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *options],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=SAFETY_NET,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


async def test_one_folder_and_one_port_belong_to_one_sandbox(tmp_path: Path) -> None:
    with started(tmp_path / "one") as process:
        assert "Another stand-in runs in" in refusal("--data", str(tmp_path / "one"))
        port = process.url.rpartition(":")[2]
        said = refusal("--data", str(tmp_path / "two"), "--port", port)
        assert said.startswith(f"Cannot listen on 127.0.0.1:{port} (Address already in use)")
        assert (await Control(process).get("clock"))["frozen"] is False


async def test_control_says_what_is_wrong(control: Control, process: Process) -> None:
    assert "no merchant" in await control.refusal("merchants/nobody")
    assert "no mini-program" in await control.refusal("users/li", app="nobody")
    assert (await fetch(f"{process.url}/__ctl/nothing")).code == 404
    await control.refusal("settings", media={"outcome": 1})
    await control.refusal("faults", match={"path": "^("}, action={"http": 500})
    assert (await fetch(f"{process.url}/__ctl/journal?since=x")).code == 400


async def test_a_script_that_breaks_the_sandbox_is_answered(
    control: Control, mini: MiniClient
) -> None:
    await control.fault("/wxa/getwxacodeunlimit", body_patch={"no": "JSON to patch"})
    broken = await mini.asked("/wxa/getwxacodeunlimit", {"scene": "d=1"})
    assert broken["errcode"] == "HTTP 500"
