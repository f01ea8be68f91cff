"""Open311 GeoReport v2: a city's system reads and files repairs of what all share."""

from typing import Any, Final
from urllib.parse import urlencode

import pytest

from services.limits.models import ALLOWANCES, MINUTE, Allowance, Rate
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, OTHER_COMPOUND, UNIT
from tests.build.homes import acts, at_once
from tests.build.repairs import LIGHT, TAP, Works
from tests.build.world import Reply

BASE = "/open311/v2"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


async def key(works: Works, place: str = COMMUNITY) -> str:
    reply = await works.post("admin", f"places/{place}/city-clients", name="城市平台")
    assert reply.status == 201, reply.body
    return str(reply.body["api_key"])


async def ask(works: Works, path: str, **query: Any) -> Reply:
    return await works.world.api.get(f"{BASE}/{path}?{urlencode(query)}", as_=None)


async def file(works: Works, **fields: Any) -> Reply:
    wish = {"service_code": LIGHT, "address_id": UNIT, "description": "三楼的灯不亮", **fields}
    body = urlencode({name: value for name, value in wish.items() if value is not None})
    path = f"{BASE}/requests.json"
    return await works.world.api.call("POST", path, body.encode(), headers=FORM)


async def listed(works: Works, **query: Any) -> list[str]:
    reply = await ask(works, "requests.json", **query)
    assert reply.status == 200, reply.body
    return [each["service_request_id"] for each in reply.body]


def failed(reply: Reply) -> tuple[int, list[int]]:
    assert all(each["description"] for each in reply.body)
    return reply.status, [each["code"] for each in reply.body]


async def test_services_are_the_categories_of_what_all_share(works: Works) -> None:
    api_key = await key(works)
    found = (await ask(works, "services.json", api_key=api_key, jurisdiction_id="x")).body
    codes = {each["service_code"]: each for each in found}
    assert LIGHT in codes
    assert not {TAP, "water", "no_heat"} & codes.keys()
    assert (codes["no_water"]["group"], codes["no_water"]["metadata"]) == ("水和下水", False)
    one = await ask(works, f"services/{LIGHT}.json", api_key=api_key)
    assert (one.status, one.body) == (200, {"service_code": LIGHT, "attributes": []})
    for code in (TAP, "nothing"):
        gone = await ask(works, f"services/{code}.json", api_key=api_key)
        assert failed(gone) == (404, [404])


async def test_a_request_is_filed_and_done_like_any_other(works: Works) -> None:
    api_key = await key(works)
    reply = await file(works, api_key=api_key, first_name="王", phone="13900000000")
    assert (reply.status, len(reply.body)) == (201, 1)
    [filed] = reply.body
    request_id = filed["service_request_id"]
    assert (filed["account_id"], "26-0001" in filed["service_notice"]) == (None, True)
    assert await works.told("dispatcher", "repair_work") != []
    kept = await works.world.db.repairs.find_one({"_id": request_id})
    assert kept is not None
    assert (kept["way"], kept["person"], kept["phone_sealed"]) == ("city", None, "")
    [shown] = (await ask(works, f"requests/{request_id}.json", api_key=api_key)).body
    assert {name: value for name, value in shown.items() if value is None}.keys() == {
        *("description", "service_notice", "zipcode", "lat", "long", "media_url")
    }
    assert (shown["status"], shown["status_notes"]) == ("open", "待受理")
    assert (shown["address"], shown["address_id"]) == ("春光小区3栋2单元", UNIT)
    assert (shown["service_code"], shown["agency_responsible"]) == (LIGHT, "物业")
    assert shown["requested_datetime"] == "2026-03-02T04:00:00Z"
    assert shown["expected_datetime"] > shown["requested_datetime"]
    await works.repaired(request_id)
    await works.advance(days=7)
    await works.world.work()
    [shown] = (await ask(works, f"requests/{request_id}.json", api_key=api_key)).body
    assert (shown["status"], shown["expected_datetime"]) == ("closed", None)
    [row] = await acts(works.world, "repair.reported")
    assert (row["subject"], row["facts"]["way"]) == (request_id, "city")


