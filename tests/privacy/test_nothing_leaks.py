"""After a full run nobody is found in logs, addresses, Redis, or where they do not belong.

The run is a day in a compound over HTTP, with names and numbers that occur nowhere else.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from server.features import FEATURES
from services.accounts import actions as accounts
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import Role
from services.kernel.vault import Vault
from tests.build import cast, exports, registers
from tests.build.mailbox import allow, open_push, open_service_push, openid_of
from tests.build.pictures import SECRET, from_a_phone
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.handlers.test_browser import at_browser
from tests.privacy import searching
from tests.privacy.conftest import Log

pytestmark = pytest.mark.slow

NAMES = {"ouyang": "欧阳若曦", "situ": "司徒明远", "huangfu": "皇甫静宜", "murong": "慕容秀兰"}
OUYANG, SITU, HUANGFU, MURONG = NAMES.values()
PHONES = {"ouyang": "13866660001", "situ": "13866660002", "huangfu": "13866660003"}
ID_NUMBER, MOTHERS_NUMBER = "22010219550307651X", "220104198805123322"
KNOWN = {
    **{f"name of {who}": name for who, name in NAMES.items()},
    **{f"phone of {who}": phone for who, phone in PHONES.items()},
    "identity number of situ": ID_NUMBER,
    "identity number of murong": MOTHERS_NUMBER,
}
ROWS = (
    ("3号楼", "2单元", "502", 85.3, "住宅", OUYANG, PHONES["ouyang"], "业主"),
    ("3号楼", "2单元", "501", 60, "住宅", SITU, PHONES["situ"], "业主"),
)
SON = f"{PHONES['ouyang']}(儿子)"
# Cells that ended up in the wrong columns, as happens in the office.
SPOILT = (
    ("3号楼", "2单元", "503", PHONES["situ"], SITU, OUYANG, SON, "儿子"),
    ("3号楼", "2单元", "504", 60, "住宅", f"{OUYANG} {SITU}", "电话同上", HUANGFU),
)


@dataclass
class Day:
    """What happened, and what must be found nowhere but where it belongs."""

    world: World
    monkeypatch: pytest.MonkeyPatch
    needles: dict[str, str] = field(default_factory=KNOWN.copy)
    members: dict[str, Member] = field(default_factory=dict)

    async def run(self) -> None:
        office = await self.office_opens()
        await self.register_comes_in(office)
        await self.people_sign_in()
        await self.head_is_appointed(office)
        await self.bills_and_money()
        await self.money_goes_back()
        await self.home_is_asked_for(office)
        await self.guests_are_invited()
        await self.people_come_to_the_window(office)
        await self.staff_look_closer(office)
        await self.person_takes_data_along()
        await self.things_go_wrong()
        await self.errors_quote_people()

    def remember(self, who: Member) -> None:
        self.members[who.name] = who
        self.needles[f"access token of {who.name}"] = who.token
        if who.refresh_token:
            self.needles[f"refresh token of {who.name}"] = who.refresh_token

    async def ask(
        self, who: Member | None, method: str, path: str, body: Any = None, **more: Any
    ) -> Reply:
        path = f"/api/v1{path}"
        if method == "GET":
            return await self.world.api.get(path, as_=who)
        return await self.world.api.post(path, body, as_=who, **more)

    async def done(self, *arguments: Any, **more: Any) -> Any:
        reply = await self.ask(*arguments, **more)
        assert reply.status < 300, (arguments, reply.status, reply.body)
        return reply.body

    async def office_opens(self) -> registers.Office:
        office = await registers.open_office(self.world)
        self.remember(office.staff)
        browser = await at_browser(self.world, office.staff)
        browser.name = "staff at a browser"
        self.remember(browser)
        return office

    async def register_comes_in(self, office: registers.Office) -> None:
        await office.bring_in(registers.workbook(ROWS))
        spoilt = await office.preview(registers.workbook(SPOILT))
        assert await office.problems(spoilt["import_id"])
        text = f"{OUYANG},{PHONES['ouyang']}".encode()
        assert (await office.upload(text)).status == 422

    async def people_sign_in(self) -> None:
        await open_push(self.world)
        await open_service_push(self.world)
        for name, phone in PHONES.items():
            self.remember(await self.world.sign_in(name, phone))
            self.needles[f"openid of {name}"] = await openid_of(self.world, name)
            await allow(self.world, name)
            await self.follows(name)
        ouyang = self.members["ouyang"]
        token = {"refresh_token": ouyang.refresh_token}
        refreshed = await self.done(None, "POST", "/sessions/refresh", token)
        ouyang.token = refreshed["access_token"]
        ouyang.refresh_token = refreshed["refresh_token"]
        self.needles["access token of ouyang, the second"] = ouyang.token
        self.needles["refresh token of ouyang, the second"] = ouyang.refresh_token

    async def follows(self, name: str) -> None:
        """Somebody follows the service account, where they have another openid."""
        made = await self.world.wechat.do(f"users/{name}/follow")
        self.needles[f"openid of {name} in the service account"] = made["openid"]
        self.needles[f"unionid of {name}"] = made["unionid"]

    async def head_is_appointed(self, office: registers.Office) -> None:
        wish = {
            "role": Role.UNIT_HEAD,
            "place": cast.UNIT,
            "phone": PHONES["huangfu"],
            "name": HUANGFU,
            "to_day": "2026-12-31",
        }
        await self.done(office.staff, "POST", "/appointments", wish, key="appoint")
        path = f"/places/{cast.UNIT}/unpaid-homes"
        await self.done(self.members["huangfu"], "GET", path)
        await self.done(self.members["ouyang"], "GET", "/me")

    async def bills_and_money(self) -> None:
        await cast.charge(self.world.deps)
        await cast.bill(self.world, "2026-02")
        for name in ("ouyang", "situ"):
            payment_id = await self.pays(name, (await self.owed_by(name))[:1])
            await self.done(self.members[name], "GET", f"/payments/{payment_id}")
        await self.world.work()

    async def owed_by(self, name: str) -> list[str]:
        reply = await self.done(self.members[name], "GET", "/me/bills?state=owing")
        return [bill["bill_id"] for bill in reply["items"]]

    async def pays(self, name: str, bills: list[str], *, notify: bool = True) -> str:
        wish, key = {"bill_ids": bills}, f"pay {bills[0]}"
        made = await self.done(self.members[name], "POST", "/payments", wish, key=key)
        params = {**made["pay_params"], "notify": notify}
        paid = await self.world.wechat.do(f"users/{name}/pay", **params)
        assert paid["result"] == "ok", paid
        return str(made["payment_id"])

    async def money_goes_back(self) -> None:
        """WeChat's notice of a paid order comes when its bill was paid otherwise."""
        bills = await self.owed_by("situ")
        payment_id = await self.pays("situ", bills, notify=False)
        paid = {"$set": {"state": "paid"}}
        await self.world.db.bills.update_many({"_id": {"$in": bills}}, paid)
        await self.world.wechat.do("notify", out_trade_no=payment_id)
        for _ in range(3):
            await self.world.work()
            await self.world.advance(minutes=2)
        assert await self.world.db.refunds.count_documents({"state": "done"}) == 1

    async def home_is_asked_for(self, office: registers.Office) -> None:
        """Situ says he rents at Ouyang's; the head and the community say what they think."""
        situ, reason = self.members["situ"], f"{OUYANG}({PHONES['ouyang']})说认识{SITU}"
        await self.world.agree(situ, "proof")
        wish = {
            "home": cast.LI_HOME,
            "relation": "tenant",
            "photo_ids": [await self.photo_of(situ)],
            "name": SITU,
            "id_number": ID_NUMBER,
            "to_day": "2027-02-28",
            "note": reason,
        }
        asked = await self.done(situ, "POST", "/home-requests", wish, key="ask")
        path = f"/home-requests/{asked['request_id']}"
        advice = {"known": "yes", "reason": reason}
        await self.done(self.members["huangfu"], "POST", f"{path}/advice", advice)
        await self.world.confirm(office.staff)
        look = {"fields": ["name", "id_number"], "reason": "verify_identity"}
        shown = await self.done(office.staff, "POST", f"{path}/reveal", look, key="look")
        assert shown["id_number"] == ID_NUMBER
        await self.done(office.staff, "GET", "/home-requests")
        decision = {"accept": True, "reason": reason}
        await self.done(office.staff, "POST", f"{path}/decision", decision)

    async def photo_of(self, who: Member) -> str:
        path, headers = "/api/v1/photos", {"Content-Type": "image/jpeg"}
        sent = await self.world.api.call("POST", path, from_a_phone(), as_=who, headers=headers)
        assert sent.status == 201, sent.body
        shown = await self.done(who, "GET", f"/photos/{sent.body['photo_id']}/url")
        assert (await self.world.api.get(shown["url"], as_=None)).status == 200
        self.needles[f"place of a photo of {who.name}"] = SECRET
        return str(sent.body["photo_id"])

    async def guests_are_invited(self) -> None:
        ouyang, path = self.members["ouyang"], f"/homes/{cast.LI_HOME}/invitations"
        wish = {"relation": "family", "name": HUANGFU}
        made = await self.done(ouyang, "POST", path, wish, key="invite")
        self.needles["invitation token of ouyang"] = made["token"]
        await self.done(ouyang, "GET", path)
        token = {"token": made["token"]}
        await self.done(self.members["huangfu"], "POST", "/invitations/accept", token)
        await self.done(ouyang, "POST", path, {"relation": "payer", "name": MURONG})

    async def people_come_to_the_window(self, office: registers.Office) -> None:
        """Somebody without a phone is written down, gets a code, a phone, and moves out."""
        staff, reason = office.staff, f"{SITU}带{MURONG}来,电话{PHONES['situ']}"
        wish = {
            "name": MURONG,
            "relation": "family",
            "id_number": MOTHERS_NUMBER,
            "reason": reason,
        }
        path = f"/homes/{cast.WANG_HOME}/residents"
        added = await self.done(staff, "POST", path, wish, key="add")
        await self.world.confirm(staff)
        printed = await self.done(staff, "POST", f"/places/{cast.UNIT}/home-codes", key="print")
        for number, slip in enumerate(printed["codes"]):
            self.needles[f"code {number}"] = slip["code"]
        guest = await self.world.sign_in("murong")
        self.remember(guest)
        for slip in printed["codes"]:
            await self.ask(guest, "POST", "/me/homes/code", {"code": slip["code"]})
        residency = f"/residencies/{added['residency_id']}"
        phone = {"phone": "13866660009", "reason": reason}
        self.needles["phone of murong"] = "13866660009"
        await self.done(staff, "POST", f"{residency}/phone", phone)
        await self.done(staff, "POST", f"{residency}/end", {"reason": reason})
        await self.done(staff, "GET", f"{path}?past=true")

    async def staff_look_closer(self, office: registers.Office) -> None:
        await self.world.confirm(office.staff)
        rows = await self.world.db.residencies.find({"home": cast.LI_HOME}).to_list()
        wish = {"fields": ["phone", "name", "id_number"], "reason": "contact_resident"}
        path = f"/residencies/{rows[0]['_id']}/reveal"
        for _ in range(2):
            shown = await self.done(office.staff, "POST", path, wish, key="reveal")
        assert shown["name"] == OUYANG  # it is there, and only in the answer
        await self.done(office.staff, "GET", "/appointments")

    async def person_takes_data_along(self) -> None:
        ouyang = self.members["ouyang"]
        await self.world.confirm(ouyang)
        file = await exports.my_data(self.world, ouyang)
        assert PHONES["ouyang"] in file.raw.decode()

    async def things_go_wrong(self) -> None:
        """Refused, misspelt, unreadable: with what people would type."""
        ouyang, phone = self.members["ouyang"], PHONES["ouyang"]
        for body, path in (
            ({"code": f"{OUYANG}{phone}"}, "/me/phone"),
            ({"code": phone, OUYANG: ID_NUMBER}, "/me/phone"),
            ({"bill_ids": [phone, OUYANG]}, "/payments"),
            ({"confirm": OUYANG}, "/me/deletion"),
            ({"fields": [OUYANG], "reason": ID_NUMBER}, "/residencies/x/reveal"),
        ):
            reply = await self.ask(ouyang, "POST", path, body, key=f"{path} {phone}")
            assert 400 <= reply.status < 500, (path, reply.status)
        raw = f'{{"code": "{phone}", {OUYANG}'.encode()
        assert (await self.world.api.post("/api/v1/me/phone", raw, as_=ouyang)).status == 400
        assert (await self.ask(None, "GET", "/me")).status == 401
        forged = Member("x", "", f"{ouyang.token}x")
        assert (await self.ask(forged, "GET", "/me")).status == 401

    async def errors_quote_people(self) -> None:
        """A driver's error, and a job that dies, quote what they were given.

        Names, codes, invitations and photos never reach a driver: sealed, or as a hash.
        """
        quoted = " ".join(
            f"dup key: {{ openid: '{value}' }}"
            for name, value in self.needles.items()
            if not name.startswith(("name", "code", "invitation", "place"))
        )

        async def quote(*_: object, **__: object) -> None:
            raise DuplicateKeyError(quoted)

        async def fail(_deps: Dependencies, _payload: Document) -> None:
            raise ValueError(quoted)

        with self.monkeypatch.context() as patch:
            patch.setattr(accounts, "me", quote)
            assert (await self.ask(self.members["ouyang"], "GET", "/me")).status == 500
        await jobs.enqueue(self.world.deps, None, "fail", "once")
        for _ in range(jobs.MAX_ATTEMPTS):
            await jobs.run_due(self.world.deps, {**FEATURES.jobs, "fail": fail}, "test-worker")
            self.world.clock.now += timedelta(hours=1)
        assert await self.world.db.outbox.count_documents({"state": "dead"}) == 1


