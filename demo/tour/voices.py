"""Chapter of voices: said without a name, asked by a survey, seen at the door, done by task."""

from typing import Any

from demo.people import BUILDING, UNIT, Mood, households
from demo.tour.repairs import moment
from demo.tour.visit import Visit, counted, expect
from demo.voices import BENCH, SIGNED
from services.kernel.days import plus_days, start_of


async def something_is_said_without_a_name(visit: Visit) -> str:
    await visit.arrive("neighbour", _phone_of_a_neighbour(visit))
    wish = {
        "place": UNIT,
        "kind": "complaint",
        "text": "二楼楼道里堆了旧家具,下楼要侧着身子",
        "anonymous": True,
    }
    said = await visit.ask("neighbour", "POST", "/feedback", wish)
    visit.feedback = f"/feedback/{said['feedback_id']}"
    return (
        f"a resident of 春光小区 says something without a name: number {said['number']}, "
        f"{said['progress']}, until {moment(said['due_at'])}"
    )


def _phone_of_a_neighbour(visit: Visit) -> str:
    """Choose among those of the building who never pay: nobody else is signed in as them."""
    idle = [
        home.phone
        for home in households()
        if home.place.startswith(f"{BUILDING}.")
        and home.mood is Mood.PAYS_NOTHING
        and not home.is_visitors
    ]
    phones = [phone for phone in idle if phone]
    return phones[int(visit.tag, 16) % len(phones)]


async def the_unit_head_finds_it_in_the_list(visit: Visit) -> str:
    found = (await visit.ask("unit", "GET", "/me/today?limit=50"))["items"]
    mine = [each for each in found if visit.feedback == f"/feedback/{each['subject']}"]
    expect(len(mine) == 1, "it is not in the list of today")
    seen = await visit.ask("unit", "GET", visit.feedback)
    expect(seen["place"] == BUILDING, f"shown as of {seen['place']}")
    expect(seen["author_name_masked"] is None, "the author is shown")
    return (
        f"the unit head has {counted(len(found), 'entry', 'entries')} to do today, this one as "
        f"“{mine[0]['title']}”, of {mine[0]['address']} and of nobody"
    )


async def it_is_handed_on_and_solved(visit: Visit) -> str:
    because = {"reason": "家具是别的单元的,请楼栋长协调"}
    on = await visit.ask("unit", "POST", f"{visit.feedback}/hand-on", because)
    expect(on["rung"] == "building_head", f"handed on to {on['rung']}")
    done = await _solve(visit, "building", "已请物主搬走")
    return (
        f"the unit head hands it on ({because['reason']}), the building head says what was "
        f"done: {done['progress']}"
    )


async def _solve(visit: Visit, who: str, what: str) -> Any:
    """Say that it is solved, and let whoever said it be asked."""
    await visit.ask(who, "POST", f"{visit.feedback}/solve", {"text": what})
    return await visit.until(
        lambda: visit.ask("neighbour", "GET", visit.feedback), lambda found: found["is_asked"]
    )


async def it_is_not_solved_and_goes_up(visit: Visit) -> str:
    wish = {"solved": False, "note": "又搬回来了"}
    up = await visit.ask("neighbour", "POST", f"{visit.feedback}/answer", wish)
    expect(up["rung"] == "grid_head", f"a no goes to {up['rung']}")
    await _solve(visit, "grid", "与物主约好地方存放,楼道已清空")
    yes = {"solved": True}
    done = await visit.ask("neighbour", "POST", f"{visit.feedback}/answer", yes)
    expect(done["state"] == "confirmed", f"{done['state']} after a yes")
    rows = (await visit.ask("neighbour", "GET", f"{visit.feedback}/history"))["items"]
    return (
        f"the resident says no: {up['progress']}; solved there, and yes. Its history: "
        + " → ".join(row["label"] for row in rows)
    )


async def three_homes_are_asked(visit: Visit) -> str:
    homes = [f"{visit.unit}.{room}" for room in ("401", "501", "502")]
    asked = {"kind": "single", "text": "楼道灯要不要换成声控的?", "options": ["要", "不要"]}
    wish = {
        "title": "楼道照明",
        "text": "楼道灯经常不亮,想听听大家的意见。",
        "signed_by": SIGNED,
        "audience": {"places": homes, "relations": ["owner", "co_owner", "family"]},
        "questions": [asked],
        "closes_at": start_of(plus_days(visit.today, 7)).isoformat(),
    }
    survey = f"/surveys/{(await visit.ask('staff', 'POST', '/surveys', wish))['survey_id']}"
    await visit.ask("staff", "POST", f"{survey}/open", {})
    answer = {"answers": [{"question": 1, "choices": [1]}]}
    for who in ("zhao", "resident"):
        await visit.ask(who, "PUT", f"/me{survey}/answer", answer)
    paper = {**answer, "relation": "owner"}
    await visit.ask("head", "PUT", f"/homes/{homes[1]}{survey}/answer", paper)
    turnout = await visit.until(
        lambda: visit.ask("staff", "GET", f"{survey}/turnout"),
        lambda found: found["homes"] == len(homes),
    )
    await visit.ask("staff", "POST", f"{survey}/close")
    await visit.refused("staff", "GET", f"{survey}/results", 409)
    return (
        f"{counted(turnout['homes'], 'home')} are asked, {turnout['answered']} answer, one of "
        "them on paper; closed, and no figure is told before the paper is entered again"
    )