async def test_nothing_of_homes_or_people_is_read(works: Works) -> None:
    api_key = await key(works)
    home = await works.report("li", place=LI_HOME, category=TAP, text="厨房漏水")
    await works.report("li", place=LI_HOME, category="no_water", text="家里没水")
    shared = await works.report("li", phone="13912345678", access="钥匙在门卫")
    assert await listed(works, api_key=api_key) == [shared]
    assert await listed(works, api_key=api_key, service_request_id=f"{home},{shared}") == [
        shared
    ]
    gone = await ask(works, f"requests/{home}.json", api_key=api_key)
    assert failed(gone) == (404, [404])
    reply = await ask(works, f"requests/{shared}.json", api_key=api_key)
    li = await works.member("li")
    for secret in ("三楼的灯", "13912345678", "钥匙", li.person_id):
        assert secret not in reply.raw.decode()
    checked = {"$set": {"text_shown": True}}
    await works.world.db.repairs.update_one({"_id": shared}, checked)
    [shown] = (await ask(works, f"requests/{shared}.json", api_key=api_key)).body
    assert shown["description"] == "三楼的灯不亮了"


async def test_a_client_reads_and_files_at_its_own_places(works: Works) -> None:
    api_key, other = await key(works, COMPOUND), await key(works, OTHER_COMPOUND)
    request_id = await works.report("li")
    assert await listed(works, api_key=api_key) == [request_id]
    assert await listed(works, api_key=other) == []
    assert await listed(works, api_key=other, service_request_id=request_id) == []
    gone = await ask(works, f"requests/{request_id}.json", api_key=other)
    assert failed(gone) == (404, [404])
    assert failed(await file(works, api_key=other)) == (404, [404])


async def test_requests_are_filtered_as_the_standard_says(works: Works) -> None:
    api_key = await key(works)
    old = await works.report("li")
    await works.advance(days=20)
    lift = await works.report("li", category="lift_stopped", text="电梯不动")
    await works.advance(minutes=1)
    lamp = await works.report("wang")
    await works.do("dispatcher", lamp, "refuse", reason="已在计划内")
    assert await listed(works, api_key=api_key) == [lamp, lift, old]
    wanted = [
        ({"status": "open"}, [lift, old]),
        ({"status": "closed"}, [lamp]),
        ({"status": "open,closed"}, [lamp, lift, old]),
        ({"service_code": LIGHT}, [lamp, old]),
        ({"service_code": f"{LIGHT},lift_stopped", "status": "open"}, [lift, old]),
        ({"start_date": "2026-03-10T00:00:00+08:00"}, [lamp, lift]),
        ({"end_date": "2026-03-10T00:00:00Z"}, [old]),
        ({"start_date": "2025-01-01T00:00:00Z"}, []),
        ({"service_request_id": f"{old},{lift}", "status": "closed"}, [lift, old]),
        ({"page_size": 2}, [lamp, lift]),
        ({"page_size": 2, "page": 2}, [old]),
        ({"status": "", "service_code": ""}, [lamp, lift, old]),
    ]
    for query, found in wanted:
        assert await listed(works, api_key=api_key, **query) == found, query
    wrong = [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-01-01"},
        {"status": "done"},
        {"page": 11, "page_size": 100},
        {"page": 0},
        {"page_size": "x"},
        {"service_request_id": ",".join("a" * 101)},
    ]
    for query in wrong:
        reply = await ask(works, "requests.json", api_key=api_key, **query)
        assert failed(reply) == (400, [400]), query


async def test_a_compound_is_found_by_its_name_in_the_address(works: Works) -> None:
    api_key = await key(works)
    said = {"address_id": None, "address_string": "和平小区大门旁的路灯"}
    [filed] = (await file(works, api_key=api_key, **said)).body
    kept = await works.world.db.repairs.find_one({"_id": filed["service_request_id"]})
    assert kept is not None
    assert kept["place"] == OTHER_COMPOUND
    assert kept["text"] == "三楼的灯不亮\n地点:和平小区大门旁的路灯"


WRONG: Final[list[tuple[dict[str, Any], int]]] = [
    ({"service_code": None}, 400),
    ({"service_code": "nothing"}, 404),
    ({"service_code": TAP}, 404),
    ({"address_id": None}, 400),
    ({"address_id": None, "lat": "43.8", "long": "125.3"}, 400),
    ({"address_id": None, "address_string": "某处"}, 400),
    ({"address_id": None, "address_string": "春光小区和和平小区"}, 400),
    ({"address_id": LI_HOME}, 400),
    ({"address_id": COMMUNITY}, 400),
    ({"address_id": f"{COMPOUND}.b9"}, 404),
    ({"description": None}, 400),
    ({"description": "  "}, 400),
    ({"description": "\u202e灯"}, 400),
    ({"description": "灯" * 4001}, 400),
]


