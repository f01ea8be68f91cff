"""Notices over HTTP: what cannot be sent, each with its own code, and nothing is kept of it."""

from typing import Any, Final

import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, LI_HOME, OTHER_COMPOUND, UNIT, Estate, appoint
from tests.build.homes import get, post
from tests.build.notices import OWNERS, QUESTION, act, asked, draft, drafted, published, send
from tests.build.offices import firm_at, hire

YESTERDAY, TOMORROW = "2026-03-01T04:00:00Z", "2026-03-03T04:00:00Z"
NEXT_WEEK: Final = "2026-03-09T04:00:00Z"
ASKS: Final = {"kind": "asks_answer"}
CHOICE: Final = QUESTION | {"form": "choice"}
WATER: Final = {
    "reason": "检修",
    "area": "3栋",
    "day": "3月5日",
    "from_time": "8时",
    "to_time": "12时",
    "phone": "0431-81234567",
}
BAD: Final[dict[str, tuple[dict[str, Any], int, str]]] = {
    "nobody is meant": ({"audience": {"places": [COMPOUND]}}, 422, "audience_empty"),
    "a place that is none": (
        {"audience": OWNERS | {"places": [f"{COMPOUND}.b99"]}},
        404,
        "not_found",
    ),
    "a place of others": ({"audience": OWNERS | {"places": ["cc.nanguan"]}}, 404, "not_found"),
    "a long title": ({"title": "水" * 4000}, 422, "invalid_input"),
    "a long text": ({"text": "水" * 20_001}, 422, "invalid_input"),
    "many files": (
        {"attachments": [{"photo_id": f"{n}"} for n in range(21)]},
        422,
        "too_many_attachments",
    ),
    "files of others": ({"attachments": [{"photo_id": "0"}]}, 404, "not_found"),
    "html": ({"text": "请<b>注意</b>"}, 422, "notice_html"),
    "a script": ({"text": "<script src=//evil.example></script>"}, 422, "notice_html"),
    "html in a title": ({"title": "<img src=x>"}, 422, "notice_html"),
    "html in a signature": ({"signed_by": "<b>居委会</b>"}, 422, "notice_html"),
    "html in an option": (
        ASKS | {"question": CHOICE | {"options": ["<b>上午</b>", "下午"]}},
        422,
        "notice_html",
    ),
    "html in the name of a file": (
        {"attachments": [{"photo_id": "0", "name": "<img src=x>.pdf"}]},
        422,
        "notice_html",
    ),
    "an end before the start": (
        {"shown_from": NEXT_WEEK, "shown_until": TOMORROW},
        422,
        "notice_ends_before_start",
    ),
    "an end that is over": ({"shown_until": YESTERDAY}, 422, "notice_ends_before_start"),
    "a year that is none": (
        {"shown_until": "9999-12-31T23:59:59-12:00"},
        422,
        "notice_time_past",
    ),
    "an instant of nowhere": ({"shown_until": "2026-03-09T04:00:00"}, 422, "invalid_input"),
    "no question": (ASKS, 422, "bad_notice_question"),
    "a question by the way": ({"question": QUESTION}, 422, "bad_notice_question"),
    "one option": (
        ASKS | {"question": CHOICE | {"options": ["上午"]}},
        422,
        "bad_notice_question",
    ),
    "the same option": (
        ASKS | {"question": CHOICE | {"options": ["上午", "上午"]}},
        422,
        "bad_notice_question",
    ),
    "options of yes and no": (
        ASKS | {"question": QUESTION | {"options": ["上午", "下午"]}},
        422,
        "bad_notice_question",
    ),
    "a question that is over": (
        ASKS | {"question": QUESTION | {"until": YESTERDAY}},
        422,
        "notice_ends_before_start",
    ),
    "a question after the end": (
        ASKS | {"question": QUESTION, "shown_until": TOMORROW},
        422,
        "notice_answers_after_end",
    ),
    "no such template": ({"template": "party"}, 422, "unknown_notice_template"),
    "an empty blank": (
        {"template": "water_outage", "values": WATER | {"day": ""}},
        422,
        "invalid_input",
    ),
    "a missing blank": (
        {"template": "water_outage", "values": {"day": "3月5日"}},
        422,
        "bad_notice_blanks",
    ),
    "a strange blank": (
        {"template": "water_outage", "values": WATER | {"who": "我"}},
        422,
        "bad_notice_blanks",
    ),
    "values of nothing": ({"values": {"day": "3月5日"}}, 422, "bad_notice_blanks"),
    "no text": ({"text": None}, 422, "notice_text_needed"),
}


