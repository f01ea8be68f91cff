"""The life of a task, from the community to the doors and back."""

from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, UNIT, WANG_HOME
from tests.build.tasks import Tasks


async def test_each_head_has_a_part_until_the_community_accepts_it(tasks: Tasks) -> None:
    await tasks.advance(seconds=23)  # the day ends on the minute all the same
    task = await tasks.give()
    assert await tasks.told("head", "task_given") == ["燃气软管检查:请在2026年3月12日前完成。"]
    [mine] = await tasks.items("head", "me/tasks")
    assert (mine["place"], mine["homes"], mine["left"]) == (UNIT, 2, 2)
    assert mine["due_at"] == "2026-03-12T16:00:00Z"
    part = mine["part_id"]
    for home in (LI_HOME, WANG_HOME):
        assert (await tasks.answer("head", part, home)).status == 200
    seen = (await tasks.get("head", f"task-parts/{part}")).body
    assert (seen["state"], seen["done"], seen["left"]) == ("reported", 2, 0)
    assert seen["text"] == "请逐户看软管"
    assert await tasks.items("head", "me/tasks") == []
    assert (await tasks.post("staff", f"task-parts/{part}/accept")).status == 200
    late = await tasks.answer("head", part, LI_HOME, answer="nobody_there")
    assert (late.status, late.code) == (409, "task_part_moved_on")
    history = await tasks.items("head", f"task-parts/{part}/history")
    assert [row["action"] for row in history] == ["reported", "complete", "accept"]
    [row] = (await tasks.get("staff", f"tasks/{task}/progress?by=compound")).body["items"]
    assert (row["place"], row["parts"], row["open_parts"]) == (COMPOUND, 2, 1)
    assert (row["homes"], row["done"], row["left"]) == (4, 2, 2)


async def test_a_neighbouring_head_knows_nothing_of_it(tasks: Tasks) -> None:
    task = await tasks.give()
    part = (await tasks.part(task, UNIT))["part_id"]
    assert (await tasks.get("next_head", f"task-parts/{part}")).status == 404
    assert (await tasks.get("next_head", f"task-parts/{part}/homes")).status == 404
    assert (await tasks.answer("next_head", part, LI_HOME)).status == 404
    assert (await tasks.post("next_head", f"task-parts/{part}/finish")).status == 404
    [own] = await tasks.items("next_head", "me/tasks")
    assert own["place"] == NEXT_UNIT
    other = await tasks.answer("next_head", own["part_id"], LI_HOME)
    assert other.status == 404
    assert (await tasks.get("head", f"tasks/{task}")).status == 403
    assert (await tasks.get("li", "me/tasks")).status == 403
