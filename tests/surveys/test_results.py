"""Results: equal to a recount, about nobody's small group, and the same for all who read."""

from collections import Counter
from random import Random
from typing import Any, Final

import pytest

from mongo_indexes import survey_answers, survey_results
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.residencies.models import Relation
from services.surveys import jobs
from services.surveys.answers import store as answers_store
from services.surveys.answers.models import SurveyAnswer, answer_key
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    PHONES,
    UNIT,
    WANG_HOME,
    Estate,
    homes,
    live_there,
)
from tests.build.homes import get, post
from tests.build.sign_ins import Member
from tests.build.surveys import NO, YES, act, answer, counted, enter, mine, opened, seen

UNITS: Final = {f"{COMPOUND}.b{b}.u{u}": 3 * b * u for b in (1, 2, 3) for u in (1, 2, 3)}
SMALL: Final = 5


def random_answer(estate: Estate, survey_id: str, home: str, chance: Random) -> SurveyAnswer:
    """Make up an answer of a home: the questions of DRAFT, of which some were left out."""
    choices = ["1", f"1={chance.choice((1, 2))}"]
    if chance.random() < 0.8:
        choices += ["2", *(f"2={each}" for each in sorted(chance.sample((1, 2, 3), 2)))]
    if chance.random() < 0.5:
        choices += ["3", f"3={chance.randint(1, 5)}"]
    if chance.random() < 0.5:
        choices += ["5", *(f"5_{row}={chance.randint(1, 10)}" for row in (1, 2))]
    return SurveyAnswer(
        id=(key := answer_key(estate.world.deps.vault, survey_id, home)),
        keys=[key],
        survey=survey_id,
        by_home=True,
        home=home,
        place=home,
        relation=chance.choice((Relation.OWNER, Relation.OWNER, Relation.TENANT)),
        choices=choices,
        answered_at=estate.world.deps.now(),
    )


async def answered(estate: Estate, survey_id: str) -> list[SurveyAnswer]:
    """Let many homes answer, more in one staircase than in the other."""
    chance = Random(7)  # noqa: S311  # figures, not secrets
    made = [
        random_answer(estate, survey_id, f"{unit}.{100 + number}", chance)
        for unit, count in UNITS.items()
        for number in range(count)
    ]
    rows = [to_document(each) for each in made]
    await estate.world.db[survey_answers.COLLECTION].insert_many(rows)
    return made


def question_of(token: str) -> int:
    return int(token.partition("=")[0].partition("_")[0])


def recount(
    answers: list[SurveyAnswer], place: str, relation: str | None, question: int
) -> Counter[str]:
    """Count by hand what results tell of a place, relation and question."""
    found = Counter[str]()
    for each in answers:
        if covers(place, each.place) and relation in {None, each.relation}:
            found.update(t for t in each.choices if question_of(t) == question)
    return found


