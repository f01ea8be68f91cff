"""A day in a compound over HTTP, with names and numbers that occur nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from server.worker import HANDLERS
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import Role
from tests.build import cast, registers
from tests.build.mailbox import allow, open_push, openid_of
from tests.build.pictures import SECRET, from_a_phone
from tests.build.registers import Office
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World
from tests.handlers.test_browser import at_browser

OUYANG, SITU, HUANGFU, MURONG = "欧阳若曦", "司徒明远", "皇甫静宜", "慕容秀兰"
PHONES = {"ouyang": "13866660001", "situ": "13866660002", "huangfu": "13866660003"}
ID_NUMBER, MOTHERS_NUMBER = "22010219550307651X", "220104198805123322"
ROWS = (
    ("3号楼", "2单元", "502", 85.3, "住宅", OUYANG, PHONES["ouyang"], "业主"),
    ("3号楼", "2单元", "501", 60, "住宅", SITU, PHONES["situ"], "业主"),
)
# Cells that ended up in the wrong columns, as happens in the office.
SPOILT = (
    (
        "3号楼",
        "2单元",
        "503",
        PHONES["situ"],
        SITU,
        OUYANG,
        f"{PHONES['ouyang']}(儿子)",
        "儿子",
    ),
    ("3号楼", "2单元", "504", 60, "住宅", f"{OUYANG} {SITU}", "电话同上", HUANGFU),
)


@dataclass
class Recorder(Api):
    """Remembers every address that was asked for."""

    base: str
    urls: list[str] = field(default_factory=list)

    async def call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        as_: Member | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        self.urls.append(path)
        return await super().call(method, path, body, as_=as_, headers=headers)


@dataclass
class Day:
    """What happened, and what must be found nowhere but where it belongs."""

    world: World
    monkeypatch: pytest.MonkeyPatch
    needles: dict[str, str] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def api(self) -> Api:
        return self.world.api

    async def run(self) -> None:
        self.seed()
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

    def seed(self) -> None:
        names = {"ouyang": OUYANG, "situ": SITU, "huangfu": HUANGFU, "murong": MURONG}
        self.needles |= {f"name of {who}": name for who, name in names.items()}
        self.needles |= {f"phone of {who}": phone for who, phone in PHONES.items()}
        self.needles["identity number of situ"] = ID_NUMBER
        self.needles["identity number of murong"] = MOTHERS_NUMBER

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
            return await self.api.get(path, as_=who)
        return await self.api.post(path, body, as_=who, **more)

    async def done(self, *arguments: Any, **more: Any) -> Any:
        reply = await self.ask(*arguments, **more)
        assert reply.status < 300, (arguments, reply.status, reply.body)
        return reply.body

    async def office_opens(self) -> Office:
        office = await registers.open_office(self.world)
        self.remember(office.staff)
        browser = await at_browser(self.world, office.staff)
        browser.name = "staff at a browser"
        self.remember(browser)
        return office

    async def register_comes_in(self, office: Office) -> None:
        await office.bring_in(registers.workbook(ROWS))
        spoilt = await office.preview(registers.workbook(SPOILT))
        assert await office.problems(spoilt["import_id"])
        reply = await office.upload(f"{OUYANG},{PHONES['ouyang']}".encode())
        assert reply.status == 422

    async def people_sign_in(self) -> None:
        await open_push(self.world)
        for name, phone in PHONES.items():
            self.remember(await self.world.sign_in(name, phone))
            self.needles[f"openid of {name}"] = await openid_of(self.world, name)
            await allow(self.world, name)
        ouyang = self.members["ouyang"]
        refreshed = await self.done(
            None, "POST", "/sessions/refresh", {"refresh_token": ouyang.refresh_token}
        )
        ouyang.token = refreshed["access_token"]
        ouyang.refresh_token = refreshed["refresh_token"]
        ouyang.name = "ouyang"
        self.needles["access token of ouyang, the second"] = ouyang.token
        self.needles["refresh token of ouyang, the second"] = ouyang.refresh_token

    async def head_is_appointed(self, office: Office) -> None:
        wish = {
            "role": Role.UNIT_HEAD,
            "place": cast.UNIT,
            "phone": PHONES["huangfu"],
            "name": HUANGFU,
            "to_day": "2026-12-31",
        }
        await self.done(office.staff, "POST", "/appointments", wish, key="appoint")
        huangfu = self.members["huangfu"]
        await self.done(huangfu, "GET", f"/places/{cast.UNIT}/unpaid-homes")
        await self.done(self.members["ouyang"], "GET", "/me")

    async def bills_and_money(self) -> None:
        await cast.charge(self.world.deps)
        await cast.bill(self.world, "2026-02")
        for name in ("ouyang", "situ"):
            await self.pays(name)
        await self.world.work()

    async def pays(self, name: str, *, notify: bool = True) -> str:
        who = self.members[name]
        owing = (await self.done(who, "GET", "/me/bills?state=owing"))["items"]
        bills = [bill["bill_id"] for bill in owing][:1]
        made = await self.done(who, "POST", "/payments", {"bill_ids": bills}, key=f"pay {name}")
        params = made["pay_params"]
        paid = await self.world.wechat.do(f"users/{name}/pay", **params, notify=notify)
        assert paid["result"] == "ok", paid
        await self.done(who, "GET", f"/payments/{made['payment_id']}")
        return str(made["payment_id"])

    async def money_goes_back(self) -> None:
        """WeChat's notice of a paid order comes when its bill was paid otherwise."""
        who = self.members["situ"]
        owing = (await self.done(who, "GET", "/me/bills?state=owing"))["items"]
        made = await self.done(
            who, "POST", "/payments", {"bill_ids": [b["bill_id"] for b in owing]}
        )
        params = made["pay_params"]
        await self.world.wechat.do("users/situ/pay", **params, notify=False)
        await self.world.db.bills.update_many(
            {"_id": {"$in": [b["bill_id"] for b in owing]}}, {"$set": {"state": "paid"}}
        )
        await self.world.wechat.do("notify", out_trade_no=made["payment_id"])
        for _ in range(3):
            await self.world.work()
            await self.world.advance(minutes=2)
        assert await self.world.db.refunds.count_documents({"state": "done"}) == 1

    async def home_is_asked_for(self, office: Office) -> None:
        """Situ says he rents at Ouyang's; the head and the community say what they think."""
        situ, reason = self.members["situ"], f"{OUYANG}({PHONES['ouyang']})说认识{SITU}"
        await self.world.agree(situ, "proof")
        photo = await self.photo_of(situ)
        wish = {
            "home": cast.LI_HOME,
            "relation": "tenant",
            "photo_ids": [photo],
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
        sent = await self.api.call("POST", path, from_a_phone(), as_=who, headers=headers)
        assert sent.status == 201, sent.body
        shown = await self.done(who, "GET", f"/photos/{sent.body['photo_id']}/url")
        assert (await self.api.get(shown["url"], as_=None)).status == 200
        self.needles[f"place of a photo of {who.name}"] = SECRET
        return str(sent.body["photo_id"])

    async def guests_are_invited(self) -> None:
        ouyang, path = self.members["ouyang"], f"/homes/{cast.LI_HOME}/invitations"
        wish = {"relation": "family", "name": HUANGFU}
        made = await self.done(ouyang, "POST", path, wish, key="invite")
        self.needles["invitation token of ouyang"] = made["token"]
        await self.done(ouyang, "GET", path)
        await self.done(
            self.members["huangfu"], "POST", "/invitations/accept", {"token": made["token"]}
        )
        await self.done(ouyang, "POST", path, {"relation": "payer", "name": MURONG})

    async def people_come_to_the_window(self, office: Office) -> None:
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

    async def staff_look_closer(self, office: Office) -> None:
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
        reply = await self.ask(ouyang, "POST", "/me/export", key="export")
        assert PHONES["ouyang"] in reply.raw.decode()

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
        assert (await self.api.post("/api/v1/me/phone", raw, as_=ouyang)).status == 400
        assert (await self.ask(None, "GET", "/me")).status == 401
        stranger = Member("x", "", f"{ouyang.token}x")
        assert (await self.ask(stranger, "GET", "/me")).status == 401

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

        from services.accounts import actions  # noqa: PLC0415  # patched only here

        with self.monkeypatch.context() as patch:
            patch.setattr(actions, "me", quote)
            assert (await self.ask(self.members["ouyang"], "GET", "/me")).status == 500
        await jobs.enqueue(self.world.deps, None, "fail", "once")
        for _ in range(jobs.MAX_ATTEMPTS):
            await jobs.run_due(self.world.deps, {**HANDLERS, "fail": fail}, "test-worker")
            self.world.clock.now += timedelta(hours=1)
        assert await self.world.db.outbox.count_documents({"state": "dead"}) == 1