async def test_what_cannot_be_is_refused_and_leaves_nothing(estate: Estate) -> None:
    for name, (wrong, status, code) in BAD.items():
        reply = await draft(estate, **wrong)
        assert (reply.status, reply.code) == (status, code), name
        before = await drafted(estate)
        if not wrong.keys() & {"template", "values", "kind"} and wrong != {"text": None}:
            changed = await send(estate, "PATCH", "staff", f"notices/{before}", **wrong)
            assert (changed.status, changed.code) == (status, code), name
    assert await estate.world.db.notices.count_documents({"title": {"$ne": "停水通知"}}) == 0


async def test_signs_that_are_no_html_are_kept_as_they_are(estate: Estate) -> None:
    text = "水压 3<5 且 6>4 & <通知>\n- https://example.cn/a?b=1&c=2"
    notice_id = await published(estate, text=text)
    shown = await get(estate, "li", f"me/notices/{notice_id}")
    assert shown.body["text"] == text


async def test_a_template_is_filled(estate: Estate) -> None:
    listed = (await get(estate, "staff", "notice-templates")).body["items"]
    assert len(listed) == 13
    labels = {each["template"]: each["blanks"][0]["label"] for each in listed}
    assert labels["flood"] == "预警名称(如:暴雨橙色预警)"
    for each in listed:
        values = {blank["name"]: "某" for blank in each["blanks"]}
        wish = {"template": each["template"], "values": values, "title": None, "text": None}
        reply = await draft(estate, **wish)
        assert reply.status == 201, reply.body
        assert "{" not in reply.body["title"] + reply.body["text"]
    missing = await draft(estate, template="water_outage", values={"day": "3月5日"})
    assert missing.body["details"]["missing"] == sorted(WATER.keys() - {"day"})
    assert "停水原因" in missing.body["title"]
    named = await draft(estate, template="flood", values={}, title="防汛", text="防汛")
    assert named.code == "bad_notice_blanks"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("information", 201), ("policy", 403), ("emergency", 403), ("asks_answer", 403)],
)
async def test_a_head_informs_the_own_staircase_and_no_more(
    estate: Estate, kind: str, status: int
) -> None:
    own = {"places": [UNIT], "relations": ["owner"]}
    question = {"question": QUESTION} if kind == "asks_answer" else {}
    reply = await draft(estate, "head", kind=kind, audience=own, **question)
    assert reply.status == status, reply.body
    if status == 403:
        assert reply.code == "notice_kind_not_yours"
    assert (await draft(estate, "head", kind=kind, **question)).status == 404
    assert (await draft(estate, "li", audience=own)).code == "forbidden"


async def test_a_firm_writes_to_one_compound_at_a_time(estate: Estate) -> None:
    world, role = estate.world, Role.FIRM_MANAGER
    firm = await firm_at(world, COMPOUND)
    manager = await hire(world, role, COMPOUND, name="guan", phone="13900000077", firm=firm)
    await hire(world, role, OTHER_COMPOUND, name="guan", phone="13900000077")
    both = OWNERS | {"places": [COMPOUND, OTHER_COMPOUND]}
    reply = await draft(estate, manager, audience=both)
    assert (reply.status, reply.code) == (422, "notice_one_place")
    assert (await draft(estate, "staff", audience=both)).status == 201


async def test_an_hour_that_is_past_is_none_to_publish_at(estate: Estate) -> None:
    notice_id = await drafted(estate, shown_until=NEXT_WEEK)
    for at, code in (
        (YESTERDAY, "notice_time_past"),
        ("1999-01-01T00:00:00Z", "notice_time_past"),
        ("2026-03-10T04:00:00Z", "notice_ends_before_start"),
    ):
        reply = await act(estate, notice_id, "publish", at=at)
        assert (reply.status, reply.code) == (422, code)
    await estate.advance(days=8)
    assert (await act(estate, notice_id, "publish")).code == "notice_ends_before_start"


