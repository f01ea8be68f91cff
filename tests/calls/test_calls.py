"""Calls without numbers: shown as the person allows, for as long, and to nobody else."""

from server.features import FEATURES
from services.calls import jobs
from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, PHONES, UNIT
from tests.build.homes import acts, at_once, get
from tests.build.offices import appointment_of
from tests.calls.conftest import LI_ROW, Calls

LI_PHONE = PHONES["li"]
CONTACT = "13900000088"


async def test_a_head_asks_and_the_person_allows_it_for_a_day(calls: Calls) -> None:
    """And everything of it is seen by the person, and nothing of it says the number."""
    reply = await calls.ask()
    assert (reply.status, reply.body["state"]) == (201, "asked")
    call = reply.body["call_id"]
    refused = await calls.number(call)
    assert (refused.status, refused.code) == (403, "number_not_shown")
    [told] = await calls.works.told("li", "call_asked")
    assert told.startswith("单元长想与您通话,关于住户事务。")
    answered = await calls.answer(call, "allow_once")
    assert (answered.status, answered.body["state"]) == (200, "allowed")
    assert answered.body["call_back"] is None
    assert await calls.works.told("head", "call_answered") == [
        "您关于住户事务的通话请求:可以拨打。"
    ]
    for _ in range(2):
        shown = await calls.number(call)
        assert (shown.status, shown.body["phone"]) == (200, LI_PHONE)
        assert shown.headers["Cache-Control"] == "no-store"
    assert shown.body["until"] == "2026-03-03T04:00:00Z"
    [seen] = await calls.seen()
    assert (seen["office"], seen["about_label"], seen["shown"]) == ("单元长", "住户事务", 2)
    assert (seen["place"], seen["last_shown_at"]) == (LI_HOME, "2026-03-02T04:00:00Z")
    noted = [
        await acts(calls.works.world, f"call.{what}")
        for what in ("asked", "answered", "number_shown")
    ]
    assert [len(rows) for rows in noted] == [1, 1, 2]
    assert {row["place"] for rows in noted for row in rows} == {LI_HOME}
    db = calls.works.world.db
    kept = [await db[name].find().to_list() for name in ("calls", "audit", "messages")]
    listed = await calls.works.get("head", "calls")
    for text in (str(kept), listed.raw.decode(), str(await calls.seen())):
        assert LI_PHONE not in text
    assert [one["state"] for one in listed.body["items"]] == ["allowed"]
    # a day later the number is gone, before and after the job
    await calls.works.advance(days=1)
    for _ in range(2):
        gone = await calls.number(call)
        assert (gone.status, gone.code) == (403, "number_not_shown")
        assert (await calls.works.get("head", f"calls/{call}")).body["state"] == "lapsed"
        await jobs.lapse(calls.works.world.deps, {})
    row = await db.calls.find_one({"_id": call})
    assert row
    assert (row["state"], row["open_key"]) == ("lapsed", None)


async def test_the_repairer_of_a_case_is_shown_the_number_for_it(calls: Calls) -> None:
    repair = await calls.repair(phone=CONTACT)
    call = await calls.asked("repairer", "repair", repair)
    assert (await calls.number(call, "repairer")).body["phone"] == CONTACT
    assert await calls.works.told("li", "call_asked") == []
    [seen] = await calls.seen()
    assert (seen["office"], seen["state"], seen["shown"]) == ("物业维修工", "allowed", 1)
    # without a number for the case, the one that was proved
    other = await calls.repair()
    mine = await calls.asked("repairer", "repair", other)
    assert (await calls.number(mine, "repairer")).body["phone"] == LI_PHONE
    # who does not do it may know of it and does not call; a neighbour knows of nothing
    assert (await calls.ask("second", "repair", repair)).status == 403
    assert (await calls.ask("wang", "repair", repair)).status == 404
    assert (await calls.ask("head", "repair", repair)).status == 404
    # nobody else sees the number by the same call
    assert (await calls.number(call, "dispatcher")).status == 404
    # the person takes it back, and it counts at once
    assert (await calls.shows()).body == {"shown_to": []}
    hidden = await calls.number(call, "repairer")
    assert (hidden.status, hidden.code) == (403, "number_not_shown")
    # when it is done there is nothing to call about
    await calls.shows("case")
    await calls.works.do("repairer", repair, "start")
    await calls.works.do("repairer", repair, "finish", summary="换了")
    await calls.works.do("li", repair, "answer", fixed=True)
    assert (await calls.number(call, "repairer")).status == 403


async def test_who_lost_the_case_or_the_contract_is_shown_nothing(calls: Calls) -> None:
    repair = await calls.repair(phone=CONTACT)
    call = await calls.asked("repairer", "repair", repair)
    person = (await calls.works.member("second")).person_id
    await calls.works.do("dispatcher", repair, "assignment", person=person)
    assert (await calls.number(call, "repairer")).status == 403
    now = await calls.asked("second", "repair", repair)
    assert (await calls.number(now, "second")).status == 200
    await calls.works.world.db.contracts.update_many({}, {"$set": {"to_day": "2026-03-01"}})
    for reply in (
        await calls.number(now, "second"),
        await calls.ask("second", "repair", repair),
    ):
        assert reply.status == 404