async def small_groups_are_hidden(visit: Visit) -> str:
    known = (await visit.ask("staff", "GET", "/surveys?sort=oldest&limit=100"))["items"]
    survey = next(each for each in known if each["title"] == BENCH)
    path = f"/surveys/{survey['survey_id']}"
    turnout = await visit.ask("staff", "GET", f"{path}/turnout")
    rows = (await visit.ask("staff", "GET", f"{path}/results"))["items"]
    expect(rows, "no row of results")
    expect(not any(row["answered"] or row["figures"] for row in rows), "a figure is told")
    return (
        f"“{BENCH}” of 春光小区 asked {counted(turnout['homes'], 'home')} and is counted: "
        f"{rows[0]['spoken']}"
    )


async def a_door_is_knocked_at(visit: Visit) -> str:
    home = visit.home["path"]
    plan = {"home": home, "purpose": "check_in", "day": visit.today, "every_days": 30}
    planned = await visit.ask("head", "POST", "/visits", plan)
    found = (await visit.ask("head", "GET", "/me/today?limit=50"))["items"]
    expect([e for e in found if e["subject"] == planned["visit_id"]], "it is not due today")
    result = {"outcome": "met", "minutes": "老人身体好,想装扶手"}
    path = f"/visits/{planned['visit_id']}"
    made = await visit.ask("head", "POST", f"{path}/result", result)
    after = await visit.ask("head", "GET", f"/visits/{made['next_visit_id']}")
    return (
        f"the unit head visits {made['address']} as planned, notes what was said for nobody "
        f"else, and has the next visit on {after['day']}"
    )


async def a_card_says_what_helps(visit: Visit) -> str:
    card = f"/household-cards/{visit.home['path']}"
    wish = {"kind": "hard_of_hearing", "text": "敲门要大声一点", "consent": "at_door"}
    entry = await visit.ask("head", "POST", f"{card}/entries", wish)
    [mine] = (await visit.ask("resident", "GET", "/me/household-card"))["entries"]
    expect(mine["entry_id"] == entry["entry_id"], "the resident does not see it")
    own = {"home": visit.home["path"], "kind": "health", "text": "糖尿病,每天下午打针"}
    await visit.ask("resident", "POST", "/me/household-card/entries", own)
    seen = (await visit.ask("head", "GET", card))["entries"]
    expect([each["kind"] for each in seen] == ["hard_of_hearing"], "health is shown")
    path = f"/me/household-card/entries/{entry['entry_id']}/withdrawal"
    await visit.ask("resident", "POST", path)
    left = (await visit.ask("head", "GET", card))["entries"]
    expect(left == [], "it is still there")
    return (
        f"agreed to at the door, the card says “{wish['text']}”; of the health entry that the "
        "resident adds the unit head learns nothing; consent withdrawn, the first is gone"
    )


async def a_task_is_done_home_by_home(visit: Visit) -> str:
    wish = {
        "title": "燃气软管检查",
        "text": "请逐户看燃气软管有没有老化",
        "places": [visit.unit],
        "role": "unit_head",
        "until": plus_days(visit.today, 7),
        "proof": {"kind": "tick"},
    }
    task = f"/tasks/{(await visit.ask('staff', 'POST', '/tasks', wish))['task_id']}"
    await visit.until_state("staff", task, "given")
    [part] = (await visit.ask("staff", "GET", f"{task}/parts"))["items"]
    path = f"/task-parts/{part['part_id']}"
    homes = (await visit.ask("head", "GET", f"{path}/homes"))["items"]
    for number, home in enumerate(homes):
        answer = "done" if number else "nobody_there"
        report = {"home": home["home"], "answer": answer}
        await visit.ask("head", "POST", f"{path}/answers", report)
    [row] = (await visit.ask("staff", "GET", f"{task}/progress?by=unit"))["items"]
    expect((row["left"], row["open_parts"]) == (0, 0), f"homes are left: {row}")
    accepted = await visit.ask("staff", "POST", f"{path}/accept")
    return (
        f"a task is reported home by home: of {counted(row['homes'], 'home')} {row['done']} "
        f"done, at {row['nobody_there']} nobody there; the community {accepted['state']} it"
    )
