"""Erasure over HTTP: at once; rows the law keeps lead to nobody; money and office first."""

import asyncio
from typing import Any

import pytest

from services.kernel.permissions import Role
from services.residencies.models import Relation, Residency, Way
from tests.build import belongings, books, cast, exports, homes
from tests.build.cast import Estate
from tests.build.homes import asked
from tests.build.mailbox import allow, open_push, tell
from tests.build.payments import order, ordered, pay
from tests.build.pictures import from_a_phone
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.privacy import searching

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-02")]

CONFIRM = {"confirm": "注销"}


async def erase(estate: Estate, who: Member) -> Reply:
    return await estate.world.api.post("/api/v1/me/deletion", CONFIRM, as_=who)


async def pays(estate: Estate, li: Member) -> None:
    await pay(estate, li, await ordered(estate, li))
    await estate.world.work()


async def asked_for(estate: Estate, li: Member) -> None:
    """A home that Li was bound to by a request of his own."""
    deps, identity = estate.world.deps, "own-li"
    place = f"residencies/{identity}"
    row = Residency(
        id=identity,
        home=cast.WANG_HOME,
        relation=Relation.TENANT,
        name_sealed=deps.vault.seal("李明本人", place=f"{place}/name"),
        phone_sealed=deps.vault.seal("+8613900000001", place=f"{place}/phone"),
        phone_index="index",
        id_number_sealed=deps.vault.seal("220102198001011234", place=f"{place}/id_number"),
        id_number_index="index",
        person=li.person_id,
        bound_by=Way.REQUEST,
        from_day="2026-01-01",
        source="request:1",
    )
    await deps.db.residencies.insert_one({**_document(row)})


def _document(row: Residency) -> dict[str, Any]:
    from services.kernel.documents import to_document  # noqa: PLC0415  # only here

    return to_document(row)


async def person_of(world: World, member: Member) -> dict[str, Any]:
    found = await world.db.people.find_one({"_id": member.person_id})
    assert found is not None
    return dict(found)


async def test_erased_on_every_device_at_once(estate: Estate, li: Member) -> None:
    other_device = await estate.world.sign_in("li")
    assert (await erase(estate, li)).status == 202
    for device in (li, other_device):
        assert (await estate.world.api.get("/api/v1/me", as_=device)).status == 401
        token = {"refresh_token": device.refresh_token}
        reply = await estate.world.api.post("/api/v1/sessions/refresh", token, as_=None)
        assert reply.status == 401


async def test_nothing_that_is_kept_says_who_it_was(estate: Estate, li: Member) -> None:
    world = estate.world
    await open_push(world)
    await allow(world, "li")
    await pays(estate, li)
    await asked_for(estate, li)
    keyed = await world.api.post(
        "/api/v1/payments", {"bill_ids": ["x"]}, as_=li, key="13900000001"
    )
    assert keyed.status == 404
    before = await person_of(world, li)
    needles = {"phone": "13900000001", "openid": before["openid"], "name": "李明本人"}
    assert "people.openid: openid" in await searching.in_database(world, needles)

    assert (await erase(estate, li)).status == 202
    await world.work()

    assert await searching.in_database(world, needles) == set()
    assert await searching.in_redis(world, needles) == set()
    # Only the register of the community still knows the number, for who proves it next.
    assert await searching.under_seal(world, needles) == {"residencies.phone_sealed: phone"}
    own = await world.db.residencies.find_one({"_id": "own-li"})
    assert own
    place = "residencies/own-li/name"
    assert world.deps.vault.unseal(own["name_sealed"], place=place) == "已注销"
    assert (own["person"], own["to_day"], own["phone_index"]) == (None, "2026-03-01", None)
    assert own["id_number_sealed"] is own["id_number_index"] is None
    register = await world.db.residencies.find_one({"_id": "r0-li"})
    assert register
    assert (register["person"], register["bound_by"], register["to_day"]) == (None, None, None)
    for gone in ("messages", "sessions", "message_grants"):
        assert await world.db[gone].count_documents({}) == 0, gone
    assert await world.db.phones.count_documents({"person": li.person_id}) == 0