async def test_settings_say_who_is_shown_it_at_once(calls: Calls) -> None:
    assert (await calls.works.get("li", "me/call-settings")).body == {"shown_to": ["case"]}
    await calls.shows("staff", "heads", "heads")
    assert (await calls.works.get("li", "me/call-settings")).body["shown_to"] == [
        "heads",
        "staff",
    ]
    by_settings = {who: await calls.asked(who) for who in ("head", "staff")}
    for who, call in by_settings.items():
        assert (await calls.number(call, who)).body["phone"] == LI_PHONE
    repair = await calls.repair()
    reply = await calls.ask("repairer", "repair", repair)
    assert reply.body["state"] == "asked"
    assert len(await calls.works.told("li", "call_asked")) == 1
    assert len(await acts(calls.works.world, "call.settings_changed")) == 1
    # what was allowed once holds, whomever else the settings name later, but for nobody
    call = reply.body["call_id"]
    await calls.answer(call, "allow_once")
    await calls.shows("staff")
    gone = await calls.number(by_settings["head"], "head")
    assert (gone.status, gone.code) == (403, "number_not_shown")
    assert (await calls.number(by_settings["staff"], "staff")).status == 200
    assert (await calls.number(call, "repairer")).status == 200
    await calls.shows()
    assert (await calls.number(call, "repairer")).code == "number_not_shown"
    for who, one in by_settings.items():
        gone = await calls.number(one, who)
        assert (gone.status, gone.code) == (403, "number_not_shown")
    await calls.shows("staff")
    assert (await calls.number(call, "repairer")).code == "number_not_shown"
    assert (await calls.works.get("repairer", f"calls/{call}")).body["state"] == "declined"


async def test_what_was_allowed_is_taken_back_at_once(calls: Calls) -> None:
    """By whom it is about, once; who asked is told, and may ask anew."""
    call = await calls.asked()
    await calls.answer(call, "allow_once")
    assert (await calls.number(call)).status == 200
    for late in ("allow_once", "call_back"):
        assert (await calls.answer(call, late)).code in {"call_moved_on", "call_no_number"}
    replies = await at_once(*(calls.answer(call, "decline") for _ in range(2)))
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert (await calls.number(call)).code == "number_not_shown"
    assert len(await calls.works.told("head", "call_answered")) == 2
    assert len(await acts(calls.works.world, "call.answered")) == 2
    assert await calls.asked() != call
    # also what the settings allow
    await calls.shows("staff")
    shown = await calls.asked("staff")
    assert (await calls.answer(shown, "decline")).body["state"] == "declined"
    assert (await calls.number(shown, "staff")).code == "number_not_shown"


async def test_who_is_called_back_shows_a_number_or_is_not(calls: Calls) -> None:
    call = await calls.asked()
    [told] = await calls.works.told("li", "call_asked")
    assert told == "单元长想与您通话,关于住户事务。您可以允许一次,或暂不方便。"
    hidden = await calls.answer(call, "call_back")
    assert (hidden.status, hidden.code) == (409, "call_no_number")
    head = await appointment_of(calls.estate)
    await calls.works.world.db.appointments.update_one(
        {"_id": head}, {"$set": {"phone_visible_to": "residents"}}
    )
    reply = await calls.answer(call, "call_back")
    assert (reply.body["state"], reply.body["call_back"]) == ("calling_back", PHONES["head"])
    assert (await calls.number(call)).code == "number_not_shown"
    late = await calls.answer(call, "allow_once")
    assert (late.status, late.code) == (409, "call_moved_on")
    db, line = calls.works.world.db, {"phone": "0431-87654321", "hours": "全天"}
    await db.places.update_one({"_id": COMMUNITY}, {"$set": {"contact": line}})
    staff = await calls.answer(await calls.asked("staff"), "call_back")
    assert staff.body["call_back"] == "0431-87654321"
    await db.contracts.update_one(
        {"place": COMPOUND}, {"$set": {"contact": line | {"phone": "0431-81234567"}}}
    )
    await calls.shows()
    firm = await calls.asked("repairer", "repair", await calls.repair())
    assert (await calls.answer(firm, "call_back")).body["call_back"] == "0431-81234567"


async def test_only_whom_it_is_about_answers_and_once(calls: Calls) -> None:
    call = await calls.asked()
    assert (await calls.answer(call, "allow_once", "wang")).status == 404
    assert (await calls.answer(call, "call_back", "wang")).status == 404
    await jobs.lapse(calls.works.world.deps, {})  # there is time still
    assert (await calls.answer(call, "allow_once", "head")).status == 404
    for who in ("wang", "staff"):
        assert (await calls.number(call, who)).status == 404
        assert (await calls.works.get(who, f"calls/{call}")).status == 404
    replies = await at_once(*(calls.answer(call, each) for each in ("decline", "allow_once")))
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert len(await acts(calls.works.world, "call.answered")) == 1