@pytest.fixture
def day(world: World, monkeypatch: pytest.MonkeyPatch) -> Day:
    return Day(world, monkeypatch)


async def test_a_full_run_leaves_nobody_behind(day: Day, urls: list[str], log: Log) -> None:
    await day.run()
    world, needles = day.world, day.needles
    lines = log().splitlines()
    assert len(lines) > 50
    assert any('"route": "/api/v1/residencies/{residency_id}/reveal"' in x for x in lines)
    assert any("job_died" in line for line in lines)
    assert searching.hits("log", lines, needles) == set()
    assert searching.hits("url", urls, needles) == set()
    assert searching.hits("wechat", await searching.asked_of_wechat(world), needles) == set()
    assert await searching.in_redis(world, needles) == set()
    found = await searching.in_database(world, needles)
    assert searching.misplaced(found) == set()
    assert "people.openid: openid of ouyang" in found  # the search does look there
    assert "followers.openid: openid of ouyang in the service account" in found
    assert await sealed_but_not_in_the_table(world) == set()


async def sealed_but_not_in_the_table(world: World) -> set[str]:
    """What a vault made begins with a key's id."""
    known = {f"{held.collection}.{name}" for held in FEATURES.holdings for name in held.sealed}
    known |= {"idempotency_keys.answer_sealed", "audit.key_id", "audit_anchors.key_id"}
    found = set()
    for name in await world.db.list_collection_names():
        async for row in world.db[name].find():
            sealed = {field for field, value in row.items() if str(value).startswith("k1.")}
            found |= {f"{name}.{field}" for field in sealed}
    return found - known