async def test_the_books_stay_as_the_law_asks(estate: Estate, li: Member) -> None:
    await pays(estate, li)
    kept = ("payments", "receipts", "journal")
    before = {name: await estate.world.db[name].count_documents({}) for name in kept}
    await erase(estate, li)
    await estate.world.work()
    assert before == {n: await estate.world.db[n].count_documents({}) for n in kept}
    [receipt] = await estate.world.db.receipts.find().to_list()
    assert (receipt["person"], receipt["amount_fen"]) == (li.person_id, 5118)
    await books.check(estate.world)
    consents = await estate.world.db.consents.find({"person": li.person_id}).to_list()
    assert [bool(row["withdrawn_at"]) for row in consents] == [True]
    acts = await estate.world.db.audit.find({"act": "privacy.erased"}).to_list()
    assert [row["subject"] for row in acts] == [li.person_id]


async def test_who_signs_in_again_is_somebody_new(estate: Estate, li: Member) -> None:
    world = estate.world
    await pays(estate, li)
    await erase(estate, li)
    again = await world.sign_in("li")
    assert again.person_id != li.person_id
    me = (await world.api.get("/api/v1/me", as_=again)).body
    assert (me["phone_masked"], me["homes"], me["roles"]) == (None, [], [])
    for path in ("payments", "me/messages"):
        assert (await world.api.get(f"/api/v1/{path}", as_=again)).body["items"] == []
    back = await world.sign_in("li", cast.PHONES["li"])  # the register knows the number still
    me = (await world.api.get("/api/v1/me", as_=back)).body
    assert [home["place"] for home in me["homes"]] == [cast.LI_HOME]


@pytest.mark.parametrize("body", [{}, {"confirm": "yes"}, {"confirm": "注销", "x": 1}])
async def test_it_must_be_typed(estate: Estate, li: Member, body: Any) -> None:
    reply = await estate.world.api.post("/api/v1/me/deletion", body, as_=li)
    assert reply.status == 422
    assert (await estate.world.api.get("/api/v1/me", as_=li)).status == 200


async def test_it_asks_again_after_a_while(estate: Estate, li: Member) -> None:
    await estate.world.advance(minutes=11)
    assert (await erase(estate, li)).code == "confirmation_needed"