async def test_nobody_is_asked_too_often(calls: Calls) -> None:
    replies = await at_once(calls.ask(), calls.ask())
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body["call_id"] for reply in replies}) == 1
    assert len(await calls.works.told("li", "call_asked")) == 1
    await calls.answer(replies[0].body["call_id"], "decline")
    for _ in range(2):
        await calls.answer(await calls.asked(), "decline")
    many = await calls.ask()
    assert (many.status, many.code, many.body["details"]) == (
        409,
        "too_many_calls",
        {"most": 3},
    )
    await calls.works.advance(days=1, minutes=1)
    first = await calls.asked()
    await calls.works.advance(days=3)
    assert (await calls.answer(first, "allow_once")).code == "call_moved_on"
    assert await calls.asked() != first


async def test_of_a_home_only_its_heads_and_staff_ask(calls: Calls) -> None:
    for who in ("wang", "sun", "zhao", "repairer", "dispatcher"):
        assert (await calls.ask(who)).status == 404, who
    assert await calls.seen() == []


async def test_what_nobody_is_called_about(calls: Calls) -> None:
    assert (await calls.ask(about="weather")).code == "call_about_unknown"
    assert (await calls.ask(subject="nothing")).status == 404
    rows = calls.works.world.db.residencies
    await rows.update_one({"_id": "r1-mei"}, {"$set": {"person": None}})
    nobody = await calls.ask(subject="r1-mei")
    assert (nobody.status, nobody.code) == (409, "call_nobody_to_ask")
    await rows.update_one({"_id": LI_ROW}, {"$set": {"to_day": "2026-03-01"}})
    assert (await calls.ask()).status == 404


async def test_nobody_asks_for_themselves(calls: Calls) -> None:
    world = calls.works.world
    head = await calls.works.member("head")
    await world.db.residencies.update_one({"_id": LI_ROW}, {"$set": {"person": head.person_id}})
    reply = await calls.ask()
    assert (reply.status, reply.code) == (409, "call_to_oneself")


async def test_a_head_whose_term_ended_is_shown_nothing(calls: Calls) -> None:
    call = await calls.asked()
    await calls.answer(call, "allow_once")
    await calls.works.world.db.appointments.update_many(
        {"role": Role.UNIT_HEAD, "place": UNIT}, {"$set": {"to_day": "2026-03-01"}}
    )
    assert (await calls.number(call)).status == 404


async def test_it_is_exported_and_erased(calls: Calls) -> None:
    call = await calls.asked()
    await calls.answer(call, "allow_once")
    await calls.shows("heads")
    world = calls.works.world
    li = await calls.works.member("li")
    holdings = {one.collection: one for one in FEATURES.holdings}
    row = await world.db.calls.find_one({holdings["calls"].person: li.person_id})
    assert row
    assert {*holdings["calls"].shows} <= {*row}
    closed = await world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=li)
    assert closed.status == 202, closed.body
    assert (await calls.number(call)).status == 404
    await world.work()
    for name in ("calls", "call_settings"):
        assert not await world.db[name].count_documents({})


async def test_how_often_somebody_asks_is_limited(calls: Calls) -> None:
    statuses = [(await calls.ask(subject="nothing")).status for _ in range(31)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    assert (await get(calls.estate, "head", "calls")).status == 200


async def test_of_a_closed_account_nobody_asks_or_is_shown_the_number(calls: Calls) -> None:
    """As of one that is closed at that moment: the register knows the person still."""
    call = await calls.asked()
    await calls.answer(call, "allow_once")
    world, li = calls.works.world, await calls.works.member("li")
    closed = {"$set": {"closed_at": world.clock.now}}
    await world.db.people.update_one({"_id": li.person_id}, closed)
    assert (await calls.number(call)).status == 404
    await world.db.calls.delete_many({})
    assert (await calls.ask()).status == 404


async def test_who_closes_the_account_at_that_moment_answers_nothing(calls: Calls) -> None:
    call = await calls.asked()
    world, li = calls.works.world, await calls.works.member("li")
    closed = {"$set": {"closed_at": world.clock.now}}
    await world.db.people.update_one({"_id": li.person_id}, closed)
    assert (await calls.answer(call, "allow_once")).status >= 400
    assert (await calls.shows("heads")).status >= 400
    assert not await world.db.call_settings.count_documents({})
    kept = await world.db.calls.find_one({"_id": call})
    assert kept
    assert kept["state"] == "asked"


async def test_a_number_that_is_not_there_is_not_shown(calls: Calls) -> None:
    call = await calls.asked()
    await calls.answer(call, "allow_once")
    world, li = calls.works.world, await calls.works.member("li")
    gone = {"$set": {"phone_sealed": None}}
    await world.db.people.update_one({"_id": li.person_id}, gone)
    reply = await calls.number(call)
    assert (reply.status, reply.code) == (409, "call_no_number")
