"""Sensitive acts ask again: only minutes after proving in WeChat who one is."""

from tests.build.cast import COMMUNITY, Estate
from tests.build.homes import post
from tests.build.offices import appointment_of, substitution
from tests.build.world import Reply

CONFIRM = "/api/v1/sessions/current/confirmation"


async def appoint(estate: Estate) -> Reply:
    staff = await estate.member("staff")
    wish = {"role": "community_staff", "place": COMMUNITY, "phone": "13900000077"}
    return await estate.world.api.post("/api/v1/appointments", wish, as_=staff)


async def again(estate: Estate) -> None:
    """A fresh access token of the same session: it is no newer proof of who asks."""
    staff = await estate.member("staff")
    body = {"refresh_token": staff.refresh_token}
    reply = await estate.world.api.post("/api/v1/sessions/refresh", body, as_=None)
    staff.token, staff.refresh_token = reply.body["access_token"], reply.body["refresh_token"]


async def test_ten_minutes_after_the_sign_in_it_asks_again(estate: Estate) -> None:
    await estate.member("staff")
    await estate.world.advance(minutes=10)
    assert (await appoint(estate)).status == 201
    await estate.world.advance(seconds=1)
    reply = await appoint(estate)
    assert (reply.status, reply.code) == (403, "confirmation_needed")


async def test_a_refreshed_token_confirms_nothing(estate: Estate) -> None:
    await estate.member("staff")
    await estate.world.advance(minutes=10, seconds=1)
    await again(estate)
    assert (await appoint(estate)).code == "confirmation_needed"


async def test_the_same_wechat_user_confirms(estate: Estate) -> None:
    staff, world = await estate.member("staff"), estate.world
    await world.advance(minutes=11)
    code = {"code": await world.wechat.login_code("staff")}
    reply = await world.api.post(CONFIRM, code, as_=staff)
    assert reply.status == 201
    assert reply.body == {
        "confirmed_at": "2026-03-02T04:11:00Z",
        "fresh_until": "2026-03-02T04:21:00Z",
    }
    assert (await appoint(estate)).status == 201
    assert await world.db.audit.count_documents({"act": "session.confirmed"}) == 1


async def test_another_wechat_user_confirms_nothing_and_is_written_down(estate: Estate) -> None:
    staff, world = await estate.member("staff"), estate.world
    await world.advance(minutes=11)
    code = {"code": await world.wechat.login_code("thief")}
    reply = await world.api.post(CONFIRM, code, as_=staff)
    assert (reply.status, reply.code) == (403, "another_wechat_user")
    assert (await appoint(estate)).code == "confirmation_needed"
    refusals = await world.db.audit.find({"act": "refused"}).sort("_id", 1).to_list()
    assert [row["code"] for row in refusals] == ["another_wechat_user", "confirmation_needed"]
    assert await world.db.people.count_documents({"openid": {"$regex": "thief"}}) == 0


async def test_a_code_confirms_once(estate: Estate) -> None:
    staff, world = await estate.member("staff"), estate.world
    code = {"code": await world.wechat.login_code("staff")}
    assert (await world.api.post(CONFIRM, code, as_=staff)).status == 201
    assert (await world.api.post(CONFIRM, code, as_=staff)).code == "wechat_code_refused"


async def test_money_in_suspense_is_sent_back_only_by_somebody_just_confirmed(
    estate: Estate,
) -> None:
    admin, world = await estate.member("admin"), estate.world
    path = "/api/v1/discrepancies/nothing/return"
    assert (await world.api.post(path, as_=admin)).code == "not_found"
    await world.advance(minutes=11)
    assert (await world.api.post(path, as_=admin)).code == "confirmation_needed"
    await world.confirm(admin)
    assert (await world.api.post(path, as_=admin)).code == "not_found"


async def test_where_money_goes_is_decided_only_by_somebody_just_confirmed(
    estate: Estate,
) -> None:
    admin, world = await estate.member("admin"), estate.world
    wish = {"name": "环卫", "account": "x", "kinds": ["waste_fee"], "from_day": "2026-03-02"}
    asks = (
        (f"/api/v1/places/{COMMUNITY}/payees", wish, "unknown_account"),
        ("/api/v1/payees/nothing/end", {"last_day": "2026-03-02"}, "not_found"),
    )
    for path, body, code in asks:
        assert (await world.api.post(path, body, as_=admin)).code == code
    await world.advance(minutes=11)
    for path, body, _ in asks:
        reply = await world.api.post(path, body, as_=admin)
        assert (reply.status, reply.code) == (403, "confirmation_needed")


async def test_a_substitute_is_no_way_round_it(estate: Estate) -> None:
    path = f"appointments/{await appointment_of(estate)}/substitute"
    await estate.world.advance(minutes=10, seconds=1)
    reply = await post(estate, "staff", path, substitution())
    assert (reply.status, reply.code) == (403, "confirmation_needed")