async def test_not_while_an_order_is_open(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    reply = await erase(estate, li)
    assert (reply.status, reply.code) == (409, "money_under_way")
    assert reply.body["details"]["payments"] == [made["payment_id"]]
    assert (await person_of(estate.world, li))["phone_sealed"]
    await pay(estate, li, made)
    assert (await erase(estate, li)).status == 202


async def test_not_while_a_refund_is_on_its_way(estate: Estate, li: Member) -> None:
    await pays(estate, li)
    await estate.world.db.refunds.insert_one(
        {
            "_id": "r1",
            "payment": "p1",
            "person": li.person_id,
            "account": "firm",
            "amount_fen": 1,
            "state": "failed",
            "open": False,
            "source": "overpaid:p1",
        }
    )
    reply = await erase(estate, li)
    assert (reply.code, reply.body["details"]["refunds"]) == ("money_under_way", ["r1"])
    await estate.world.db.refunds.update_one({"_id": "r1"}, {"$set": {"state": "done"}})
    assert (await erase(estate, li)).status == 202


async def test_not_in_office_and_afterwards_the_office_stays_without_the_name(
    estate: Estate,
) -> None:
    world = estate.world
    head, staff = await estate.member("head"), await estate.member("staff")
    [office] = await world.db.appointments.find({"role": "unit_head"}).to_list()
    reply = await erase(estate, head)
    assert (reply.status, reply.code) == (409, "still_in_office")
    assert reply.body["details"]["appointments"] == [office["_id"]]
    ended = await world.api.delete(f"/api/v1/appointments/{office['_id']}", as_=staff)
    assert ended.status == 204
    assert (await erase(estate, head)).status == 202
    await world.work()
    [kept] = await world.db.appointments.find({"_id": office["_id"]}).to_list()
    assert (kept["role"], kept["place"]) == ("unit_head", cast.UNIT)
    assert await searching.under_seal(world, {"phone": cast.PHONES["head"]}) == set()


async def test_of_many_deletions_at_once_one_is_done(estate: Estate, li: Member) -> None:
    replies = await asyncio.gather(*(erase(estate, li) for _ in range(5)))
    assert sorted(r.status for r in replies) == [202, 401, 401, 401, 401]
    assert await estate.world.db.audit.count_documents({"act": "privacy.erased"}) == 1


async def test_an_order_at_the_same_moment_is_refused_or_stops_it(
    estate: Estate, li: Member
) -> None:
    done, made = await asyncio.gather(erase(estate, li), order(estate, li))
    opened = await estate.world.db.payments.count_documents({"open": True})
    if done.status == 202:
        assert opened == 0, made.body
    else:
        assert (done.code, opened) == ("money_under_way", 1)


async def test_an_order_that_was_let_in_before_finds_the_account_closed(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is paid is read, the account is closed, the order is written: it must not be."""
    from services.payments import orders  # noqa: PLC0415  # patched here only

    read = orders.read

    async def read_and_lose(*args: Any) -> Any:
        sources = await read(*args)
        assert (await erase(estate, li)).status == 202
        return sources

    monkeypatch.setattr(orders, "read", read_and_lose)
    assert (await order(estate, li)).status == 401
    assert await estate.world.db.payments.count_documents({}) == 0


async def test_a_phone_proved_at_the_same_moment_is_not_kept(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat = type(estate.world.deps.wechat)
    ask = wechat.phone_number

    async def ask_and_lose(*args: Any) -> Any:
        given = await ask(*args)
        assert (await erase(estate, li)).status == 202
        return given

    monkeypatch.setattr(wechat, "phone_number", ask_and_lose)
    code = await estate.world.wechat.phone_code("li", cast.PHONES["li"])
    reply = await estate.world.api.post("/api/v1/me/phone", {"code": code}, as_=li)
    assert reply.status == 401
    assert (await person_of(estate.world, li))["phone_sealed"] is None


async def test_an_appointment_at_the_same_moment_stops_it_or_waits_for_the_next_holder(
    estate: Estate, li: Member
) -> None:
    given = cast.appoint(estate.world.deps, Role.COMMUNITY_STAFF, cast.COMPOUND, "li")
    done, _ = await asyncio.gather(erase(estate, li), given)
    [office] = await estate.world.db.appointments.find({"place": cast.COMPOUND}).to_list()
    if done.status == 202:
        assert office["person"] is None
    else:
        assert (done.code, office["person"]) == ("still_in_office", li.person_id)


async def test_a_message_that_comes_late_is_not_written(estate: Estate, li: Member) -> None:
    await erase(estate, li)
    await estate.world.work()
    await tell(estate.world, li)
    assert await estate.world.db.messages.count_documents({}) == 0


async def test_what_was_written_behind_the_erasure_is_swept_away(
    estate: Estate, li: Member
) -> None:
    world = estate.world
    await erase(estate, li)
    await world.work()
    await belongings.leave(world.db, world.deps, li.person_id, {"messages": 3, "photos": 3})
    await world.work()
    assert await world.db.messages.count_documents({}) == 3
    await world.advance(hours=1)
    await world.work()
    for collection in ("messages", "photos"):
        assert await world.db[collection].count_documents({}) == 0, collection


async def test_what_was_asked_for_and_promised_ends_and_says_nobody(
    estate: Estate, li: Member
) -> None:
    """An open request with proof, an invitation made, and one that was accepted."""
    world, vault = estate.world, estate.world.deps.vault
    await world.agree(li, "proof")
    headers = {"Content-Type": "image/jpeg"}
    photo = await world.api.call(
        "POST", "/api/v1/photos", from_a_phone(), as_=li, headers=headers
    )
    asked = await homes.asked(
        estate,
        li,
        cast.SUN_HOME,
        relation="tenant",
        name="李明本人",
        id_number=homes.ID_NUMBER,
        photo_ids=[photo.body["photo_id"]],
        to_day="2027-01-01",
    )
    made = await homes.invite(estate, name="客人")
    path = f"homes/{cast.WANG_HOME}/invitations"
    wish = {"relation": "family", "name": "李明本人"}
    given = (await homes.post(estate, "wang", path, **wish)).body
    assert (await homes.accept(estate, li, given["token"])).status == 200

    exported = await exports.my_data(world, li)
    [request] = exported.body["房屋绑定申请"]["内容"]
    assert (request["填写的姓名"], request["填写的身份证号"]) == ("李明本人", homes.ID_NUMBER)
    [sent] = exported.body["上传的照片"]["内容"]
    assert (await world.api.get(sent["一天内查看"], as_=None)).status == 200
    assert "客人" not in exported.raw.decode()

    assert (await erase(estate, li)).status == 202
    at_once = {"home_requests": asked, "home_invitations": made["invitation_id"]}
    states = [
        (await world.db[name].find_one({"_id": i}))["state"] for name, i in at_once.items()
    ]
    assert states == ["withdrawn", "revoked"]
    assert await world.db.residencies.count_documents({"person": li.person_id}) == 0
    zhao = await estate.member("zhao")
    assert (await homes.accept(estate, zhao, made["token"])).status == 409
    await world.work()
    found = await world.db.home_requests.find_one({"_id": asked})
    assert found
    assert (found["state"], found["open_key"], found["photo_ids"]) == ("withdrawn", None, [])
    mine = await world.db.home_invitations.find_one({"_id": made["invitation_id"]})
    assert mine
    assert mine["state"] == "revoked"
    needles = {"name": "李明本人", "number": homes.ID_NUMBER, "guest": "客人"}
    assert await searching.under_seal(world, needles) == set()
    for row in (found, mine):
        kind = "home_requests" if row is found else "home_invitations"
        name = vault.unseal(row["name_sealed"], place=f"{kind}/{row['_id']}/name")
        assert name == "已注销"
    assert (await world.api.get(sent["一天内查看"], as_=None)).status == 404
    assert await world.db.photos.count_documents({}) == 0


async def test_a_decision_at_the_same_moment_binds_nobody(estate: Estate, li: Member) -> None:
    wish = {"relation": "tenant", "to_day": "2027-01-01"}
    asked = await homes.asked(estate, li, cast.ZHAO_HOME, **wish)
    await estate.member("staff")
    await asyncio.gather(erase(estate, li), homes.decide(estate, asked))
    assert (await erase(estate, li)).status == 401
    assert await estate.world.db.residencies.count_documents({"person": li.person_id}) == 0


async def test_what_was_brought_in_and_let_go_of_says_nobody_either(
    estate: Estate, li: Member
) -> None:
    """An owner by request who left the home first: the row is not tied to the account."""
    world = estate.world
    await world.agree(li, "proof")
    await world.db.residencies.delete_many({"home": cast.SUN_HOME})
    wish = {"name": "李明本人", "id_number": homes.ID_NUMBER}
    request_id = await homes.asked(estate, li, cast.SUN_HOME, **wish)
    assert (await homes.decide(estate, request_id)).status == 200
    [row] = await homes.people_of(world, cast.SUN_HOME)
    left = await homes.post(estate, li, f"residencies/{row['_id']}/end", reason="不住了")
    assert left.status == 204
    assert (await erase(estate, li)).status == 202
    await world.work()
    needles = {"name": "李明本人", "number": homes.ID_NUMBER}
    assert await searching.under_seal(world, needles) == set()


async def test_messages_that_erasure_removed_alarm_nobody(
    estate: Estate, li: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their jobs find nothing to carry, which is as it should be."""
    world = estate.world
    await asked(estate, li, cast.WANG_HOME, relation="family")
    assert await world.db.messages.count_documents({"person": li.person_id}) > 0
    assert (await erase(estate, li)).status == 202
    await world.work()
    assert await world.db.outbox.count_documents({"state": "dead"}) == 0
    assert "job_died" not in capsys.readouterr().out