async def test_after_an_erasure_only_the_register_knows_the_number(day: Day, log: Log) -> None:
    await day.run()
    ouyang = await day.world.sign_in("ouyang")  # the day was long: on the phone once more
    day.remember(ouyang)
    await day.done(ouyang, "POST", "/me/deletion", {"confirm": "注销"})
    await day.world.work()
    await day.world.advance(hours=2)
    await day.world.work()
    needles = {name: what for name, what in day.needles.items() if "ouyang" in name}
    assert len(needles) > 5
    assert await searching.in_database(day.world, needles) == set()
    assert await searching.in_redis(day.world, needles) == set()
    assert searching.hits("log", log(), needles) == set()
    under = {hit.partition(": ")[0] for hit in await searching.under_seal(day.world, needles)}
    # The register itself, the file it came from until it expires, and what others typed when
    # they asked for something of their own.
    assert under <= {
        "residencies.name_sealed",
        "residencies.phone_sealed",
        "register_chunks.sealed",
        "home_requests.note_sealed",
        "home_requests.advice_sealed",
        "home_requests.decision_sealed",
    }
    assert await day.world.db.residencies.count_documents({"person": ouyang.person_id}) == 0


async def test_without_the_seal_the_same_run_is_full_of_people(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hides people in the database is the seal, not a search that looks elsewhere."""

    def pack(vault: Vault, text: str, *, place: str) -> str:
        return f"{vault.current}.{b64encode(f'{place}|{text}'.encode()).decode()}"

    def unpack(_vault: Vault, sealed: str, *, place: str) -> str:
        return b64decode(sealed.partition(".")[2]).decode().removeprefix(f"{place}|")

    monkeypatch.setattr(Vault, "seal", pack)
    monkeypatch.setattr(Vault, "unseal", unpack)
    await day.run()
    found = searching.misplaced(await searching.in_database(day.world, day.needles))
    assert {hit.partition(": ")[0] for hit in found} >= {
        "people.phone_sealed",
        "residencies.name_sealed",
        "residencies.phone_sealed",
        "appointments.name_sealed",
        "idempotency_keys.answer_sealed",
    }
