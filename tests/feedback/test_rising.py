"""Words on the rise: counted by people, compared with eight weeks, and silent below five."""

from typing import Any, Final

import pytest

from mongo_indexes import feedback_words
from services.feedback.models import TEXT
from services.feedback.rising import jobs, store, texts
from services.feedback.rising.models import WeekWords, week_words_id
from services.feedback.rising.rises import rising, week_of, weeks_before
from services.kernel import words
from tests.build.cast import COMMUNITY, COMPOUND, UNIT
from tests.build.feedback import Voices
from tests.build.offices import BUILDING
from tests.privacy.searching import texts as texts_in

WEEK: Final = "2026-03-02"
WATER: Final = "水管爆裂,单元里又停水了"


async def said(voices: Voices, people: int, text: str = WATER, **more: Any) -> None:
    """Let so many different people say the same, and the worker count it."""
    for number in range(people):
        case_id = await voices.file("li", text=text, **more)
        who = {"$set": {"person": f"somebody{number}"}}
        await voices.world.db.feedback.update_one({"_id": case_id}, who)
    await voices.world.db.quotas.delete_many({"_id": {"$exists": True}})
    await voices.world.work()


async def risen(voices: Voices, place: str = COMMUNITY, query: str = "") -> dict[str, int]:
    reply = await voices.get("staff", f"places/{place}/rising-words{query}")
    assert reply.status == 200, reply.body
    return {item["word"]: item["people"] for item in reply.body["items"]}


async def kept(voices: Voices) -> str:
    """Return all that is kept of words, as one text."""
    rows = await voices.world.db[feedback_words.COLLECTION].find().to_list()
    return "\n".join(text for row in rows for text in texts_in(row))


async def test_a_word_of_fewer_than_five_is_nowhere(voices: Voices) -> None:
    await said(voices, 4)
    assert await risen(voices) == {}
    rows = await voices.world.db[feedback_words.COLLECTION].find().to_list()
    assert sorted(row["place"] for row in rows) == [COMMUNITY, COMPOUND, BUILDING, UNIT]
    told = await kept(voices)
    for word in ("停水", "水管", "爆裂", "somebody"):
        assert word not in told
    await said(voices, 1, f"{WATER},到处都是")
    assert await risen(voices) == {}, "the first of the four again"
    case_id = await voices.file("li", text=WATER)
    await voices.world.work()
    found = await risen(voices)
    assert (found["停水"], found["水管"]) == (5, 5)
    assert "到处" not in await kept(voices)
    for place in (COMPOUND, BUILDING, UNIT):
        assert (await risen(voices, place))["停水"] == 5
    await jobs.count(voices.world.deps, {"case_id": case_id})
    assert await risen(voices) == found, "counted again it is the same"
    assert voices.world.deps.vault  # with the key, and only with it, a word can be guessed
    marks = texts.marks(voices.world.deps, UNIT, ["到处"])
    row = await voices.world.db[feedback_words.COLLECTION].find_one({"place": UNIT})
    assert row is not None
    assert {*marks} <= {*row["people"]}


async def test_texts_of_one_person_are_one_person(voices: Voices) -> None:
    for _ in range(6):
        await voices.file("li", text=WATER)
        await voices.file("head", text=WATER, on_behalf_of="王秀兰")
    await voices.world.work()
    assert await risen(voices) == {}
    assert "停水" not in await kept(voices)


async def test_what_is_kept_from_somebody_is_in_no_word(voices: Voices) -> None:
    await said(voices, 6, "单元长态度恶劣", kind="complaint", about="unit_head")
    assert await voices.world.db[feedback_words.COLLECTION].count_documents({}) == 0


async def test_what_has_no_name_counts_for_the_building(voices: Voices) -> None:
    await voices.households(*[f"{UNIT}.{number}" for number in (601, 602, 603, 604)])
    await said(voices, 5, anonymous=True)
    assert (await risen(voices, BUILDING))["停水"] == 5
    assert await risen(voices, UNIT) == {}