async def test_nobody_there_is_no_audience(estate: Estate) -> None:
    empty = {"places": [COMPOUND], "relations": ["tenant"]}
    notice_id = await drafted(estate, audience=empty)
    reply = await act(estate, notice_id, "publish")
    assert (reply.status, reply.code) == (422, "audience_empty")
    assert await estate.world.db.broadcasts.count_documents({}) == 0
    kept = await get(estate, "staff", f"notices/{notice_id}")
    assert kept.body["state"] == "draft"
    before = await get(estate, "staff", f"notices/{notice_id}/preview")
    assert (before.status, before.body["homes"], before.body["people"]) == (200, 0, 0)


DEBTORS: Final = {"places": [LI_HOME], "relations": ["owner"], "owing_since": "2026-02"}
WITHOUT_PHONE: Final = {"places": [LI_HOME], "relations": ["owner"], "lacks": ["phone"]}


async def test_who_may_not_see_debts_or_residents_chooses_nobody_by_them(
    estate: Estate,
) -> None:
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "sun")
    ordinary = await drafted(estate, "sun")
    for audience, needs in ((DEBTORS, "view_unpaid"), (WITHOUT_PHONE, "view_residents")):
        wish = {"audience": OWNERS | audience}
        for reply in (
            await draft(estate, "sun", **wish),
            await send(estate, "PATCH", "sun", f"notices/{ordinary}", **wish),
        ):
            assert (reply.status, reply.code) == (403, "audience_filter_not_yours")
            assert reply.body["details"] == {"needs": needs}
        for who in ("staff", "head"):
            assert (await draft(estate, who, **wish)).status == 201
    out = await published(estate, "sun")
    await estate.world.db.notices.update_many({}, {"$set": {"audience": DEBTORS}})
    for reply in (
        await get(estate, "sun", f"notices/{ordinary}/preview"),
        await act(estate, ordinary, "publish", "sun"),
        await get(estate, "sun", f"notices/{out}/answers"),
        await act(estate, out, "correct", "sun", because="有误", text="请缴费"),
    ):
        assert (reply.status, reply.code) == (403, "audience_filter_not_yours")


async def test_preview_counts_before_anything_is_sent(estate: Estate) -> None:
    for who in ("li", "mei", "wang"):
        await estate.member(who)
    notice_id = await drafted(estate)
    reply = await get(estate, "staff", f"notices/{notice_id}/preview")
    assert (reply.body["homes"], reply.body["people"]) == (3, 3)
    assert await estate.world.db.broadcasts.count_documents({}) == 0


async def test_a_correction_is_checked_like_a_draft(estate: Estate) -> None:
    notice_id = await published(estate)
    for wrong, code in (
        ({"text": "<a href=x>"}, "notice_html"),
        ({"because": "<script>", "text": "改"}, "notice_html"),
        ({"shown_until": YESTERDAY}, "notice_ends_before_start"),
        ({"answers_until": NEXT_WEEK}, "bad_notice_question"),
        ({"attachments": [{"photo_id": f"{n}"} for n in range(21)]}, "too_many_attachments"),
        ({"attachments": [{"photo_id": "0"}]}, "not_found"),
        ({"title": "水" * 61}, "invalid_input"),
    ):
        reply = await act(estate, notice_id, "correct", **{"because": "有误", **wrong})
        assert reply.code == code, wrong
    asked_id = await asked(estate)
    short = await act(estate, asked_id, "correct", because="有误", shown_until=TOMORROW)
    assert short.code == "notice_answers_after_end"
    both = {"shown_until": TOMORROW, "answers_until": TOMORROW}
    assert (await act(estate, asked_id, "correct", because="有误", **both)).status == 200
    shut = await post(estate, "staff", f"notices/{notice_id}/correct", because=" ")
    assert shut.code == "invalid_input"
    gone = await act(estate, notice_id, "withdraw", because="<img src=x>")
    assert (gone.status, gone.code) == (422, "notice_html")
    assert (await get(estate, "staff", f"notices/{notice_id}")).body["version"] == 1