async def test_what_cannot_be_filed(works: Works) -> None:
    api_key = await key(works)
    for wrong, status in WRONG:
        reply = await file(works, api_key=api_key, **wrong)
        assert failed(reply) == (status, [status]), wrong
    assert await works.world.db.repairs.count_documents({}) == 0


async def test_the_same_sent_again_is_the_same(works: Works) -> None:
    api_key = await key(works)
    replies = await at_once(*(file(works, api_key=api_key) for _ in range(3)))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body[0]["service_request_id"] for reply in replies}) == 1
    other = await file(works, api_key=api_key, description="二楼的灯不亮")
    assert other.body[0]["service_request_id"] != replies[0].body[0]["service_request_id"]
    numbers = {repair["number"] async for repair in works.world.db.repairs.find()}
    assert numbers == {"26-0001", "26-0002"}


async def test_a_filed_request_is_about_the_outage_that_runs(works: Works) -> None:
    wish = {"kind": "lift", "planned": False, "text": "检修", "ends_at": "2026-03-02T10:00:00Z"}
    about = {"places": [UNIT], "categories": ["lift_stopped"]}
    reply = await works.post("staff", f"places/{COMPOUND}/outages", **wish, **about)
    assert reply.status == 201
    [filed] = (await file(works, api_key=await key(works), service_code="lift_stopped")).body
    seen = await works.see("staff", filed["service_request_id"])
    assert seen["outage_id"] == reply.body["outage_id"]


async def test_without_a_key_nothing_is_told(works: Works) -> None:
    await works.report("li")
    for api_key in ("", "wrong"):
        for path in (
            "services.json",
            f"services/{LIGHT}.json",
            "requests.json",
            "requests/1.json",
        ):
            assert failed(await ask(works, path, api_key=api_key)) == (403, [403])
        assert failed(await file(works, api_key=api_key)) == (403, [403])


async def test_an_ended_key_opens_nothing(works: Works) -> None:
    reply = await works.post("admin", f"places/{COMPOUND}/city-clients", name="城市平台")
    client, api_key = reply.body["client"], reply.body["api_key"]
    assert (await ask(works, "services.json", api_key=api_key)).status == 200
    path = f"city-clients/{client['client_id']}/end"
    ended = await works.post("admin", path)
    assert (ended.status, ended.body["ended_at"]) == (200, "2026-03-02T04:00:00Z")
    assert (await ask(works, "services.json", api_key=api_key)).status == 403
    assert (await file(works, api_key=api_key)).status == 403
    again = await works.post("admin", path)
    assert (again.status, again.code) == (409, "city_client_ended")
    assert len(await acts(works.world, "city_client.added")) == 1
    assert len(await acts(works.world, "city_client.ended")) == 1


async def test_a_key_is_shown_once_and_kept_nowhere(works: Works) -> None:
    api_key = await key(works)
    assert len(api_key) == 32
    listing = await works.get("admin", f"places/{COMMUNITY}/city-clients")
    assert listing.body["items"][0]["name"] == "城市平台"
    db = works.world.db
    names = ("city_clients", "audit", "idempotency_keys", "outbox")
    kept = [await db[name].find().to_list() for name in names]
    assert api_key not in str(kept)
    assert api_key not in listing.raw.decode()


async def test_a_client_is_of_a_compound_or_above(works: Works) -> None:
    for place in (UNIT, LI_HOME):
        reply = await works.post("admin", f"places/{place}/city-clients", name="城市平台")
        assert (reply.status, reply.code) == (422, "city_client_wrong_place")
    for who in ("staff", "dispatcher", "li"):
        reply = await works.post(who, f"places/{COMPOUND}/city-clients", name="城市平台")
        assert reply.status == 403


async def test_each_client_may_ask_so_often(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALLOWANCES, Rate.CITY_CLIENT, Allowance(2, MINUTE))
    one, other = await key(works), await key(works)
    for _ in range(2):
        assert (await ask(works, "services.json", api_key=one)).status == 200
    late = await ask(works, "services.json", api_key=one)
    assert failed(late) == (429, [429])
    assert int(late.headers["Retry-After"]) > 0
    assert (await ask(works, "services.json", api_key=other)).status == 200
