"""Answers from home to home: what each proof asks for, changes, counts, and the end."""

import asyncio
from random import Random
from typing import Any

from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, SUN_HOME, UNIT, WANG_HOME
from tests.build.photos import sent
from tests.build.tasks import Tasks


async def mine(tasks: Tasks, kind: str = "tick", **body: Any) -> tuple[str, str]:
    """Return a new task, and the part of the head."""
    task = await tasks.give(kind, **body)
    return task, str((await tasks.part(task, UNIT))["part_id"])


async def test_a_number_has_its_bounds(tasks: Tasks) -> None:
    _, part = await mine(tasks, "number", proof={"least": 0, "most": 9})
    for number in (None, -1, 10):
        wrong = await tasks.answer("head", part, LI_HOME, number=number)
        assert (wrong.status, wrong.code) == (422, "task_proof_needed")
    assert (await tasks.answer("head", part, LI_HOME, number=3)).body["number"] == 3
    nobody = await tasks.answer("head", part, WANG_HOME, answer="nobody_there", number=3)
    assert nobody.code == "task_proof_needed"


async def test_a_photo_is_kept_as_long_as_the_answer_has_it(tasks: Tasks) -> None:
    _, part = await mine(tasks, "photo")
    head, api = await tasks.member("head"), tasks.world.api
    assert (await tasks.answer("head", part, LI_HOME)).code == "task_proof_needed"
    one, two = [await sent(api, head, purpose="case") for _ in range(2)]
    await tasks.answer("head", part, LI_HOME, photo_ids=[one])
    done = await tasks.answer("head", part, LI_HOME, photo_ids=[two])
    assert done.body["photo_ids"] == [two]
    await tasks.world.work()
    assert [each["_id"] async for each in tasks.world.db.photos.find({})] == [two]
    staff = await tasks.member("staff")
    assert (await api.get(f"/api/v1/photos/{two}/url", as_=staff)).status == 200
    other = await tasks.member("next_head")
    assert (await api.get(f"/api/v1/photos/{two}/url", as_=other)).status == 404


async def test_notes_and_photos_go_long_after_the_last_day(tasks: Tasks) -> None:
    task, part = await mine(tasks)
    photo = await sent(tasks.world.api, await tasks.member("head"), purpose="case")
    await tasks.answer("head", part, LI_HOME, note="已看", photo_ids=[photo])
    await tasks.advance(days=200)
    await tasks.world.work()
    kept = await tasks.world.db.task_homes.find_one({"home": LI_HOME})
    assert kept is not None
    assert (kept["answer"], kept["note_sealed"], kept["photo_ids"]) == ("done", "", [])
    assert await tasks.world.db.photos.count_documents({}) == 0
    assert (await tasks.part(task, UNIT))["done"] == 1


async def test_the_same_answer_again_changes_nothing(tasks: Tasks) -> None:
    task, part = await mine(tasks)
    for _ in range(2):
        assert (await tasks.answer("head", part, LI_HOME, note="已看")).status == 200
    seen = await tasks.part(task, UNIT)
    assert (seen["done"], seen["left"], seen["state"]) == (1, 1, "open")
    rows = tasks.world.db.audit.find({"act": "task.home_answered"}).sort("_id", 1)
    assert [row["facts"]["again"] async for row in rows] == [False, True]
    await tasks.answer("head", part, LI_HOME, answer="nobody_there")
    seen = await tasks.part(task, UNIT)
    assert (seen["done"], seen["nobody_there"], seen["left"]) == (0, 1, 1)
    kept = await tasks.world.db.task_homes.find_one({"home": LI_HOME})
    assert kept is not None
    assert "已看" not in str(kept)


async def test_who_finishes_early_says_why(tasks: Tasks) -> None:
    task, part = await mine(tasks)
    early = await tasks.post("head", f"task-parts/{part}/finish")
    assert (early.status, early.code) == (422, "task_reason_needed")
    done = await tasks.post("head", f"task-parts/{part}/finish", reason="两户长期不在")
    assert done.body["state"] == "reported"
    history = await tasks.items("staff", f"task-parts/{part}/history")
    assert history[-1]["remark"] == "两户长期不在"
    assert (await tasks.part(task, UNIT))["passes_at"] is not None
    await tasks.advance(days=7)
    await tasks.world.work()
    assert (await tasks.part(task, UNIT))["state"] == "accepted"


async def test_a_part_is_returned_once(tasks: Tasks) -> None:
    task, part = await mine(tasks, "done", until="2026-03-02")
    assert (await tasks.part(task, UNIT))["homes"] == 0
    why = {"reason": "请补拍照片"}
    await tasks.post("head", f"task-parts/{part}/finish")
    back = await tasks.post("staff", f"task-parts/{part}/return", **why)
    assert (back.body["state"], back.body["due_at"]) == ("open", "2026-03-04T16:00:00Z")
    assert back.body["until"] == "2026-03-04", "the day that people read is the one that counts"
    assert await tasks.told("head", "task_news") == ["燃气软管检查:退回补办,请看原因。"]
    seen = (await tasks.get("head", f"task-parts/{part}")).body
    assert (seen["returned"], seen["returned_because"]) == (True, "请补拍照片")
    labels = [row["label"] for row in await tasks.items("head", f"task-parts/{part}/history")]
    assert labels == ["下达任务", "上报完成", "退回"]
    await tasks.post("head", f"task-parts/{part}/finish")
    again = await tasks.post("staff", f"task-parts/{part}/return", **why)
    assert (again.status, again.code) == (409, "task_returned_before")