async def test_the_week_ends_with_a_message_and_without_people(voices: Voices) -> None:
    await said(voices, 5)
    await voices.until("2026-03-09T08:00:00+08:00")
    for _ in range(2):
        await jobs.tell(voices.world.deps, {})
    await voices.world.work()
    told = await voices.told("staff", "feedback_word")
    assert "春光小区3栋2单元上周有5人提到“停水”,比平时明显多,请留意。" in told
    assert len(told) == len({*told}), "once for a word, at the smallest place"
    assert all("2单元" in text for text in told)
    assert await voices.told("head", "feedback_word") == []
    rows = await voices.world.db[feedback_words.COLLECTION].find().to_list()
    assert all("people" not in row for row in rows)
    assert await risen(voices) == {}
    assert (await risen(voices, query=f"?week={WEEK}"))["停水"] == 5
    await said(voices, 5)
    await voices.until("2026-03-16T08:00:00+08:00")
    await jobs.tell(voices.world.deps, {})
    assert (await risen(voices, query="?week=2026-03-09"))["停水"] == 5
    assert await voices.told("staff", "feedback_word") == told, "it rose before already"


async def test_a_closed_week_is_not_added_to(voices: Voices) -> None:
    deps = voices.world.deps
    await said(voices, 4)
    cases = await voices.world.db.feedback.find().to_list()
    seen = await store.of_place(deps.db, UNIT, [WEEK])
    await store.close(deps.db, seen[WEEK])
    for case in cases:
        await jobs.count(deps, {"case_id": case["_id"]})  # killed before it ended
    [after] = (await store.of_place(deps.db, UNIT, [WEEK])).values()
    assert (set(after.counts.values()), after.people, after.names) == ({4}, {}, {})
    assert "停水" not in await kept(voices)


async def test_a_week_that_somebody_is_added_to_is_not_closed_over_them(voices: Voices) -> None:
    deps = voices.world.deps
    await said(voices, 1)
    [seen] = (await store.of_place(deps.db, UNIT, [WEEK])).values()
    await said(voices, 2)
    await store.close(deps.db, seen)
    [after] = (await store.of_place(deps.db, UNIT, [WEEK])).values()
    assert max(map(len, after.people.values())) == 2


@pytest.mark.parametrize(
    ("now", "earlier", "is_rising"),
    [(4, 0, False), (5, 0, True), (5, 13, True), (6, 16, False), (7, 16, True)],
)
def test_sudden_is_more_than_three_times_the_mean_of_eight_weeks(
    now: int, earlier: int, *, is_rising: bool
) -> None:
    def of(week: str, people: int) -> WeekWords:
        return WeekWords(
            id=week_words_id(UNIT, week),
            place=UNIT,
            week=week,
            counts={"x": people},
            names={"x": "停水"},
            expires_at=None,  # type: ignore[arg-type]
        )

    eight = weeks_before(WEEK, 9)
    found = {WEEK: of(WEEK, now), eight[7]: of(eight[7], earlier), eight[8]: of(eight[8], 99)}
    assert bool(rising(found, WEEK)) is is_rising
    assert week_of("2026-03-08") == WEEK


def test_what_says_nothing_is_no_word() -> None:
    text = "我家502室希望社区尽快解决楼道堆放的电动车,电话13812345678,车牌吉A1"
    found = texts.words_of(words.read(), text)
    assert found == ["堆放", "电动车", "电话", "车牌"]
    assert TEXT.field == "text"


@pytest.mark.parametrize(
    ("place", "query", "code"),
    [
        ("cc.chaoyang.guilin", "", "rising_words_bad_place"),
        (COMPOUND, "?week=2026-02-01", "rising_words_bad_week"),
        (COMPOUND, "?week=2026-02-30", "invalid_input"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    voices: Voices, place: str, query: str, code: str
) -> None:
    who = "subdistrict" if place.count(".") == 2 else "staff"
    reply = await voices.get(who, f"places/{place}/rising-words{query}")
    assert (reply.status, reply.code) == (422, code), reply.body
    assert (await voices.get("head", f"places/{UNIT}/rising-words")).status == 403
