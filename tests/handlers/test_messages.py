"""The inbox: everything told is there, once, for one person only."""

import asyncio

import pytest
from msgspec import structs

from server.features import FEATURES
from services.bills.runs.notify import BILL_ISSUED
from services.dependencies import Transaction
from services.messaging import actions
from tests.build.mailbox import TEMPLATE, VALUES, allow, inbox, open_push, tell
from tests.build.sign_ins import Member
from tests.build.world import World


async def test_what_is_told_is_in_the_inbox_at_once(world: World, li: Member) -> None:
    message_id = await tell(world, li)
    reply = await world.api.get("/api/v1/me/messages", as_=li)

    assert reply.body["items"] == [
        {
            "message_id": message_id,
            "template": "bill_issued",
            "title": "您有新的账单",
            "body": "新城小区7栋3单元502号的物业费(2026年3月)共51.18元,"
            "最晚2026年3月31日缴纳。谢谢您!",
            "page": "pages/bills/bill?id=b1",
            "created_at": "2026-03-02T04:00:00Z",
            "read_at": None,
            "delivery": "inbox",
        }
    ]
    assert await world.db.messages.count_documents({"person": li.person_id}) == 1


async def test_the_same_thing_told_again_is_told_once(world: World, li: Member) -> None:
    await open_push(world)
    await allow(world, "li")
    await asyncio.gather(*(tell(world, li) for _ in range(5)))
    await world.work()
    await tell(world, li, home="别处")

    assert len(await inbox(world, li)) == 1
    assert await world.db.outbox.count_documents({"kind": "messaging.send"}) == 1
    [message] = await world.db.messages.find().to_list()
    assert message["values"]["home"] == VALUES["home"]


async def test_nothing_is_told_when_the_callers_transaction_fails(
    world: World, li: Member
) -> None:
    async def fail(tx: Transaction) -> None:
        await actions.notify(
            world.deps,
            tx,
            person_id=li.person_id,
            template=BILL_ISSUED,
            key="b1",
            values=VALUES,
        )
        raise RuntimeError

    before = await world.db.outbox.count_documents({})
    with pytest.raises(RuntimeError):
        await world.deps.in_transaction(fail)
    assert await inbox(world, li) == {}
    assert await world.db.outbox.count_documents({}) == before


async def test_a_message_that_no_feature_registers_is_not_written(
    world: World, li: Member
) -> None:
    """WeChat's worker would not find its words, and a misspelt key would be seen by nobody."""
    strange = structs.replace(BILL_ISSUED, key="bill_isued")
    about = {"person_id": li.person_id, "template": strange, "key": "b1", "values": VALUES}
    with pytest.raises(ValueError, match="bill_isued"):
        await world.deps.in_transaction(lambda tx: actions.notify(world.deps, tx, **about))
    assert await inbox(world, li) == {}


async def test_pages_follow_each_other_newest_first(world: World, li: Member) -> None:
    told = []
    for number in range(5):
        told.append(await tell(world, li, f"b{number}"))
        if number % 2:  # messages of one instant have an order too
            await world.advance(seconds=1)
    seen: list[str] = []
    cursor = ""
    while True:
        path = f"/api/v1/me/messages?limit=2{cursor}"
        page = (await world.api.get(path, as_=li)).body
        seen += [item["message_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert sorted(seen) == sorted(told)
    assert seen[0] == told[4]
    assert set(seen[1:3]) == {told[2], told[3]}


async def test_reading_counts_once(world: World, li: Member) -> None:
    first, _ = await tell(world, li, "b1"), await tell(world, li, "b2")
    unread = "/api/v1/me/messages/unread"
    assert (await world.api.get(unread, as_=li)).body == {"unread": 2}

    read = await world.api.post(f"/api/v1/me/messages/{first}/read", as_=li)
    await world.advance(hours=1)
    li = await world.sign_in("li")
    again = await world.api.post(f"/api/v1/me/messages/{first}/read", as_=li)

    assert (read.status, read.body["read_at"]) == (200, "2026-03-02T04:00:00Z")
    assert again.body == read.body
    assert (await world.api.get(unread, as_=li)).body == {"unread": 1}


async def test_nobody_sees_anothers_messages(world: World, li: Member, wang: Member) -> None:
    message_id = await tell(world, li)
    mine, other = f"/api/v1/me/messages/{message_id}/read", "0" * 26

    assert await inbox(world, wang) == {}
    assert (await world.api.get("/api/v1/me/messages/unread", as_=wang)).body == {"unread": 0}
    refused = await world.api.post(mine, as_=wang)
    missing = await world.api.post(f"/api/v1/me/messages/{other}/read", as_=wang)
    assert (refused.status, refused.body["title"]) == (404, missing.body["title"])
    assert await world.db.messages.count_documents({"read_at": None}) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/me/messages"),
        ("GET", "/api/v1/me/messages/unread"),
        ("GET", "/api/v1/me/message-templates"),
        ("POST", "/api/v1/me/messages/00000000000000000000000000/read"),
    ],
)
async def test_strangers_are_sent_to_sign_in(world: World, method: str, path: str) -> None:
    body = b"{}" if method == "POST" else None
    assert (await world.api.call(method, path, body)).code == "unauthenticated"


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=a", "before=1"])
async def test_an_odd_question_is_refused(world: World, li: Member, query: str) -> None:
    assert (await world.api.get(f"/api/v1/me/messages?{query}", as_=li)).status == 422


async def test_templates_to_ask_for(world: World, li: Member) -> None:
    reply = await world.api.get("/api/v1/me/message-templates", as_=li)
    assert [item["template"] for item in reply.body["items"]] == list(FEATURES.templates)
    [found] = [one for one in reply.body["items"] if one["template"] == "bill_issued"]
    assert found == {
        "template": "bill_issued",
        "template_id": TEMPLATE,
        "title": "您有新的账单",
        "left": 0,
    }