async def test_what_was_returned_late_has_a_day_that_lies_ahead(tasks: Tasks) -> None:
    task, part = await mine(tasks, "done", until="2026-03-02")
    await tasks.advance(days=3)
    await tasks.world.work()
    assert (await tasks.part(task, UNIT))["overdue"]
    await tasks.post("head", f"task-parts/{part}/finish")
    await tasks.post("staff", f"task-parts/{part}/return", reason="请补拍照片")
    seen = await tasks.part(task, UNIT)
    assert (seen["until"], seen["overdue"]) == ("2026-03-07", False)


async def test_what_was_returned_early_keeps_its_day(tasks: Tasks) -> None:
    task, part = await mine(tasks, "done", until="2026-03-20")
    await tasks.post("head", f"task-parts/{part}/finish")
    await tasks.post("staff", f"task-parts/{part}/return", reason="请补拍照片")
    seen = await tasks.part(task, UNIT)
    assert (seen["until"], seen["due_at"]) == ("2026-03-20", "2026-03-20T16:00:00Z")


async def test_what_was_returned_is_reported_by_its_head_alone(tasks: Tasks) -> None:
    """However many of its homes were corrected: the community said which in words."""
    task, part = await mine(tasks)
    for home in (LI_HOME, WANG_HOME):
        await tasks.answer("head", part, home)
    reported = (await tasks.get("staff", f"task-parts/{part}")).body
    assert (reported["state"], reported["steps"]) == ("reported", ["accept", "return"])
    assert (
        await tasks.post("staff", f"task-parts/{part}/return", reason="请重看")
    ).status == 200
    for home in (LI_HOME, WANG_HOME):
        assert (await tasks.answer("head", part, home, note="重看了")).status == 200
        assert (await tasks.part(task, UNIT))["state"] == "open"
    done = await tasks.post("head", f"task-parts/{part}/finish")
    assert (done.status, done.body["state"]) == (200, "reported")
    assert (await tasks.get("staff", f"task-parts/{part}")).body["steps"] == ["accept"]


async def test_no_task_ends_years_ahead_nor_do_its_parts_begin_overdue(tasks: Tasks) -> None:
    wish = {"title": "软管", "text": "看软管", "places": [COMPOUND], "role": "unit_head"}
    wish |= {"proof": {"kind": "tick"}}
    for day in ("2099-12-31", "2028-03-04", "2026-03-01"):
        late = await tasks.post("staff", "tasks", **wish, until=day)
        assert (late.status, late.code) == (422, "task_bad_day")
    given = await tasks.post("staff", "tasks", **wish, until="2026-03-02")
    await tasks.advance(days=3)  # no worker was there
    await tasks.world.work()
    found = await tasks.items("staff", f"tasks/{given.body['task_id']}/parts")
    assert {(each["until"], each["overdue"]) for each in found} == {("2026-03-07", False)}


async def test_counts_equal_a_recount_whoever_answers_at_once(tasks: Tasks) -> None:
    task, part = await mine(tasks)
    other = str((await tasks.part(task, NEXT_UNIT))["part_id"])
    chance = Random(7)  # noqa: S311
    homes = [(part, "head", LI_HOME), (part, "head", WANG_HOME), (other, "next_head", SUN_HOME)]
    for _ in range(4):
        wishes = [
            (part, who, home, chance.choice(("done", "nobody_there")))
            for part, who, home in (*homes, homes[0])
        ]
        replies = await asyncio.gather(
            *(tasks.answer(who, part, home, answer=said) for part, who, home, said in wishes)
        )
        assert {reply.status for reply in replies} == {200}
    rows = [row async for row in tasks.world.db.task_homes.find({"task": task})]
    for by, depth in (("compound", 5), ("building", 6), ("unit", 7)):
        items = (await tasks.get("staff", f"tasks/{task}/progress?by={by}")).body["items"]
        counted = {
            each["place"]: (each["homes"], each["done"], each["nobody_there"]) for each in items
        }
        naive: dict[str, tuple[int, int, int]] = {}
        for row in rows:
            place = ".".join(row["home"].split(".")[:depth])
            homes_, done, nobody = naive.get(place, (0, 0, 0))
            said = row["answer"]
            naive[place] = (
                homes_ + 1,
                done + (said == "done"),
                nobody + (said == "nobody_there"),
            )
        assert counted == naive, by


async def test_progress_is_not_counted_below_the_heads(tasks: Tasks) -> None:
    task = await tasks.give(role="building_head")
    reply = await tasks.get("staff", f"tasks/{task}/progress?by=unit")
    assert (reply.status, reply.code) == (422, "task_level_too_low")


async def test_a_task_makes_sense(tasks: Tasks) -> None:
    wish = {
        "title": "检查",
        "text": "逐户看",
        "places": [COMPOUND],
        "role": "unit_head",
        "until": "2026-03-12",
        "proof": {"kind": "tick"},
    }
    bounds = {"kind": "number", "unit_label": "人", "least": 2, "most": 1}
    changes: list[tuple[dict[str, Any], str]] = [
        ({"until": "2026-03-01"}, "task_bad_day"),
        ({"proof": {"kind": "number"}}, "task_bad_proof"),
        ({"proof": {"kind": "tick", "least": 1}}, "task_bad_proof"),
        ({"proof": bounds}, "task_bad_proof"),
    ]
    for change, code in changes:
        reply = await tasks.post("staff", "tasks", **{**wish, **change})
        assert (reply.status, reply.code) == (422, code)
    grid = await tasks.post("staff", "tasks", **{**wish, "places": [f"{COMPOUND}.b99"]})
    assert grid.status == 404