async def results(estate: Estate, survey_id: str, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = f"surveys/{survey_id}/results?limit=100{query}{cursor}"
        reply = await get(estate, "staff", path)
        assert reply.status == 200, reply.body
        items += reply.body["items"]
        if reply.body["next_cursor"] is None:
            return items
        cursor = f"&cursor={reply.body['next_cursor']}"


async def test_results_are_what_a_recount_finds(estate: Estate) -> None:
    survey_id = await opened(estate, finest="unit", by_relation=True)
    made = await answered(estate, survey_id)
    await counted(estate, survey_id)
    rows = await results(estate, survey_id)
    assert (rows[0]["place"], rows[0]["relation"]) == (COMPOUND, None)
    for row in rows:
        mine = recount(made, row["place"], row["relation"], row["question"])
        base = mine[str(row["question"])]
        if row["answered"] is None:
            assert row["figures"] == []
            continue
        assert (row["answered"], base >= SMALL or not base) == (base, True), row
        told = [figure["count"] for figure in row["figures"]]
        assert sum(told) == sum(n for token, n in mine.items() if "=" in token), row
    whole = {r["question"]: r for r in rows if (r["place"], r["relation"]) == (COMPOUND, None)}
    lamps, mark = whole[1], whole[3]
    mine = recount(made, COMPOUND, None, 1)
    assert [f["count"] for f in lamps["figures"]] == [mine["1=1"], mine["1=2"]]
    assert lamps["spoken"].startswith(f"同意 {mine['1=1']}(")
    marks = [c for each in made for c in each.choices if c.startswith("3=")]
    mean = sum(int(each[2:]) for each in marks) / len(marks)
    assert abs(mark["mean"] / 100 - mean) < 0.01
    withheld = {row["place"] for row in rows if row["answered"] is None}
    assert f"{COMPOUND}.b1.u1" in withheld  # three homes
    kept = await estate.world.db[survey_results.COLLECTION].find({"answered": None}).to_list()
    assert {len(row["counts"]) for row in kept} == {0}


async def test_a_survey_is_counted_by_two_queries_whatever_the_answers(
    estate: Estate, monkeypatch: Any
) -> None:
    survey_id = await opened(estate)
    await answered(estate, survey_id)
    collection = type(estate.world.db[survey_answers.COLLECTION])
    asked: list[str] = []
    aggregate = collection.aggregate

    async def watched(self: Any, *args: Any, **how: Any) -> Any:
        asked.append(self.name)
        return await aggregate(self, *args, **how)

    monkeypatch.setattr(collection, "aggregate", watched)
    await counted(estate, survey_id)
    # the figures, and who gave several answers
    assert asked.count(survey_answers.COLLECTION) == 2
    assert (await seen(estate, survey_id))["counted_at"]


async def test_results_never_change_once_they_are_counted(estate: Estate) -> None:
    survey_id = await opened(estate)
    await answered(estate, survey_id)
    await counted(estate, survey_id)
    first = await results(estate, survey_id)
    await estate.world.db[survey_answers.COLLECTION].delete_many({"relation": "tenant"})
    await jobs.settle(estate.world.deps, {"survey_id": survey_id})
    assert await results(estate, survey_id) == first
    assert (await act(estate, survey_id, "publish")).status == 200
    shown = await get(estate, "li", f"me/surveys/{survey_id}/results?limit=100")
    assert shown.body["items"] == first[:100]


async def test_figures_of_some_places_and_questions_alone(estate: Estate) -> None:
    survey_id = await opened(estate)
    await answered(estate, survey_id)
    await counted(estate, survey_id)
    building = f"{COMPOUND}.b3"
    rows = await results(estate, survey_id, f"&place={building}&question=1")
    assert [(row["place"], row["question"]) for row in rows] == [(building, 1)]
    assert not [row for row in await results(estate, survey_id) if ".u" in row["place"]]


async def test_the_answer_of_a_person_is_counted_once_whatever_homes(estate: Estate) -> None:
    survey_id = await opened(estate, per="person")
    for name in ("li", "mei"):
        assert (await answer(estate, survey_id, name)).status == 200
        assert (await answer(estate, survey_id, name, YES)).status == 200
    rows = await estate.world.db[survey_answers.COLLECTION].find().to_list()
    assert [(row["home"], row["by_home"]) for row in rows] == [(LI_HOME, False)] * 2


async def test_all_papers_of_a_head_are_one_answerer(estate: Estate) -> None:
    """With four of them, the head would know what the fifth answer is."""
    made = [f"{UNIT}.{n}" for n in (901, 902, 903, 904)]
    await homes(estate.world.deps, dict.fromkeys(made, 5000))
    survey_id = await opened(estate)
    for home in made:
        assert (await enter(estate, survey_id, home, YES)).status == 200
    assert (await answer(estate, survey_id, "li", NO)).status == 200
    await counted(estate, survey_id)
    [drawn] = await estate.world.db.survey_second_entries.find().to_list()
    path = f"survey-second-entries/{drawn['_id']}/decide"
    assert (await post(estate, "staff", path, keep="first", reason="看过原件")).status == 200
    await estate.world.work()
    rows = await results(estate, survey_id)
    assert {(row["place"], row["answered"]) for row in rows if row["question"] == 1} == {
        (COMPOUND, None)
    }


async def test_an_owner_of_five_flats_is_one_answerer(estate: Estate) -> None:
    """Whichever account they gave each answer from: a fingerprint of them is kept with it."""
    flats = [LI_HOME, *(f"{UNIT}.{n}" for n in (901, 902, 903, 904))]
    await homes(estate.world.deps, dict.fromkeys(flats[1:], 5000))
    await live_there(estate.world.deps, [(home, "li", Relation.OWNER) for home in flats])
    survey_id = await opened(estate)
    for number, home in enumerate(flats):
        assert (await answer(estate, survey_id, "li", YES, home=home)).status == 200
        if number == 2:
            await signed_in_anew(estate)
    assert (await answer(estate, survey_id, "wang", NO)).status == 200
    await counted(estate, survey_id)
    rows = await results(estate, survey_id)
    assert {row["answered"] for row in rows if row["question"] == 1} == {None}


async def signed_in_anew(estate: Estate, name: str = "li", wechat: str = "li") -> Member:
    """Let somebody erase their account and sign in again, in some WeChat."""
    reply = await post(estate, name, "me/deletion", confirm="注销")
    assert reply.status in {200, 202, 204}, reply.body
    await estate.world.work()
    estate.members[name] = await estate.world.sign_in(wechat, PHONES[name])
    return estate.members[name]


async def test_who_erases_their_account_and_signs_in_again_answers_once(
    estate: Estate,
) -> None:
    """By their entry in the register, in whatever WeChat and for whatever home of theirs."""
    of_li = [LI_HOME, WANG_HOME]
    rows = [(LI_HOME, "li", Relation.OWNER), (WANG_HOME, "li", Relation.TENANT)]
    await live_there(estate.world.deps, rows)
    survey_id = await opened(estate, per="person")
    for number, wechat in enumerate(("li", "li", "another")):
        said = NO if number else YES
        reply = await answer(estate, survey_id, "li", said, home=of_li[number % 2])
        assert reply.status == 200, reply.body
        assert [each["mine"] for each in reply.body["answers"]] == [True]
        await signed_in_anew(estate, wechat=wechat)
        [seen_again] = (await mine(estate, survey_id, "li"))["answers"]
        assert (seen_again["mine"], seen_again["answers"]) == (False, [])
    [row] = await estate.world.db[survey_answers.COLLECTION].find().to_list()
    assert (row["choices"], row["person"], row["home"]) == (["1", "1=2"], "", "")
    known = {LI_HOME, WANG_HOME, *(each.person_id for each in estate.members.values())}
    assert known.isdisjoint(str(value) for value in row.values())


async def test_of_two_accounts_of_one_person_at_once_one_answer_is_left(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither sees the other's answer: the index refuses the second, which is tried again."""
    survey_id = await opened(estate, per="person")
    assert (await answer(estate, survey_id, "li", YES)).status == 200
    await signed_in_anew(estate, wechat="another")
    looked, of_keys = [], answers_store.of_keys

    async def late(*args: Any, **how: Any) -> Any:
        looked.append(args)
        return {} if len(looked) == 2 else await of_keys(*args, **how)

    await mine(estate, survey_id, "li")
    monkeypatch.setattr(answers_store, "of_keys", late)
    looked.append(())
    assert (await answer(estate, survey_id, "li", NO)).status == 200
    assert len(looked) > 2
    [row] = await estate.world.db[survey_answers.COLLECTION].find().to_list()
    assert row["choices"] == ["1", "1=2"]
